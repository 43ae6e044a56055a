"""Trigger tier at the shoe: in a known rhythm the first shock that is due is the strike.

The slow path (`dsp.shoe.contacts`) finds the rhythm, confirms each strike 0.1–0.2 s later with a
better time for the metric tier, and reports the ones whose shock was too soft for the trigger.
"""

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
from dsp.shoe.gait import STRIDE, Gait
from dsp.shoe.rows import Rows
from dsp.shoe.stance import (
    Stance,
    StrideWindow,
    approach_to,
    as_triggered,
    harder,
    reached,
    same_way,
)
from dsp.shoe.usual import Usual

WEAK_STRIDES: Final = 2
DUE: Final = 0.65
"""Of the period: no strike sooner. The shock of the toe-off comes at 0.3–0.45."""
LATE: Final = 1.3
"""Of the period: a shock later than this must be confirmed before it is a strike."""
TRIGGER_SHARE: Final = 0.35
"""Of the usual shock peak (science 6.3: 0.3 × the median of the last 8 impacts)."""
APART: Final = 0.65
"""Of the period: contacts closer than this are one."""
SAME_S: Final = 0.1
"""A sure contact this close to a triggered strike is the same one."""
BEAT, OFF = 0.5, 0.15
"""Agreement with the rhythm, and the share of a period that it is: how a foot came down in a hole
was not seen, and filters that start shake, so when it came must tell. A contact so soon after:"""
BLIND_S: Final = 0.5
WRONG_ROW: Final = 3
"""As many as make a row: so many harder contacts between ours are the strikes."""
MISSED_PERIODS: Final = 2.6
"""Without a strike end a run: one that was not seen does not, two do. Even of the quickest strides
0.3 s are left after the second period, in which the slow path makes sure of the next strike."""
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
        self._gait = Gait(history, stream.rate_hz, has_gyro=stream.has_gyro)
        self._rows = Rows(STRIDE.shortest_s)
        self._rhythm = Rhythm(STRIDE)
        self._usual = Usual(self._rhythm, has_gyro=stream.has_gyro)
        self._last: Stance | None = None
        """The newest strike; while it is unconfirmed its `shock_g` is 0."""
        self._strike_t = 0.0
        self._before: tuple[Stance, float] | None = None
        """The strike before it, as confirmed, with the `t` that was reported."""
        self._reference: Stance | None = None
        self._contraries: list[Stance] = []
        self._next = self._whole_from = 0
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
            # Samples before `number` triggered nothing as things stood then: not asked again.
            self._next = number
            self._contacts.advance(history, number)
            if number == contact:
                self._touch(self._contacts.take(history, number), events)
            elif number == shock:
                self._trigger(number, events)
            else:
                return events

    def _restart(self, piece: Piece, first: int, events: list[StrideEvent]) -> None:
        """A long hole before sample `first`: a known rhythm outlives only a short one."""
        self._next = self._whole_from = first
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
            self._stop()

    def _lose_rhythm(self) -> None:
        self._rhythm.stop()
        self._rows.clear()
        self._contraries.clear()
        self._last = self._before = None

    def _stop(self) -> None:
        """The run is over."""
        self._lose_rhythm()
        self._run.clear()
        self._contacts.relearn()

    def _expire(self, first: int, last: int, events: list[StrideEvent]) -> bool:
        """Ends the run at the first sample of first..last that has reached the deadline."""
        if last <= first or not self._run.due(self._history.at(T, last - 1)):
            return False
        view = self._history.view
        known = view(KNOWN, first, last)
        ended = self._run.expired(view(T, first, last), known)
        if ended:
            # What came before was asked about with what the run had shown.
            self._contacts.advance(
                self._history, first + int(np.searchsorted(known, ended.t_decision))
            )
            events.append(ended)
            self._stop()
        return ended is not None

    def _due_shock(self) -> int | None:
        """Number of the first sample that triggers a strike in the known rhythm."""
        period = self._rhythm.period_s
        if self._last is None or self._reference is None or period is None:
            return None
        early, late = self._last.t + DUE * period, self._last.t + LATE * period
        t = self._history.view(T, self._next, self._history.end)
        if not len(t) or t[-1] < early or t[0] >= late:
            return None
        first, last = np.searchsorted(t, [early, late])
        due = self._next + int(first)
        shock = self._history.view(SHOCK, due, self._next + int(last))
        over = np.flatnonzero(shock >= TRIGGER_SHARE * self._usual.shock_g)
        for number in over + due:
            if self._broken and self._usual.on_beat(t[number - self._next] - self._last.t) < BEAT:
                continue
            approach = approach_to(self._history, int(number), self._rate)
            if same_way(approach, self._reference.approach):
                return int(number)
        return None

    def _trigger(self, number: int, events: list[StrideEvent]) -> None:
        t = reached(self._history, number, TRIGGER_SHARE * self._usual.shock_g, self._rate)
        known = self._history.at(KNOWN, number)
        if self._last is not None and not self._last.shock_g:
            # No sure contact came: the strike before stands as it was triggered.
            self._confirm(as_triggered(self._history, self._last, known, self._rate), events)
        if self._last is None:
            return
        events.append(FootStrike(t, known, self._side, self._usual.sure(t - self._last.t)))
        self._strike(Stance(number, t, known, 0.0, (0.0, 0.0, 0.0)), t)

    def _touch(self, stance: Stance, events: list[StrideEvent]) -> None:
        """A sure contact: confirms the last strike, is one that was not seen, or neither."""
        period = self._rhythm.period_s
        if period is None or self._last is None or self._reference is None:
            self._seek(stance, events)
            return
        if not stance.like(self._reference):
            self._contrary(stance, events)
            return
        interval = stance.t - self._last.t
        if interval >= APART * period:
            if self._broken and self._usual.on_beat(interval) < BEAT:
                # Across a hole the way a foot turned is not known for sure: when it came is.
                return
            if self._walks(self._last, stance, events):
                return
            sure = self._usual.sure(interval, stance.shock_g)
            events.append(FootStrike(stance.t, stance.t_decision, self._side, sure))
            self._strike(stance, stance.t)
        elif self._last.shock_g > 0.0 or abs(interval) > SAME_S:
            return
        else:
            stance = harder(self._history, self._last, stance, self._rate)
        self._confirm(stance, events)

    def _contrary(self, stance: Stance, events: list[StrideEvent]) -> None:
        """A contact of the other row: mostly a toe-off, but harder ones were strikes."""
        row = self._contraries
        hard = stance.shock_g > self._usual.shock_g
        if not hard or (row and not self._rhythm.is_whole(stance.t - row[-1].t)):
            row.clear()
        if hard:
            row.append(stance)
        if len(row) == WRONG_ROW:
            strikes = [*row]
            self._lose_rhythm()
            for strike in strikes:
                self._seek(strike, events)

    def _walks(self, last: Stance, stance: Stance, events: list[StrideEvent]) -> bool:
        """A contact that comes late after a foot that lay still is no running strike."""
        interval = stance.t - last.t
        period = self._rhythm.period_s or interval
        if self._broken or interval <= LATE * period or self._gait.runs(last, stance):
            return False
        self._weak += 1
        self._last, self._before = stance, None
        if self._weak >= WEAK_STRIDES and self._run.t is not None:
            events.append(Running(self._run.t, stance.t_decision, on=False))
            self._stop()
        return True

    def _cut_into(self, strike: Stance) -> bool:
        """Whether a hole may have taken the beginning of a contact."""
        return 0 <= strike.number - self._whole_from < BLIND_S * self._rate

    def _strike(self, stance: Stance, reported_t: float) -> None:
        """A new last strike; the one before it is as good as it will get."""
        whole = self._last is not None and not self._broken
        self._before = (self._last, self._strike_t) if self._last and whole else None
        self._last, self._strike_t, self._broken = stance, reported_t, False
        self._expect(stance.t)

    def _expect(self, t: float) -> None:
        self._run.strike(t, self._rhythm.period_s or STRIDE.longest_s)

    def _confirm(self, stance: Stance, events: list[StrideEvent]) -> None:
        """The metric tier of the stride that ends with the last strike."""
        self._last = self._reference = stance
        self._usual.remember(stance)
        self._expect(stance.t)
        if self._before is None:
            return
        begin, strike_t = self._before
        interval = stance.t - begin.t
        weak = not self._gait.runs(begin, stance)
        self._weak = self._weak + 1 if weak else 0
        if self._rhythm.is_whole(interval) and not weak:
            sure = self._usual.sure(interval, stance.shock_g)
            events.append(StrideWindow(begin, stance, strike_t, stance.t_decision, sure))
            self._rhythm.follow(interval)
        if self._weak >= WEAK_STRIDES:
            events.append(Running(stance.t, stance.t_decision, on=False))
            self._stop()

    def _seek(self, stance: Stance, events: list[StrideEvent]) -> None:
        """Three strides of a kind at like intervals are a run, or walking if the foot lay still."""
        row = self._rows.push(stance)
        if len(row) < 3:
            return
        a, b, c = row[-3:]
        if not self._gait.runs(a, b, c) or not self._rhythm.fits(b.t - a.t, c.t - b.t):
            events += self._rows.walked(self._side)
            return
        if not self._rows.is_strongest(row) or not self._gait.shocks_stand_out(a, b, c):
            return
        if self._cut_into(a) and abs((b.t - a.t) / (c.t - b.t) - 1.0) > OFF:
            del row[:-2]
            return
        self._rhythm.start((c.t - a.t) / 2.0)
        self._weak = 0
        start = self._gait.led_in(row)
        if self._cut_into(start[0]) and self._usual.on_beat(start[1].t - start[0].t) < BEAT:
            del start[0]
        self._usual.begin(start)
        if self._run.t is None:
            events.append(Running(start[0].t, c.t_decision, on=True))
        strides = [(x, y, self._usual.sure(y.t - x.t, x.shock_g)) for x, y in pairwise(start)]
        for strike, _, sure in [*strides, (c, c, self._usual.sure(c.t - b.t, c.shock_g))]:
            events.append(FootStrike(strike.t, c.t_decision, self._side, sure))
        for begin, end, sure in strides:
            events.append(StrideWindow(begin, end, begin.t, c.t_decision, sure))
        self._reference = c
        self._before = self._last = None
        self._strike(c, c.t)
        self._rows.clear()
