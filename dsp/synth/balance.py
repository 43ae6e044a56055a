"""What the vertical force of a walking body needs so that its mean speed is that of the ground.

The ground rises by stairs and slopes; the speed of a step is reached in its middle and goes
straight to that of the next. Where steps become longer or shorter, and where a walk begins and
ends, the feet's pushes overlap unevenly, and the body would gain speed: that is taken back.
"""

from collections.abc import Callable

import numpy as np

from dsp.block import FloatArray, IntArray
from dsp.synth.steps import Steps
from dsp.units import STANDARD_GRAVITY

FINE_S = 0.001
_EDGE_S = 1e-6
_STOOD = 2
"""Steps of standing looked at before a walk; after it, whose last step is still taken, 3."""


def balance(
    steps: Steps, pushed: Callable[[FloatArray], FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Times, s, and the force to be added there, g, straight between; empty: nobody walks.

    Args:
        pushed: the vertical force of the feet alone at (n,) times, g.
    """
    at: list[FloatArray] = []
    force: list[FloatArray] = []
    begins = np.flatnonzero(np.diff(2 * steps.bout + steps.running, prepend=-1))
    for k in np.split(np.arange(len(steps)), begins[1:]):
        if steps.running[k].any():
            continue
        edges, climb = _walked(steps, k)
        fine = np.arange(edges[0], edges[-1], FINE_S)
        speed = np.cumsum(pushed(fine) - 1.0) * FINE_S
        cut = np.searchsorted(fine, edges[1:-1])
        own = np.array([part.mean() for part in np.split(speed, cut)]) * STANDARD_GRAVITY
        middle = 0.5 * (edges[1:] + edges[:-1])
        change = np.diff(climb - own) / np.diff(middle) / STANDARD_GRAVITY
        # Held from one middle to the next, over and done with before either.
        for a, b, amount in zip(middle[:-1], middle[1:], change, strict=True):
            at.append(np.array([a, a + _EDGE_S, b - _EDGE_S, b]))
            force.append(amount * np.array([0.0, 1.0, 1.0, 0.0]))
    if not at:
        return np.zeros(0), np.zeros(0)
    return np.concatenate(at), np.concatenate(force)


def _walked(s: Steps, k: IntArray) -> tuple[FloatArray, FloatArray]:
    """Where the steps `k` of a walk begin and the last one ends, s; what each climbs, m/s.

    Steps of standing are added at either side, where it is not running.
    """
    first, last = int(k[0]), int(k[-1])
    # A contact's climb was done in the step that ended with it.
    climb = s.climb_m[k] / s.step_s[k] + s.speed[k] * np.sin(np.radians(s.slope_deg[k]))
    if first == 0 or s.bout[first - 1] != s.bout[first]:
        before = s.t[first] - s.step_s[first] * np.arange(float(_STOOD), 0.0, -1.0)
        climb = np.concatenate([[0.0], climb])
    else:
        before, climb = np.zeros(0), climb[1:]
    if last + 1 < len(s) and s.bout[last + 1] == s.bout[last]:
        after = s.t[last + 1 : last + 2]
        climb = np.append(climb, 0.0)
    else:
        after = s.t[last] + s.step_s[last] * np.arange(1.0, _STOOD + 2.0)
        climb = np.concatenate([climb, np.zeros(_STOOD + 1)])
    return np.concatenate([before, s.t[k], after]), climb
