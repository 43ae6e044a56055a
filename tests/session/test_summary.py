import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.block import Mount, SampleBlock, plain_block, recut
from dsp.events import Activity, Event, Segment
from feedback.cue import Cue, Pattern
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from firmware_py.session.summary import SummaryBuilder
from firmware_py.session.text import describe
from firmware_py.trace.header import TraceHeader
from tests.feedback.runner import DELAY_S, Runner
from tests.session.made import FIXED, SHOE, WAIST, check, summed


def test_nothing_at_all_is_a_summary_too() -> None:
    nothing = check(SummaryBuilder(WAIST).finish())
    assert nothing["cadence"]["mean_spm"] is None
    assert nothing["not_measured"][0] == "running: no steps were found"
    assert describe(nothing).startswith("No running was found")


def test_times_steps_and_parts_of_a_run_with_a_walk() -> None:
    r = Runner()
    events = [*r.stand(10), *r.run(99.9, 165)]
    walk_t = r.t
    events += r.walk(20)
    run_t = r.t
    events += r.run(59.9, 165)
    s = summed(events, r.t + 5)
    assert s["duration_s"] == pytest.approx(r.t + 5, abs=0.02)
    assert s["running_s"] == pytest.approx(walk_t - 10 + r.t + 5 - run_t, abs=0.02)
    assert [p["kind"] for p in s["segments"]] == ["stand", "run", "walk", "run"]
    assert [p["start"] for p in s["segments"]] == [0.0, 10.0, walk_t, run_t]
    assert [p["end"] for p in s["segments"][:3]] == [10.0, walk_t, run_t]
    by_kind = [p["steps"] for p in s["segments"]]
    assert by_kind == [0, 275, 37, 165]
    assert s["steps"]["running"] == 440
    assert s["steps"]["walking"] == 37
    assert [c["pattern"] for c in s["status"]] == ["started", "paused", "resumed", "stopped"]


@pytest.mark.parametrize("header", [WAIST, SHOE])
def test_cadence_is_steps_over_time_and_missed_strikes_stay_out(header: TraceHeader) -> None:
    r = Runner(shoe=header.mount is Mount.SHOE)
    events = [e for k in range(400) for e in r.step(165.0, missed=k % 50 == 7)]
    s = summed(events, r.t, header)
    cadence = s["cadence"]
    assert cadence["mean_spm"] == pytest.approx(165.0)
    assert cadence["sd_spm"] == pytest.approx(0.0, abs=1e-9)
    assert cadence["steps_implausible"] == 8 * r.steps
    assert [b["low_spm"] for b in cadence["histogram"]] == [164.0]


def test_the_distribution_holds_all_seconds_of_plausible_running() -> None:
    r = Runner()
    s = summed([*r.run(300, 161), *r.run(100, 170.5)], r.t)
    bins = {b["low_spm"]: b["seconds"] for b in s["cadence"]["histogram"]}
    assert bins[160.0] == pytest.approx(300, abs=1)
    assert bins[170.0] == pytest.approx(100, abs=1)
    assert math.fsum(bins.values()) == pytest.approx(r.t, abs=0.5)
    assert s["cadence"]["percentiles_spm"]["p50"] == pytest.approx(161.0)
    assert s["cadence"]["percentiles_spm"]["p95"] == pytest.approx(170.5)
    assert s["cadence"]["in_band_share"] == pytest.approx(0.25, abs=0.02)


def test_impact_is_compared_with_the_steady_minutes_before_any_cue() -> None:
    r = Runner()
    events = [*r.run(200, 170, impact=1.0), *r.run(200, 170, impact=0.8)]
    s = summed(events, r.t)
    excess = s["impact"]["excess"]
    assert excess["baseline_g"] == pytest.approx(1.0)
    assert excess["change_percent"] == pytest.approx(-20.0)
    assert s["impact"]["peak"]["baseline_g"] == pytest.approx(3.0)
    assert s["baseline"]["complete"]
    assert s["baseline"]["seconds"] == pytest.approx(180.0, abs=0.5)


def test_clipped_and_incomplete_impacts_are_counted_and_left_out() -> None:
    r, events = Runner(), list[Event]()
    for k in range(300):
        events += r.step(170, impact=None if k % 10 == 1 else 1.0 + 9 * (k % 10 == 2))
        if k % 10 == 3:
            events += r.step(170, impact=50.0, clipped=True)
    impact = summed(events, r.t)["impact"]
    assert (impact["steps_clipped"], impact["steps_incomplete"]) == (30, 30)
    assert impact["steps_used"] == 270
    assert impact["excess"]["p90_g"] == pytest.approx(10.0)
    assert impact["excess"]["median_g"] == pytest.approx(1.0)


