"""A stage for the conductor: a clock that is set by hand, actuators that keep a diary."""

from collections.abc import Callable
from dataclasses import dataclass, field

from feedback.actuators.conductor import Conductor, Shapes
from feedback.actuators.played import Played
from feedback.cue import Cue, Pattern
from feedback.pulse import Pulse, Voice

PATTERNS: dict[Pattern, Shapes] = {
    Pattern.QUICKER: {
        Voice.BEEP: (Pulse(0.1, 0.1, 2000.0), Pulse(0.1, 0.0, 3000.0, 0.5)),
        Voice.BUZZ: (Pulse(0.2, 0.1), Pulse(0.2)),
    },
    Pattern.SOFTER: {Voice.BEEP: (Pulse(0.5),), Voice.BUZZ: (Pulse(0.5),)},
    Pattern.BEAT: {Voice.BEEP: (Pulse(0.03),), Voice.BUZZ: (Pulse(0.06),)},
    Pattern.GOOD: {Voice.BUZZ: (Pulse(0.3),)},
}


@dataclass(slots=True)
class Diarist:
    """An actuator that writes down what it does.

    Args:
        broken: raised by `on`, `kick` and `brake`. stuck: raised by `off`.
        diary: time, what, level, pitch, strength.
    """

    clock: Callable[[], float]
    name: str = "beeper"
    voice: Voice = Voice.BEEP
    onset_s: float = 0.0
    broken: Exception | None = None
    stuck: Exception | None = None
    tried: int = 0
    open: bool = True
    diary: list[tuple[float, str, float]] = field(default_factory=list)
    pulses: list[Pulse] = field(default_factory=list)

    def on(self, pulse: Pulse, level: float) -> None:
        self._do("on", level, pulse)

    def off(self) -> None:
        if self.stuck is not None:
            self.tried += 1
            raise self.stuck
        if self.diary and self.diary[-1][1] != "off":
            self.diary.append((round(self.clock(), 6), "off", 0.0))

    def close(self) -> None:
        self.open = False

    def _do(self, what: str, level: float, pulse: Pulse | None = None) -> None:
        self.tried += 1
        if self.broken is not None:
            raise self.broken
        self.diary.append((round(self.clock(), 6), what, level))
        if pulse is not None:
            self.pulses.append(pulse)

    @property
    def times(self) -> list[tuple[float, str]]:
        """When it did what."""
        return [(t, what) for t, what, _ in self.diary]


@dataclass(slots=True)
class ShapedDiarist(Diarist):
    """With inertia."""

    kick_s: float = 0.03
    brake_s: float = 0.02

    def kick(self, pulse: Pulse, level: float) -> None:
        self._do("kick", level, pulse)

    def brake(self) -> None:
        self._do("brake", 0.0)


class Stage:
    """A conductor, its clock and what it tells.

    Args:
        make: makes an actuator from the clock; several are allowed.
    """

    def __init__(self, *make: Callable[[Callable[[], float]], Diarist]) -> None:
        self.t = 100.0
        self.actuators = [m(self.now) for m in (make or (Diarist,))]
        self.played: list[Played] = []
        self.failures: list[tuple[str, str]] = []
        self.conductor = Conductor(
            self.actuators,
            PATTERNS,
            self.now,
            played=self.played.append,
            failed=lambda name, text: self.failures.append((name, text)),
        )

    def now(self) -> float:
        return self.t

    def give(self, pattern: Pattern, t: float | None = None) -> None:
        """A cue now, or for `t`."""
        t = self.t if t is None else t
        self.conductor.take(Cue(t, self.t, pattern, "because"), self.t)

    def run(self, until: float = float("inf")) -> None:
        """Lets time pass, to `until` or until nothing is left to do."""
        while (due := self.conductor.step()) is not None and due <= until:
            self.t = max(self.t, due)
        if until < float("inf"):
            self.t = until

    @property
    def outcomes(self) -> list[tuple[str, str | None]]:
        """Pattern, and why it was not played."""
        return [
            (p.pattern.value, None if p.not_played is None else p.not_played.value)
            for p in self.played
        ]
