"""Whether a runner still runs on the ground and at the speed of the first steady minute.

Slope moves the waist's impact more than any technique does (x1.7, science 2.2): only what was
measured on like ground at like speed may be compared.
"""

from collections import deque
from dataclasses import dataclass
from math import exp
from typing import Final

import numpy as np

from dsp.block import FloatArray

SETTLE_S: Final = 20.0
"""After every start (science 3.2, rule 8)."""
MINUTE_S: Final = 60.0
TAU_S: Final = 5.0
"""Of the running means: some fifteen steps."""
HOLD_S: Final = 20.0
BACK: Final = 0.7
"""Of a limit: within it for `HOLD_S` it is level again."""
STEADY: Final = 0.5
"""Of a limit: the two halves of a steady minute differ by less."""
PAUSE_S: Final = 3.0

TILT_DEG: Final = 3.5
"""A runner leans into a slope: on a force treadmill the pelvis turned by 8 to 10 degrees at +5 and
3 to 4 at -5. Repeatable to 2 degrees in a session (science 2.4)."""
PULSE: Final = 0.10
"""Share by which the vertical pulse may narrow or widen (science 3.2, rule 8: 8 % of the active
peak)."""
CADENCE: Final = 0.12
"""Coaching changes cadence by 0.10 at most (science 3.2); beyond, the speed has changed."""
FORE_AFT: Final = 0.30
"""Share by which the fore-aft swing may change: -35 to +45 % were measured at +5 to -10 degrees; a
synthetic runner who lands half as hard loses 15 to 25 %."""
RESEATED_S: Final = 60.0
"""A tilt that stays so long while the gait says level all the time is the belt's: it was jerked.
After a stop `HOLD_S` is enough, since belts are re-seated there."""
SLIP_TAU_S: Final = 120.0
"""A belt slips slowly: while all is level the tilt of reference follows at this pace."""


@dataclass(frozen=True, slots=True)
class Gait:
    """What a step says about slope and speed.

    Args:
        step_s: its duration. width: pulse width over step time (contact_time.py).
        fore_aft: size of the horizontal force that repeats with the step, m/s²; 0: not seen.
        up: (3,) unit vector, the sensor's axes.
    """

    step_s: float
    width: float
    fore_aft: float
    up: FloatArray


class Terrain:
    """Compares with the first steady minute."""

    def __init__(self) -> None:
        self._minute: deque[tuple[float, FloatArray]] = deque()
        self._base: FloatArray | None = None
        self._now: FloatArray | None = None
        self._last = -np.inf
        self._started = -np.inf
        self._level_since = self._gait_since = -np.inf
        self._level = True
        self._reseated = False
        """There was a stop, and the belt may sit otherwise since."""

    def follow(self, t: float, gait: Gait) -> bool | None:
        """Whether slope and speed are those of the baseline; None before there is one, and in the
        first 20 s of each start.

        Args:
            t: when the step ended, s.
        """
        if t - self._last > PAUSE_S:
            self._started = t
            self._now = None
            self._minute.clear()
            self._reseated = self._base is not None
            self._gait_since = t
        passed = min(t - self._last, 1.0)
        self._last = t
        new = np.array([-np.log(gait.step_s), np.log(gait.width), gait.fore_aft, *gait.up])
        gain = 1.0 - exp(-passed / TAU_S)
        self._now = new if self._now is None else self._now + gain * (new - self._now)
        if t - self._started < SETTLE_S:
            return None
        if self._base is None:
            self._learn(t, new)
            return None if self._base is None else True
        self._compare(t, self._base, self._now, passed)
        return self._level

    def _learn(self, t: float, new: FloatArray) -> None:
        self._minute.append((t, new))
        if t - self._minute[0][0] < MINUTE_S:
            return
        rows = np.array([row for _, row in self._minute])
        half = len(rows) // 2
        first, second = rows[:half].mean(axis=0), rows[half:].mean(axis=0)
        if departure(first, second) < STEADY:
            self._base = rows.mean(axis=0)
            self._minute.clear()
            return
        for _ in range(half):
            self._minute.popleft()

    def _compare(self, t: float, base: FloatArray, now: FloatArray, passed: float) -> None:
        seated = base.copy()
        seated[3:] = now[3:]
        gait = departure(seated, now)
        # While level, nothing has to be explained by the belt.
        if gait > BACK or (self._level and not self._reseated):
            self._gait_since = t
        if t - self._gait_since >= (HOLD_S if self._reseated else RESEATED_S):
            base[3:] = now[3:]
            self._reseated = False
        off = gait if self._reseated else departure(base, now)
        if off > 1.0:
            self._level = False
        if off > BACK:
            self._level_since = t
        elif t - self._level_since >= HOLD_S:
            self._level = True
        if self._level:
            base[3:] += (now[3:] - base[3:]) * min(passed / SLIP_TAU_S, 1.0)


def departure(base: FloatArray, now: FloatArray) -> float:
    """How far from the baseline, as a share of what is allowed: over 1 it is another ground."""
    cadence, width = abs(now[0] - base[0]), abs(now[1] - base[1])
    swing = abs(now[2] / base[2] - 1.0) if base[2] > 0.0 else 0.0
    size = np.sqrt((base[3:] ** 2).sum() * (now[3:] ** 2).sum())
    cosine = float((base[3:] * now[3:]).sum() / size) if size > 0.0 else 1.0
    tilt = float(np.degrees(np.arccos(max(-1.0, min(cosine, 1.0)))))
    # Together, for a gentle slope shows a little in each of them.
    parts = (cadence / CADENCE, width / PULSE, swing / FORE_AFT, tilt / TILT_DEG)
    return float(np.sqrt(sum(part * part for part in parts)))
