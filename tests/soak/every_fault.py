"""Every fault at every transaction of 1,000 drains: `python -m tests.soak.every_fault [MODE ...]`.

One run has a fault every EVERY transactions; EVERY runs, each begun one transaction later, leave no
transaction out. Every delivered sample is compared with what the chip made, every gap counted.
"""

import sys
import time
from typing import Final

from drivers.sim.wire import Fault, FaultPlan
from tests.drivers.chips.rig import distinct, hold_to_law, make_rig, mode_setups
from tests.drivers.chips.test_all_faults import EVERY, LEARNING, OSCILLATOR, READ_ON_S

DRAINS: Final = 1000


def main() -> None:
    """Prints a line per mode."""
    modes = distinct(mode_setups())
    for name in sys.argv[1:] or modes:
        setup = mode_setups()[name]
        began = time.monotonic()
        runs = delivered = lost = worst = restarts = 0
        for fault in Fault:
            for offset in range(EVERY):
                rig = make_rig(setup, oscillator=OSCILLATOR)
                rig.reader.open()
                first = rig.wire.transactions + LEARNING + offset
                plan = FaultPlan(dict.fromkeys(range(first, first + 10 * DRAINS, EVERY), fault))
                rig.wire.faults = plan
                counters = rig.reader.counters
                while counters.drains + counters.bus_errors < DRAINS:
                    rig.reader.step()
                account = hold_to_law(rig, early_s=READ_ON_S)
                runs += 1
                delivered += account.delivered
                lost += account.lost
                restarts += account.restarts
                worst = max(worst, account.worst_gap_error)
        print(
            f"{name}: {runs} runs of {DRAINS} drains, {delivered} samples as the chip made them, "
            f"{lost} counted as lost, gaps miscounted by {worst} at most, {restarts} restarts "
            f"({time.monotonic() - began:.0f} s)",
            flush=True,
        )


if __name__ == "__main__":
    main()
