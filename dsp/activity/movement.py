"""How much the sensor moves, half a second at a time, whatever its mounting."""

from collections import deque
from dataclasses import dataclass
from math import acos, degrees, radians, sqrt
from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.grid import Piece
from dsp.history import History
from dsp.units import STANDARD_GRAVITY

WINDOW_S: Final = 0.5
"""Half of what activity monitors take (1 s, Karantonis 2006): a walking step fills it."""
MOVING_G: Final = 0.1
"""Karantonis et al. 2006 (IEEE TITB 10:156) tell activity from rest at the waist by a signal
magnitude area of 0.135 g; evenly spread over three axes that is a spread of 0.1 g."""
MOVING_RAD_S: Final = radians(20.0)
"""A walking pelvis turns by 25 to 35 deg/s, standing sway by a few."""
MOVING_TILT_DEG: Final = 12.0
"""Against gravity's direction a second before; a standing body sways by 1 to 3 degrees."""
TURNED_DEG: Final = 60.0
"""More than anyone sits down or bows by in passing: a fall, or a device in the hand."""
STILL_G: Final = 0.05
"""Breathing hard (5 mm at 0.7 Hz, leaning by 1 degree: 0.02 g), heart beat and sway stay below it;
a car (0.03 to 0.1 g, whole-body vibration surveys) not for long."""
STILL_RAD_S: Final = radians(10.0)
STUCK: Final = 1e-20
LEAST_MEAN: Final = 0.5 * STANDARD_GRAVITY
"""Shorter means have no direction: an axis is absent, or nothing carries the sensor."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One window of samples from `t`, known at `t_decision`, s.

    Args:
        force_g: spread of the specific force: root of the sum of its axes' variances, g. Any
            change of the vector counts, of its length or of its direction.
        turn: the same of the angular rate, rad/s, which leaves out the gyro's bias; None where an
            axis of it is absent.
        tilt_deg: between the mean force of this window and that of the window before the last.
    """

    t: float
    t_decision: float
    force_g: float
    turn: float | None
    tilt_deg: float

    @property
    def moving(self) -> bool:
        """Plainly more than a standing body does."""
        return (
            self.force_g > MOVING_G
            or (self.turn or 0.0) > MOVING_RAD_S
            or self.tilt_deg > MOVING_TILT_DEG
        )

    @property
    def turned(self) -> bool:
        """Turned over within a second."""
        return self.tilt_deg > TURNED_DEG

    @property
    def still(self) -> bool:
        """No more than breath, heart and sway."""
        return (
            self.force_g <= STILL_G
            and (self.turn or 0.0) <= STILL_RAD_S
            and self.tilt_deg <= MOVING_TILT_DEG
        )


class Movements:
    """Windows of a fixed number of samples, counted from the last long hole.

    Args:
        history: holds every piece before it is pushed here.
        t, known, axes: its channels: times, and the first of six in a row, specific force (m/s²)
            and angular rate (rad/s).
    """

    def __init__(self, rate_hz: float, history: History, t: int, known: int, axes: int) -> None:
        self._size = round(WINDOW_S * rate_hz)
        self._history = history
        self._t, self._known, self._axes = t, known, axes
        self._next = 0
        self._means: deque[FloatArray] = deque(maxlen=2)

    def push(self, piece: Piece) -> list[Movement]:
        """The windows that the new samples complete."""
        end = self._history.end
        if piece.restart:
            self._next = end - len(piece.t)
            self._means.clear()
        out = []
        while end - self._next >= self._size:
            out.append(self._window(self._next))
            self._next += self._size
        return out

    def _window(self, first: int) -> Movement:
        n, history = self._size, self._history
        x = history.rows(self._axes, self._axes + 6, first, first + n)
        mean = np.add.reduce(x, axis=1) / n
        away = x - mean[:, np.newaxis]
        squares = (np.add.reduce(away * away, axis=1) / n).tolist()
        tilt_deg = _between(self._means[0], mean) if len(self._means) == 2 else 0.0
        self._means.append(mean)
        turning = squares[3:]
        # An axis stuck at some value spreads by no more than its mean was rounded.
        turns = min(turning) > STUCK * max(turning[0], turning[1], turning[2], 1.0)
        return Movement(
            t=history.at(self._t, first),
            t_decision=history.at(self._known, first + n - 1),
            force_g=sqrt(squares[0] + squares[1] + squares[2]) / STANDARD_GRAVITY,
            turn=sqrt(turning[0] + turning[1] + turning[2]) if turns else None,
            tilt_deg=tilt_deg,
        )


def _between(before: FloatArray, now: FloatArray) -> float:
    """Angle between the force vectors of two means, degrees; 0 where one has no direction."""
    (a, b, c), (p, q, r) = before[:3].tolist(), now[:3].tolist()
    lengths = sqrt(a * a + b * b + c * c), sqrt(p * p + q * q + r * r)
    if min(lengths) < LEAST_MEAN:
        return 0.0
    return degrees(acos(max(-1.0, min(1.0, (a * p + b * q + c * r) / (lengths[0] * lengths[1])))))
