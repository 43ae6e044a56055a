"""One run of a person in events, as the pipeline would tell them of a waist or a shoe.

Without samples, so that a session takes a fraction of a second. Strikes carry the pipeline's own
prediction (`dsp.prediction`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from typing import Final

import numpy as np

from dsp.block import Mount, Side
from dsp.events import Activity, Event, Foot, FootStrike, Gap, Segment, Step, WalkStep
from dsp.prediction import Prediction
from feedback.cue import Cue, Pattern
from tests.closed_loop.course import Part, Way
from tests.closed_loop.person import MOST_RISE, STEPS_TO_ANSWER, Person

DELAY_S: Final = 0.03
"""From a strike to its decision."""
KNOWN_RUN_S: Final = 1.5
"""A run's first strikes are told together, when it is known that it is one."""
STOPPED_S: Final = 3.0
"""A shorter stop is none (`dsp.segments`)."""
WALK_STEP_S: Final = 0.55
SETTLES_S: Final = 20.0
BASELINE_S: Final = 200.0
"""Before, nobody can say whether the ground is level."""
QUICKER: Final = 0.05
SOFTER: Final = 0.15
SOFTEST: Final = 0.6
"""Nobody takes away more of the impact."""
UNMEASURED: Final = 0.05
"""Share of the impacts that are clipped or incomplete."""


@dataclass(slots=True)
class Habit:
    """What stays from run to run: rise of the cadence, softening of the impact, shares."""

    rise: float = 0.0
    soft: float = 0.0


