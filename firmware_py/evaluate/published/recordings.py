"""From a recording in sensor axes to the axes that the papers ask for, with the best fair chance.

The whole recording is used to find the axes: more than any rule has on a device.
"""

from typing import Final

import numpy as np
from scipy import signal

from dsp.block import BoolArray, FloatArray, Mount, SampleBlock
from dsp.errors import RecordingError
from dsp.units import STANDARD_GRAVITY
from firmware_py.evaluate.published.found import Signals, samples, upward, zero_phase

STEP_BAND_HZ: Final = (2.0, 4.5)
"""Steps of a runner, science 6.2."""
BRAKING_S: Final = 0.080
UNLOADED_G: Final = 0.8
TURN_HZ: Final = 10.0
STILL: Final = np.radians(100.0)
TURNING: Final = np.radians(200.0)
STILL_S: Final = 0.03


def signals_of(block: SampleBlock, mount: Mount, rate_hz: float) -> Signals:
    """The signals of a whole recording.

    Waist: the vertical lies along the mean specific force, in g as recorded; forward is the
    horizontal direction with most power in the step band, braking negative. Where a column was not
    recorded the others are named axes: z up, x forward. Shoe: resultant, and the rate about the
    principal axis of the angular rate, positive in swing.

    Raises:
        RecordingError: no vertical axis, or fewer than 16 samples.
    """
    if len(block) < 16:
        raise RecordingError(f"{len(block)} samples; a rule needs 16 at least")
    force = block.acc / STANDARD_GRAVITY
    recorded: BoolArray = np.logical_not(np.isnan(force).all(axis=0))
    if mount is Mount.SHOE:
        resultant: FloatArray = np.sqrt((force[:, recorded] ** 2).sum(axis=1))
        return Signals(block.t, rate_hz, resultant, pitch_rate=_pitch_rate(block, rate_hz))
    if not recorded.all():
        if not recorded[2]:
            raise RecordingError("no vertical axis; no rule applies")
        forward, lateral = (
            force[:, k] - force[:, k].mean() if recorded[k] else None for k in (0, 1)
        )
        return Signals(block.t, rate_hz, force[:, 2], forward, lateral)
    mean = force.mean(axis=0)
    up = mean / np.linalg.norm(mean)
    vertical = force @ up
    forward, lateral = _horizontal(force - mean, up, vertical, rate_hz)
    return Signals(block.t, rate_hz, vertical, forward, lateral)


def _horizontal(
    moving: FloatArray, up: FloatArray, vertical: FloatArray, rate_hz: float
) -> tuple[FloatArray, FloatArray]:
    """Forward and lateral: the principal directions of the step band in the horizontal plane."""
    _, _, rows = np.linalg.svd(up[None, :])
    plane = moving @ rows[1:].T
    band = signal.butter(2, STEP_BAND_HZ, "bandpass", fs=rate_hz, output="sos")
    steps = signal.sosfiltfilt(band, plane, axis=0, padlen=min(15, len(plane) - 1))
    _, directions = np.linalg.eigh(steps.T @ steps)
    forward, lateral = plane @ directions[:, 1], plane @ directions[:, 0]
    return forward * _braking_sign(forward, vertical, rate_hz), lateral


def _braking_sign(forward: FloatArray, vertical: FloatArray, rate_hz: float) -> float:
    """-1 where the axis points backward: braking comes first in a contact (science 6.2)."""
    wait, back = samples(BRAKING_S, rate_hz), samples(BRAKING_S, rate_hz)
    means = [
        forward[k : k + wait].mean()
        for k in upward(vertical, 1.0)
        if vertical[max(0, k - back) : k].min() < UNLOADED_G
    ]
    return -1.0 if means and float(np.median(means)) > 0.0 else 1.0


def _pitch_rate(block: SampleBlock, rate_hz: float) -> FloatArray | None:
    if block.gyr is None:
        return None
    turning = block.gyr[:, np.logical_not(np.isnan(block.gyr).all(axis=0))]
    if not turning.shape[1]:
        return None
    _, axes = np.linalg.eigh(turning.T @ turning)
    rate: FloatArray = turning @ axes[:, -1]
    return rate * _swing_sign(zero_phase(rate, TURN_HZ, rate_hz), rate_hz)


def _swing_sign(rate: FloatArray, rate_hz: float) -> float:
    """+1 where swing is positive: out of its rest a foot turns heel up first, against swing."""
    still = np.abs(rate) < STILL
    begins = np.flatnonzero(~still[:-1] & still[1:]) + 1
    ends = np.flatnonzero(still[:-1] & ~still[1:]) + 1
    turning = np.flatnonzero(np.abs(rate) > TURNING)
    if len(begins) and len(ends) and ends[0] < begins[0]:
        ends = ends[1:]
    votes = 0.0
    for begin, end in zip(begins, ends, strict=False):
        later = int(np.searchsorted(turning, end))
        if end - begin >= samples(STILL_S, rate_hz) and later < len(turning):
            votes += float(np.sign(rate[turning[later]]))
    return 1.0 if votes <= 0.0 else -1.0
