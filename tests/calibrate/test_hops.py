"""Hops on either foot: told apart, or refused."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice

import numpy as np
import pytest

from drivers.calibration import CalibrationError
from drivers.sim.motion import SensorMotion
from dsp.block import Mount
from firmware_py.calibrate.hops import Hop, foot_signs, signs_of
from firmware_py.calibrate.procedure import Outcome, hops
from firmware_py.calibrate.simulated import Erring, Hopper, Worn
from tests.calibrate.made import KNOWN, procedure, silent


def hopped(motion: SensorMotion, mount: Mount = Mount.WAIST) -> Outcome:
    return procedure(
        motion, lambda listener, before, rate: hops(listener, before, rate, silent, mount)
    )


@pytest.mark.parametrize("number", [5, 8])
def test_five_hops_on_each_foot_tell_them_apart(number: int) -> None:
    outcome = hopped(Erring(Worn(Hopper(number))))
    assert outcome.figures["hops"] == [number, number]
    signs = outcome.calibration.hops
    assert signs is not None
    assert signs.separation > 5
    assert signs.left > signs.middle > signs.right
    assert signs.direction[2] == 0.0
    assert outcome.calibration.method == ("standing", "hops")


@pytest.mark.parametrize(
    ("roll", "sideways", "reading", "axis"), [(0.8, 0.0, "gyr", 0), (0.0, 1.5, "acc", 1)]
)
def test_the_reading_that_differs_is_the_one_that_is_taken(
    roll: float, sideways: float, reading: str, axis: int
) -> None:
    worn = Worn(Hopper(5, roll, sideways))
    calibration = hopped(worn).calibration
    assert calibration.hops is not None
    assert calibration.hops.reading == reading
    # The direction is the body's axis, as far as noise lets it.
    sensor = np.array(calibration.mounting).T @ calibration.hops.direction
    body = worn.to_sensor.T @ sensor
    assert abs(body[axis]) > 0.95


def test_the_right_foot_first_would_be_the_opposite_sign() -> None:
    a = hopped(Worn(Hopper(5, 0.8, 0.0))).calibration
    b = hopped(Worn(Hopper(5, -0.8, 0.0))).calibration
    assert a.hops is not None
    assert b.hops is not None
    assert np.dot(a.hops.direction, b.hops.direction) < -0.95


def test_hops_that_are_alike_are_refused() -> None:
    with pytest.raises(CalibrationError, match="left and right cannot be told apart"):
        hopped(Worn(Hopper(5, 0.0, 0.0)))


def test_too_few_hops_are_counted_and_refused() -> None:
    with pytest.raises(CalibrationError, match="3 hops on the left foot were seen, 5 in a row"):
        hopped(Worn(Hopper(3)))


def test_a_shoe_sensor_is_told_its_foot_by_the_configuration() -> None:
    with pytest.raises(CalibrationError, match=r"sensor\.side"):
        hopped(Worn(Hopper(5)), Mount.SHOE)


def noise(rng: np.random.Generator, shift: float) -> Iterator[Hop]:
    for t in count():
        yield Hop(float(t), rng.normal(size=2), rng.normal((shift, 0.0)))


def test_noise_is_not_taken_for_a_difference() -> None:
    # Fitted to itself, noise in four dimensions would often seem to separate five and five.
    rng = np.random.default_rng(7)
    accepted, separations = 0, []
    for _ in range(600):
        left, right = (list(islice(noise(rng, 0.0), 5)) for _ in range(2))
        separations.append(signs_of("gyr", left, right).separation)
        try:
            foot_signs(left, right)
            accepted += 1
        except CalibrationError:
            continue
    assert accepted <= 0.06 * 600
    assert np.median(separations) < 0.3


def test_the_separation_is_in_standard_deviations_of_a_hop() -> None:
    rng = np.random.default_rng(8)
    found = []
    for _ in range(50):
        left, right = (list(islice(noise(rng, shift), 20)) for shift in (6.0, 0.0))
        found.append(foot_signs(left, right).separation)
    assert np.mean(found) == pytest.approx(6.0, abs=0.5)


def test_what_was_known_of_the_chip_stays() -> None:
    outcome = procedure(
        Worn(Hopper(5)),
        lambda listener, before, rate: hops(listener, before, rate, silent, Mount.WAIST),
        replace(KNOWN, hops=None, acc_bias=(0.0, 0.0, 0.0)),
    )
    assert outcome.calibration.acc_matrix == KNOWN.acc_matrix
    assert outcome.calibration.method == ("six-positions", "standing", "hops")
