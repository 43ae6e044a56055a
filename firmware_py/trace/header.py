"""What a trace says about itself, written first so that a file cut anywhere still has it."""

from dataclasses import dataclass
from typing import Any

from dsp.block import Mount, Side, Stream


@dataclass(frozen=True, slots=True)
class TraceHeader:
    """The metadata record of a trace.

    Args:
        mount: where the sensor was worn.
        rate_hz: nominal output data rate of a chip, true median rate of an imported recording, Hz.
        source: "device", "simulated" (a simulated chip), "import" or "synthetic".
        side: the instrumented foot of a shoe mount.
        acc_axes, gyr_axes: which of "xyz" were recorded, e.g. "xz"; gyr_axes is "" without a gyro.
        acc_scale: m/s² per count; gyr_scale: rad/s per count. None where samples are stored in SI.
        acc_limit: |axis| at or above which the accelerometer counts as clipped, m/s²; None:
        unknown.
        gyr_limit: the same for the gyro, rad/s.
        high_g_scale: m/s² per count of a coarse accelerometer, columns 7 to 9 of the counts; None:
        there is none.
        high_g_limit: as acc_limit, of the coarse accelerometer.
        activity: what the recording says it holds ("run", "walk", ...); never used by the pipeline.
        chip: the sensor, where known.
        cadence_only: the sensor clips foot impacts: none are told and no cue asks for softer ones.
        calibration: what the chip is off by and how it sat on the body, as
        `drivers.calibration.Calibration.as_dict` gives it; None: samples are in the sensor's axes.
        runner: what the configuration said about the runner, as
            `firmware_py.wearer.RunnerSettings.as_dict` gives it.
        coaching: how the run was coached, as `firmware_py.coaching.Coaching.as_dict` gives it;
            None: it was not.
        software: version that wrote the trace.
        notes: remarks of the importer or recorder for the summary's quality record.
    """

    mount: Mount
    rate_hz: float
    source: str
    side: Side = Side.UNKNOWN
    acc_axes: str = "xyz"
    gyr_axes: str = "xyz"
    acc_scale: float | None = None
    gyr_scale: float | None = None
    acc_limit: float | None = None
    gyr_limit: float | None = None
    high_g_scale: float | None = None
    high_g_limit: float | None = None
    activity: str | None = None
    chip: str | None = None
    cadence_only: bool = False
    calibration: dict[str, Any] | None = None
    runner: dict[str, Any] | None = None
    coaching: dict[str, Any] | None = None
    software: str = ""
    notes: tuple[str, ...] = ()

    @property
    def stream(self) -> Stream:
        return Stream(self.mount, self.rate_hz, self.side, has_gyro=bool(self.gyr_axes))
