"""A reader on a simulated bus with one LSM6DSO32, and the truth about what it should deliver."""

from collections.abc import Callable, Iterable

import numpy as np

from drivers.bus import Bus
from drivers.catalog import make_chip, part_named
from drivers.chunk import Chunk
from drivers.notes import Note
from drivers.part import setup_for
from drivers.reader import Reader, Watermark
from drivers.recovery import BusPins
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import Scheduler, VirtualTime
from drivers.sim.wire import Fault, FaultPlan, SimPins, SimWire
from dsp.block import Mount
from tests.drivers.diary import Diary

ADDRESS = 0x6A
RATE_HZ = 6667.0 / 16
G_PER_COUNT_16G = 0.488e-3


class Rig:
    """Everything from the motion to the delivered chunks.

    Args:
        error, drift: of the chip's oscillator.
        scheduler: of the host.
        pins: whether the bus can be clocked by hand.
        faults: of the bus.
        watermark: made from the simulated time and chip; None: polling.
    """

    def __init__(
        self,
        *,
        error: float = 0.0,
        drift: float = 0.0,
        scheduler: Scheduler | None = None,
        pins: bool = True,
        faults: FaultPlan | None = None,
        watermark: Callable[[VirtualTime, SimLsm6dso], Watermark] | None = None,
    ) -> None:
        self.time = VirtualTime(scheduler=scheduler)
        self.start = self.time.now()
        self.diary = Diary(G_PER_COUNT_16G)
        self.rate_hz = RATE_HZ * (1.0 + error)
        self.sim = SimLsm6dso(ADDRESS, self.diary, Oscillator(error, drift))
        self.wire = SimWire(self.time, [self.sim], faults=faults)
        line: BusPins | None = SimPins(self.wire) if pins else None
        self.bus = Bus(self.wire, self.time, line)
        setup = setup_for(part_named("LSM6DSO32"), Mount.WAIST)
        self.got: list[Chunk | Note] = []
        self.chip = make_chip(self.bus, ADDRESS, setup)
        self.reader = Reader(
            self.bus,
            self.chip,
            self.got.append,
            watermark=None if watermark is None else watermark(self.time, self.sim),
        )

    def run(self, until_s: float) -> None:
        """Steps until `until_s` after the start."""
        while self.time.now() < self.start + until_s:
            self.reader.step()

    def at(self, t: float, happens: Callable[[], None]) -> None:
        """Calls `happens` at `t` s after the start."""
        self.wire.at(self.start + t, happens)

    def fail_between(self, t: float, end: float, fault: Fault) -> None:
        """Every transaction from `t` to `end`, s after the start, has this fault."""

        def begin() -> None:
            self.wire.faults.always = fault

        def cease() -> None:
            self.wire.faults.always = None

        self.at(t, begin)
        self.at(end, cease)

    @property
    def chunks(self) -> list[Chunk]:
        """What was delivered, without the notes."""
        return [item for item in self.got if isinstance(item, Chunk)]

    @property
    def notes(self) -> list[str]:
        """The kinds of the notes, in order."""
        return [type(item).__name__ for item in self.got if not isinstance(item, Chunk)]

    def wrong_gaps(self, chunks: Iterable[Chunk] | None = None) -> list[str]:
        """Where `lost` is off the truth by more than a sample, or samples are not in order.

        Where the stream was not restarted the truth is exact.
        """
        t = self.diary.t
        out: list[str] = []
        last: int | None = None
        for k, chunk in enumerate(self.chunks if chunks is None else chunks):
            numbers = Diary.numbers(chunk.counts)
            if np.any(np.diff(numbers) != 1):
                out.append(f"chunk {k}: samples {numbers}")
            first = int(numbers[0])
            if last is not None:
                missing = float(t[first] - t[last]) * self.rate_hz - 1.0
                exact = abs(missing - (first - last - 1)) < 0.5
                if abs(chunk.lost - missing) > (0.5 if exact else 1.0):
                    out.append(f"chunk {k}: lost {chunk.lost}, in truth {missing:.2f}")
            last = int(numbers[-1])
        return out


def opened(rig: Rig, warm_s: float = 20.0) -> Rig:
    """Streaming for so long already: the chip's true rate is known."""
    rig.reader.open()
    rig.run(warm_s)
    return rig
