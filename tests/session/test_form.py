"""What a summary says about form, distance and the two feet."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dsp.block import Side
from dsp.events import Activity, Contact, Event, Foot, Segment, Step
from firmware_py.session.text import describe
from tests.feedback.runner import Runner
from tests.session.made import SHOE, check, summed


def measured(events: list[Event], **figures: object) -> Iterator[Event]:
    """The same run with figures in every step."""
    for event in events:
        yield replace(event, **figures) if isinstance(event, Step) else event  # type: ignore[arg-type]


def feet(events: list[Event], asymmetry: float, *, named: bool, seed: int = 0) -> Iterator[Event]:
    """The same run with feet that differ in step time, and noise that does not."""
    rng = np.random.default_rng(seed)
    t = 0.0
    left = False
    for event in events:
        if not isinstance(event, Step):
            yield event
            continue
        left = not left
        t = t or event.t
        long = 1.0 + (asymmetry / 2 if left else -asymmetry / 2) + rng.normal(0.0, 0.01)
        seconds = event.duration_s * long
        side = (Side.LEFT if left else Side.RIGHT) if named else Side.UNKNOWN
        foot = Foot.A if left else Foot.B
        yield replace(
            event, t=t, duration_s=seconds, cadence_spm=60 / seconds, side=side, foot=foot
        )
        t += seconds


def summary(events: Iterator[Event], r: Runner, **more: Any) -> dict[str, Any]:
    return summed(list(events), r.t, **more)


def test_a_models_distance_is_told_with_what_it_is_worth() -> None:
    r = Runner()
    s = summary(measured(r.run(100, 180), speed_m_s=3.0), r)
    assert s["distance"]["source"] == "model"
    assert "about 300 m at 11 km/h by a model, up to 30 % off" in describe(s)


def test_medians_of_form_are_those_of_the_steps() -> None:
    r = Runner()
    s = summary(
        measured(
            r.run(60, 170),
            contact_s=0.25,
            flight_s=0.10,
            vertical_oscillation_m=0.083,
            lean_forward_deg=-3.0,
            leg_stiffness_bw_m=15.0,
        ),
        r,
    )
    assert s["contact"]["contact_s"] == pytest.approx(0.25)
    assert s["form"]["vertical_oscillation_m"] == pytest.approx(0.083)
    assert s["form"]["vertical_ratio_percent"] is None
    text = describe(s)
    assert "250 ms, flight 100 ms" in text
    assert "bounce 8.3 cm, pelvis 3 deg back, leg stiffness 15 body weights per m" in text
    assert "ground contact" not in text
    assert "pelvis lean: it needs" not in text


def test_what_was_not_measured_is_named_with_what_it_needs() -> None:
    r = Runner()
    missing = summed(r.run(30, 170), r.t)["not_measured"]
    assert "leg stiffness: it needs runner.height_m, a speed and level ground" in missing
    assert "pelvis lean: it needs all axes and standing still before the run" in missing
    assert "distance and speed" in missing


def test_distance_is_speed_over_time_and_says_how_much_of_it_was_measured() -> None:
    r = Runner()
    events = r.run(100, 180)
    half = len(events) // 2
    known = [*measured(events[:half], speed_m_s=3.0, stride_length_m=2.0), *events[half:]]
    s = summed(known, r.t, header=SHOE)
    running = sum(e.duration_s for e in events if isinstance(e, Step))
    assert s["distance"]["running_m"] == pytest.approx(3.0 * running, rel=1e-6)
    assert s["distance"]["measured_share"] == pytest.approx(0.5, abs=0.02)
    assert "0.30 km at 10.8 km/h, stride 2.00 m; speed known for 50 % of it" in describe(s)


@pytest.mark.parametrize(
    ("named", "words"), [(True, "left than right"), (False, "foot A than foot B")]
)
def test_uneven_steps_are_told_with_their_interval(named: bool, words: str) -> None:
    r = Runner()
    s = summary(feet(r.run(120, 170), 0.03, named=named), r)
    told = s["symmetry"]["step_time"]
    assert s["symmetry"]["first"] == ("left" if named else "A")
    assert told["significant"]
    assert told["low_percent"] < 3.0 < told["high_percent"]
    assert words in describe(s)


def test_even_steps_are_not_spoken_of() -> None:
    r = Runner()
    s = summary(feet(r.run(120, 170), 0.0, named=True, seed=3), r)
    assert s["symmetry"]["step_time"]["significant"] is False
    assert "symmetry" not in describe(s)


def test_feet_that_were_not_told_apart_have_no_symmetry() -> None:
    r = Runner()
    assert summed(r.run(120, 170), r.t)["symmetry"]["step_time"] is None


def test_a_shoe_tells_its_strikes_and_no_symmetry() -> None:
    r = Runner(shoe=True)
    s = summary(
        measured(r.run(60, 170), foot_strike_angle_deg=14.0, strike_type=Contact.REARFOOT),
        r,
        header=SHOE,
    )
    assert s["foot"]["strike_type_share"]["rearfoot"] == 1.0
    assert "+14 deg at the strike, rearfoot in 100 % of the strides" in describe(s)
    assert s["symmetry"] == {"first": None, "step_time": None, "impact": None}


def test_steps_on_other_ground_stay_out_of_the_change_of_impact() -> None:
    r = Runner()
    first = list(measured(r.run(200, 170, impact=1.0), level_ground=True))
    downhill = list(measured(r.run(60, 170, impact=3.0), level_ground=False))
    again = list(measured(r.run(60, 170, impact=1.0), level_ground=True))
    s = summed([*first, *downhill, *again], r.t)
    assert s["impact"]["steps_other_ground"] == pytest.approx(170, abs=2)
    assert abs(s["impact"]["excess"]["change_g"]) < 0.01


def test_a_name_that_comes_late_also_names_the_steps_before_it() -> None:
    r = Runner()
    whole = [*feet(r.run(200, 170), 0.04, named=True)]
    # The letters are the other way round, and the first half has no names yet.
    half = len(whole) // 2
    swapped = [
        replace(e, foot=e.foot.other if e.foot else None, side=Side.UNKNOWN if k < half else e.side)
        if isinstance(e, Step)
        else e
        for k, e in enumerate(whole)
    ]
    told = summed(swapped, r.t)["symmetry"]
    assert told["first"] == "left"
    assert told["step_time"]["low_percent"] < 4.0 < told["step_time"]["high_percent"]
    assert told["step_time"]["strides"] > 250


def test_steps_of_no_run_are_no_running() -> None:
    r = Runner()
    events = [*r.run(60, 170), *r.stand(30)]
    jolt = [e for e in Runner(t=r.t - 10.0).run(3, 170) if isinstance(e, Step)]
    with_jolt, without = summed([*events, *jolt], r.t), summed(events, r.t)
    assert with_jolt["steps"]["running"] == without["steps"]["running"]


def test_parts_lie_over_the_segments_and_end_none() -> None:
    r = Runner()
    events = r.run(300, 170)
    parts = [
        Segment(60.0 * k, r.t, kind, 60.0 * (k + 1))
        for k, kind in enumerate((Activity.WARM_UP, Activity.INTERVAL, Activity.REST))
    ]
    s = check(summed([*events, *parts], r.t))
    assert [p["kind"] for p in s["parts"]] == ["warm_up", "interval", "rest"]
    assert [p["kind"] for p in s["segments"]] == ["run"]
    assert "warm-up         0:01:00" in describe(s)
