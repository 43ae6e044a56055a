"""Two simulated hours of the reference sensor on a busy host: `python -m tests.soak.two_hours`.

Polls are late by Exp(1.5 ms), stalls of up to 80 ms come every two seconds or so, the chip's clock
is off and drifts. Nothing may be lost; every sample is compared with what the chip measured.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from drivers.chunk import Chunk
from drivers.part import Setup
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import Scheduler, random_stalls
from tests.drivers.chips.rig import START_S, Telltale, make_rig, mode_setups

HOURS: Final = 2.0
LATE_S: Final = 1.5e-3
STALLS_PER_S: Final = 0.5
STALL_S: Final = (0.005, 0.080)
TOLD_S: Final = 600.0
"""Of virtual time, from one line of progress to the next."""
MODES: Final = ("LSM6DSO32-waist", "LSM6DSO32-shoe")


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to.

    Args:
        samples, lost: as delivered and as the driver counted.
        wrong: samples that are not what the chip put into its FIFO.
        drains: of the FIFO.
        longest_s: longest time from one drain to the next, s.
        notes: restarts and the like.
    """

    samples: int
    lost: int
    wrong: int
    drains: int
    longest_s: float
    notes: int


def soak(
    setup: Setup,
    seconds: float,
    seed: int = 1,
    stall_s: float = STALL_S[1],
    told: Callable[[float, int, int], object] = lambda since, lost, wrong: None,
) -> Report:
    """Runs `seconds` of virtual time, comparing as it goes.

    Args:
        told: every TOLD_S, with the seconds since the start, the lost and the wrong samples.
    """
    stalls = random_stalls(seconds, STALLS_PER_S, STALL_S[0], stall_s, seed, START_S)
    rig = make_rig(
        setup,
        motion=Telltale(setup),
        oscillator=Oscillator(0.02, drift=1e-3),
        scheduler=Scheduler(LATE_S, stalls, seed),
    )
    log = rig.sim.log = []
    rig.reader.open()
    wrong = notes = 0
    behind = np.empty((0, setup.columns), dtype=np.int16)
    last, longest = rig.time.now(), 0.0
    end, due = START_S + seconds, START_S + TOLD_S
    while rig.time.now() < end:
        rig.reader.step()
        longest, last = max(longest, rig.time.now() - last), rig.time.now()
        if last >= due:
            due += TOLD_S
            told(last - START_S, rig.reader.counters.lost, wrong)
        # What was compared is let go: two hours would not fit into the memory of a Pi.
        behind = np.concatenate([behind, *log])
        log.clear()
        for got in rig.got:
            if not isinstance(got, Chunk):
                notes += 1
                continue
            n = len(got.counts)
            true = behind[got.lost : got.lost + n]
            wrong += n if len(true) != n else int((got.counts != true).any(axis=1).sum())
            behind = behind[got.lost + n :]
        rig.got.clear()
    counters = rig.reader.counters
    return Report(counters.samples, counters.lost, wrong, counters.drains, longest, notes)


def _tell(name: str, since: float, lost: int, wrong: int) -> None:
    print(f"{name}: {since / 60:.0f} min, {lost} lost, {wrong} wrong so far", flush=True)


def main() -> None:
    """Prints progress and a line for each mode; exit code 1 if anything was lost or wrong."""
    fine = True
    for name in MODES:
        setup = mode_setups()[name]
        r = soak(setup, HOURS * 3600.0, told=partial(_tell, name))
        fine &= not (r.lost or r.wrong or r.notes)
        print(
            f"{name}, {setup.rate_hz:.0f} Hz, {HOURS:g} h: {r.samples} samples in {r.drains} "
            f"drains, {r.lost} lost, {r.wrong} wrong, {r.notes} restarts; up to "
            f"{1e3 * r.longest_s:.0f} ms between drains",
            flush=True,
        )
    if not fine:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
