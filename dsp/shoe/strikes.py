"""Trigger tier at the shoe: in a known rhythm the first shock that is due is the strike.

The slow path (`dsp.shoe.contacts`) finds the rhythm, confirms each strike 0.1–0.2 s later with a
better time for the metric tier, and reports the ones whose shock was too soft for the trigger.
"""

from collections import deque
from itertools import pairwise
from typing import Final

import numpy as np

from dsp.block import Side, Stream
from dsp.events import FootStrike, WalkStep
from dsp.grid import Piece
from dsp.history import History
from dsp.rhythm import Rhythm
from dsp.running import KEPT_S, RunEnd, Running
from dsp.shoe.channels import KNOWN, SHOCK, T
from dsp.shoe.contacts import Contacts
from dsp.shoe.gait import STRIDE, led_in, runs
from dsp.shoe.rows import Rows
from dsp.shoe.stance import Stance, StrideWindow, approach_to, reached, same_way, stillness

WEAK_STRIDES: Final = 2
DUE: Final = 0.65
"""Of the period: no strike sooner. The shock of the toe-off comes at 0.3–0.45."""
LATE: Final = 1.3
"""Of the period: a shock later than this must be confirmed before it is a strike."""
TRIGGER_SHARE: Final = 0.35
"""Of the usual shock peak (science 6.3: 0.3 × the median of the last 8 impacts)."""
APART: Final = 0.65
"""Of the period: contacts closer than this are one."""
TRIGGER_SHARE_BLIND: Final = 0.5
APART_BLIND: Final = 0.7
"""Without a gyro a toe-off is told from a strike only by its softer shock and by when it comes."""
IMPACT_S: Final = 0.06
SHOCKS: Final = 8
MISSED_PERIODS: Final = 2.2
STOPPED_S: Final = 1.2
AFTER_GAP_S: Final = 3.5

StrideEvent = FootStrike | StrideWindow | WalkStep | Running


