"""From a recording to the rules' figures: axes, scores, and plausibility on people."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from dsp.block import FloatArray, Mount, plain_block
from dsp.errors import RecordingError
from dsp.synth import Sensor, easy_run, random_rotation, synthesize
from dsp.synth.phases import Motion, Phase
from dsp.units import STANDARD_GRAVITY
from firmware_py.evaluate.figures import figures
from firmware_py.evaluate.published.compare import Scored, compare, scored
from firmware_py.evaluate.published.found import Found
from firmware_py.evaluate.published.recordings import signals_of
from firmware_py.evaluate.published.rules import RULES
from firmware_py.evaluate.truth import Kind, Truth, read_truth
from tests.evaluate.made_runs import CONTACT_S, RATE_HZ, SPIKE_S, STRIKES, rise_t, runner
from tests.real_data import found as recordings_found
from tests.real_data import needs_real_data

PHASES = (Phase(Motion.STAND, 3.0), Phase(Motion.RUN, 20.0, 168.0, speed=3.0))


def write_recording(folder: Path, *, marks: FloatArray | None = None, mount: str = "waist") -> Path:
    made = runner()
    assert made.forward_g is not None
    path = folder / "made.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["t_s", "acc_vertical_g", "acc_forward_g"])
        rows.writerows(np.column_stack([made.t, made.vertical_g, made.forward_g]).round(6))
    path.with_suffix(".json").write_text(
        json.dumps({"mount": mount, "side": "right"} if mount == "shoe" else {"mount": mount})
    )
    with (folder / "made.events.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        if marks is not None:
            rows.writerow(["midstance_s"])
            rows.writerows([[m] for m in marks])
        else:
            rows.writerow(["contact_on_s", "contact_off_s"])
            rows.writerows(np.column_stack([STRIKES, STRIKES + CONTACT_S]))
    return path


def of(results: list[Scored], name: str) -> Scored:
    return next(r for r in results if r.rule.startswith(name))


def test_every_rule_of_the_waist_is_scored_on_a_recording_with_contacts(tmp_path: Path) -> None:
    results = compare(write_recording(tmp_path))
    assert len(results) == len(RULES[Mount.WAIST])
    bare = of(results, "upward")
    got = figures([bare.result])
    assert got["f1"] == 1.0
    assert got["timing"]["bias_ms"] == pytest.approx(1e3 * rise_t(1.0), abs=0.1)
    assert bare.causal
    assert bare.minutes == pytest.approx(10.0 / 60.0, abs=1e-3)


def test_ends_of_contact_are_held_against_the_true_ones(tmp_path: Path) -> None:
    wixted = of(compare(write_recording(tmp_path)), "Wixted")
    asked = np.count_nonzero(STRIKES >= 1.5)
    assert len(wixted.toe_off_error_s) == len(wixted.contact_error_s) == asked
    assert wixted.toe_off_error_s == pytest.approx(-rise_t(1.0), abs=1e-3)
    assert wixted.contact_error_s == pytest.approx(-rise_t(1.0) - SPIKE_S, abs=3e-3)
    assert len(of(compare(write_recording(tmp_path)), "Reenalda").toe_off_error_s) == 0


def test_a_rule_that_needs_the_recording_has_no_latency(tmp_path: Path) -> None:
    results = compare(write_recording(tmp_path))
    assert figures([of(results, "Patoz").result])["latency_ms"] is None
    assert figures([of(results, "Lee").result])["latency_ms"]["p50"] == pytest.approx(240.0, abs=2)


def test_marked_strides_too_long_to_run_make_every_strike_a_false_one(tmp_path: Path) -> None:
    path = write_recording(tmp_path, marks=np.arange(1.0, 9.0, 1.2))
    bare = of(compare(path), "upward")
    assert (bare.result.kind, bare.result.truth) == (Kind.WALKING, 0)
    assert bare.per_minute == pytest.approx(len(STRIKES) / (10.0 / 60.0), rel=1e-3)


def test_others_are_scored_beside_the_rules(tmp_path: Path) -> None:
    def exact(*_: object) -> Found:
        return Found("exact", STRIKES, STRIKES + 0.01, STRIKES + CONTACT_S, causal=True)

    results = compare(write_recording(tmp_path), [exact])
    assert results[-1].rule == "exact"
    assert np.abs(results[-1].contact_error_s).max() < 1e-9


def test_strikes_out_of_order_are_scored_in_order() -> None:
    made = runner()
    order = np.random.default_rng(1).permutation(len(STRIKES))
    toe_off_t = STRIKES + CONTACT_S
    mixed = Found("mixed", STRIKES[order], STRIKES[order], toe_off_t[order], causal=True)
    got = scored("made", mixed, Truth(Kind.CONTACTS, STRIKES, toe_off_t), made)
    assert figures([got.result])["f1"] == 1.0
    assert np.abs(got.toe_off_error_s).max() < 1e-9
    strides = scored("made", mixed, Truth(Kind.MIDSTANCES, STRIKES[::2] + 0.1), made)
    assert strides.result.found == 2 * strides.result.truth == 2 * strides.result.hit


def test_a_recording_without_truth_has_no_scores(tmp_path: Path) -> None:
    path = write_recording(tmp_path)
    (tmp_path / "made.events.csv").unlink()
    assert compare(path) == []


def test_contacts_without_an_end_column_have_no_ends(tmp_path: Path) -> None:
    path = write_recording(tmp_path)
    truth = read_truth(path)
    assert truth is not None
    assert truth.off == pytest.approx(STRIKES + CONTACT_S)
    (tmp_path / "made.events.csv").write_text("contact_on_s\n1.0\n")
    bare = read_truth(path)
    assert bare is not None
    assert bare.off is None


@pytest.mark.parametrize("seed", range(6))
def test_the_axes_are_found_however_the_sensor_is_worn(seed: int) -> None:
    mounting = random_rotation(np.random.default_rng(seed))
    worn = synthesize(PHASES, sensor=Sensor(mounting=mounting), seed=seed)
    upright = synthesize(PHASES, sensor=Sensor(), seed=seed)
    signals = signals_of(worn.block, Mount.WAIST, worn.stream.rate_hz)
    body = upright.block.acc / STANDARD_GRAVITY
    assert np.corrcoef(signals.vertical_g, body[:, 2])[0, 1] > 0.99
    assert signals.forward_g is not None
    assert np.corrcoef(signals.forward_g, body[:, 0])[0, 1] > 0.97


@pytest.mark.parametrize("seed", range(6))
def test_swing_is_positive_however_the_shoe_sensor_is_worn(seed: int) -> None:
    mounting = random_rotation(np.random.default_rng(seed))
    run = easy_run(20.0, mount=Mount.SHOE, sensor=Sensor(rate_hz=500.0, mounting=mounting))
    signals = signals_of(run.block, Mount.SHOE, run.stream.rate_hz)
    assert signals.pitch_rate is not None
    mine = run.truth.running & ~run.truth.left
    flight = run.truth.toe_off_t[mine][:-1] + 0.45 * np.diff(run.truth.strike_t[mine])
    mid_swing = np.interp(flight[np.isfinite(flight)], signals.t, signals.pitch_rate)
    assert np.median(mid_swing) > 2.0


def test_named_axes_are_taken_by_their_names() -> None:
    made = runner()
    assert made.forward_g is not None
    acc = np.column_stack([made.forward_g + 0.3, np.full(len(made.t), np.nan), made.vertical_g])
    block = plain_block(made.t, acc * STANDARD_GRAVITY)
    signals = signals_of(block, Mount.WAIST, RATE_HZ)
    assert signals.vertical_g == pytest.approx(made.vertical_g)
    assert signals.forward_g == pytest.approx(made.forward_g)
    assert signals.lateral_g is None


def test_without_a_vertical_axis_or_samples_there_is_nothing_to_compare() -> None:
    acc = np.ones((40, 3))
    acc[:, 2] = np.nan
    block = plain_block(np.arange(40) / 100.0, acc)
    with pytest.raises(RecordingError, match="no vertical axis"):
        signals_of(block, Mount.WAIST, 100.0)
    with pytest.raises(RecordingError, match="16"):
        signals_of(block[:10], Mount.WAIST, 100.0)


@needs_real_data
def test_on_the_force_treadmill_the_rules_do_what_was_published_of_them() -> None:
    by_rule: dict[str, list[Scored]] = {}
    for path in recordings_found("sacrum-treadmill/*.csv.gz"):
        for one in compare(path):
            by_rule.setdefault(one.rule.split()[0], []).append(one)
    got = {rule: figures([r.result for r in group]) for rule, group in by_rule.items()}
    assert got["upward"]["f1"] == 1.0
    assert got["upward"]["timing"]["bias_ms"] == pytest.approx(13.5, abs=0.2)
    assert got["upward"]["timing"]["sd_ms"] == pytest.approx(8.9, abs=0.2)
    assert got["upward"]["latency_ms"]["p50"] == pytest.approx(14.0, abs=1.0)
    assert got["confirmed"]["f1"] == got["strictest:"]["f1"] == 1.0
    # science 8b: F1 .417 on 31 trials; science 1.1: Auvinet -30.4 ms on 74 runners.
    assert got["no"]["f1"] == pytest.approx(0.417, abs=0.05)
    assert got["Auvinet"]["timing"]["bias_ms"] == pytest.approx(-30.4, abs=3.0)
    # science 1.2: Patoz's contact time has an RMSE of 20 ms.
    contact = np.concatenate([r.contact_error_s for r in by_rule["Patoz"]])
    assert np.sqrt(np.mean(contact**2)) == pytest.approx(0.020, abs=0.003)


@needs_real_data
def test_in_the_hallway_nearly_every_stride_has_its_swing() -> None:
    results = [
        one.result
        for path in recordings_found("shoe-hallway/run*.csv.gz")
        for one in compare(path)
        if one.rule.startswith("swing")
    ]
    got = figures(results)
    assert got["recall"] >= 0.94
    assert got["precision"] >= 0.99
