"""Sample indices from timestamps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.chips.ticks import TickCounter

TICK_S = 25e-6


@given(
    error=st.floats(-0.0015, 0.0015),
    steps=st.lists(st.integers(1, 2000), min_size=1, max_size=40),
    late_s=st.floats(0.0, 0.2),
    first=st.integers(0, 2**32 - 1),
)
def test_every_index_is_found_while_the_ratio_is_learned(
    error: float, steps: list[int], late_s: float, first: int
) -> None:
    period = 96.0 * (1.0 + error)
    ticks = TickCounter(96.0, 2**32, TICK_S)
    index = 0
    ticks.anchor(0, first, 0.0)
    for known in range(8, 408, 8):
        ticks.anchor(known, (first + round(known * period)) % 2**32, known * 2.4e-3)
        index = known
    for step in steps:
        index += step
        at = (first + round(index * period)) % 2**32
        assert ticks.index_of(at, index * 2.4e-3 + late_s) == index
        ticks.anchor(index, at, index * 2.4e-3 + late_s)


@given(turns=st.integers(0, 5), step=st.integers(1, 20), late_s=st.floats(0.0, 0.015))
def test_a_stamp_that_wraps_is_unwrapped_by_the_host(turns: int, step: int, late_s: float) -> None:
    # 16 bits of a microsecond, 1 kHz: it wraps every 65.5 samples.
    ticks = TickCounter(1000.0, 1 << 16, 1e-6)
    ticks.anchor(7, 65_000, 1.0)
    index = 7 + step + 66 * turns
    at = (65_000 + (index - 7) * 1000) % (1 << 16)
    assert ticks.index_of(at, 1.0 + (index - 7) * 1e-3 + late_s) == index


def test_a_wrong_ratio_is_not_learned() -> None:
    ticks = TickCounter(96.0, 2**32, TICK_S)
    ticks.anchor(0, 0, 0.0)
    ticks.anchor(300, 300 * 130, 0.72)
    assert ticks.index_of(300 * 130 + 96_000, 3.12) == 1300


def test_a_restart_forgets_the_samples_and_keeps_the_ratio() -> None:
    ticks = TickCounter(96.0, 2**32, TICK_S)
    ticks.anchor(0, 0, 0.0)
    ticks.anchor(10_000, 960_960, 24.0)
    ticks.restart()
    assert not ticks.anchored
    assert ticks.since_start(960_970) == 10_000
    with pytest.raises(ValueError, match="no sample"):
        ticks.index_of(0, 0.0)
