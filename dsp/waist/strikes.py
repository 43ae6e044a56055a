"""Trigger tier at the waist: 1 g crossings after unloading that come in a running rhythm.

While a rhythm is known a strike is reported at the crossing sample itself. The strikes that
establish the rhythm are reported together when the third of them has come.
"""

from collections import deque
from typing import Final

from dsp.block import Side, Stream
from dsp.events import FootStrike
from dsp.grid import Piece
from dsp.history import History
from dsp.rhythm import Rhythm, Tempo
from dsp.running import KEPT_S, RunEnd, Running
from dsp.waist.channels import KNOWN, T
from dsp.waist.crossing import Crossing, StepWindow, crossing_at, upward

STEP: Final = Tempo(shortest_s=0.255, longest_s=0.46)
"""130–235 steps/min: slower is walking (science 6.2), quicker nobody runs."""
SLOWEST_KEPT_S: Final = 0.52
ENTER_SWING_G: Final = 1.3
"""Peak to peak of the 10 Hz vertical that makes a running step. A sinusoid of height h at f steps/s
has h·(2πf)²/g: 6 cm at 2.7 Hz is 1.8 g (an easy run), 5 cm at 2 Hz is 0.8 g (a brisk walk)."""
QUICK_STEPS_S: Final = (0.30, 0.41)
QUICK_SWING_G: Final = 1.0
"""Nobody walks 146 steps/min: there a jog without flight may bounce as little as this. Below 0.3 s
it can be the two halves of a walking step."""
KEEP_SWING_G: Final = 0.9
KEEP_SWING_SHARE: Final = 0.35
"""Of the runner's usual swing; what falls below either is a walking step."""
WEAK_STEPS: Final = 2
SEARCH_UNLOADING_G: Final = 0.3
UNLOADING_SHARE: Final = 0.4
"""A crossing counts when the vertical had fallen by this share of the runner's usual unloading."""
GATE: Final = 0.75
GATED_SHARE: Final = 0.75
"""Sooner than the gate's share of the period a strike is not due: it must unload by more."""
REFRACTORY: Final = 0.55
"""Of the period (science 6.2)."""
STANCE: Final = 0.35
"""Of the period; what unloads sooner is the dip behind an impact."""
FOLLOW: Final = 0.2
MISSED_PERIODS: Final = 2.4
STOPPED_S: Final = 0.8
AFTER_GAP_S: Final = 2.5
"""So long after a hole a run goes on if its rhythm comes back (three strikes and a bit)."""

StrikeEvent = FootStrike | StepWindow | Running


