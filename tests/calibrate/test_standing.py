"""Standing still: the gyro's bias and the tilt come out as they were put in."""

from dataclasses import replace
from math import degrees

import numpy as np
import pytest

from drivers.calibration import Calibration, CalibrationError
from drivers.sim.motion import Recorded, SensorMotion, Still
from dsp.synth import Motion, Phase, synthesize
from firmware_py.calibrate.procedure import Outcome, standing
from firmware_py.calibrate.simulated import (
    ACC_BIAS,
    ACC_MATRIX,
    GYR_BIAS,
    Erring,
    Hopper,
    Worn,
)
from tests.calibrate.made import KNOWN, procedure, silent

G = 9.80665


def stood(
    motion: SensorMotion, known: Calibration | None = None, part: str | None = None
) -> Outcome:
    return procedure(
        motion,
        lambda listener, before, rate: standing(listener, before, rate, silent),
        known,
        part,
    )


def angle_deg(a: object, b: object) -> float:
    x, y = np.asarray(a), np.asarray(b)
    return degrees(float(np.arccos(np.clip(x @ y / np.linalg.norm(x) / np.linalg.norm(y), -1, 1))))


@pytest.mark.parametrize("tilt", [(8.0, -11.0), (90.0, 5.0), (0.0, 90.0), (178.0, 3.0), (0.0, 0.0)])
def test_tilt_and_gyro_bias_are_recovered(tilt: tuple[float, float]) -> None:
    worn = Worn(Hopper(0), tilt)
    outcome = stood(Erring(worn, np.zeros(3), np.eye(3), GYR_BIAS))
    new = outcome.calibration
    assert angle_deg(new.mounting[2], worn.to_sensor[:, 2]) < 0.2
    np.testing.assert_allclose(np.degrees(new.gyr_bias), np.degrees(GYR_BIAS), atol=0.05)
    assert new.heading_known is False
    assert new.method == ("standing",)
    up, _ = new.apply(worn.to_sensor[:, 2:].T * G, None)
    np.testing.assert_allclose(up[0], [0.0, 0.0, G], atol=0.04)


def test_a_calibrated_accelerometer_gives_the_true_tilt() -> None:
    worn = Worn(Hopper(0))
    inverse = np.linalg.inv(ACC_MATRIX)
    x, y, z = (tuple(row) for row in inverse.tolist())
    known = Calibration(KNOWN.chip, ACC_BIAS, (x, y, z), method=("six-positions",))
    outcome = stood(Erring(worn), known)
    assert angle_deg(outcome.calibration.mounting[2], worn.to_sensor[:, 2]) < 0.2
    assert outcome.figures["gravity_g"] == pytest.approx(1.0, abs=0.002)
    assert outcome.calibration.method == ("six-positions", "standing")
    assert outcome.calibration.acc_matrix == known.acc_matrix


def test_another_family_of_chips_does_as_well() -> None:
    worn = Worn(Hopper(0))
    outcome = stood(Erring(worn, np.zeros(3), np.eye(3)), None, "LSM6DSV16X")
    assert angle_deg(outcome.calibration.mounting[2], worn.to_sensor[:, 2]) < 0.2


def test_a_runner_who_does_not_stand_still_is_refused() -> None:
    run = synthesize([Phase(Motion.RUN, 70.0, 165.0)], seed=3)
    with pytest.raises(CalibrationError, match="not still for 5 s within 60 s; tighten the belt"):
        stood(Recorded(run.block, 100.0))


def test_a_runner_who_stands_still_later_is_waited_for() -> None:
    run = synthesize([Phase(Motion.RUN, 12.0, 165.0), Phase(Motion.STAND, 12.0)], seed=3)
    assert stood(Recorded(run.block, 100.0)).calibration.method == ("standing",)


def test_a_rest_of_another_size_than_1_g_is_refused() -> None:
    with pytest.raises(CalibrationError, match=r"1\.20 g at rest, not 1"):
        stood(Still((0.0, 0.0, 1.2 * G)))


def test_somebody_who_turns_is_refused() -> None:
    with pytest.raises(CalibrationError, match="turns at 40 deg/s"):
        stood(Still(rate=(0.0, 0.0, 0.7)))


def test_hops_follow_a_sensor_that_is_worn_a_little_differently() -> None:
    # What was known has z up, and x turned away from the sensor's by 17 deg.
    new = stood(Worn(Hopper(0), (3.0, 2.0)), KNOWN).calibration
    assert new.hops is not None
    assert new.hops.direction[2] == 0.0
    assert np.linalg.norm(new.hops.direction) == pytest.approx(1.0)
    assert KNOWN.hops is not None
    sensor_before = np.array(KNOWN.mounting).T @ KNOWN.hops.direction
    assert angle_deg(np.array(new.mounting).T @ new.hops.direction, sensor_before) < 4.0


def test_hops_are_dropped_when_it_is_worn_quite_differently() -> None:
    hops = replace(KNOWN, mounting=Calibration(KNOWN.chip).mounting)
    outcome = stood(Worn(Hopper(0), (90.0, 0.0)), hops)
    assert outcome.calibration.hops is None
    assert any(line.startswith("hops        dropped") for line in outcome.lines)