def test_a_cue_is_shown_with_what_came_before_and_after_it() -> None:
    r, policy, builder = Runner(), Policy(FIXED), SummaryBuilder(WAIST)
    cues: list[Cue] = []
    while r.t < 60:
        for event in r.step(168.0 if cues else 160.0, impact=0.9 if cues else 1.0):
            builder.add_event(event)
            for cue in policy.push(event):
                if cue.coaching:
                    cues.append(cue)
                    builder.add_cue(cue)
    [told] = check(builder.finish(policy.target))["cues"]
    assert told["t"] == cues[0].t_decision
    assert told["because"] == cues[0].because
    assert told["before"] == {
        "cadence_spm": pytest.approx(160.0),
        "impact_g": pytest.approx(1.0),
    }
    assert told["after"] == {"cadence_spm": pytest.approx(168.0), "impact_g": pytest.approx(0.9)}
    assert told["after_10"] == pytest.approx(told["after"])
    assert told["latency_s"] == pytest.approx(DELAY_S)
    assert (told["onset_s"], told["played_by"]) == (None, [])
    assert told["change"]["cadence_percent"] == pytest.approx(5.0)
    assert told["change"]["impact_percent"] == pytest.approx(-10.0)


def test_a_cue_just_before_the_end_has_no_after() -> None:
    r, builder = Runner(), SummaryBuilder(WAIST)
    for event in r.run(60, 160):
        builder.add_event(event)
    builder.add_cue(Cue(r.t, r.t, Pattern.QUICKER, "why", r.t))
    [told] = check(builder.finish())["cues"]
    assert told["before"]["cadence_spm"] == pytest.approx(160.0)
    assert told["after"] == {"cadence_spm": None, "impact_g": None}
    assert told["change"] == {"cadence_percent": None, "impact_g": None, "impact_percent": None}


def test_running_found_again_after_a_doubt_is_one_part() -> None:
    r = Runner()
    events = [*r.run(30, 165), Segment(r.t, r.t + 0.1, Activity.RUN), *r.run(30, 165)]
    s = summed(events, r.t)
    assert [(p["kind"], p["end"]) for p in s["segments"]] == [("run", pytest.approx(r.t, abs=0.02))]


def test_the_cap_is_told() -> None:
    r = Runner()
    s = summed(r.run(60, 160), r.t, coach=FeedbackSettings(cadence_target_spm=180.0))
    assert s["target"]["source"] == "configuration"
    assert s["target"]["capped"]
    assert s["target"]["cadence_spm"] == pytest.approx(176.0)
    assert "The target 180 was capped at 176" in describe(s)


def test_of_an_impact_of_next_to_nothing_no_percentage_is_taken() -> None:
    r = Runner()
    s = summed([*r.run(200, 170, impact=0.02), *r.run(200, 170, impact=-0.03)], r.t)
    excess = s["impact"]["excess"]
    assert excess["baseline_g"] == pytest.approx(0.02)
    assert excess["change_percent"] is None
    assert excess["change_g"] == pytest.approx(-0.05)
    assert "-0.05 g against your first steady minutes" in describe(s)
    # The peak of the same steps is no small number.
    assert s["impact"]["peak"]["change_percent"] == pytest.approx(-2.5, abs=0.1)


def test_a_cue_to_land_softer_says_g_where_percent_would_say_nothing() -> None:
    r, builder = Runner(), SummaryBuilder(WAIST)
    for event in r.run(30, 170, impact=0.2):
        builder.add_event(event)
    builder.add_cue(Cue(r.t, r.t, Pattern.SOFTER, "why", r.t))
    for event in r.run(30, 170, impact=0.1):
        builder.add_event(event)
    s = check(builder.finish())
    assert s["cues"][0]["change"]["impact_percent"] is None
    assert s["cues"][0]["change"]["impact_g"] == pytest.approx(-0.1)
    assert "then impact -0.10 g" in describe(s)