class WaistStrikes:
    """Foot strikes and whole steps while running.

    Args:
        history: holds every piece before it is pushed here.
    """

    def __init__(self, stream: Stream, history: History) -> None:
        self._rate = stream.rate_hz
        self._history = history
        self._rhythm = Rhythm(STEP)
        self._recent: deque[Crossing] = deque(maxlen=3)
        self._first = 0
        self._next = 1
        self._unloading_g = 1.0
        self._swing_g = ENTER_SWING_G
        self._weak = 0
        self._run = RunEnd(STOPPED_S, MISSED_PERIODS)

    def push(self, piece: Piece) -> list[StrikeEvent]:
        """What the new samples decide, in order of decision."""
        history = self._history
        events: list[StrikeEvent] = []
        seen = history.end - len(piece.t)
        if piece.restart:
            self._restart(piece, seen, events)
        for number in upward(history, self._next):
            self._expire(seen, number + 1, events)
            self._cross(number, events)
        self._expire(seen, history.end, events)
        self._next = history.end
        return events

    def _restart(self, piece: Piece, first: int, events: list[StrikeEvent]) -> None:
        """A long hole before sample `first`: a known rhythm outlives a short one, else it must be
        found again."""
        self._first = first
        self._next = self._first + 1
        period = self._rhythm.period_s
        if period is not None and piece.hole_s < KEPT_S:
            self._run.across(piece, MISSED_PERIODS * period)
            return
        self._lose_rhythm()
        ended = self._run.across(piece, AFTER_GAP_S)
        if ended:
            events.append(ended)

    def _expire(self, first: int, last: int, events: list[StrikeEvent]) -> None:
        """Ends the run at the first sample of first..last that has reached the deadline."""
        view = self._history.view
        ended = self._run.expired(view(T, first, last), view(KNOWN, first, last))
        if ended:
            events.append(ended)
            self._lose_rhythm()

    def _lose_rhythm(self) -> None:
        self._rhythm.stop()
        self._recent.clear()
        self._unloading_g = 1.0

    def _cross(self, number: int, events: list[StrikeEvent]) -> None:
        period = self._rhythm.period_s
        last = self._recent[-1] if self._recent else None
        refractory = STEP.shortest_s if period is None else max(0.18, REFRACTORY * period)
        if last and self._history.at(KNOWN, number) - last.t_decision < refractory:
            return
        after = max(last.number, self._first) if last else self._first
        stance = round(STANCE * period * self._rate) if period is not None else 0
        crossing = crossing_at(self._history, number, after, stance, self._rate)
        if 1.0 - crossing.low_g < self._needed(last, crossing):
            return
        if last is None or period is None:
            self._seek(crossing, events)
        else:
            self._accept(last, crossing, events)

    def _needed(self, last: Crossing | None, crossing: Crossing) -> float:
        """How far the vertical must have fallen before this crossing, g."""
        period = self._rhythm.period_s
        if last is None or period is None:
            return SEARCH_UNLOADING_G
        due = crossing.t - last.t >= GATE * period
        return (UNLOADING_SHARE if due else GATED_SHARE) * self._unloading_g

    def _seek(self, crossing: Crossing, events: list[StrikeEvent]) -> None:
        """Three strong crossings at like intervals are a run."""
        recent = self._recent
        if recent and crossing.swing_g < _entering(crossing.t - recent[-1].t):
            recent.clear()
        recent.append(crossing)
        if len(recent) < 3:
            return
        a, b, c = recent
        if not self._rhythm.fits(b.t - a.t, c.t - b.t):
            return
        self._rhythm.start((c.t - a.t) / 2.0)
        self._weak = 0
        self._unloading_g = 1.0 - max(a.low_g, b.low_g, c.low_g)
        self._swing_g = min(b.swing_g, c.swing_g)
        if self._run.t is None:
            events.append(Running(a.t, c.t_decision, on=True))
        sure = self._rhythm.agreement(c.t - b.t)
        for strike, before in ((a, None), (b, a), (c, b)):
            events.append(FootStrike(strike.t, c.t_decision, Side.UNKNOWN, sure))
            if before:
                events.append(StepWindow(before, strike, c.t_decision))
        self._strike(c)

    def _accept(self, last: Crossing, crossing: Crossing, events: list[StrikeEvent]) -> None:
        """A strike in a known rhythm."""
        interval = crossing.t - last.t
        sure = self._rhythm.agreement(interval)
        events.append(FootStrike(crossing.t, crossing.t_decision, Side.UNKNOWN, sure))
        if self._rhythm.is_whole(interval) and last.number >= self._first:
            events.append(StepWindow(last, crossing, crossing.t_decision))
        self._rhythm.follow(interval)
        self._unloading_g += FOLLOW * (1.0 - crossing.low_g - self._unloading_g)
        slow = self._rhythm.is_whole(interval) and interval > SLOWEST_KEPT_S
        small = crossing.swing_g < max(KEEP_SWING_G, KEEP_SWING_SHARE * self._swing_g)
        self._weak = self._weak + 1 if slow or small else 0
        self._swing_g += FOLLOW * (crossing.swing_g - self._swing_g)
        self._recent.append(crossing)
        self._strike(crossing)
        if self._weak >= WEAK_STEPS:
            events.append(Running(crossing.t, crossing.t_decision, on=False))
            self._lose_rhythm()
            self._run.clear()

    def _strike(self, crossing: Crossing) -> None:
        self._run.strike(crossing.t, self._rhythm.period_s or STEP.longest_s)


def _entering(interval_s: float) -> float:
    """Least swing of a step of this length that begins a run, g."""
    shortest, longest = QUICK_STEPS_S
    return QUICK_SWING_G if shortest <= interval_s <= longest else ENTER_SWING_G
