"""Virtual time: it passes by transfers and sleeps alone, so a simulation repeats exactly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True)
class Scheduler:
    """How late a sleeper wakes: a busy Linux host.

    Args:
        mean_late_s: mean of the exponential lateness of every wake-up, s.
        stalls: (time, duration), s: a sleep that reaches into `time` wakes so much later; sorted.
        seed: of the lateness.
    """

    mean_late_s: float = 0.0
    stalls: Sequence[tuple[float, float]] = ()
    seed: int = 0
    _rng: np.random.Generator = field(init=False, repr=False)
    _next: int = 0

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.seed)

    def late(self, due: float) -> float:
        """How much later than `due` the sleeper wakes, s."""
        out = float(self._rng.exponential(self.mean_late_s)) if self.mean_late_s else 0.0
        while self._next < len(self.stalls) and self.stalls[self._next][0] <= due + out:
            out += self.stalls[self._next][1]
            self._next += 1
        return out


def random_stalls(
    duration_s: float, per_s: float, low_s: float, high_s: float, seed: int, start: float = 0.0
) -> tuple[tuple[float, float], ...]:
    """Stalls at random times, uniform in length."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(per_s * duration_s)
    times = start + np.sort(rng.uniform(0.0, duration_s, n))
    return tuple(zip(times.tolist(), rng.uniform(low_s, high_s, n).tolist(), strict=True))


class VirtualTime:
    """A host's monotonic clock that stands still while nobody waits.

    Args:
        start: what it shows first, s.
        scheduler: lateness of sleepers; None: they wake on time.
        slept: called after every sleep with the new time: paces a simulation, or holds it until
            its listeners are done.
    """

    def __init__(
        self,
        start: float = 100.0,
        scheduler: Scheduler | None = None,
        slept: Callable[[float], object] = lambda now: None,
    ) -> None:
        self._now = start
        self._scheduler = scheduler
        self._slept = slept

    def now(self) -> float:
        """Virtual time, s."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Lets `seconds` pass, and what the scheduler adds."""
        due = self._now + max(0.0, seconds)
        self._now = due + (self._scheduler.late(due) if self._scheduler else 0.0)
        self._slept(self._now)

    def pass_by(self, seconds: float) -> None:
        """Time that a transfer takes."""
        self._now += seconds
