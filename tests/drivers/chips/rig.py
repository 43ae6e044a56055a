"""A driver on a simulated chip, and the law that every delivered sample is held to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.bus import Bus
from drivers.catalog import PARTS
from drivers.chips.chip import Chip
from drivers.chunk import Chunk, CountArray
from drivers.host import Wire
from drivers.notes import Note, SensorLost
from drivers.part import Setup
from drivers.reader import Reader
from drivers.sim.catalog import sim_chip, sim_driver
from drivers.sim.chip import SimChip
from drivers.sim.motion import SensorMotion
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import Scheduler, VirtualTime
from drivers.sim.wire import Fault, FaultPlan, SimPins, SimWire
from dsp.block import FloatArray, Mount

START_S: Final = 100.0
"""Virtual time when a rig is made."""
RESTART_SAMPLES: Final = 2.5
RESTART_PART: Final = 1e-3
"""How well the gap over a restart is known, in samples and parts of it: it is reckoned by host time
and by the rate that was learned before."""
STAMPED: Final = frozenset({"lsm6dso", "lsm6dsv", "icm42688", "bmi270"})
"""Families whose FIFO tells exactly how many samples are missing."""
BY_HOST_TIME: Final = 1
"""Samples by which the others may miscount a gap: a look in the very moment of a sample."""
UNLEARNED_S: Final = 3.0
UNLEARNED_PART: Final = 0.08
"""So early in a run they know a gap besides no better than their clock's rate, in parts of it."""
UNIT_S: Final = 50e-6
_LOW: Final = 16000
_HALF: Final = _LOW // 2
# The second axis holds what the first one has no room for.
_TIMES: Final = np.array([1, 0, 7, 11, 13, 17])
_MODULI: Final = np.array([_LOW, 1, 15013, 15017, 15031, 15053])
_SHIFTS: Final = np.array([_HALF, 0, 6000, 7000, 5000, 4000])


