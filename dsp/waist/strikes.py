"""Trigger tier at the waist: 1 g crossings after unloading that come in a running rhythm.

While a rhythm is known a strike is reported at the crossing sample itself. The strikes that
establish the rhythm are reported together (`dsp.waist.search`).
"""

from typing import Final

from dsp.block import Side, Stream
from dsp.deferred import Deferred
from dsp.events import FootStrike
from dsp.grid import Piece
from dsp.history import History
from dsp.rhythm import Rhythm
from dsp.running import KEPT_S, RunEnd, Running
from dsp.waist.channels import KNOWN, UNSURE, T
from dsp.waist.crossing import RISE_S, Crossing, StepWindow, crossing_at, landed, upward
from dsp.waist.evidence import NO_WALK_G, evidence
from dsp.waist.search import BRISK_S, STEP, Search, Start, least_swing_g

SLOWEST_KEPT_S: Final = 0.52
KEEP_SWING_SHARE: Final = 0.35
"""Of the runner's usual swing; what falls below either is a walking step."""
BRISK_KEPT_G: Final = 1.1
"""Less than it takes to begin, so that a run that has begun does not come and go."""
WEAK_STEPS: Final = 2
UNLOADING_SHARE: Final = 0.4
"""A crossing counts when the vertical had fallen by this share of the runner's usual unloading."""
GATE: Final = 0.75
GATED_SHARE: Final = 0.75
"""Sooner than the gate's share of the period a strike is not due: it must unload by more."""
REFRACTORY: Final = 0.55
"""Of the period (science 6.2)."""
SHORTEST_S: Final = 0.18
KEPT: Final = 3
STANCE: Final = 0.35
"""Of the period; what unloads sooner is the dip behind an impact."""
FOLLOW: Final = 0.2
MISSED_PERIODS: Final = 2.4
SLOW_CONFIDENCE: Final = 0.5
"""Of a foot that landed while the other stood: found late, its time a model's."""
STOPPED_S: Final = 0.8
AFTER_GAP_S: Final = 2.5
"""So long after a hole a run goes on if its rhythm comes back (three strikes and a bit)."""

StrikeEvent = FootStrike | StepWindow | Running


