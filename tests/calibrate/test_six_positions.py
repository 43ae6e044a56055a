"""Six positions: bias, scale and cross-axis errors come out as they were put in, or it refuses."""

import numpy as np
import pytest

from drivers.calibration import CalibrationError
from drivers.sim.motion import Recorded, SensorMotion
from dsp.block import FloatArray
from dsp.synth import Motion, Phase, synthesize
from firmware_py.calibrate.faces import FACES, solve
from firmware_py.calibrate.procedure import Outcome, six_positions
from firmware_py.calibrate.simulated import ACC_BIAS, ACC_MATRIX, GYR_BIAS, Erring, Turned
from firmware_py.calibrate.still import Stretch
from tests.calibrate.made import KNOWN, procedure, silent

G = 9.80665


def turned(motion: SensorMotion, said: list[str] | None = None, part: str | None = None) -> Outcome:
    heard = [] if said is None else said
    return procedure(
        motion,
        lambda listener, before, rate: six_positions(listener, before, rate, heard.append, 50.0),
        part=part,
    )


@pytest.mark.parametrize("part", ["LSM6DSO32", "LSM6DSV16X"])
def test_bias_scale_and_cross_axis_are_recovered(part: str) -> None:
    outcome = turned(Erring(Turned()), part=part)
    new = outcome.calibration
    np.testing.assert_allclose(np.array(new.acc_bias) / G, np.array(ACC_BIAS) / G, atol=2e-3)
    scale = np.diag(np.array(new.acc_matrix) @ ACC_MATRIX)
    np.testing.assert_allclose(scale, 1.0, atol=1e-3)
    np.testing.assert_allclose(np.array(new.acc_matrix) @ ACC_MATRIX, np.eye(3), atol=2e-3)
    np.testing.assert_allclose(np.degrees(new.gyr_bias), np.degrees(GYR_BIAS), atol=0.05)
    assert outcome.figures["residual"] < 0.002
    assert new.method == ("six-positions",)


def test_what_was_known_stays() -> None:
    outcome = procedure(
        Erring(Turned()),
        lambda listener, before, rate: six_positions(listener, before, rate, silent),
        KNOWN,
    )
    assert outcome.calibration.mounting == KNOWN.mounting
    assert outcome.calibration.hops == KNOWN.hops
    assert outcome.calibration.method == ("standing", "hops", "six-positions")


def test_a_face_twice_is_said_and_the_others_are_waited_for() -> None:
    said: list[str] = []
    twice = Turned(((0, 1), (1, 1), (0, 1), (0, -1), (1, -1), (2, 1), (2, -1)))
    outcome = turned(Erring(twice), said)
    assert outcome.figures["residual"] < 0.01
    assert any("+x was up already" in line for line in said)


def test_a_face_twice_instead_of_another_is_refused_and_both_are_named() -> None:
    with pytest.raises(CalibrationError, match=r"-x never pointed up \(\+x was laid up twice\)"):
        turned(Erring(Turned(((0, 1), (1, 1), (0, 1), (1, -1), (2, 1), (2, -1)))))


def test_a_sensor_that_is_never_still_is_refused() -> None:
    run = synthesize([Phase(Motion.RUN, 60.0, 165.0)], seed=3)
    with pytest.raises(CalibrationError, match="never still for 2 s"):
        turned(Recorded(run.block, 100.0))


def test_a_position_of_another_size_than_1_g_is_refused() -> None:
    with pytest.raises(CalibrationError, match=r"1\.1\d g at rest, not 1"):
        turned(Erring(Turned(), acc_matrix=np.eye(3) * 1.15))


class Askew:
    """Turned, but one face lies tilted."""

    def __init__(self, degrees: float) -> None:
        self._motion = Turned()
        self._angle = np.radians(degrees)

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        acc, gyr = self._motion.at(t)
        c, s = np.cos(self._angle), np.sin(self._angle)
        turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
        up = acc[:, 2] > 0.9 * G
        return np.where(up[:, np.newaxis], acc @ turn.T, acc), gyr


def test_a_tilted_face_is_refused_with_its_residual() -> None:
    assert turned(Askew(1.0)).figures["residual"] < 0.02
    with pytest.raises(CalibrationError, match=r"position .z is off by .* % of 1 g, more than 2 %"):
        turned(Askew(8.0))


def test_a_face_that_lies_askew_is_not_taken() -> None:
    said: list[str] = []
    with pytest.raises(CalibrationError, match=r"\+z never pointed up"):
        turned(Askew(30.0), said)
    assert any("askew" in line for line in said)


def positions() -> dict[str, Stretch]:
    out = {}
    for face in FACES:
        acc = np.zeros(3)
        acc["xyz".index(face[1])] = G if face[0] == "+" else -G
        out[face] = Stretch(acc, np.zeros(3), 2.0)
    return out


def test_six_true_positions_need_no_correction() -> None:
    found = solve(positions())
    np.testing.assert_allclose(found.acc_bias, 0.0, atol=1e-12)
    np.testing.assert_allclose(found.acc_matrix, np.eye(3), atol=1e-12)
    assert found.residual < 1e-12


def test_five_positions_are_refused() -> None:
    five = positions()
    del five["-y"]
    with pytest.raises(CalibrationError, match="-y never pointed up"):
        solve(five)


def test_a_position_under_a_wrong_name_is_refused() -> None:
    same = positions() | {"-x": positions()["+x"]}
    with pytest.raises(CalibrationError, match=r"\+x points up where -x should: the same face"):
        solve(same)
