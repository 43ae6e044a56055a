"""Orientation from angular rate, all samples at once."""

from typing import Final

import numpy as np

from dsp.block import FloatArray

_NEXT: Final = np.array([1, 2, 0])
_AFTER: Final = np.array([2, 0, 1])


def orientations(t: FloatArray, gyr: FloatArray) -> FloatArray:
    """(4, n) unit quaternions (w, x, y, z): the body's axes at `t`, seen from those at t[0].

    Between samples the rate is taken as straight: one rotation vector per interval. They are
    multiplied up in log2 n rounds, each over the whole stride, instead of one by one.

    Args:
        t: (n,) s. gyr: (3, n) rad/s, body axes.
    """
    turned = 0.25 * (gyr[:, 1:] + gyr[:, :-1]) * np.diff(t)  # half angles
    x2 = turned[0] ** 2 + turned[1] ** 2 + turned[2] ** 2
    q = np.zeros((4, len(t)))
    q[0, 0] = 1.0
    # Series of cos and sin/x: half angles stay below 0.3 rad (2000 deg/s at 100 Hz), error 1e-9.
    q[0, 1:] = 1.0 - x2 / 2.0 * (1.0 - x2 / 12.0 * (1.0 - x2 / 30.0))
    q[1:, 1:] = turned * (1.0 - x2 / 6.0 * (1.0 - x2 / 20.0 * (1.0 - x2 / 42.0)))
    reach = 1
    while reach < len(t):
        # After this round each holds the product of the last 2 x reach turns.
        q = np.concatenate([q[:, :reach], product(q[:, :-reach], q[:, reach:])], axis=1)
        reach *= 2
    unit: FloatArray = q / np.sqrt(q[0] ** 2 + q[1] ** 2 + q[2] ** 2 + q[3] ** 2)
    return unit


def product(a: FloatArray, b: FloatArray) -> FloatArray:
    """(4, n) quaternions: first `b`, then `a`."""
    out: FloatArray = a[0] * b
    out[0] -= a[1] * b[1] + a[2] * b[2] + a[3] * b[3]
    out[1] += a[1] * b[0] + a[2] * b[3] - a[3] * b[2]
    out[2] += a[2] * b[0] + a[3] * b[1] - a[1] * b[3]
    out[3] += a[3] * b[0] + a[1] * b[2] - a[2] * b[1]
    return out


def turned(q: FloatArray, v: FloatArray) -> FloatArray:
    """(3, n) vectors `v`, (3, n) or (3, 1), turned by the quaternions `q`."""
    w, u = q[0], q[1:]
    c = 2.0 * cross(u, v)
    out: FloatArray = v + w * c + cross(u, c)
    return out


def cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """(3,) or (3, n) vector product."""
    out: FloatArray = a[_NEXT] * b[_AFTER] - a[_AFTER] * b[_NEXT]
    return out


def seen_from(q: FloatArray, number: int) -> FloatArray:
    """The orientations `q` seen from the body's axes at sample `number`."""
    back = q[:, number : number + 1] * np.array([[1.0], [-1.0], [-1.0], [-1.0]])
    return product(back, q)
