"""Measures of steps against their truth."""

import json
from pathlib import Path

import numpy as np
import pytest

from dsp.block import Side
from dsp.events import Step
from firmware_py.evaluate.conditions import by_condition
from firmware_py.evaluate.figures import Result
from firmware_py.evaluate.measures import agreement, errors_of, joined
from firmware_py.evaluate.truth import Kind, Truth, read_truth

ON = np.array([1.0, 1.35, 1.70, 2.05])
TRUTH = Truth(Kind.CONTACTS, ON, ON + 0.25, np.array([2.5, 2.6, 2.5, 2.6]), 3.0, -5.0)


def step(t: float, **figures: float) -> Step:
    return Step(t, t + 0.36, t, Side.UNKNOWN, 1, 0.36, 60 / 0.36, **figures)  # type: ignore[arg-type]


def test_each_measure_is_compared_with_its_own_truth() -> None:
    told = step(
        1.36, contact_s=0.26, toe_off_t=1.62, flight_s=0.1, peak_force_bw=2.5, speed_m_s=3.3
    )
    errors = errors_of(TRUTH, [(1, 1.36)], [told])
    assert errors["step_time_s"][0] == pytest.approx(10.0)
    assert errors["contact_s"][0] == pytest.approx(10.0)
    assert errors["toe_off_t"][0] == pytest.approx(20.0)
    assert errors["flight_s"][0] == pytest.approx(0.0)
    assert errors["peak_force_bw"][0] == pytest.approx(-0.1)
    assert errors["speed_m_s"][0] == pytest.approx(0.3)
    assert "stride_length_m" not in errors


def test_a_strike_without_a_step_and_a_step_without_a_value_count_nowhere() -> None:
    assert errors_of(TRUTH, [(1, 1.36)], []) == {}
    assert set(errors_of(TRUTH, [(1, 1.36)], [step(1.36)])) == {"step_time_s"}


def test_the_last_contact_has_no_step_time() -> None:
    errors = errors_of(TRUTH, [(3, 2.05)], [step(2.05, contact_s=0.25)])
    assert set(errors) == {"contact_s"}


def test_a_hole_in_the_truth_is_no_long_step() -> None:
    truth = Truth(Kind.CONTACTS, np.array([1.0, 1.35, 2.05]), np.array([1.25, 1.6, 2.3]))
    assert errors_of(truth, [(1, 1.35)], [step(1.35)]) == {}


def test_agreement_is_that_of_the_textbook() -> None:
    a = agreement(np.array([-1.0, 1.0, 3.0]))
    assert (a["bias"], a["sd"], a["n"]) == (1.0, 2.0, 3)
    assert (a["loa_low"], a["loa_high"]) == (pytest.approx(-2.92), pytest.approx(4.92))
    assert a["mae"] == pytest.approx(5 / 3)


def test_errors_of_recordings_are_joined_by_measure() -> None:
    one = {"contact_s": np.array([1.0])}
    other = {"contact_s": np.array([2.0]), "flight_s": np.array([3.0])}
    assert {k: v.tolist() for k, v in joined([one, other]).items()} == {
        "contact_s": [1.0, 2.0],
        "flight_s": [3.0],
    }


def test_conditions_are_told_where_there_are_several() -> None:
    def at(speed: float | None, slope: float | None) -> Result:
        return Result("x", Kind.CONTACTS, 1, 1, 1, speed_m_s=speed, slope_deg=slope)

    assert list(by_condition([at(3.0, 0.0), at(2.5, 0.0)])) == ["2.5 m/s", "3 m/s"]
    assert list(by_condition([at(3.0, -5.0), at(3.0, 5.0), at(None, None)])) == [
        "slope -5°",
        "slope +5°",
    ]
    assert by_condition([at(None, None)]) == {}


def test_force_and_description_beside_a_recording_are_truth(tmp_path: Path) -> None:
    t = np.arange(0.0, 3.0, 0.002)
    force = np.clip(2.5 * np.sin(2 * np.pi * t / 0.7), 0.0, None)
    rows = "".join(f"{a:.3f},1.0,{b:.4f}\n" for a, b in zip(t, force, strict=True))
    (tmp_path / "a.csv").write_text("t_s,acc_z_g,vgrf_bw\n" + rows)
    (tmp_path / "a.json").write_text(json.dumps({"speed_m_s": 3, "slope_deg": -5.0}))
    truth = read_truth(tmp_path / "a.csv")
    assert truth is not None
    assert truth.off is not None
    assert truth.peak_bw is not None
    assert (truth.off - truth.t) == pytest.approx(0.345, abs=0.01)
    assert truth.peak_bw == pytest.approx(2.5, abs=0.01)
    assert (truth.speed_m_s, truth.slope_deg) == (3.0, -5.0)
    (tmp_path / "a.events.csv").write_text("contact_on_s,contact_off_s\n0.7,1.05\n1.4,\n")
    marked = read_truth(tmp_path / "a.csv")
    assert marked is not None
    assert marked.t.tolist() == [0.7, 1.4]
    assert marked.peak_bw is not None
    assert np.isnan(marked.peak_bw[1])
