"""What goes in as SI comes out as SI, at every range and rate of every chip.

The simulator quantizes by its own scale table, the driver by its own: they can only both be right.
"""

from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from drivers.catalog import PARTS
from drivers.chunk import CountArray
from drivers.decode import ChunkDecoder, gather
from drivers.part import Mode, Part, Setup
from dsp.block import BoolArray, FloatArray
from dsp.errors import ConfigError
from dsp.units import STANDARD_GRAVITY
from tests.drivers.chips.rig import START_S, Rig, make_rig

BEGIN_S: Final = START_S + 1.5
"""The waves begin when all start-ups are over."""
PERIOD_S: Final = 0.6
PERIODS: Final = 2
BEYOND: Final = 1.2
"""The waves go so far beyond the range, in parts of it."""
SPEEDS: Final = np.array([1.0, 1.13, 0.91, 1.21, 0.83, 1.07])
PHASES: Final = np.array([0.0, 0.37, 0.71, 0.55, 0.13, 0.29])
SLACK_COUNTS: Final = 8.5
"""The end of 16 bits is looked for a few counts early (`drivers.decode.CLIPPED_COUNTS`)."""


class Waves:
    """Triangles from end to end of the range and beyond, at another speed on every axis.

    Args:
        acc, gyr: full scale, m/s² and rad/s.

    Attributes:
        asked: all rows that were given out, in order.
    """

    def __init__(self, acc: float, gyr: float) -> None:
        self._peaks = BEYOND * np.array([acc, acc, acc, gyr, gyr, gyr])
        self.asked: list[FloatArray] = []

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `SensorMotion`."""
        x = ((t - BEGIN_S) / PERIOD_S)[:, np.newaxis] * SPEEDS + PHASES
        rows = self._peaks * (2.0 * np.abs(2.0 * ((x - 0.25) % 1.0) - 1.0) - 1.0)
        rows[t < BEGIN_S] = 0.0
        self.asked.append(rows)
        return rows[:, :3], rows[:, 3:]


def setups() -> dict[str, Setup]:
    """Every range and every rate of every part."""
    out = {}
    for name, part in PARTS.items():
        for mode in part.modes.values():
            for variant in _variants(part, mode):
                setup = Setup(part, variant)
                if refused(setup):
                    continue
                high = "" if variant.high_g is None else f"-{variant.high_g}g"
                out[
                    f"{name}-{variant.rate_hz:.0f}Hz-{variant.acc_range_g}g{high}-"
                    f"{variant.gyr_range_dps}dps"
                ] = setup
    return out


def _variants(part: Part, mode: Mode) -> list[Mode]:
    return [
        mode,
        *(replace(mode, rate_hz=rate, high_g=None) for rate in part.rates_hz),
        *(replace(mode, rate_hz=rate) for rate in part.rates_hz),
        *(replace(mode, acc_range_g=g) for g in part.acc_g),
        *(replace(mode, gyr_range_dps=dps) for dps in part.gyr_dps),
        *(replace(mode, high_g=g) for g in part.high_g if mode.high_g is not None),
    ]


def refused(setup: Setup) -> bool:
    """Whether the driver refuses this combination outright."""
    try:
        make_rig(setup)
    except ConfigError:
        return True
    return False


SETUPS = setups()


@pytest.mark.parametrize("part", PARTS.values(), ids=list(PARTS))
def test_no_rate_or_range_is_left_out(part: Part) -> None:
    modes = [s.mode for s in SETUPS.values() if s.part is part]
    assert {m.rate_hz for m in modes} == set(part.rates_hz)
    assert {m.acc_range_g for m in modes} == set(part.acc_g)
    assert {m.gyr_range_dps for m in modes} == set(part.gyr_dps)
    assert {m.high_g for m in modes} - {None} == set(part.high_g)


def taken(setup: Setup, acc_g: int) -> tuple[Rig, FloatArray]:
    """A run over waves of `acc_g`, and the (n, 6) SI values that went into the FIFO."""
    motion = Waves(acc_g * STANDARD_GRAVITY, np.radians(setup.mode.gyr_range_dps))
    rig = make_rig(setup, motion=motion)
    rig.reader.open()
    assert rig.time.now() < BEGIN_S
    rig.run(BEGIN_S - rig.time.now() + PERIODS * PERIOD_S)
    si = np.concatenate(motion.asked)
    return rig, si[len(si) - len(rig.log) :]


def place(part: CountArray, whole: CountArray) -> int:
    """Where in `whole` the rows of `part` are."""
    for start in range(len(whole) - len(part) + 1):
        if np.array_equal(whole[start : start + len(part)], part):
            return start
    raise ValueError("not there")


def hold_to_truth(values: FloatArray, true: FloatArray, limit: float, count: float) -> None:
    """Within a count of the truth inside ±limit; beyond it there is nothing but the limit."""
    inside = np.abs(true) <= limit
    assert inside.any()
    assert np.abs(values - true)[inside].max() <= 1.001 * count
    for sign in (1.0, -1.0):
        beyond = sign * true > limit
        assert beyond.any()
        assert (sign * values[beyond] >= limit - 1.001 * count).all()
        assert (sign * values[beyond] <= sign * true[beyond] + 1.001 * count).all()


def hold_flags(flags: BoolArray, true: FloatArray, limit: float, count: float) -> None:
    """Flagged is what is beyond `limit` on some axis; near it either will do."""
    high = np.abs(true).max(axis=1)
    slack = SLACK_COUNTS * count
    assert flags[high >= limit + slack].all()
    assert not flags[high < limit - slack].any()
    assert flags.any()
    assert not flags.all()


@pytest.mark.parametrize("name", SETUPS)
def test_si_comes_back_on_every_axis_at_the_rate_asked_for_and_the_ends_are_marked(
    name: str,
) -> None:
    setup = SETUPS[name]
    mode = setup.mode
    for acc_g in {mode.acc_range_g, mode.high_g or mode.acc_range_g}:
        rig, si = taken(setup, acc_g)
        chunks = rig.chunks
        assert sum(c.lost for c in chunks[1:]) == 0
        batch = gather(chunks)
        start = place(batch.counts, rig.log)
        true = si[start : start + len(batch.counts)]
        assert batch.counts.shape[1] == setup.columns
        took = chunks[-1].host_time - chunks[0].host_time
        rate = (len(batch.counts) - len(chunks[0].counts)) / took
        assert rate == pytest.approx(rig.chip.rate_hz, abs=2.0 / took)
        assert rate == pytest.approx(setup.rate_hz, rel=0.15)
        decoder = ChunkDecoder(
            setup.rate_hz, setup.acc_scale, setup.gyr_scale, setup.acc_limit, setup.gyr_limit
        )
        block = decoder.push(batch)
        assert block.gyr is not None
        hold_to_truth(block.acc, true[:, :3], setup.acc_limit, setup.acc_scale)
        gyr_end = min(np.radians(mode.gyr_range_dps), setup.gyr_limit)
        hold_to_truth(block.gyr, true[:, 3:], gyr_end, setup.gyr_scale)
        hold_flags(block.acc_clipped, true[:, :3], setup.acc_limit, setup.acc_scale)
        hold_flags(block.gyr_clipped, true[:, 3:], setup.gyr_limit, setup.gyr_scale)
        scale = setup.high_g_scale
        if scale is not None and acc_g == mode.high_g:
            limit = min(acc_g * STANDARD_GRAVITY, 32767 * scale)
            hold_to_truth(batch.counts[:, 6:].astype(np.float64) * scale, true[:, :3], limit, scale)
