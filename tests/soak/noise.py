"""A megabyte of random bytes for every sensor's driver: `python -m tests.soak.noise`."""

from typing import Final

from drivers.part import Setup
from drivers.sim.wire import Fault
from dsp.errors import GaitCoachError
from tests.drivers.chips.rig import distinct, make_rig, part_setups

BYTES: Final = 1_000_000


def noise(setup: Setup, size: int) -> tuple[int, int]:
    """Drains a chip whose bus gives noise, after 2.5 s of good samples, until `size` bytes came.

    Returns:
        Drains, and the samples that they delivered: none is right.
    """
    rig = make_rig(setup)
    rig.reader.open()
    rig.run(2.5)
    rig.wire.faults.always = Fault.NOISE
    end = rig.bus.counters.read_bytes + size
    drains = delivered = 0
    while rig.bus.counters.read_bytes < end:
        rig.time.sleep(0.010)
        drains += 1
        try:
            delivered += sum(len(d.counts) for d in rig.chip.drain())
        except GaitCoachError:
            continue
    return drains, delivered


def main() -> None:
    """Prints a line per family and FIFO."""
    for name, setup in distinct(part_setups()).items():
        drains, delivered = noise(setup, BYTES)
        print(f"{name}: {BYTES} bytes of noise in {drains} drains, {delivered} taken for samples")


if __name__ == "__main__":
    main()
