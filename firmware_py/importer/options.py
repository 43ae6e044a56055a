"""What the caller says about a recording; goes before its names and its JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dsp.block import Mount, Side


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Everything that may be said; None or empty: not said.

    Args:
        columns: target (`columns.TARGETS`) to column name, 1-based number or "none".
        acc_unit, gyr_unit, time_unit: keys of `units.SCALES`; go before the unit in a name.
        rate_hz: samples per second.
        mount, side, activity: as in the trace's header.
        delimiter: one character, "whitespace" or "auto".
        no_header: the first row is values.
        acc_limit_g: |axis| from which the accelerometer counts as clipped, g, taken as it is.
        gyr_limit_dps: the same for the gyro, deg/s.
        check_rest: refuse units that cannot be right.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    acc_unit: str | None = None
    gyr_unit: str | None = None
    time_unit: str | None = None
    rate_hz: float | None = None
    mount: Mount | None = None
    side: Side | None = None
    activity: str | None = None
    delimiter: str = "auto"
    no_header: bool = False
    acc_limit_g: float | None = None
    gyr_limit_dps: float | None = None
    check_rest: bool = True
