"""What a live session's trace says about its sensor."""

from collections.abc import Sequence
from importlib.metadata import version

from drivers.calibration import Calibration
from firmware_py.coaching import Coaching
from firmware_py.sensor.attached import Attached
from firmware_py.trace.header import TraceHeader
from firmware_py.wearer import RunnerSettings


def header_for(
    attached: Attached,
    source: str,
    calibration: Calibration | None = None,
    notes: Sequence[str] = (),
    runner: RunnerSettings | None = None,
    coaching: Coaching | None = None,
) -> TraceHeader:
    """The header of a session's trace; the chip was reset, so that its trim is known."""
    setup = attached.chip.setup
    calibrated = f"calibrated: {', '.join(calibration.method)}" if calibration else ""
    return TraceHeader(
        attached.mount,
        attached.chip.rate_hz,
        source,
        side=attached.side,
        acc_scale=setup.acc_scale,
        gyr_scale=setup.gyr_scale,
        acc_limit=setup.acc_limit,
        gyr_limit=setup.gyr_limit,
        high_g_scale=setup.high_g_scale,
        high_g_limit=setup.high_g_limit,
        chip=setup.part.name,
        cadence_only=setup.mode.cadence_only,
        calibration=None if calibration is None else calibration.as_dict(),
        runner=None if runner is None else runner.as_dict() or None,
        coaching=None if coaching is None else coaching.as_dict(),
        software=version("gaitcoach"),
        notes=tuple(note for note in (*notes, setup.mode.note, calibrated) if note),
    )
