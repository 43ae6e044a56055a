"""How long a host may stall before a sensor's FIFO runs over: `python -m tests.soak.stalls`."""

from typing import Final

from drivers.part import Setup
from drivers.reader import POLL_S
from drivers.sim.time import Scheduler
from tests.drivers.chips.rig import START_S, Rig, make_rig, mode_setups

BEFORE_S: Final = 1.3
"""Start-up and a second or so of stream before the stall."""
AFTER_S: Final = 0.25
RESOLUTION_S: Final = 1e-3


def stalled(setup: Setup, *stalls_s: float) -> Rig:
    """A run in which the host does not get to drain for so long, once for each."""
    time, stalls = START_S + BEFORE_S, []
    for stall in stalls_s:
        stalls.append((time, stall))
        time += stall + AFTER_S
    rig = make_rig(setup, scheduler=Scheduler(stalls=stalls))
    rig.reader.open()
    rig.run(time - rig.time.now())
    return rig


def longest_stall(setup: Setup) -> float:
    """The longest stall, s, that costs no sample."""
    low, high = 0.0, 4.0 * setup.fifo_s
    while high - low > RESOLUTION_S:
        middle = (low + high) / 2
        if stalled(setup, middle).reader.counters.lost:
            high = middle
        else:
            low = middle
    return low


def possible_stall(setup: Setup) -> float:
    """What the FIFO's size would allow, s, as the part's data promise it.

    Before the stall there may be a poll's worth of samples in it, and after it samples keep coming
    while the first transaction takes the oldest ones out.
    """
    rig = stalled(setup, 0.5 * setup.fifo_s)
    return setup.fifo_s - POLL_S - rig.bus.counters.longest_s


def main() -> None:
    """Prints docs/sensors.md's table."""
    print("| sensor and mount | rate | longest stall | by the FIFO's size |\n|---|---|---|---|")
    for name, setup in mode_setups().items():
        longest, possible = longest_stall(setup), possible_stall(setup)
        print(
            f"| {name} | {setup.rate_hz:.0f} Hz | {1e3 * longest:.0f} ms | {1e3 * possible:.0f} |"
        )


if __name__ == "__main__":
    main()