class ShoeStrikes:
    """Foot strikes, whole strides and walk steps of the instrumented foot.

    Args:
        history: holds every piece before it is pushed here.
    """

    def __init__(self, stream: Stream, history: History) -> None:
        self._side: Side = stream.side
        self._rate = stream.rate_hz
        self._history = history
        self._contacts = Contacts(stream.rate_hz, has_gyro=stream.has_gyro)
        self._apart = APART if stream.has_gyro else APART_BLIND
        self._trust = 1.0 if stream.has_gyro else 0.5
        self._share = TRIGGER_SHARE if stream.has_gyro else TRIGGER_SHARE_BLIND
        self._rows = Rows(STRIDE.shortest_s)
        self._rhythm = Rhythm(STRIDE)
        self._shocks: deque[float] = deque(maxlen=SHOCKS)
        self._last: Stance | None = None
        """The newest strike; while it is unconfirmed its `shock_g` is 0."""
        self._strike_t = 0.0
        self._before: tuple[Stance, float] | None = None
        """The strike before it, as confirmed, with the `t` that was reported."""
        self._reference: Stance | None = None
        self._next = 0
        self._weak = 0
        self._broken = False
        """A hole lies after the last strike: no stride can be measured across it."""
        self._run = RunEnd(STOPPED_S, MISSED_PERIODS)

    def push(self, piece: Piece) -> list[StrideEvent]:
        """What the new samples decide, in order of decision."""
        history = self._history
        events: list[StrideEvent] = []
        seen = history.end - len(piece.t)
        if piece.restart:
            self._restart(piece, seen, events)
        while True:
            contact, shock = self._contacts.find(history), self._due_shock()
            number = min(x for x in (contact, shock, history.end) if x is not None)
            if self._expire(seen, number + 1 if number < history.end else number, events):
                continue
            # Samples before `number` triggered nothing as things stood then; they are not asked
            # again.
            self._next = number
            self._contacts.advance(history, number)
            if number == contact:
                self._touch(self._contacts.take(history, number), events)
            elif number == shock:
                self._trigger(number, events)
            else:
                return events

    def _restart(self, piece: Piece, first: int, events: list[StrideEvent]) -> None:
        """A long hole before sample `first`: a known rhythm outlives a short one, else it must be
        found again."""
        self._next = first
        self._contacts.restart(self._next)
        period = self._rhythm.period_s
        if period is not None and piece.hole_s < KEPT_S:
            self._broken = True
            self._run.across(piece, MISSED_PERIODS * period)
            return
        self._lose_rhythm()
        ended = self._run.across(piece, AFTER_GAP_S)
        if ended:
            events.append(ended)

    def _lose_rhythm(self) -> None:
        self._rhythm.stop()
        self._rows.clear()
        self._last = self._before = None

    def _expire(self, first: int, last: int, events: list[StrideEvent]) -> bool:
        """Ends the run at the first sample of first..last that has reached the deadline."""
        view = self._history.view
        ended = self._run.expired(view(T, first, last), view(KNOWN, first, last))
        if ended:
            events.append(ended)
            self._lose_rhythm()
        return ended is not None

    def _due_shock(self) -> int | None:
        """Number of the first sample that triggers a strike in the known rhythm."""
        period = self._rhythm.period_s
        if self._last is None or self._reference is None or period is None:
            return None
        t = self._history.view(T, self._next, self._history.end)
        first, last = np.searchsorted(
            t, [self._last.t + DUE * period, self._last.t + LATE * period]
        )
        due = self._next + int(first)
        shock = self._history.view(SHOCK, due, self._next + int(last))
        over = np.flatnonzero(shock >= self._least_shock)
        for number in over + due:
            approach = approach_to(self._history, int(number), self._rate)
            if same_way(approach, self._reference.approach):
                return int(number)
        return None

    @property
    def _least_shock(self) -> float:
        return self._share * float(np.median(self._shocks))

    def _trigger(self, number: int, events: list[StrideEvent]) -> None:
        t = reached(self._history, number, self._least_shock, self._rate)
        known = self._history.at(KNOWN, number)
        if self._last is not None and not self._last.shock_g:
            # No sure contact came: the strike before stands as it was triggered.
            self._confirm(self._as_triggered(self._last, known), events)
        if self._last is None:
            return
        sure = self._trust * self._rhythm.agreement(t - self._last.t)
        events.append(FootStrike(t, known, self._side, sure))
        self._strike(Stance(number, t, known, 0.0, (0.0, 0.0, 0.0)), t)

    def _as_triggered(self, strike: Stance, known: float) -> Stance:
        after = strike.number + round(IMPACT_S * self._rate)
        shock = float(self._history.view(SHOCK, strike.number, after + 1).max())
        approach = approach_to(self._history, strike.number, self._rate)
        return Stance(strike.number, strike.t, known, shock, approach)

    def _touch(self, stance: Stance, events: list[StrideEvent]) -> None:
        """A sure contact: confirms the last strike, is one that was not seen, or neither."""
        period = self._rhythm.period_s
        if period is None or self._last is None or self._reference is None:
            self._seek(stance, events)
            return
        if not stance.like(self._reference):
            return
        interval = stance.t - self._last.t
        if interval >= self._apart * period:
            if self._walks(self._last, stance, events):
                return
            sure = self._trust * self._rhythm.agreement(interval)
            events.append(FootStrike(stance.t, stance.t_decision, self._side, sure))
            self._strike(stance, stance.t)
        elif self._last.shock_g > 0.0:
            return
        self._confirm(stance, events)

    def _walks(self, last: Stance, stance: Stance, events: list[StrideEvent]) -> bool:
        """A contact that comes late after a foot that lay still is no running strike."""
        interval = stance.t - last.t
        still = stillness(self._history, last.number, stance.number)
        period = self._rhythm.period_s or interval
        if self._broken or interval <= LATE * period or runs(interval, still):
            return False
        self._weak += 1
        self._last, self._before = stance, None
        if self._weak >= WEAK_STRIDES and self._run.t is not None:
            events.append(Running(self._run.t, stance.t_decision, on=False))
            self._end_run()
        return True

    def _strike(self, stance: Stance, reported_t: float) -> None:
        """A new last strike; the one before it is as good as it will get."""
        whole = self._last is not None and not self._broken
        self._before = (self._last, self._strike_t) if self._last and whole else None
        self._last, self._strike_t, self._broken = stance, reported_t, False
        self._expect(stance.t)

    def _expect(self, t: float) -> None:
        self._run.strike(t, self._rhythm.period_s or STRIDE.longest_s)

    def _end_run(self) -> None:
        self._lose_rhythm()
        self._run.clear()

    def _confirm(self, stance: Stance, events: list[StrideEvent]) -> None:
        """The metric tier of the stride that ends with the last strike."""
        self._last = self._reference = stance
        self._shocks.append(stance.shock_g)
        self._expect(stance.t)
        if self._before is None:
            return
        begin, strike_t = self._before
        interval = stance.t - begin.t
        still = stillness(self._history, begin.number, stance.number)
        weak = not runs(interval, still)
        self._weak = self._weak + 1 if weak else 0
        if self._rhythm.is_whole(interval) and not weak:
            events.append(StrideWindow(begin, stance, strike_t, stance.t_decision))
            self._rhythm.follow(interval)
        if self._weak >= WEAK_STRIDES:
            events.append(Running(stance.t, stance.t_decision, on=False))
            self._end_run()

    def _seek(self, stance: Stance, events: list[StrideEvent]) -> None:
        """Three strides of a kind at like intervals are a run, or walking if the foot lay still."""
        row = self._rows.push(stance)
        if len(row) < 3:
            return
        a, b, c = row[-3:]
        still = stillness(self._history, a.number, c.number)
        running = runs((c.t - a.t) / 2.0, still)
        if not running or not self._rhythm.fits(b.t - a.t, c.t - b.t):
            events += self._rows.walked(self._side)
            return
        if not self._rows.is_strongest(row):
            return
        self._rhythm.start((c.t - a.t) / 2.0)
        self._weak = 0
        self._shocks.clear()
        sure = self._trust * self._rhythm.agreement(c.t - b.t)
        start = led_in(self._history, row)
        if self._run.t is None:
            events.append(Running(start[0].t, c.t_decision, on=True))
        for strike in start:
            events.append(FootStrike(strike.t, c.t_decision, self._side, sure))
            self._shocks.append(strike.shock_g)
        for begin, end in pairwise(start):
            events.append(StrideWindow(begin, end, begin.t, c.t_decision))
        self._reference = c
        self._before = None
        self._last = None
        self._strike(c, c.t)
        self._rows.clear()
