"""`gaitcoach calibrate --haptic`."""

import json
from pathlib import Path

import pytest

from drivers.bus import Bus
from drivers.sim.drv2605 import SimDrv2605, SimMotor
from drivers.sim.time import VirtualTime
from drivers.sim.wire import SimPins, SimWire
from feedback.actuators.errors import ActuatorError
from feedback.actuators.haptic_calibration import load
from firmware_py.cli import main
from firmware_py.ear.haptic import calibrate
from firmware_py.ear.settings import CueSettings


def bus(motor: SimMotor) -> Bus:
    time = VirtualTime()
    wire = SimWire(time, [SimDrv2605(motor=motor)])
    return Bus(wire, time, SimPins(wire))


def test_a_simulated_motor_is_calibrated_and_the_file_is_what_a_run_loads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "haptic.json"
    assert main(["calibrate", "--haptic", "--simulate", "-o", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = load(path, CueSettings().motor)
    assert found is not None
    assert told["calibration"] == json.loads(path.read_text())
    assert told["calibration"]["back_emf"] == found.back_emf


@pytest.mark.parametrize(
    ("motor", "says"),
    [
        (SimMotor(connected=False), "no working motor"),
        (SimMotor(firm=False), "auto-calibration failed"),
    ],
)
def test_what_is_wrong_with_the_motor_is_told_and_nothing_is_kept(
    tmp_path: Path, motor: SimMotor, says: str
) -> None:
    path = tmp_path / "haptic.json"
    with pytest.raises(ActuatorError, match=says):
        calibrate(CueSettings(), bus(motor), path)
    assert not path.exists()


def test_without_a_bus_the_command_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "--haptic"]) == 1
    assert "/dev/i2c-1" in capsys.readouterr().err
