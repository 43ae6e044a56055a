"""The unit of a time column whose name does not say it: refused, unless only one makes sense."""

import numpy as np

from dsp.block import FloatArray
from dsp.errors import RecordingError
from firmware_py.importer.timeline import MAX_RATE_HZ, MIN_RATE_HZ
from firmware_py.importer.units import SCALES, Quantity, choices

_NEAR = 1.5


def infer_time_unit(ticks: FloatArray, where: str, label: str, stated_hz: float | None) -> str:
    """The only unit in which the times have a plausible rate.

    No two units fit at once: 25 Hz to 10 kHz spans less than a factor of 1000.

    Args:
        ticks: (n,) the column as in the file.
        where: "file:line" of the header, for messages.
        label: the column, for messages.
        stated_hz: the stated rate, if any.

    Raises:
        RecordingError: no unit fits, or the column is a mere count.
    """
    ask = f"add --time-unit {choices(Quantity.TIME)}"
    steps = np.diff(ticks)
    steps = steps[steps > 0]
    if not steps.size:
        raise RecordingError(f"{where}: the times in {label} do not grow; map another column to t")
    # The mean, because rounded times repeat and the median of the rest overstates the interval.
    mean = float(ticks[-1] - ticks[0]) / (len(ticks) - 1)
    step = min(float(np.median(steps)), mean) if mean > 0 else float(np.median(steps))
    if (np.rint(ticks) == ticks).all() and float(np.median(steps)) == 1.0 and stated_hz is None:
        raise RecordingError(
            f"{where}: {label} states no unit and counts in steps of 1, like a sample number; "
            f"{ask}, or --map t=none --rate HZ"
        )
    rates = {unit: per_second / step for unit, per_second in SCALES[Quantity.TIME].items()}
    low, high = MIN_RATE_HZ, MAX_RATE_HZ
    if stated_hz is not None:
        low, high = stated_hz / _NEAR, stated_hz * _NEAR
    fits = [unit for unit, rate in rates.items() if low <= rate <= high]
    if len(fits) != 1:
        raise RecordingError(
            f"{where}: {label} states no unit, and none gives a plausible rate (as s it would be "
            f"{rates['s']:.4g} Hz); {ask}, or --map t=none --rate HZ"
        )
    return fits[0]
