"""Beats that a runner can step to: predicted, even, decided by the strikes before them.

Pure: strikes in, cues out, no clock. Each seen strike decides the beats up to the next one, so that
nothing beats when nobody runs; a beat that was decided is never revised (docs/metronome.md).
"""

from collections.abc import Callable
from typing import Final

from dsp.events import FootStrike
from feedback.cue import Cue, Pattern
from feedback.footfalls import Footfalls
from feedback.settings import PLAUSIBLE_SPM
from feedback.synchrony import LEAD_S, Synchrony
from feedback.target import CAP

AHEAD: Final = 0.5
"""Of a period beyond the next expected strike: its decision may come late, its beat must not."""
NOTICE_S: Final = 0.02
"""From the decision to the beat, at least: a beat that is late is worse than none."""
CLOSEST_S: Final = 60.0 / PLAUSIBLE_SPM[1]
"""No two beats are closer."""
CHANGE_S: Final = 0.002
"""A period changes by no more from beat to beat: a fifth of what ears notice (docs)."""
PATIENCE_BEATS: Final = 16
"""Even beats, at least, before a beat is put back onto the steps: oftener would be a stutter."""
RENEW_S: Final = 60.0
"""Between two looks at the runner's own tempo, for a nudge."""
OWN_WITHIN: Final = 0.05
"""Of the tempo at which beats at the runner's own steps began. Beats that follow a runner who
follows them drift away with him if he is ever so slightly early or late (docs/metronome.md)."""
OWN_QUIET_S: Final = 30.0
"""Then, without beats, until he is back."""
OVER_MOST: Final = 0.02
"""Who is quicker than the most by more gets no nudge: it would ask for fewer steps."""
MOST_NUDGE_PERCENT: Final = 3.0
"""Within it runners follow without noticing (Van Dyck 2015)."""

Most = Callable[[], float | None] | float | None


