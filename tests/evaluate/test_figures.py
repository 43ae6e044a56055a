"""The figures, from strikes whose errors are known exactly."""

from collections.abc import Sequence

import numpy as np
import pytest

from dsp.block import FloatArray, Side
from dsp.events import Event, FootStrike, Step
from feedback.cue import Cue, Pattern
from firmware_py.evaluate.figures import Result, figures, result
from firmware_py.evaluate.table import HEAD, markdown, row, text
from firmware_py.evaluate.truth import Kind, Truth

TRUE_T = np.arange(2.0, 12.0, 0.36)


def strike(t: float, late_s: float = 0.02, *, inferred: bool = False) -> FootStrike:
    return FootStrike(t, t + late_s, Side.UNKNOWN, 1.0, inferred)


def step(t: float, duration_s: float) -> Step:
    return Step(t, t + duration_s, t, Side.UNKNOWN, 1, duration_s, 60.0 / duration_s)


def scored(
    happened: Sequence[Event | Cue],
    *,
    t: FloatArray = TRUE_T,
    kind: Kind = Kind.CONTACTS,
    start_t: float = 0.0,
    batch_s: float = 0.0,
) -> Result:
    return result("made", Truth(kind, t), happened, start_t, batch_s)


def test_all_found_exactly_is_perfect() -> None:
    got = figures([scored([strike(t) for t in TRUE_T])])
    assert got["truth"] == got["found"] == got["hit"] == len(TRUE_T)
    assert got["recall"] == got["precision"] == got["f1"] == 1.0
    assert got["timing"]["bias_ms"] == got["timing"]["sd_ms"] == 0.0
    assert got["latency_ms"] == {"p50": 20.0, "p95": 20.0, "p99": 20.0}


def test_a_missed_and_a_false_strike_cost_what_they_should() -> None:
    happened = [strike(t) for t in TRUE_T[1:]] + [strike(7.15), strike(9.29)]
    n = len(TRUE_T)
    got = figures([scored(sorted(happened, key=lambda s: s.t))])
    assert (got["truth"], got["found"], got["hit"]) == (n, n + 1, n - 1)
    assert got["recall"] == pytest.approx((n - 1) / n, abs=1e-4)
    assert got["precision"] == pytest.approx((n - 1) / (n + 1), abs=1e-4)
    assert got["f1"] == pytest.approx(2 * (n - 1) / (2 * n + 1), abs=1e-4)


def test_bias_and_spread_are_those_of_the_errors() -> None:
    errors = np.random.default_rng(1).normal(0.008, 0.005, len(TRUE_T))
    got = figures([scored([strike(float(t)) for t in TRUE_T + errors])])["timing"]
    bias, sd = 1e3 * errors.mean(), 1e3 * errors.std(ddof=1)
    assert got["bias_ms"] == pytest.approx(bias, abs=0.06)
    assert got["sd_ms"] == pytest.approx(sd, abs=0.06)
    assert got["loa_low_ms"] == pytest.approx(bias - 1.96 * sd, abs=0.06)
    assert got["loa_high_ms"] == pytest.approx(bias + 1.96 * sd, abs=0.06)
    assert got["mae_ms"] == pytest.approx(1e3 * np.abs(errors).mean(), abs=0.06)


def test_a_batch_makes_a_decision_wait_for_its_end() -> None:
    # Decided 20 ms after a strike at 2 s; batches end at 0.003 + k 10 ms: 2.023 s.
    got = scored([strike(2.0)], t=np.array([2.0]), start_t=0.003, batch_s=0.010)
    assert got.latency_s.tolist() == pytest.approx([0.020])
    assert got.batch_latency_s.tolist() == pytest.approx([0.023])
    at_the_end = scored([strike(2.0)], t=np.array([2.0]), start_t=0.0, batch_s=0.010)
    assert at_the_end.batch_latency_s.tolist() == pytest.approx([0.020])
    without = scored([strike(2.0)], t=np.array([2.0]), start_t=0.003)
    assert without.batch_latency_s.tolist() == pytest.approx([0.020])


