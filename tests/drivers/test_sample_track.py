"""The sample track against samples whose times are known."""

from dataclasses import dataclass
from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.chips.sample_track import SampleTrack
from dsp.block import FloatArray
from tests.thorough import examples

RATE_HZ = 500.0
START_S = 1000.0


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples of a chip.

    Args:
        t: (n,) s, when each was taken.
    """

    t: FloatArray

    def by(self, t: float) -> int:
        """How many existed at `t`."""
        return int(np.searchsorted(self.t, t, side="right"))


def samples(error: float, drift: float = 0.0, seconds: float = 40.0, phase: float = 0.3) -> Samples:
    """Samples of a rate that is off by `error` and swings by `drift` over ten minutes."""
    n = np.arange(phase, seconds * RATE_HZ * (1.0 + abs(error)))
    period = (1.0 - drift * np.sin(2 * pi * n / RATE_HZ / 600.0)) / (RATE_HZ * (1.0 + error))
    return Samples(START_S + np.cumsum(period))


def watch(
    track: SampleTrack,
    chip: Samples,
    rng: np.random.Generator,
    begin: float,
    end: float,
    late_s: float = 1e-3,
    window_s: float = 150e-6,
) -> float:
    """Looks every 10 ms from `begin` to `end`; the last one's time."""
    now = begin
    while now < end:
        looked = now + rng.uniform(0.0, window_s)
        track.seen(chip.by(looked), now, now + window_s)
        now += 0.010 + (rng.exponential(late_s) if late_s else 0.0)
    return now


@settings(max_examples=examples(20, 60))
@given(
    error=st.floats(-0.04, 0.04),
    phase=st.floats(0.0, 1.0),
    learned_s=st.floats(0.05, 12.0),
    gap_s=st.floats(0.001, 8.0),
    drift=st.floats(-1e-3, 1e-3),
    late_s=st.sampled_from([0.0, 1e-4, 1e-3, 5e-3]),
    seed=st.integers(0, 1000),
)
def test_what_it_says_is_certain_is_so(
    error: float,
    phase: float,
    learned_s: float,
    gap_s: float,
    drift: float,
    late_s: float,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    chip = samples(error, drift, phase=phase)
    track = SampleTrack(RATE_HZ)
    last = watch(track, chip, rng, START_S, START_S + learned_s, late_s)
    for _ in range(20):
        before = last + gap_s + rng.uniform(0.0, 0.01)
        after = before + 100e-6
        low, high = track.produced_at(before, after)
        assert low <= chip.by(before)
        assert high >= chip.by(after)


@pytest.mark.parametrize("gap_s", [0.05, 0.3, 1.0])
@pytest.mark.parametrize("error", np.linspace(-0.04, 0.04, 9))
def test_after_two_seconds_a_gap_is_known_to_the_sample(error: float, gap_s: float) -> None:
    rng = np.random.default_rng(3)
    chip = samples(error, drift=1e-3)
    track = SampleTrack(RATE_HZ)
    last = watch(track, chip, rng, START_S, START_S + 2.0)
    quiet = track.quiet_from(last + gap_s)
    assert last + gap_s <= quiet < last + gap_s + 3 / RATE_HZ
    assert chip.by(quiet - 50e-6) == chip.by(quiet + 50e-6)
    number = chip.by(quiet)
    assert track.produced_at(quiet - 50e-6, quiet + 50e-6) == (number, number)


@pytest.mark.parametrize("error", [-0.04, 0.0, 0.031])
def test_the_most_likely_number_is_good_to_a_sample_over_five_seconds(error: float) -> None:
    chip = samples(error, drift=1e-3)
    for seed in range(10):
        rng = np.random.default_rng(seed)
        track = SampleTrack(RATE_HZ)
        last = watch(track, chip, rng, START_S, START_S + 2.0)
        assert abs(track.likely_at(last + 5.0) - chip.by(last + 5.0)) <= 1


def test_polls_in_step_with_the_samples_give_the_likely_number() -> None:
    chip = samples(0.0)
    track = SampleTrack(RATE_HZ)
    rng = np.random.default_rng(0)
    # Every look at the same place between two samples: the phase is known to that place alone.
    last = watch(track, chip, rng, float(chip.t[3]) + 0.7e-3, START_S + 2.0, late_s=0.0)
    quiet = track.quiet_from(last + 0.4)
    assert track.likely_at(quiet) == chip.by(quiet)


def test_the_rate_is_learned_and_survives_a_restart() -> None:
    chip = samples(0.037)
    track = SampleTrack(RATE_HZ)
    assert track.rate_hz == pytest.approx(RATE_HZ)
    last = watch(track, chip, np.random.default_rng(1), START_S, START_S + 3.0)
    assert track.rate_hz == pytest.approx(RATE_HZ * 1.037, rel=3e-4)
    assert track.rate_error < 0.01
    track.restart()
    assert track.rate_hz == pytest.approx(RATE_HZ * 1.037, rel=3e-4)
    # Numbered from 0 again.
    track.seen(0, last, last + 1e-4)
    assert track.about(last + 1.0) == pytest.approx(RATE_HZ * 1.037, abs=2.0)


def test_it_follows_a_rate_that_drifts_for_minutes() -> None:
    chip = samples(0.01, drift=1e-3, seconds=300.0)
    track = SampleTrack(RATE_HZ)
    rng = np.random.default_rng(2)
    now = START_S
    for _ in range(28):
        now = watch(track, chip, rng, now, now + 10.0)
        quiet = track.quiet_from(now + 0.5)
        number = chip.by(quiet)
        assert track.produced_at(quiet - 50e-6, quiet + 50e-6) == (number, number)


def test_before_the_first_look_nothing_is_known() -> None:
    track = SampleTrack(RATE_HZ)
    assert track.about(5.0) == 0.0
    assert track.produced_at(5.0, 5.1) == (0, 0)
    assert track.quiet_from(5.0) >= 5.0


@pytest.mark.parametrize("error", [-0.04, 0.02, 0.04])
def test_stretches_too_short_to_be_sure_of_still_teach_the_rate(error: float) -> None:
    chip = samples(error)
    track = SampleTrack(RATE_HZ)
    rng = np.random.default_rng(4)
    now = START_S
    for _ in range(12):
        track.renumber()
        now = watch(track, chip, rng, now, now + 0.12)
    assert abs(track.rate_hz / RATE_HZ - 1.0 - error) <= track.rate_error
    assert track.rate_error < 0.01


def test_samples_that_are_not_even_teach_nothing() -> None:
    chip = samples(0.01)
    track = SampleTrack(RATE_HZ)
    last = watch(track, chip, np.random.default_rng(5), START_S, START_S + 2.0)
    learned = track.rate_error
    for k in range(40):
        # A level that was wrong: 30 samples that never were.
        at = last + 0.010 * k
        track.seen(chip.by(at) + 30, at, at + 1e-4)
    track.renumber()
    assert track.rate_error > 10 * learned
