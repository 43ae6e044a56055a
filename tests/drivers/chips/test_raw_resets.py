"""A chip that its supply resets at any moment: nothing of a wrong scale is ever delivered.

After a reset some of these parts are awake at their smallest ranges: with the FIFO on they would
stream on as if nothing had happened. Chips with tagged FIFOs sleep then.
"""

from contextlib import suppress
from typing import Final

import numpy as np
import pytest

from drivers.errors import BusError, ChipError
from drivers.part import Setup
from drivers.reader import ReaderState
from drivers.sim.motion import Still
from drivers.sim.oscillator import Oscillator
from drivers.sim.wire import Fault
from dsp.units import STANDARD_GRAVITY
from tests.drivers.chips.rig import STAMPED, Rig, make_rig, mode_setups, told_times
from tests.thorough import some

UNSTAMPED: Final = {
    name: setup for name, setup in mode_setups().items() if setup.part.family not in STAMPED
}
EVERY: Final = pytest.mark.parametrize("setup", UNSTAMPED.values(), ids=UNSTAMPED)
FORCE: Final = 8 * STANDARD_GRAVITY
TURNING: Final = 20.0
"""rad/s. Both are far beyond the smallest ranges, and within those that are used."""


def place(setup: Setup) -> int:
    """In the row of all: like parts have different turns."""
    return list(UNSTAMPED.values()).index(setup)


def felt(setup: Setup) -> Rig:
    """A rig that steadily feels FORCE and TURNING along its z."""
    motion = Still((0.0, 0.0, FORCE), (0.0, 0.0, TURNING))
    return make_rig(setup, motion=motion, oscillator=Oscillator(0.02))


def hold_to_scale(rig: Rig) -> None:
    """Every sample that was delivered reads FORCE and TURNING."""
    for chunk in rig.chunks:
        z = chunk.counts[:, [2, 5]] * (rig.setup.acc_scale, rig.setup.gyr_scale)
        assert np.allclose(z, (FORCE, TURNING), rtol=0.01), f"{z[0]} at {chunk.host_time:.3f} s"


@EVERY
def test_a_dip_of_the_supply_before_a_fifo_is_started_anew_delivers_no_wrong_scale(
    setup: Setup,
) -> None:
    told = set()
    for dip in some(np.arange(0.0, 0.064, 0.004).tolist(), 3, place(setup)):
        rig = felt(setup)
        rig.reader.open()
        rig.run(0.5)
        # A burst breaks off; while the next level times out, or after it, the supply dips.
        n = rig.wire.transactions
        rig.wire.faults.at = {n + 1: Fault.CUT_HALF, n + 2: Fault.TIMEOUT}
        rig.wire.brown_out(rig.sim.address, rig.time.now() + 0.010 + dip)
        rig.run(1.5)
        hold_to_scale(rig)
        told.add(rig.reader.counters.restarts)
        assert rig.time.now() - rig.chunks[-1].host_time < 0.05
    assert told == {1}


@EVERY
def test_a_dip_of_the_supply_during_the_start_delivers_no_wrong_scale(setup: Setup) -> None:
    rig = felt(setup)
    rig.reader.open()
    took = rig.time.now() - 100.0
    # Only after the last setting was written does a dip matter; it is looked at closely.
    dips = [*np.arange(0.0, took, took / 10), *np.arange(took - 0.002, took, 0.0002)]
    for dip in some(dips, 3, place(setup)):
        rig = felt(setup)
        rig.wire.brown_out(rig.sim.address, rig.time.now() + float(dip))
        with suppress(ChipError, BusError):
            rig.reader.open()
        if rig.reader.state is ReaderState.STREAMING:
            rig.run(0.3)
        hold_to_scale(rig)


@EVERY
def test_what_a_broken_drain_left_unread_is_told_with_what_it_read(setup: Setup) -> None:
    rig = make_rig(setup, oscillator=Oscillator(0.02))
    rig.reader.open()
    rig.run(2.0)
    # Whatever bank was looked at last, now it is the FIFO's.
    rig.chip.drain()
    full_s = setup.part.fifo_samples / setup.rate_hz
    rig.time.sleep(min(0.060, 0.8 * full_s))
    n = rig.wire.transactions
    # Level and first burst come through, the second burst does not.
    rig.wire.faults.at = {n + 2: Fault.CUT_HALF}
    with pytest.raises(BusError):
        rig.chip.drain()
    first = rig.chip.drain()[0]
    assert first.unread > 0
    newest = told_times(first.counts[-1:])[0] + first.unread / (1.02 * setup.rate_hz)
    assert 0.0 <= first.host_time - newest < 1.2 / setup.rate_hz


def test_a_disturbed_look_at_the_settings_is_no_reset() -> None:
    setup = UNSTAMPED["MPU-6500-waist"]
    for k in some(range(3, 25), 3):
        rig = felt(setup)
        rig.reader.open()
        rig.run(0.5)
        n = rig.wire.transactions
        rig.wire.faults.at = {n + 1: Fault.CUT_HALF, n + 2: Fault.ONES, n + k: Fault.ONES}
        rig.run(1.0)
        hold_to_scale(rig)
        assert rig.reader.counters.restarts == 0