class Telltale:
    """A motion whose counts tell when a sample was taken, on six (nine) axes that never agree.

    Args:
        setup: counts are whole numbers by its scales.
    """

    def __init__(self, setup: Setup) -> None:
        self._scales = np.repeat([setup.acc_scale, setup.gyr_scale], 3)

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `SensorMotion`."""
        unit = np.rint((t - START_S) / UNIT_S).astype(np.int64)
        told = unit[:, np.newaxis] * _TIMES % _MODULI - _SHIFTS
        told[:, 1] = unit // _LOW - _HALF
        rows = told * self._scales
        return rows[:, :3], rows[:, 3:]


def told_times(counts: CountArray) -> FloatArray:
    """(n,) host times, s, at which samples of a `Telltale` were taken, to UNIT_S / 2."""
    wide = counts[:, :2].astype(np.int64) + _HALF
    return np.asarray(START_S + (wide[:, 1] * _LOW + wide[:, 0]) * UNIT_S)


@dataclass(slots=True)
class Rig:
    """A reader on a simulated chip.

    Args:
        got: all that the reader delivered.
    """

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
    def fresh(self) -> bool:
        """Whether samples still come."""
        return self.time.now() - self.chunks[-1].host_time < 0.05

    @property
    def log(self) -> CountArray:
        """(n, columns) every sample that went into the FIFO."""
        rows = self.sim.log or []
        return np.concatenate([np.empty((0, self.setup.columns), dtype=np.int16), *rows])


def make_rig(
    setup: Setup,
    *,
    sim: SimChip | None = None,
    motion: SensorMotion | None = None,
    oscillator: Oscillator | None = None,
    scheduler: Scheduler | None = None,
    faults: FaultPlan | None = None,
    clock_hz: float = 400_000.0,
    wrap: Callable[[SimWire], Wire] = lambda wire: wire,
) -> Rig:
    """The part as `setup` has it; nothing is sent yet.

    Args:
        sim: the specimen; None: a usual one at the part's first address, with `motion` and
            `oscillator`.
        clock_hz: of SCL.
        wrap: puts something between bus and wire.
    """
    time = VirtualTime(START_S, scheduler)
    if sim is None:
        part = setup.part
        sim = sim_chip(part.name, part.addresses[0], motion or Telltale(setup), oscillator)
    sim.log = []
    wire = SimWire(time, [sim], clock_hz, faults)
    bus = Bus(wrap(wire), time, SimPins(wire))
    chip = sim_driver(bus, sim.address, setup)
    got: list[Chunk | Note] = []
    return Rig(setup, time, sim, wire, bus, chip, Reader(bus, chip, got.append), got)


def turn(fault: Fault) -> int:
    """Where the row of cases begins that this fault meets: see `tests.thorough.some`.

    Each fault meets some of the transactions, all of them together meet every one.
    """
    return list(Fault).index(fault)


def mode_setups() -> dict[str, Setup]:
    """Every part as it serves each mount, by "PART-mount"."""
    return {
        f"{part.name}-{mount.value}": Setup(part, mode)
        for part in PARTS.values()
        for mount, mode in part.modes.items()
    }


def part_setups() -> dict[str, Setup]:
    """Every part in one mode (the waist's where it has it), by name."""
    return {
        name: Setup(part, part.modes.get(Mount.WAIST) or next(iter(part.modes.values())))
        for name, part in PARTS.items()
    }


def distinct(setups: dict[str, Setup]) -> dict[str, Setup]:
    """Those of `setups` whose drivers do not do the very same on a FIFO of the same size."""
    out: dict[tuple[object, ...], tuple[str, Setup]] = {}
    for name, setup in setups.items():
        part = setup.part
        mount = name.removeprefix(part.name)
        key = (part.family, part.fifo_samples, bool(part.high_g), setup.columns, mount)
        out.setdefault(key, (name, setup))
    return dict(out.values())


@dataclass(frozen=True, slots=True)
class Account:
    """The outcome of `hold_to_law`.

    Args:
        delivered: samples.
        lost: as counted by the driver.
        restarts: of the stream.
        worst_gap_error: samples by which a gap was miscounted within one stream.
    """

    delivered: int
    lost: int
    restarts: int
    worst_gap_error: int


def hold_to_law(
    rig: Rig,
    *,
    gap_error: int | None = None,
    early_s: float = 0.0,
    begins_anywhere: bool = False,
) -> Account:
    """Checks every delivered sample against what the chip put into its FIFO.

    The samples are of the log, whole, in its order, none twice; the gaps between them are counted
    exactly, and almost so over a restart; no register was misused.

    Args:
        gap_error: samples by which a gap within one stream may be miscounted; None: as usual for
            its family.
        early_s: by how much a sample may be younger than its drain: a level that came corrupted
            and too high makes a driver read on.
        begins_anywhere: whether the log may have begun before the stream, with a start that failed.
    """
    stamped = rig.setup.part.family in STAMPED
    if gap_error is None:
        gap_error = 0 if stamped else BY_HOST_TIME
    log = rig.log
    times = told_times(log)
    end, last_time, worst = 0, 0.0, 0
    fresh = restarts = delivered = lost = 0
    rate = _true_rate(times)
    for got in rig.got:
        if not isinstance(got, Chunk):
            # The next samples come from a new stream, or from the old one once it is back.
            fresh += not isinstance(got, SensorLost)
            continue
        n = len(got.counts)
        assert n, "an empty chunk"
        assert got.lost >= 0
        at = int(np.searchsorted(times, told_times(got.counts[:1])[0] - UNIT_S / 2))
        assert np.array_equal(got.counts, log[at : at + n]), f"not the chip's samples at {at}"
        assert at >= end, f"sample {at} was delivered twice"
        if fresh:
            restarts += fresh
            fresh = 0
            if delivered:
                missing = (times[at] - last_time) * rate - 1
                error = abs(got.lost - missing)
                assert error <= RESTART_SAMPLES + RESTART_PART * missing, (
                    f"{got.lost} counted as lost over a restart at {at}, {missing:.1f} were"
                )
        elif delivered or not begins_anywhere:
            error = abs(at - end - got.lost)
            worst = max(worst, error)
            slack = gap_error
            if not stamped and times[at] - times[0] < UNLEARNED_S:
                slack += round(UNLEARNED_PART * (at - end))
            assert error <= slack, f"{got.lost} counted as lost at {at}, {at - end} were"
        assert got.host_time >= times[at + n - 1] - UNIT_S - early_s, "drained before it was taken"
        end, last_time = at + n, times[at + n - 1]
        delivered += n
        lost += got.lost
    assert rig.sim.illegal == [], rig.sim.illegal
    return Account(delivered, lost, restarts, worst)


def _true_rate(times: FloatArray) -> float:
    """Samples per second of host time, without the holes that restarts leave."""
    if len(times) < 3:
        return 0.0
    periods = np.diff(times)
    # Neither the holes, nor what a chip made of times while its scale was another.
    usual = np.median(periods)
    return 1.0 / float(np.mean(periods[(periods > 0.5 * usual) & (periods < 1.5 * usual)]))
