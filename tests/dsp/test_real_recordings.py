"""Recordings of real people: what must not get worse. docs/accuracy.md has the figures."""

import csv
from pathlib import Path

import numpy as np
import pytest

from dsp.block import FloatArray, Side
from dsp.events import Activity, Event, FootStrike, Gap, Segment, Step, WalkStep
from dsp.pipeline import Pipeline
from firmware_py.evaluate.matching import match, per_stride
from firmware_py.importer.recording import Recording
from tests.real_data import found, name_of, needs_real_data, real

pytestmark = needs_real_data

TREADMILL = found("sacrum-treadmill/*.csv.gz")
SHOE_RUNS = found("shoe-hallway/run*.csv.gz")
WALKS = [*found("shoe-hallway/walk*.csv.gz"), *found("waist-walking/*.csv.gz")]
SETTLE_S = 1.5
"""The treadmill trials start in mid-run; finding the rhythm takes three steps."""


def events_of(recording: Recording) -> list[Event]:
    return Pipeline(recording.header.stream).push(recording.block)


def marks(path: Path, column: str) -> FloatArray:
    """Read here anew: the evaluation's own reader is not what checks it."""
    with path.with_name(path.name.removesuffix(".csv.gz") + ".events.csv").open() as file:
        return np.array([float(row[column]) for row in csv.DictReader(file)])


def real_contacts(path: Path) -> FloatArray:
    """Contacts on the force plate after the trial's first 1.5 s; shorter than 0.1 s is noise."""
    on, off = marks(path, "contact_on_s"), marks(path, "contact_off_s")
    return np.asarray(on[(off - on >= 0.095) & (on >= SETTLE_S)])


def strikes(events: list[Event]) -> list[FootStrike]:
    return [e for e in events if isinstance(e, FootStrike) and not e.inferred]


@pytest.mark.parametrize("path", TREADMILL, ids=name_of)
def test_every_contact_on_the_force_treadmill_is_found_in_time_and_no_other(path: Path) -> None:
    got = strikes(events_of(real(name_of(path))))
    truth = real_contacts(path)
    inside = [s for s in got if SETTLE_S - 0.05 <= s.t <= truth[-1] + 0.05]
    pairs = match(truth, np.array([s.t for s in inside]), 0.050)
    assert len(pairs) == len(truth)
    assert len(inside) - len(pairs) <= 1  # the first may belong to a contact before 1.5 s
    error = np.array([inside[j].t - truth[i] for i, j in pairs])
    assert abs(error.mean()) < 0.020
    assert error.std() < 0.008
    latency = [inside[j].t_decision - truth[i] for i, j in pairs]
    assert np.percentile(latency, 95) < 0.045


def test_all_treadmill_trials_together_have_no_bias_to_speak_of() -> None:
    errors: list[float] = []
    for path in TREADMILL:
        got = np.array([s.t for s in strikes(events_of(real(name_of(path))))])
        truth = real_contacts(path)
        errors += [got[j] - truth[i] for i, j in match(truth, got, 0.050)]
    assert len(errors) > 120
    assert abs(np.mean(errors)) < 0.005
    assert np.std(errors) < 0.010


@pytest.mark.parametrize("path", SHOE_RUNS, ids=name_of)
def test_nearly_every_marked_stride_of_the_shoe_holds_one_strike(path: Path) -> None:
    got = events_of(real(name_of(path)))
    counts = per_stride(marks(path, "midstance_s"), np.array([s.t for s in strikes(got)]))
    assert np.count_nonzero(counts) >= len(counts) - 1
    assert counts.max() == 1
    assert {s.side for s in strikes(got)} == {Side.RIGHT}


@pytest.mark.parametrize("path", WALKS, ids=name_of)
def test_walking_has_walk_steps_and_no_strike(path: Path) -> None:
    got = events_of(real(name_of(path)))
    assert strikes(got) == []
    assert not any(isinstance(e, Step) for e in got)
    kinds = [e.kind for e in got if isinstance(e, Segment)]
    assert Activity.RUN not in kinds
    assert Activity.WALK in kinds
    assert sum(isinstance(e, WalkStep) for e in got) > 5


def test_the_hobby_board_gives_its_stride_although_a_ninth_of_it_is_missing() -> None:
    recording = real("shoe-hobby/run")
    got = events_of(recording)
    strides = [e.duration_s for e in got if isinstance(e, Step)]
    # Autocorrelation, Hilbert phase and low-passed peaks of the gyro all give 0.705 s.
    assert np.mean(strides) == pytest.approx(0.705, abs=0.005)
    assert sum(strides) > 95.0
    gaps = [e for e in got if isinstance(e, Gap)]
    assert sum(g.lost for g in gaps) == recording.block.lost[1:].sum()


def test_saturated_strides_of_the_shoe_have_no_impact() -> None:
    clipped = 0
    for path in SHOE_RUNS:
        recording = real(name_of(path))
        at = recording.block.t[recording.block.acc_clipped]
        for stride in (e for e in events_of(recording) if isinstance(e, Step)):
            window = (at >= stride.t - 0.020) & (at < stride.t + 0.080)
            assert stride.clipped == bool(window.any())
            if stride.clipped:
                clipped += 1
                assert stride.impact_g is None
    assert clipped > 0
