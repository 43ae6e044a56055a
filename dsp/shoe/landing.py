"""How the foot comes down: its angle and forward speed at the strike, and how it everts."""

from dataclasses import dataclass
from math import degrees

import numpy as np

from dsp.block import FloatArray, Side
from dsp.rotation import turned
from dsp.shoe.foot_frame import FootAxes
from dsp.shoe.stride import StrideSamples


@dataclass(frozen=True, slots=True)
class Landing:
    """From the strike to the flat foot; None where it cannot be told.

    Args:
        angle_deg: foot to ground at the strike, toe up positive.
        eversion_deg: from the strike to the most everted foot of the first half of the contact.
        forward_m_s: speed of the foot over the ground at the strike.
    """

    angle_deg: float
    eversion_deg: float | None
    forward_m_s: float | None


def landing(
    stride: StrideSamples,
    q: FloatArray,
    axes: FootAxes,
    side: Side,
    strike_t: float,
    flat: int,
    contact_s: float | None,
) -> Landing | None:
    """The landing of a foot that stands flat at sample `flat`.

    Looked at backward from there: the foot's axes are known when it is flat, its speed is zero.

    Args:
        q: (4, n) the foot's axes at every sample, seen from those at `flat`.
    """
    first = stride.at(strike_t)
    if flat - first < 2 or stride.gyr_bad[first : flat + 1].any():
        return None
    down = slice(first, flat + 1)
    rises = _rise(q[:, first : first + 2], axes.forward, axes.up)
    # The strike lies between two samples.
    t0, t1 = float(stride.t[first]), float(stride.t[first + 1])
    ahead = (t0 - strike_t) / (t1 - t0) if first > 0 else 0.0
    angle = float(rises[0]) - ahead * float(rises[1] - rises[0])
    eversion = None
    if contact_s is not None and side is not Side.UNKNOWN:
        half = stride.at(strike_t + 0.5 * contact_s)
        if not stride.gyr_bad[first : half + 1].any():
            out = 1.0 if side is Side.LEFT else -1.0
            everted = out * _rise(q[:, first : half + 1], axes.left, axes.up)
            eversion = degrees(float(everted.max() - everted[0]))
    forward = None
    if stride.whole and not stride.acc_bad[down].any():
        gained = turned(q[:, down], stride.acc[:, down]) - axes.gravity[:, np.newaxis]
        along = (gained * axes.forward[:, np.newaxis]).sum(axis=0)
        forward = -float((0.5 * (along[1:] + along[:-1]) * np.diff(stride.t[down])).sum())
    return Landing(degrees(angle), eversion, forward)


def _rise(q: FloatArray, axis: FloatArray, up: FloatArray) -> FloatArray:
    """(n,) angle of the foot's `axis` to the horizontal, rad."""
    v = turned(q, axis[:, np.newaxis])
    height = v[0] * up[0] + v[1] * up[1] + v[2] * up[2]
    return np.asarray(np.arcsin(np.clip(height, -1.0, 1.0)))
