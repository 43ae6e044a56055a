"""Stalls of the host: the FIFO is used whole, and what runs over is counted."""

import pytest

from dsp.block import Mount
from tests.drivers.chips.rig import hold_to_law, mode_setups
from tests.soak.stalls import longest_stall, possible_stall, stalled

MODES = mode_setups()


@pytest.mark.parametrize("name", MODES)
def test_the_whole_fifo_bridges_stalls_and_what_runs_over_is_counted(name: str) -> None:
    setup = MODES[name]
    longest = longest_stall(setup)
    assert longest >= 0.9 * possible_stall(setup)
    for times in (1.2, 2.0, 5.9):
        rig = stalled(setup, times * longest, 0.5 * longest, (times + 0.3) * longest)
        account = hold_to_law(rig)
        assert account.restarts == 0
        assert account.lost >= 0.9 * (2.0 * times + 0.3 - 2.0) * longest * setup.rate_hz
        assert account.delivered + account.lost == pytest.approx(len(rig.log), abs=20)


def test_the_reference_sensor_bridges_350_ms() -> None:
    setup = MODES[f"LSM6DSO32-{Mount.WAIST.value}"]
    rig = stalled(setup, 0.35, 0.35)
    assert hold_to_law(rig).lost == 0
