"""The gap over a restart when the plug leaves in the middle of a drain, for every part.

What the FIFO still held then is lost as well, and was taken before the drain.
"""

from itertools import pairwise
from typing import Final

import numpy as np
import pytest

from drivers.chunk import Chunk
from drivers.notes import SensorBack
from drivers.part import Setup
from drivers.reader import FAILING_S
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import Scheduler
from drivers.sim.wire import SimWire
from tests.drivers.chips.rig import START_S, Rig, make_rig, mode_setups, told_times

SETUPS: Final = mode_setups()
STALL_AT: Final = START_S + 3.0
STALL_S: Final = 0.045
BURST: Final = 150
"""Bytes; a usual drain has fewer."""
GAP_ERROR: Final = 3.0
GAP_PART: Final = 0.005
AWAY_ERROR_S: Final = 0.020


class Loose:
    """A plug that leaves after the first long burst from `since` on, for `away_s`."""

    def __init__(self, wire: SimWire, since: float, away_s: float) -> None:
        self._wire = wire
        self._since = since
        self._away_s = away_s
        self.left: float | None = None

    def transfer(self, address: int, out: bytes, count: int) -> bytes:
        """See `drivers.host.Wire`."""
        data = self._wire.transfer(address, out, count)
        now = self._wire.time.now()
        if self.left is None and count >= BURST and now > self._since:
            self.left = now
            self._wire.unplug(address, now, now + self._away_s)
        return data

    def reopen(self) -> None:
        """As the wire does."""
        self._wire.reopen()

    def close(self) -> None:
        """As the wire does."""
        self._wire.close()


def interrupted(setup: Setup, away_s: float) -> Rig:
    """A rig whose plug left in the middle of a long drain, and came back."""
    # A FIFO that runs over in the stall and the poll before it would be emptied unread.
    stall_s = min(STALL_S, 0.9 * setup.part.fifo_samples / setup.rate_hz - 0.015)
    plugs: list[Loose] = []

    def wrap(wire: SimWire) -> Loose:
        plugs.append(Loose(wire, STALL_AT, away_s))
        return plugs[0]

    scheduler = Scheduler(0.0, [(STALL_AT, stall_s)])
    rig = make_rig(setup, oscillator=Oscillator(0.02), scheduler=scheduler, wrap=wrap)
    rig.reader.open()
    rig.run(3.0 + away_s + 6.0)
    assert plugs[0].left is not None, "no drain was long enough"
    assert plugs[0].left < STALL_AT + 0.1
    return rig


@pytest.mark.parametrize("away_s", [0.6, 3.0])
@pytest.mark.parametrize("setup", SETUPS.values(), ids=SETUPS)
def test_a_plug_that_leaves_in_mid_drain_costs_a_counted_gap_from_the_last_sample_on(
    setup: Setup, away_s: float
) -> None:
    rig = interrupted(setup, away_s)
    taken = [told_times(c.counts) for c in rig.chunks]
    before = np.concatenate([t for t in taken if t[-1] < STALL_AT])
    rate = (len(before) - 1) / (before[-1] - before[0])
    for (_, earlier), (chunk, later) in pairwise(zip(rig.chunks, taken, strict=True)):
        missing = (later[0] - earlier[-1]) * rate - 1.0
        assert abs(chunk.lost - missing) <= GAP_ERROR + GAP_PART * missing
    assert rig.reader.counters.restarts == 1
    assert rig.reader.counters.lost > 0.9 * away_s * rate
    last = 0.0
    for got in rig.got:
        if isinstance(got, Chunk):
            last = float(told_times(got.counts[-1:])[0])
        elif isinstance(got, SensorBack):
            assert got.away_s == pytest.approx(got.host_time - last, abs=AWAY_ERROR_S)
    # A short absence is over before the sensor is given up.
    assert any(isinstance(got, SensorBack) for got in rig.got) == (away_s > FAILING_S)
