import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.actuators.errors import ActuatorError
from feedback.actuators.haptic_calibration import (
    HapticCalibration,
    Motor,
    MotorKind,
    from_dict,
    load,
    save,
)
from tests.feedback.actuators.haptics import ERM, LRA

FOUND = HapticCalibration(LRA, 13, 112, 1)


def test_a_calibration_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "haptic.json"
    save(path, FOUND)
    assert load(path, LRA) == FOUND
    assert [p.name for p in path.parent.iterdir()] == ["haptic.json"]


def test_without_a_file_there_is_no_calibration(tmp_path: Path) -> None:
    assert load(tmp_path / "none.json", LRA) is None


def test_a_calibration_of_another_motor_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "haptic.json"
    save(path, FOUND)
    with pytest.raises(ActuatorError, match="made with another motor"):
        load(path, ERM)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "7",
        json.dumps(FOUND.as_dict() | {"schema": "gaitcoach.haptic/2"}),
        json.dumps(FOUND.as_dict() | {"compensation": 256}),
        json.dumps(FOUND.as_dict() | {"gain": True}),
        json.dumps(FOUND.as_dict() | {"motor": {"kind": "lra"}}),
        json.dumps(FOUND.as_dict() | {"motor": {**FOUND.as_dict()["motor"], "rated_v": 9.0}}),
        "[" * 100_000,
    ],
)
def test_a_damaged_file_is_one_line_that_says_what_to_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "haptic.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ActuatorError, match="move it away and calibrate the motor anew") as e:
        load(path, LRA)
    assert "\n" not in str(e.value)


def test_a_file_that_cannot_be_had_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ActuatorError, match="cannot be read"):
        load(tmp_path, LRA)
    (tmp_path / "file").touch()
    with pytest.raises(ActuatorError, match="cannot be written"):
        save(tmp_path / "file" / "haptic.json", FOUND)


@pytest.mark.parametrize(
    "volts", [(0.0, 3.0), (3.0, 2.0), (3.0, 6.0), (float("nan"), 3.0), (2.0, float("nan"))]
)
def test_voltages_that_cannot_be_are_refused(volts: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="rated_v"):
        Motor(MotorKind.ERM, *volts)


def test_a_resonance_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="resonance_hz = 10"):
        Motor(MotorKind.LRA, 2.0, 2.5, 10.0)


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 3), st.sampled_from([LRA, ERM]))
def test_any_calibration_is_the_same_after_json(a: int, b: int, gain: int, motor: Motor) -> None:
    made = HapticCalibration(motor, a, b, gain)
    assert from_dict(json.loads(json.dumps(made.as_dict()))) == made
