from dataclasses import replace
from typing import Any

import pytest

from feedback.plan import SessionPlan, Window
from feedback.programmes.adherence import adherence
from feedback.programmes.history import Result, pain, record
from feedback.programmes.planning import plan_next
from feedback.programmes.prescription import Programme
from feedback.programmes.reading import built_in, parse
from feedback.programmes.state import Kind, ProgrammeState, Where, start

STANDARD = built_in("cadence-standard")
RUN: dict[str, Any] = {"mount": "waist", "baseline_cadence_spm": 160.0, "baseline_impact_g": 1.0}


def ran(programme: Programme, state: ProgrammeState, share: float = 1.0, **more: Any) -> Any:
    plan = plan_next(programme, state)
    planned = plan.run_s or 1000.0
    done = Result(share * planned, f"run-{len(state.log)}", **(RUN | more))
    return record(programme, state, plan, done)


def after(programme: Programme, runs: int, **more: Any) -> ProgrammeState:
    state = start(programme)
    for _ in range(runs):
        state = ran(programme, state, **more)
    return state


def percent(programme: Programme, state: ProgrammeState) -> float | None:
    return plan_next(programme, state).cadence_percent


@pytest.mark.parametrize(("share", "counts"), [(0.0, False), (0.59, False), (0.6, True), (2, True)])
def test_a_session_counts_from_sixty_percent_of_its_running(share: float, counts: bool) -> None:
    state = ran(STANDARD, start(STANDARD), share)
    assert [d.counted for d in state.log] == [counts]
    assert plan_next(STANDARD, state).session == (2 if counts else 1)
    assert (state.baseline_cadence_spm == 160.0) is counts


def test_a_run_without_a_planned_time_counts_from_three_minutes() -> None:
    silent = built_in("silent")
    for seconds, counts in ((179.0, False), (180.0, True)):
        state = record(silent, start(silent), plan_next(silent, start(silent)), Result(seconds))
        assert state.log[0].counted is counts


def test_the_same_session_is_recorded_once() -> None:
    plan = plan_next(STANDARD, start(STANDARD))
    once = record(STANDARD, start(STANDARD), plan, Result(900.0, "session-0007"))
    assert record(STANDARD, once, plan, Result(900.0, "session-0007")) == once


@pytest.mark.parametrize(
    "change", [{"session": 3}, {"programme": "another"}], ids=["later", "another"]
)
def test_a_session_that_is_not_due_is_logged_but_does_not_count(change: dict[str, Any]) -> None:
    plan = replace(plan_next(STANDARD, start(STANDARD)), **change)
    state = record(STANDARD, start(STANDARD), plan, Result(9000.0))
    assert [d.counted for d in state.log] == [False]
    assert plan_next(STANDARD, state).session == 1


def test_figures_that_no_run_can_have_are_dropped_and_the_run_kept() -> None:
    odd = Result(
        900.0, "x", baseline_cadence_spm=80.0, in_band=1.4, cues=-1, cadence_spm=float("nan")
    )
    done = record(STANDARD, start(STANDARD), plan_next(STANDARD, start(STANDARD)), odd).log[0]
    assert done.counted
    assert (done.baseline_cadence_spm, done.in_band, done.cues, done.cadence_spm) == 4 * (None,)


def test_a_running_time_that_is_none_is_refused() -> None:
    plan = plan_next(STANDARD, start(STANDARD))
    with pytest.raises(ValueError, match="running_s"):
        record(STANDARD, start(STANDARD), plan, Result(float("nan")))


def test_the_baseline_stays_that_of_the_first_session() -> None:
    state = after(STANDARD, 1)
    state = ran(STANDARD, state, baseline_cadence_spm=171.0, baseline_impact_g=0.7)
    assert (state.baseline_cadence_spm, state.baseline_waist_g) == (160.0, 1.0)
    state = ran(STANDARD, state, mount="shoe", baseline_impact_g=9.0)
    assert state.baseline_shoe_g == 9.0


def test_a_given_baseline_is_kept() -> None:
    given = parse('name = "x"\ncadence_percent = 5\nbaseline_cadence_spm = 150', "p")
    assert plan_next(given, after(given, 2)).baseline_cadence_spm == 150.0