class WaistStrikes:
    """Foot strikes and whole steps while running.

    Args:
        history: holds every piece before it is pushed here.
        active: its 10 Hz vertical.
    """

    def __init__(self, stream: Stream, history: History, active: Deferred) -> None:
        self._active = active
        self._rate = stream.rate_hz
        self._history = history
        self._rhythm = Rhythm(STEP)
        self._search = Search(stream, history)
        self._recent: list[Crossing] = []
        self._first = 0
        self._next = 0
        self._unloading_g = 1.0
        self._swing_g = 1.0
        self._weak = 0
        self._run = RunEnd(STOPPED_S, MISSED_PERIODS)

    def push(self, piece: Piece) -> list[StrikeEvent]:
        """What the new samples decide, in order of decision."""
        history = self._history
        events: list[StrikeEvent] = []
        seen = history.end - len(piece.t)
        if piece.restart:
            self._restart(piece, seen, events)
        crossings = upward(history, max(self._next, self._first + 2), self._rate)
        if crossings:
            self._active.settle()
        for number in crossings:
            self._expire(seen, number + 1, events)
            self._cross(number, events)
        self._expire(seen, history.end, events)
        self._next = history.end
        return events

    def _restart(self, piece: Piece, first: int, events: list[StrikeEvent]) -> None:
        """A long hole before sample `first`: a known rhythm outlives a short one, else it must be
        found again."""
        self._first = self._next = first
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
        if last <= first or not self._run.due(self._history.at(T, last - 1)):
            return
        view = self._history.view
        ended = self._run.expired(view(T, first, last), view(KNOWN, first, last))
        if ended:
            events.append(ended)
            self._lose_rhythm()

    def _lose_rhythm(self) -> None:
        self._rhythm.stop()
        self._recent.clear()
        self._search.clear()
        self._unloading_g = 1.0

    def _cross(self, number: int, events: list[StrikeEvent]) -> None:
        period = self._rhythm.period_s
        if period is None:
            start = self._search.cross(number, self._first)
            if start:
                self._begin(start, events)
            return
        last = self._recent[-1]
        refractory = max(SHORTEST_S, REFRACTORY * period)
        # A contact is before its crossing: most of the shock's own crossings end here.
        if self._history.at(T, number) - last.t < refractory:
            return
        after, stance = last.number, round(STANCE * period * self._rate)
        if after < self._first:
            # Its stance is over, or in the hole.
            after, stance = self._first, 0
        crossing = crossing_at(self._history, number, after, stance, self._rate)
        step = round(period * self._rate)
        if number - 2 * step >= self._first:
            crossing = landed(self._history, crossing, step, number - 2 * step)
        interval = crossing.t - last.t
        share = UNLOADING_SHARE if interval >= GATE * period else GATED_SHARE
        if interval >= refractory and 1.0 - crossing.low_g >= share * self._unloading_g:
            self._accept(last, crossing, events)

    def _begin(self, start: Start, events: list[StrikeEvent]) -> None:
        strikes = start.strikes
        b, c = strikes[-2:]
        self._rhythm.start((c.t - strikes[-3].t) / 2.0)
        self._weak = 0
        self._unloading_g = 1.0 - max(s.low_g for s in strikes)
        self._swing_g = min(b.swing_g, c.swing_g)
        self._recent = strikes[-KEPT:]
        if self._run.t is None:
            events.append(Running(strikes[0].t, c.t_decision, on=True))
        sure = (1.0 - 0.5 * start.doubt) * self._rhythm.agreement(c.t - b.t)
        before = None
        for strike in strikes:
            share = SLOW_CONFIDENCE if strike.slow else 1.0
            events.append(FootStrike(strike.t, c.t_decision, Side.UNKNOWN, share * sure))
            if before:
                events.append(StepWindow(before, strike, c.t_decision))
            before = strike
        self._strike(c)

    def _accept(self, last: Crossing, crossing: Crossing, events: list[StrikeEvent]) -> None:
        """A strike in a known rhythm."""
        interval = crossing.t - last.t
        sure = self._confidence(interval, crossing)
        events.append(FootStrike(crossing.t, crossing.t_decision, Side.UNKNOWN, sure))
        if self._rhythm.is_whole(interval) and last.number >= self._first:
            events.append(StepWindow(last, crossing, crossing.t_decision))
        self._rhythm.follow(interval)
        self._unloading_g += FOLLOW * (1.0 - crossing.low_g - self._unloading_g)
        self._recent = [*self._recent, crossing][-KEPT:]
        self._weak = self._weak + 1 if self._is_weak(interval, crossing) else 0
        self._swing_g += FOLLOW * (crossing.swing_g - self._swing_g)
        self._strike(crossing)
        if self._weak >= WEAK_STEPS:
            events.append(Running(crossing.t, crossing.t_decision, on=False))
            self._lose_rhythm()
            self._run.clear()

    def _confidence(self, interval_s: float, crossing: Crossing) -> float:
        """Agreement with the rhythm, less where a strike was missed before it, the body was
        unloaded or swung less than usual, samples were made up or clipped, the other foot stood."""
        missed = max(1, round(interval_s / (self._rhythm.period_s or interval_s)))
        sure = self._rhythm.agreement(interval_s / missed) / missed
        sure *= min(1.0, max(0.0, 1.0 - crossing.low_g) / max(self._unloading_g, 0.1))
        sure *= min(1.0, crossing.swing_g / self._swing_g)
        rise = self._history.view(
            UNSURE, crossing.number - 1 - round(RISE_S * self._rate), crossing.number + 1
        )
        return sure * (SLOW_CONFIDENCE if crossing.slow or rise.any() else 1.0)

    def _is_weak(self, interval_s: float, crossing: Crossing) -> bool:
        """Whether a step is one of walking: slow, small, or landing as walkers do."""
        if self._rhythm.is_whole(interval_s) and interval_s > SLOWEST_KEPT_S:
            return True
        least_g = least_swing_g(self._rhythm.period_s or STEP.longest_s)
        if crossing.swing_g < max(least_g, KEEP_SWING_SHARE * self._swing_g):
            return True
        if crossing.swing_g > NO_WALK_G or len(self._recent) < KEPT:
            return False
        a, b, c = self._recent
        whole = a.number >= self._first and self._rhythm.is_whole(b.t - a.t)
        if not (whole and self._rhythm.is_whole(c.t - b.t)):
            return False
        found = evidence(self._history, (a, b, c), self._first, self._rate)
        brisk = c.slow and c.t - a.t > 2.0 * BRISK_S and found.bounce_g < BRISK_KEPT_G
        return brisk or found.walking

    def _strike(self, crossing: Crossing) -> None:
        self._run.strike(crossing.t, self._rhythm.period_s or STEP.longest_s)