class Metronome:
    """Beats for one runner; silent until `start`. It must see the strikes of the silence too.

    Args:
        most_spm: no beat is quicker, steps per minute; a function is asked at each strike.
        nudge_percent: beats so much quicker than the runner's own tempo, percent; 0: at the
            runner's own steps.
        lead_s: how far footfall leads the beat, s, if that was learned before.

    Raises:
        ValueError: `nudge_percent` or `lead_s` is out of bounds.
    """

    def __init__(
        self, *, most_spm: Most = None, nudge_percent: float = 0.0, lead_s: float = LEAD_S
    ) -> None:
        if not 0.0 <= nudge_percent <= MOST_NUDGE_PERCENT:
            raise ValueError(
                f"nudge_percent = {nudge_percent:g}: must be 0 to {MOST_NUDGE_PERCENT:g}"
            )
        self._most = most_spm
        self._nudge = 1.0 + nudge_percent / 100.0
        self._feet = Footfalls()
        self._synchrony = Synchrony(lead_s)
        self._sounding = False
        self._start_t = self._strike_t = self._given_t = float("-inf")
        self._because = ""
        self._tempo_spm: float | None = None
        self._first_s: float | None = None
        # Beats at the runner's own steps: the tempo they began at, when they may go on.
        self._began_s: float | None = None
        self._quiet_t = float("-inf")
        # The even beats: the last one, heard or not, their period, and where it is going.
        self._beat_t: float | None = None
        self._period_s = self._goal_s = 0.0
        self._renew_t = float("-inf")
        self._since_put_back = 0
        self._put_back = False

    def start(self, t: float, tempo_spm: float | None, because: str) -> None:
        """Beats from `t` on, once strikes decide them; while it sounds, a change of tempo.

        Args:
            tempo_spm: steps per minute; None: the runner's own tempo, nudged.
            because: the reason, for the cues.

        Raises:
            ValueError: no runner has such a tempo.
        """
        low, high = PLAUSIBLE_SPM
        if tempo_spm is not None and not low <= tempo_spm <= high:
            raise ValueError(f"tempo_spm = {tempo_spm:g}: must be {low:g} to {high:g}")
        was_even = self._even if self._sounding else None
        self._sounding, self._because, self._tempo_spm = True, because, tempo_spm
        if was_even is not self._even:
            self._start_t = t
            self._restart()

    def stop(self) -> None:
        """No more beats. Those that were decided are out of its hands."""
        self._sounding = False
        self._restart()

    @property
    def sounding(self) -> bool:
        """Between `start` and `stop`."""
        return self._sounding

    @property
    def locked(self) -> bool:
        """Whether the runner keeps to the tempo of even beats."""
        return self._synchrony.locked

    @property
    def lead_s(self) -> float:
        """How far footfall leads the beat, as learned so far, s."""
        return self._synchrony.lead_s

    def push(self, event: FootStrike) -> list[Cue]:
        """Beats that this strike decides; their `t` is when they are due."""
        if event.inferred:
            self._feet.inferred()
            return []
        if event.t <= self._strike_t:
            return []
        self._strike_t = event.t
        if not self._feet.push(event):
            self._restart()
        if not self._sounding:
            return []
        if self._beat_t is not None:
            self._synchrony.strike(event.t, self._period_s, self._feet.recent_s)
        if not self._feet.expected:
            return []
        earliest = max(self._start_t, event.t_decision + NOTICE_S)
        beats = self._even_beats if self._even else self._own_beats
        return [
            Cue(due, event.t_decision, Pattern.BEAT, f"{self._because}; {tempo}", event.t)
            for due, tempo in beats(event.t, earliest)
        ]

    @property
    def _even(self) -> bool:
        return self._tempo_spm is not None or self._nudge > 1.0

    def _restart(self) -> None:
        self._beat_t, self._put_back = None, False
        self._since_put_back = 0
        self._renew_t = self._quiet_t = float("-inf")
        self._began_s = None
        self._synchrony.restart()

    def _least_s(self) -> float:
        """The shortest time between two beats that may be, s."""
        most = self._most() if callable(self._most) else self._most
        bounds = [CLOSEST_S] if most is None else [CLOSEST_S, 60.0 / most]
        if self._tempo_spm is None and self._first_s is not None:
            bounds.append(self._first_s / CAP)
        return max(bounds)

    def _own_s(self) -> float | None:
        """The runner's slow mean; what it was at first bounds what own and nudged beats come to."""
        slow = self._feet.slow_s
        if self._first_s is None:
            self._first_s = slow
        return slow

    def _own_beats(self, now: float, earliest: float) -> list[tuple[float, str]]:
        """At the steps themselves, as predicted."""
        own = self._own_s()
        if own is None or not self._may_follow(now, own):
            return []
        least = self._least_s()
        out = []
        for step_t in self._feet.expected:
            due = step_t + self.lead_s
            # Closer than half a period it is the step that has had its beat.
            if due >= earliest and due - self._given_t >= 0.5 * own:
                self._given_t = max(due, self._given_t + least)
                out.append((self._given_t, f"beat at your own {60.0 / own:.0f} spm"))
        return out

    def _may_follow(self, now: float, own_s: float) -> bool:
        """Whether beats may be at the runner's own tempo: not once it has changed."""
        if now < self._quiet_t:
            return False
        if self._began_s is None:
            self._began_s = own_s
        of_late = self._feet.recent_s or own_s
        changed = abs(self._began_s / of_late - 1.0) > OWN_WITHIN
        if changed or self._least_s() > min(own_s, of_late):
            self._quiet_t = now + OWN_QUIET_S
            return False
        return True

    def _even_beats(self, now: float, earliest: float) -> list[tuple[float, str]]:
        """At the period, whatever the steps do."""
        if not self._aim(now):
            return []
        steps = self._feet.expected
        horizon = steps[-1] + AHEAD * self._period_s
        if self._synchrony.runaway and self._since_put_back >= PATIENCE_BEATS:
            self._put_back = True
        out = []
        while (due := self._next_even(steps, earliest)) is not None and due <= horizon:
            self._take(due)
            if due >= earliest and due - self._given_t >= self._least_s() * (1.0 - 1e-9):
                self._given_t = due
                out.append((due, f"beat at {60.0 / self._period_s:.0f} spm"))
        return out

    def _aim(self, now: float) -> bool:
        """Where the period is going; False while that is not known."""
        if self._tempo_spm is not None:
            goal = 60.0 / self._tempo_spm
        elif now - self._renew_t < RENEW_S:
            goal = self._goal_s
        else:
            own = self._own_s()
            if own is None or own < (1.0 - OVER_MOST) * self._least_s():
                self._restart()
                return False
            self._renew_t, goal = now, own / self._nudge
        self._goal_s = max(goal, self._least_s())
        if self._beat_t is None:
            self._period_s = self._goal_s
        return True

    def _next_even(self, steps: tuple[float, ...], earliest: float) -> float | None:
        if self._beat_t is None:
            first = max(earliest, self._given_t + self._least_s())
            return next((due for s in steps if (due := s + self.lead_s) >= first), None)
        period = self._next_period()
        if not self._put_back:
            return self._beat_t + period
        # One longer interval, never a shorter one.
        own = self._feet.slow_s or period
        due = steps[0] + self.lead_s
        while due < self._beat_t + period:
            due += own
        return due

    def _next_period(self) -> float:
        change = min(max(self._goal_s - self._period_s, -CHANGE_S), CHANGE_S)
        return max(self._period_s + change, self._least_s())

    def _take(self, due: float) -> None:
        if self._beat_t is not None:
            self._period_s = self._next_period()
            self._since_put_back += 1
        if self._put_back:
            self._put_back, self._since_put_back = False, 0
            self._synchrony.put_back()
        self._beat_t = due
        self._synchrony.beat(due)
