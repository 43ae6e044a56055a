"""Gaps in streams without timestamps, with faults all the time: what is certain is exact.

A count that is only likely is said so in the log. While the rate is being learned there are such
counts, later none but a few.
"""

import logging
from dataclasses import dataclass, field
from itertools import product
from typing import Final

import numpy as np
import pytest

from drivers.chunk import Chunk
from drivers.part import Setup
from drivers.sim.oscillator import Oscillator
from drivers.sim.wire import Fault, FaultPlan
from tests.drivers.chips.rig import Rig, hold_to_law, make_rig, told_times
from tests.drivers.chips.test_raw_frames import EVERY, ONE_EACH, SETUPS, gap_errors, settled
from tests.thorough import some

ERRORS: Final = (-0.04, -0.02, 0.02, 0.04)
FAULTS: Final = (Fault.TIMEOUT, Fault.CUT, Fault.CUT_HALF, Fault.NACK)
APART: Final = 37
"""Transactions from fault to fault."""
LEARNED_S: Final = 2.5
RUN_S: Final = 4.0
LIKELY_SHARE: Final = 0.02


@dataclass(slots=True)
class Gaps:
    """By how many samples counts of gaps are off.

    Args:
        certain: all that the driver was certain of.
        likely: the others after LEARNED_S.
        late: how many gaps there were after LEARNED_S.
    """

    certain: list[int] = field(default_factory=list)
    likely: list[int] = field(default_factory=list)
    late: int = 0

    def add(self, rig: Rig, guessed: list[bool]) -> None:
        """Those of a run; whether each of its chunks came after a guess."""
        times = told_times(rig.log)
        end = 0
        for got, guess in zip(rig.got, guessed, strict=True):
            assert isinstance(got, Chunk)
            at = int(np.searchsorted(times, told_times(got.counts[:1])[0] - 25e-6))
            if got.lost or at != end:
                late = times[at] - times[0] > LEARNED_S
                self.late += late
                if not guess:
                    self.certain.append(got.lost - (at - end))
                elif late:
                    self.likely.append(got.lost - (at - end))
            end = at + len(got.counts)


def run(setup: Setup, error: float, fault: Fault, caplog: pytest.LogCaptureFixture) -> Gaps:
    rig = make_rig(setup, oscillator=Oscillator(error))
    rig.reader.open()
    start = rig.wire.transactions + 1
    plan = FaultPlan(dict.fromkeys(range(start, start + 5000, APART), fault))
    rig = make_rig(setup, oscillator=Oscillator(error), faults=plan)
    rig.reader.open()
    caplog.clear()
    guessed: list[bool] = []
    end = rig.time.now() + RUN_S
    while rig.time.now() < end:
        rig.reader.step()
        new = len(rig.got) - len(guessed)
        if new:
            # The gap, if there is one, is before the first.
            guessed += [bool(caplog.records)] + [False] * (new - 1)
            caplog.clear()
    assert hold_to_law(rig).restarts == 0
    gaps = Gaps()
    gaps.add(rig, guessed)
    return gaps


@EVERY
def test_a_certain_count_is_exact_and_once_learned_nearly_all_are(
    setup: Setup, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "drivers.chips.raw_frames")
    certain, likely, late = [], 0, 0
    # Half of them: every error with every other fault.
    for error, fault in some([*product(ERRORS, FAULTS)], 2, list(SETUPS.values()).index(setup)):
        gaps = run(setup, error, fault, caplog)
        certain += gaps.certain
        likely += len(gaps.likely)
        late += gaps.late
    assert certain
    assert set(certain) == {0}
    assert likely <= LIKELY_SHARE * late


@pytest.mark.parametrize("late", [False, True], ids=["before level", "before burst"])
@ONE_EACH
def test_an_overflow_whose_flag_is_lost_on_the_wire_is_not_delivered(
    setup: Setup, late: bool
) -> None:
    rig = settled(setup)
    stall_s = 1.5 * setup.part.fifo_samples / setup.rate_hz
    if late:
        rig.time.sleep(0.005)
        rig.wire.at(rig.time.now() + 50e-6, lambda: rig.time.sleep(stall_s))
    else:
        rig.time.sleep(stall_s)
    # Two looks at the level, or level and burst; then the flag.
    rig.wire.faults.at[rig.wire.transactions + 2] = Fault.CUT
    assert rig.chip.drain() == []
    rig.run(0.2)
    assert rig.reader.counters.bad_data == 0
    assert hold_to_law(rig, early_s=1.0).lost > setup.part.fifo_samples
    assert gap_errors(rig) == [0]