class Running:
    """One run. Hear what is said about an event before taking the next.

    Args:
        person: who. mount: where the sensor is. habit: learned so far; changed as he runs.
        number: of the run, for the chance. missed: share of strikes that are not seen.
    """

    def __init__(
        self, person: Person, mount: Mount, habit: Habit, number: int = 0, missed: float = 0.005
    ) -> None:
        self.person, self.habit = person, habit
        self.ran_s = 0.0
        self._shoe, self._missed = mount is Mount.SHOE, missed
        self._rng = np.random.default_rng([person.seed, number])
        self._prediction = Prediction(1 if self._shoe else 2)
        self._t = self._decided = 0.0
        self._start_t = float("-inf")
        self._lost_to = float("-inf")
        self._kind: Activity | None = None
        self._n = 0
        self._asked: list[tuple[int, float, float]] = []
        self._rise = self._soft = self._wander = 0.0
        self._beats: list[float] = []
        self._began_n = 0
        self._last: FootStrike | None = None
        self._part: Part | None = None

    @property
    def usual(self) -> bool:
        """Neither slope nor pace is another than usual, nor has the running just begun."""
        part = self._part
        usual = part is not None and part.level and part.pace == 1.0
        return usual and self._t - self._start_t > SETTLES_S

    @property
    def t(self) -> float:
        """Time now, s."""
        return self._t

    def hear(self, cue: Cue) -> None:
        """Takes a cue; an answer begins two strides later."""
        p = self.person
        if not p.answers:
            return
        if cue.pattern is Pattern.BEAT:
            if not self._beats or cue.t - self._beats[-1] > 2.0:
                self._began_n = self._n
            self._beats = [*self._beats[-8:], cue.t]
            return
        if self._rng.random() > p.hears:
            return
        gain = p.gain * float(self._rng.uniform(0.6, 1.4))
        if cue.pattern is Pattern.QUICKER:
            self._asked.append((self._n + STEPS_TO_ANSWER, QUICKER * gain, 0.0))
        elif cue.pattern is Pattern.SOFTER:
            self._asked.append((self._n + STEPS_TO_ANSWER, 0.0, SOFTER * gain))

    def go(self, part: Part) -> Iterator[Event]:
        """What is told of a part of the run."""
        self._part = part
        if part.way is Way.STAND:
            yield from self._stand(part.seconds)
        elif part.way is Way.WALK:
            yield from self._walk(part.seconds)
        elif part.way is Way.GAP:
            yield from self._gap(part)
        else:
            yield from self._run(part, self._t + part.seconds)

    def _run(self, part: Part, end: float) -> Iterator[Event]:
        if self._kind is not Activity.RUN:
            self._kind, self._start_t, self._last = Activity.RUN, self._t, None
            self._prediction.stop()
            self._decided = self._t + KNOWN_RUN_S
            yield Segment(self._t, self._decided, Activity.RUN)
        while self._t < end:
            yield from self._land(part)
            self._t += self._interval(part)
            self._n += 1

    def _stand(self, seconds: float) -> Iterator[Event]:
        stopped = self._t
        self._t += seconds
        self._last = None
        if seconds > STOPPED_S and self._kind is not Activity.STAND:
            self._kind = Activity.STAND
            self._decided = stopped + STOPPED_S
            yield Segment(stopped, self._decided, Activity.STAND)

    def _walk(self, seconds: float) -> Iterator[Event]:
        end, self._last = self._t + seconds, None
        if self._kind is not Activity.WALK:
            self._kind = Activity.WALK
            self._decided = self._t + STOPPED_S
            yield Segment(self._t, self._decided, Activity.WALK)
        while self._t < end:
            self._decided = max(self._decided, self._t + DELAY_S)
            yield WalkStep(self._t, self._decided, Side.UNKNOWN)
            self._t += WALK_STEP_S

    def _gap(self, part: Part) -> Iterator[Event]:
        """Steps that nobody saw."""
        self._lost_to = self._t + part.seconds
        yield from self._run(part, self._lost_to)
        self._last = None
        yield Gap(self._t, self._t, lost=round(part.seconds * 416), duration_s=part.seconds)

    def _interval(self, part: Part) -> float:
        """Lives through one step; s."""
        p = self.person
        due = [a for a in self._asked if a[0] <= self._n]
        if due:
            self._asked = [a for a in self._asked if a[0] > self._n]
            for _, quicker, softer in due:
                self._rise += quicker
                self._soft += softer
        spm = p.own_spm * (1.0 - p.fatigue * self.ran_s / 3600.0) * part.pace
        own_s = 60.0 / (spm * (1.0 + self.habit.rise + self._rise))
        pull = self._pull(own_s)
        self._rise = min(self._rise + p.period * pull / own_s, MOST_RISE - self.habit.rise)
        self._soft = min(self._soft, SOFTEST - self.habit.soft)
        self.habit.rise += p.learns * self._rise * own_s / 600.0
        self.habit.soft += p.learns * self._soft * own_s / 600.0
        stays = 1.0 - own_s / p.lapse_s
        self._rise *= stays
        self._soft *= stays
        share = exp(-own_s / 60.0)
        z = self._rng.standard_normal(2)
        self._wander = share * self._wander + p.wander * (1.0 - share**2) ** 0.5 * float(z[0])
        seconds = own_s * exp(self._wander + p.noise * float(z[1])) - p.phase * pull
        self.ran_s += seconds
        return seconds

    def _pull(self, own_s: float) -> float:
        """How late this step was against its beat, s; 0 when there is none."""
        if not self._beats or self._n - self._began_n < STEPS_TO_ANSWER:
            return 0.0
        late = min((self._t - b for b in self._beats), key=abs)
        return late + self.person.early_s if abs(late) < 0.5 * own_s else 0.0

    def _land(self, part: Part) -> Iterator[Event]:
        """What is told of a foot that struck."""
        other = self._n % 2 == 1
        if self._t < self._lost_to or (self._shoe and other):
            return
        if self._rng.random() < self._missed:
            return
        self._decided = max(self._decided, self._t + DELAY_S)
        last = self._last
        if self._shoe and last is not None:
            middle = (last.t + self._t) / 2.0
            yield FootStrike(middle, self._decided, Side.UNKNOWN, 0.5, inferred=True)
        next_t, sd = self._prediction.strike(self._t)
        foot = None if self._shoe else (Foot.A, Foot.B)[self._n % 2]
        self._last = FootStrike(
            self._t, self._decided, Side.UNKNOWN, 1.0, foot=foot, next_t=next_t, next_sd_s=sd
        )
        yield self._last
        if last is not None:
            yield self._measured(last, part)

    def _measured(self, strike: FootStrike, part: Part) -> Step:
        p, steps = self.person, 2 if self._shoe else 1
        duration = self._t - strike.t
        z = self._rng.standard_normal(2)
        tired = 1.0 + 3.0 * p.fatigue * self.ran_s / 3600.0
        soft = 1.0 - self.habit.soft - self._soft
        factor = part.excess * tired * soft * exp(p.impact_noise * float(z[0]))
        active = p.active_g * part.active * exp(0.03 * float(z[1]))
        excess = p.excess_g * factor
        return Step(
            strike.t,
            self._decided,
            strike_t=strike.t,
            side=Side.UNKNOWN,
            foot=strike.foot,
            steps=steps,
            duration_s=duration,
            cadence_spm=60.0 * steps / duration,
            impact_g=p.shoe_g * factor if self._shoe else active + excess,
            active_g=None if self._shoe else active,
            impact_excess_g=None if self._shoe else excess,
            clipped=bool(self._rng.random() < UNMEASURED),
            level_ground=self._level(part),
        )

    def _level(self, part: Part) -> bool | None:
        known = self.ran_s > BASELINE_S and self._t - self._start_t > SETTLES_S
        return part.level if known else None