def test_contacts_of_the_first_second_and_a_half_are_not_asked_for_nor_held_against() -> None:
    truth = np.array([0.5, 0.9, 1.3, 1.7, 2.1])
    for happened in ([strike(t) for t in truth], [strike(t) for t in truth[3:]]):
        got = scored(happened, t=truth)
        assert (got.truth, got.found, got.hit) == (2, 2, 2)
    on_the_edge = scored([strike(1.49), strike(2.1)], t=np.array([1.495, 2.1]))
    assert (on_the_edge.truth, on_the_edge.found, on_the_edge.hit) == (1, 1, 1)


def test_what_comes_after_the_last_true_contact_is_not_held_against() -> None:
    happened = [strike(t) for t in TRUE_T] + [strike(TRUE_T[-1] + 0.4)]
    assert scored(happened).found == len(TRUE_T)


def test_inferred_strikes_are_not_counted() -> None:
    happened = [strike(t, inferred=bool(k % 2)) for k, t in enumerate(TRUE_T)]
    assert scored(happened).found == (len(TRUE_T) + 1) // 2


def test_cadence_is_compared_over_the_time_of_the_steps() -> None:
    happened: list[Event] = [strike(t) for t in TRUE_T]
    happened += [step(t, 0.36) for t in TRUE_T[3:-5]]
    assert scored(happened).cadence_error == pytest.approx(0.0, abs=1e-9)
    quick: list[Event] = [step(t, 0.36 / 1.02) for t in TRUE_T[3:-5]]
    assert scored([*quick]).cadence_error == pytest.approx(0.02, abs=1e-6)
    assert figures([scored([*quick])])["cadence_error_percent"] == 2.0
    assert scored([strike(t) for t in TRUE_T]).cadence_error is None


def test_midstances_ask_for_one_strike_in_every_running_stride() -> None:
    marks = np.array([1.0, 1.7, 2.4, 3.1, 6.0])
    got = scored(
        [strike(1.6), strike(2.2), strike(2.3), strike(5.0)], t=marks, kind=Kind.MIDSTANCES
    )
    assert (got.truth, got.found, got.hit) == (3, 3, 2)
    assert figures([got])["timing"] is None
    assert figures([got])["latency_ms"] is None


def test_walking_asks_for_silence() -> None:
    cues = [Cue(1.0, 1.0, Pattern.QUICKER, "slow"), Cue(2.0, 2.0, Pattern.STARTED, "running")]
    got = figures([scored([strike(3.0), *cues], kind=Kind.WALKING)])
    assert (got["truth"], got["found"], got["coaching_cues"]) == (0, 1, 1)
    assert got["recall"] is None
    assert got["f1"] == 0.0


def test_several_recordings_are_pooled_not_averaged() -> None:
    good = scored([strike(t) for t in TRUE_T])
    bad = scored([], t=np.array([2.0, 2.4]))
    got = figures([good, bad])
    assert (got["truth"], got["hit"]) == (len(TRUE_T) + 2, len(TRUE_T))
    assert got["recall"] == pytest.approx(len(TRUE_T) / (len(TRUE_T) + 2), abs=1e-4)


def test_nothing_has_no_figures() -> None:
    got = figures([])
    assert got["recall"] is got["precision"] is got["f1"] is got["timing"] is None
    assert row("none", got)[3:6] == ("–", "–", "–")


def test_truth_without_a_contact_is_scored_as_such() -> None:
    assert scored([strike(3.0)], t=np.array([])).truth == 0


def test_tables_have_a_cell_for_every_heading() -> None:
    rows = [row("made", figures([scored([strike(t) for t in TRUE_T])])), row("no", figures([]))]
    assert all(len(r) == len(HEAD) for r in rows)
    lines = text(rows).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1].startswith("made")
    table = markdown(rows).splitlines()
    assert len(table) == 4
    assert all(line.count("|") == len(HEAD) + 1 for line in table)