def test_a_baseline_run_without_a_baseline_comes_again() -> None:
    own = parse('name = "x"\ncadence_percent = 5\nbaseline = "run"', "p")
    state = ran(own, start(own), baseline_cadence_spm=None)
    assert (state.log[0].kind, state.log[0].counted) == (Kind.BASELINE, False)
    state = ran(own, state)
    assert (state.log[1].kind, state.log[1].counted) == (Kind.BASELINE, True)
    assert plan_next(own, state).session == 1


@pytest.mark.parametrize(
    ("told", "goes_back"),
    [
        ([(3, None, False)], False),
        ([(4, None, False)], True),
        ([(10, Where.KNEE, False)], True),
        ([(0, None, True)], False),
        ([(1, None, True)], True),
        ([(2, Where.CALF, False)], False),
    ],
)
def test_pain_of_four_or_new_the_day_after_halves_the_target(
    told: list[tuple[int, Where | None, bool]], goes_back: bool
) -> None:
    state = after(STANDARD, 3)
    assert percent(STANDARD, state) == 7.5
    for score, where, later in told:
        state = pain(STANDARD, state, score, where, later=later)
    assert percent(STANDARD, state) == (3.75 if goes_back else 7.5)
    assert len(state.set_backs) == goes_back


def test_a_sore_calf_or_achilles_in_two_runs_running_halves_the_target() -> None:
    state = pain(STANDARD, after(STANDARD, 3), 2, Where.CALF)
    state = ran(STANDARD, state)
    state = pain(STANDARD, state, 1, Where.ACHILLES)
    assert percent(STANDARD, state) == 3.75
    assert "2 runs running" in state.set_backs[0].because


def test_a_run_without_soreness_between_them_breaks_the_row() -> None:
    state = pain(STANDARD, after(STANDARD, 2), 2, Where.CALF)
    state = ran(STANDARD, ran(STANDARD, state))
    assert pain(STANDARD, state, 2, Where.CALF).set_backs == ()


def test_after_a_set_back_the_target_rises_again_by_at_most_three_points() -> None:
    state = pain(STANDARD, after(STANDARD, 3), 6)
    seen = [percent(STANDARD, state)]
    for _ in range(4):
        state = ran(STANDARD, state)
        seen.append(percent(STANDARD, state))
    assert seen == [3.75, 6.75, 7.5, 7.5, 7.5]
    assert state.held is None


def test_a_second_set_back_halves_what_was_left() -> None:
    state = pain(STANDARD, after(STANDARD, 3), 6)
    state = pain(STANDARD, ran(STANDARD, state), 6)
    assert percent(STANDARD, state) == 1.875


def test_a_session_that_was_too_short_does_not_let_the_target_rise() -> None:
    state = pain(STANDARD, after(STANDARD, 3), 6)
    assert percent(STANDARD, ran(STANDARD, state, 0.3)) == 3.75


def test_pain_told_during_a_run_is_not_undone_by_its_end() -> None:
    state = after(STANDARD, 3)
    plan = plan_next(STANDARD, state)
    state = pain(STANDARD, state, 7)
    state = record(STANDARD, state, plan, Result(plan.run_s or 0.0, "x"))
    assert percent(STANDARD, state) == 3.75


def test_impact_goes_back_by_half_and_returns_by_five_points() -> None:
    soft = built_in("soft-shoe")
    state = pain(soft, after(soft, 5, mount="shoe", baseline_impact_g=8.0), 5)
    seen = []
    for _ in range(7):
        plan = plan_next(soft, state)
        seen.append((plan.impact_percent, plan.shoe_impact_limit_g))
        state = ran(soft, state, mount="shoe")
    assert [p for p, _ in seen[:3]] == [25, 30, 35]
    assert [g for _, g in seen[:3]] == pytest.approx([6.0, 5.6, 5.2])


def test_a_cadence_above_ten_percent_and_above_its_band_halves_the_target() -> None:
    state = after(STANDARD, 3)
    # +7.5 % and half a band of 2.5 %: 176.3 of 160.
    assert ran(STANDARD, state, cadence_spm=176.2).set_backs == ()
    state = ran(STANDARD, state, cadence_spm=177.0)
    assert state.set_backs[0].because == "cadence was 10.6 % above the baseline, more than 10.2 %"
    assert percent(STANDARD, state) == 3.75


