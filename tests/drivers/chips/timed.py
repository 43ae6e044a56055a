"""A reader on a simulated chip whose clock places every sample, and the exact law for those."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.bus import Bus
from drivers.chips.chip import Chip
from drivers.chunk import Chunk, CountArray
from drivers.notes import Note
from drivers.part import Part, Setup, setup_for
from drivers.reader import Reader
from drivers.sim.catalog import sim_driver
from drivers.sim.chip import SimChip
from drivers.sim.motion import SensorMotion
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import Scheduler, VirtualTime
from drivers.sim.wire import FaultPlan, SimPins, SimWire
from dsp.block import FloatArray, Mount

START_S: Final = 100.0
RESTART_SAMPLES: Final = 3
RESTART_PART: Final = 0.05
"""A gap over a restart is known by host time and the nominal rate."""
_UNIT_S: Final = 50e-6
_LOW: Final = 16000

Make = Callable[[SensorMotion, Oscillator], SimChip]


class Telling:
    """A motion whose first two counts tell when, to 50 us, and whose six axes never agree."""

    def __init__(self, setup: Setup) -> None:
        self._acc, self._gyr = setup.acc_scale, setup.gyr_scale

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `SensorMotion`."""
        unit = np.rint((t - START_S) / _UNIT_S).astype(np.int64)
        acc = np.stack([unit % _LOW, unit // _LOW, 7 * unit % 15013 - 6000], axis=1)
        gyr = np.stack([11 * unit % 15017, 13 * unit % 15031 - 5000, 17 * unit % 15053], axis=1)
        return np.asarray(acc * self._acc), np.asarray(gyr * self._gyr)


@dataclass(slots=True)
class Timed:
    """All parts, and all that the reader delivered."""

    setup: Setup
    time: VirtualTime
    sim: SimChip
    wire: SimWire
    bus: Bus
    chip: Chip
    reader: Reader
    got: list[Chunk | Note]

    def run(self, seconds: float) -> None:
        """Steps the reader for `seconds` of virtual time."""
        end = self.time.now() + seconds
        while self.time.now() < end:
            self.reader.step()

    @property
    def chunks(self) -> list[Chunk]:
        """What was delivered, without notes."""
        return [c for c in self.got if isinstance(c, Chunk)]

    @property
    def log(self) -> CountArray:
        """(n, 6) every sample that went into the FIFO."""
        return np.concatenate([np.empty((0, 6), dtype=np.int16), *(self.sim.log or [])])

    @property
    def fresh(self) -> bool:
        """Whether samples still come."""
        return self.time.now() - self.chunks[-1].host_time < 0.05


def timed(
    part: Part,
    make: Make,
    *,
    mount: Mount = Mount.WAIST,
    error: float = 0.0,
    stalls: tuple[tuple[float, float], ...] = (),
    late_s: float = 0.0,
    faults: FaultPlan | None = None,
    clock_hz: float = 400_000.0,
) -> Timed:
    """A reader on the simulated chip that `make` makes; nothing is sent yet.

    Args:
        error: of the chip's oscillator, relative.
        stalls: (seconds after the start, duration).
        late_s: mean lateness of the reader.
        clock_hz: of SCL.
    """
    setup = setup_for(part, mount)
    time = VirtualTime(START_S, Scheduler(late_s, tuple((START_S + t, s) for t, s in stalls)))
    sim = make(Telling(setup), Oscillator(error, 1e-4))
    sim.log = []
    wire = SimWire(time, [sim], clock_hz, faults)
    bus = Bus(wire, time, SimPins(wire))
    chip = sim_driver(bus, sim.address, setup)
    got: list[Chunk | Note] = []
    return Timed(setup, time, sim, wire, bus, chip, Reader(bus, chip, got.append), got)


def lawful(rig: Timed, *, begins_anywhere: bool = False) -> tuple[int, int]:
    """Checks the law: stepping over what is lost, all pieces are the simulator's log.

    Args:
        begins_anywhere: whether the log may have begun before the stream, with a start that failed.

    Returns:
        Samples delivered and lost.
    """
    log = rig.log
    places = {(int(a), int(b)): i for i, (a, b) in enumerate(log[:, :2])}
    index = delivered = lost = 0
    new = begins_anywhere
    for got in rig.got:
        if not isinstance(got, Chunk):
            new = True
            continue
        assert len(got.counts)
        index += got.lost
        place = places[int(got.counts[0, 0]), int(got.counts[0, 1])]
        if new:
            true = place - index + got.lost
            if delivered:
                # The simulator logs nothing while it is being set up.
                assert got.lost >= true - RESTART_SAMPLES - RESTART_PART * true
            index, new = place, False
        assert place == index, f"sample {place} was taken for {index}"
        assert np.array_equal(got.counts, log[index : index + len(got.counts)])
        index += len(got.counts)
        delivered += len(got.counts)
        lost += got.lost
    assert rig.sim.illegal == []
    return delivered, lost
