"""A runner in events: what the pipeline would say of someone who runs as a test dictates."""

from dsp.block import Side
from dsp.events import Activity, Event, FootStrike, Gap, Segment, Step, WalkStep

DELAY_S = 0.03
"""From a strike to its decision."""


class Runner:
    """Every method returns the new events, in the order of their decision.

    Args:
        t: where the time begins, s.
        shoe: strides of one shoe instead of steps at the waist.
    """

    def __init__(self, t: float = 0.0, *, shoe: bool = False) -> None:
        self.t = t
        self.steps = 2 if shoe else 1
        self._kind: Activity | None = None
        self._pending: tuple[float, float, float | None, float | None, bool] | None = None

    def step(
        self,
        spm: float,
        impact: float | None = 1.0,
        active: float | None = 2.0,
        clipped: bool = False,
        missed: bool = False,
    ) -> list[Event]:
        """One step or stride; `missed`: its last strike was not seen, so the interval doubles."""
        out = self._be(Activity.RUN)
        start = self.t
        duration = 60.0 / spm * self.steps * (2 if missed else 1)
        self.t += duration
        if self._pending is None:
            out.append(FootStrike(start, start + DELAY_S, Side.UNKNOWN, 1.0))
        self._pending = (start, duration, impact, active, clipped)
        decided = self.t + DELAY_S
        waist = self.steps == 1
        excess = impact if waist else None
        peak = impact + active if waist and impact and active else impact
        out.append(FootStrike(self.t, decided, Side.UNKNOWN, 1.0))
        out.append(
            Step(
                start,
                decided,
                strike_t=start,
                side=Side.UNKNOWN,
                steps=self.steps,
                duration_s=duration,
                cadence_spm=60.0 * self.steps / duration,
                impact_g=peak,
                active_g=active if waist else None,
                impact_excess_g=excess,
                clipped=clipped,
            )
        )
        return out

    def run(self, seconds: float, spm: float, impact: float | None = 1.0) -> list[Event]:
        """Even running."""
        out: list[Event] = []
        end = self.t + seconds
        while self.t < end:
            out += self.step(spm, impact)
        return out

    def walk(self, seconds: float) -> list[Event]:
        out = self._be(Activity.WALK)
        end = self.t + seconds
        while self.t < end:
            out.append(WalkStep(self.t, self.t + DELAY_S, Side.UNKNOWN))
            self.t += 0.55
        return out

    def stand(self, seconds: float) -> list[Event]:
        out = self._be(Activity.STAND)
        self.t += seconds
        return out

    def gap(self, seconds: float) -> list[Event]:
        """Samples are lost while the runner goes on."""
        self.t += seconds
        self._pending = None
        return [Gap(self.t, self.t, lost=round(seconds * 416), duration_s=seconds)]

    def _be(self, kind: Activity) -> list[Event]:
        if kind is self._kind:
            return []
        self._kind = kind
        self._pending = None
        return [Segment(self.t, self.t + DELAY_S / 2, kind)]