def test_who_is_in_the_band_of_ten_percent_is_not_set_back() -> None:
    most = parse('name = "x"\ncadence_percent = 10', "p")
    state = after(most, 1)
    assert ran(most, state, cadence_spm=180.3).set_backs == ()
    assert len(ran(most, state, cadence_spm=180.5).set_backs) == 1
    wide = parse('name = "x"\ncadence_percent = 5\nband_percent = 8', "p")
    assert ran(wide, after(wide, 1), cadence_spm=181.0).set_backs == ()


def test_a_fixed_target_without_a_baseline_rests_until_a_silent_run_gave_one() -> None:
    fixed = parse('name = "x"\ncadence_target_spm = 170', "p")
    state = after(fixed, 2, baseline_cadence_spm=None)
    assert plan_next(fixed, state).cadence_target_spm == 170
    state = pain(fixed, state, 5)
    silent = plan_next(fixed, state)
    assert (silent.session, silent.coached, silent.cadence_target_spm) == (0, False, None)
    state = ran(fixed, state)
    assert state.log[-1].kind == Kind.BASELINE
    assert plan_next(fixed, state).cadence_target_spm == pytest.approx(165.0)
    state = ran(fixed, state)
    assert plan_next(fixed, state).cadence_target_spm == pytest.approx(169.8)
    assert plan_next(fixed, ran(fixed, state)).cadence_target_spm == 170


def test_a_fixed_target_is_never_planned_beyond_ten_percent() -> None:
    fixed = parse('name = "x"\ncadence_target_spm = 190', "p")
    assert plan_next(fixed, after(fixed, 1)).cadence_target_spm == pytest.approx(176.0)


def test_a_limit_in_g_goes_half_way_back_to_the_baseline() -> None:
    limit = parse('name = "x"\nwaist_impact_limit_g = 0.8\ncadence_target_spm = 165', "p")
    state = pain(limit, after(limit, 1), 4)
    assert plan_next(limit, state).waist_impact_limit_g == pytest.approx(0.9)


def test_a_waist_with_next_to_no_impact_gets_no_limit_in_g() -> None:
    soft = built_in("soft-waist")
    assert plan_next(soft, after(soft, 1, baseline_impact_g=0.3)).waist_impact_limit_g is None
    assert plan_next(soft, after(soft, 1, baseline_impact_g=0.4)).waist_impact_limit_g == (
        pytest.approx(0.34)
    )


def test_a_programme_of_today_asks_for_what_it_says_from_the_first_run() -> None:
    today = parse('name = "x"\nbaseline_cadence_spm = 162\ncadence_percent = 7.5', "p")
    assert plan_next(today, start(today)) == SessionPlan(
        "x", session=1, baseline_cadence_spm=162.0, cadence_percent=7.5
    )


def test_windows_come_in_seconds() -> None:
    text = 'name = "x"\ncadence_percent = 3\n[[sessions]]\nrun_min = 10\n'
    programme = parse(f"{text}feedback_min = [[0, 1.5]]\nprobe_min = [[1, 1.25]]", "p")
    plan = plan_next(programme, start(programme))
    assert (plan.feedback, plan.probes) == ((Window(0, 90),), (Window(60, 75),))


def test_adherence_is_the_sum_of_what_was_done() -> None:
    state = ran(STANDARD, start(STANDARD), in_band=0.5, cues=6)
    state = ran(STANDARD, state, 0.1)
    state = ran(STANDARD, state, in_band=1.0, cues=3, probe=0.4)
    state = pain(STANDARD, pain(STANDARD, state, 0), 5)
    figures = adherence(STANDARD, state)
    assert (figures.sessions_done, figures.sessions_planned, figures.broken_off) == (2, 8, 1)
    assert (figures.running_s, figures.planned_s) == (900 + 1080, 900 + 1080)
    assert figures.in_band == pytest.approx((0.5 * 900 + 1080) / 1980)
    assert figures.cues_per_h == pytest.approx(9 / 1980 * 3600)
    assert (figures.in_band_uncued, figures.pains, figures.set_backs) == (0.4, 1, 1)


def test_nothing_done_is_no_figure() -> None:
    figures = adherence(STANDARD, start(STANDARD))
    assert (figures.sessions_done, figures.running_s) == (0, 0.0)
    assert (figures.in_band, figures.cues_per_h, figures.planned_s) == (None, None, None)


def test_a_score_beyond_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="must be 0 to 10"):
        pain(STANDARD, start(STANDARD), 11)
