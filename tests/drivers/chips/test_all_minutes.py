"""Every chip on a busy host for a while; `make soak` runs two hours."""

from typing import Final

import pytest

from tests.drivers.chips.rig import mode_setups
from tests.soak.two_hours import STALL_S, soak
from tests.thorough import examples

MODES = mode_setups()
SECONDS: Final = examples(12, 60)
SMALL_FIFO: Final = {
    "LSM6DSV320X-shoe": 0.060,
    "MPU-6050-shoe": 0.060,
    "MPU-6500-waist": 0.050,
    "MPU-6500-shoe": 0.020,
    "MPU-6515-waist": 0.050,
    "MPU-6515-shoe": 0.020,
    "MPU-9250-waist": 0.050,
    "MPU-9250-shoe": 0.020,
    "MPU-9255-waist": 0.050,
    "MPU-9255-shoe": 0.020,
    "MPU-CLONE-waist": 0.050,
    "MPU-CLONE-shoe": 0.020,
    "ICM-20948-waist": 0.050,
    "ICM-20948-shoe": 0.015,
}
"""Longest stall, s, of those whose FIFO does not hold 80 ms and a late poll: 512 or 1024 bytes."""


@pytest.mark.parametrize("name", MODES)
def test_a_busy_host_costs_no_sample(name: str) -> None:
    setup = MODES[name]
    report = soak(setup, float(SECONDS), stall_s=SMALL_FIFO.get(name, STALL_S[1]))
    assert (report.lost, report.wrong, report.notes) == (0, 0, 0)
    assert report.samples > (SECONDS - 2) * setup.rate_hz
