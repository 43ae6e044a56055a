"""What is asked of a recording, how contacts are paired, and that both stay so for hours."""

import tracemalloc

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.block import FloatArray, Side
from dsp.events import FootStrike
from firmware_py.evaluate.figures import SETTLE_S, Result, figures, result
from firmware_py.evaluate.matching import Pairs, match
from firmware_py.evaluate.truth import Kind, Truth
from tests.thorough import examples


def naive(truth: FloatArray, found: FloatArray, window_s: float) -> Pairs:
    """Every combination, nearest first, the earlier one where two are as near."""
    near = [
        (abs(float(f) - float(t)), i, j)
        for i, t in enumerate(truth)
        for j, f in enumerate(found)
        if abs(float(f) - float(t)) <= window_s
    ]
    pairs: Pairs = []
    for _, i, j in sorted(near):
        if all(i != a and j != b for a, b in pairs):
            pairs.append((i, j))
    return sorted(pairs)


instants = st.lists(
    st.one_of(st.integers(0, 60).map(lambda k: k * 0.01), st.floats(-1e3, 1e3)), max_size=14
).map(np.array)


@given(instants, instants, st.sampled_from([0.0, 0.01, 0.05, 0.2, 3.0]), st.sampled_from([0, 1e9]))
@settings(max_examples=examples(80, 400))
def test_pairs_are_those_of_looking_at_every_combination(
    truth: npt.NDArray[np.float64],
    found: npt.NDArray[np.float64],
    window_s: float,
    epoch: float,
) -> None:
    a, b = truth.astype(np.float64) + epoch, found.astype(np.float64) + epoch
    assert match(a, b, window_s) == naive(a, b, window_s)


def test_hours_of_contacts_are_paired_in_little_memory() -> None:
    truth = np.arange(3 * 3600 * 3) / 3.0
    tracemalloc.start()
    pairs = match(truth, truth + 0.01, 0.05)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert pairs == [(k, k) for k in range(len(truth))]
    assert peak < 50e6


def scored(truth: FloatArray, start_t: float) -> Result:
    strikes = [FootStrike(float(t) + 0.01, float(t) + 0.03, Side.UNKNOWN, 1.0) for t in truth]
    return result("made", Truth(Kind.CONTACTS, truth), strikes, start_t, 0.0)


def test_the_first_second_and_a_half_is_that_of_the_recording_not_of_its_clock() -> None:
    contacts = np.array([0.3, 0.8, 1.3, 1.8, 2.3])
    for start_t in (0.0, 50.0, 1.7e9, -20.0):
        got = scored(contacts + start_t, start_t)
        assert (got.truth, got.found, got.hit, got.settling) == (2, 2, 2, 3)
    assert SETTLE_S == 1.5


def test_how_many_were_not_asked_for_is_summed_over_recordings() -> None:
    contacts = np.array([0.3, 0.8, 1.8, 2.3])
    both = figures([scored(contacts, 0.0), scored(contacts + 7.0, 7.0)])
    assert both["not_asked_for"] == 4
    assert both["truth"] == 4