@pytest.mark.parametrize(("clipped_of_20", "at_least"), [(0, False), (4, False), (5, True)])
def test_impacts_are_a_lower_bound_once_a_fifth_of_them_was_clipped(
    clipped_of_20: int, at_least: bool
) -> None:
    r, events = Runner(), list[Event]()
    for k in range(400):
        hard = k % 20 < clipped_of_20
        events += r.step(170, impact=8.0 if hard else 1.0, clipped=hard)
    s = summed(events, r.t)
    assert s["impact"]["at_least"] is at_least
    assert ("at least 3.00 g median" in describe(s)) is at_least
    assert ("at least 1.00 g median" in describe(s)) is at_least


def test_the_share_in_the_band_counts_from_when_there_was_a_target() -> None:
    r = Runner(t=1000.0)
    events = [*r.run(185, 160), *r.run(185, 168)]
    s = summed(events, r.t, coach=FeedbackSettings(), start=1000.0)
    assert s["target"]["source"] == "this run"
    assert s["cadence"]["in_band_from_t"] == pytest.approx(1190.0, abs=0.5)
    assert s["cadence"]["in_band_share"] > 0.9
    assert "From 0:03:10 on, when your target was known, 100 %" in describe(s)


def test_a_target_that_was_set_counts_from_the_first_step() -> None:
    r = Runner(t=1000.0)
    s = summed([*r.run(200, 170), *r.run(200, 150)], r.t, start=1000.0)
    assert s["cadence"]["in_band_from_t"] == 1000.0
    assert s["cadence"]["in_band_share"] == pytest.approx(0.5, abs=0.02)
    assert "when your target was known" not in describe(s)
    never = summed(Runner().run(60, 165), 60.0, coach=FeedbackSettings())["cadence"]
    assert (never["in_band_share"], never["in_band_from_t"]) == (None, None)


def damaged() -> SampleBlock:
    t = np.arange(1000) / 100.0
    t[500:] += 0.5
    block = plain_block(t, np.zeros((1000, 3)))
    block.lost[500] = 50
    block.acc_clipped[10:13] = True
    # plain_block shares one array between the two flags.
    return SampleBlock(
        t, block.acc, None, block.lost, block.acc_clipped, np.zeros(1000, dtype=bool)
    )


@given(st.lists(st.integers(0, 1000), max_size=20))
def test_quality_counts_the_same_however_the_samples_are_cut(edges: list[int]) -> None:
    builder = SummaryBuilder(WAIST)
    for block in recut(damaged(), [e for e in edges if 0 < e < 1000]):
        builder.add_block(block)
    q = check(builder.finish(damage="cut at 10 s"))["quality"]
    assert (q["samples"], q["lost"], q["acc_clipped"], q["gyr_clipped"]) == (1000, 50, 3, 0)
    assert q["gaps"] == {"count": 1, "longest_s": pytest.approx(0.51)}
    assert q["true_rate_hz"] == pytest.approx(100.0)
    assert (q["damage"], q["notes"]) == ("cut at 10 s", ["made by a test"])


def a_busy_run() -> dict[str, Any]:
    r = Runner(t=5000.0)
    events = list[Event]()
    for k in range(20):
        events += [*r.run(150, 158 + k, impact=1.0 + 0.1 * k), *r.walk(20), *r.gap(2), *r.stand(9)]
        events += r.step(170, impact=9.0, clipped=True)
    header = TraceHeader(Mount.WAIST, 100.0, "device", notes=tuple(f"note {k}" for k in range(9)))
    coach = FeedbackSettings(cadence_target_spm=185.0, waist_impact_limit_g=0.5)
    return summed(events, r.t, header, coach, start=5000.0)


def a_run_with_a_shoe() -> dict[str, Any]:
    r = Runner(shoe=True)
    return summed(r.run(300, 165), r.t, SHOE, FeedbackSettings())


@pytest.mark.parametrize("run", [a_busy_run, a_run_with_a_shoe])
def test_the_text_fits_a_screen_and_claims_nothing_about_injury(
    run: Callable[[], dict[str, Any]],
) -> None:
    text = describe(run())
    lines = text.splitlines()
    assert len(lines) <= 45
    assert lines[0].startswith("You ran ")
    assert "injur" not in text
    assert "change mechanics" in text
    assert "distance and speed" in text
    assert "nan" not in text.lower().split()
    assert "None" not in text


def test_hours_of_running_stay_small() -> None:
    import tracemalloc

    r, builder = Runner(), SummaryBuilder(WAIST)
    builder.add_event(r.step(170)[0])
    tracemalloc.start()
    while r.t < 3 * 3600:
        for event in r.step(170):
            builder.add_event(event)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert builder.finish()["steps"]["running"] > 30000
    assert held < 6e6
