"""When the foot leaves the ground: the fastest heel-up turning ends the push-off (Falbriard 2018).

Looked for twice. First about the main axis of turning in late stance and swing, which needs no
knowledge of the mounting: through push-off the foot pitches toe down, in the second half of the
swing toe up, which gives its sign. Then, once the flat foot and its axes are known, about the
horizontal axis across the foot: a foot that rolls outward as it pushes off shifts the first.
"""

from math import radians
from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.filters import lowpass
from dsp.rotation import turned
from dsp.shoe.stride import StrideSamples
from dsp.shoe.zero_phase import ZeroPhase

SMOOTH_HZ: Final = 20.0
"""The push-off's turning lies below 10 Hz, the shoe's shaking after it above."""
SOONEST_S: Final = 0.09
"""No running contact is shorter (contacts last at least 95 ms)."""
SEARCH: Final = (0.17, 0.65)
"""Of the stride: the slap of a heel strike lies before, the swing's toe-up turning after it;
grounded running stays on the ground for up to 0.6 of a stride."""
PUSH_RAD_S: Final = radians(100.0)
"""A foot that turns slower has not pushed off (running: 300 to 1000 deg/s)."""
NEAR_S: Final = 0.03
"""No clipped or bridged sample may lie this close to the extremum."""
EARLY_SHARE: Final = 0.02
"""Of the contact. Contact time between the two pitch-rate extrema was short by 10.5 ± 2.2 % (35
runners, force treadmill; Falbriard et al., ISBS 2017). The first of them, the slap, comes 8.5 % of
the contact after the strike (median of the hallway recordings); the rest is this end's. A share,
not a time: the bias depends on speed (Falbriard 2018), and contact time follows speed."""


def contact_s(strike_t: float, push_t: float) -> float:
    """Contact time from the strike and the fastest push, s."""
    return (push_t - strike_t) / (1.0 - EARLY_SHARE)


class PushOff:
    """Finds the fastest push of a stride from `strike_t` to `following_t`."""

    def __init__(self, rate_hz: float) -> None:
        self._period = 1.0 / rate_hz
        self._smooth = ZeroPhase(lowpass(SMOOTH_HZ, rate_hz))

    def about_main_axis(
        self, stride: StrideSamples, strike_t: float, following_t: float
    ) -> float | None:
        """When the foot turns toe down fastest, s."""
        duration = following_t - strike_t
        if not stride.until(following_t):
            return None
        a, b, c = (stride.at(strike_t + share * duration) for share in (0.20, 0.55, 0.95))
        if not a < b < c:
            return None
        gyr = stride.gyr[:, a:c].copy()
        moment = np.empty((3, 3))
        for i in range(3):
            for j in range(i + 1):
                moment[i, j] = moment[j, i] = float((gyr[i] * gyr[j]).sum())
        axis = np.linalg.eigh(moment)[1][:, -1]
        later = gyr[:, b - a :].sum(axis=1) - gyr[:, : b - a].sum(axis=1)
        x, y, z = axis if float((later * axis).sum()) >= 0.0 else -axis
        pitching = x * stride.gyr[0] + y * stride.gyr[1] + z * stride.gyr[2]
        return self._fastest(stride, pitching, strike_t, following_t)

    def across(
        self,
        stride: StrideSamples,
        q: FloatArray,
        left: FloatArray,
        strike_t: float,
        following_t: float,
    ) -> float | None:
        """Likewise about the axis to the left of the flat foot, s.

        Args:
            q: (4, n) the foot's axes at every sample, seen from those of the flat foot.
        """
        seen = turned(q, stride.gyr)
        pitching = -(left[0] * seen[0] + left[1] * seen[1] + left[2] * seen[2])
        return self._fastest(stride, pitching, strike_t, following_t)

    def _fastest(
        self, stride: StrideSamples, pitching: FloatArray, strike_t: float, following_t: float
    ) -> float | None:
        """The lowest toe-up rate where toe-off can be; None where there is none or in doubt."""
        duration = following_t - strike_t
        last = strike_t + SEARCH[1] * duration
        a = stride.at(strike_t + max(SOONEST_S, SEARCH[0] * duration))
        b = stride.at(last)
        if b - a < 3 or not stride.until(last):
            return None
        smooth = self._smooth(pitching)
        k = a + int(np.argmin(smooth[a:b]))
        if not a < k < b - 1 or smooth[k] > -PUSH_RAD_S:
            return None
        near = slice(stride.at(stride.t[k] - NEAR_S), stride.at(stride.t[k] + NEAR_S) + 1)
        if stride.gyr_bad[near].any():
            return None
        # Where the parabola through the three lowest samples has its bottom.
        before, low, after = (float(x) for x in smooth[k - 1 : k + 2])
        bend = before - 2.0 * low + after
        shift = 0.5 * (before - after) / bend if bend > 0.0 else 0.0
        return float(stride.t[k]) + shift * self._period
