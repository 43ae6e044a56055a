"""The built-in programmes against what the studies did, written down anew here."""

from importlib.resources import files

import pytest

from dsp.errors import ConfigError
from feedback.plan import CadenceCue, SessionPlan
from feedback.programmes.history import Result, record
from feedback.programmes.planning import plan_next
from feedback.programmes.reading import BUILT_IN, built_in
from feedback.programmes.state import Kind, start

# Session: minutes of running, of feedback, and where; None: all of it.
FADE = {
    1: (15, 15, None),
    2: (18, 18, None),
    3: (21, 21, None),
    4: (24, 24, None),
    5: (26, 14, [(0, 5), (10, 14), (21, 26)]),
    6: (28, 10, [(0, 3), (12, 16), (25, 28)]),
    7: (30, 6, [(0, 2), (14, 16), (28, 30)]),
    8: (30, 3, [(0, 1), (14, 15), (29, 30)]),
}
RECALL_MIN = [(0, 1), (14, 15), (29, 30)]
CUES = {"metronome": CadenceCue.METRONOME, "quicker": CadenceCue.QUICKER, "none": None}


def course(name: str, runs: int = 8) -> list[SessionPlan]:
    """The plans of so many runs, each done as planned by a runner with a baseline of 160 spm."""
    programme = built_in(name)
    state, plans = start(programme), []
    for n in range(runs):
        plan = plan_next(programme, state)
        plans.append(plan)
        done = Result(
            plan.run_s or 1800.0,
            f"session-{n}",
            mount="waist",
            baseline_cadence_spm=160.0,
            baseline_impact_g=1.0,
        )
        state = record(programme, state, plan, done)
    return plans


def minutes(plan: SessionPlan) -> list[tuple[float, float]] | None:
    if plan.feedback is None:
        return None
    return [(w.start_s / 60, w.end_s / 60) for w in plan.feedback]


@pytest.mark.parametrize(
    "name", ["cadence-easy", "cadence-standard", "soft-waist", "soft-shoe", "haptic"]
)
def test_eight_sessions_fade_as_the_table_says(name: str) -> None:
    plans = course(name)
    for (session, (run, total, where)), plan in zip(FADE.items(), plans, strict=True):
        assert (plan.session, plan.of, plan.run_s) == (session, 8, 60 * run)
        assert minutes(plan) == where
        feedback = plan.run_s if plan.feedback is None else sum(
            w.end_s - w.start_s for w in plan.feedback
        )  # fmt: skip
        assert feedback == 60 * total


@pytest.mark.parametrize(
    ("name", "cue", "percents", "band"),
    [
        ("cadence-easy", "metronome", [2.5, 5, 5, 5, 5, 5, 5, 5], 2.5),
        ("cadence-standard", "metronome", [3, 6, 7.5, 7.5, 7.5, 7.5, 7.5, 7.5], 2.5),
        ("haptic", "quicker", [3, 6, 7.5, 7.5, 7.5, 7.5, 7.5, 7.5], 2.5),
        ("back-comfort", "metronome", [3, 5, 5, 5, 5, 5], 3),
        ("metronome-only", "metronome", [2.5, 5, 5, 5, 5, 5, 5, 5], 2.5),
    ],
)
def test_cadence_rises_as_prescribed(
    name: str, cue: str, percents: list[float], band: float
) -> None:
    plans = course(name, len(percents))
    assert [p.cadence_percent for p in plans] == percents
    assert {p.band_percent for p in plans} == {band}
    assert {p.cadence for p in plans} == {CUES[cue]}
    assert not any(p.impact for p in plans)
    # The first run gives the baseline that all later ones are measured by.
    assert [p.baseline_cadence_spm for p in plans] == [None] + [160.0] * (len(plans) - 1)


@pytest.mark.parametrize(
    ("name", "percents"),
    [
        ("soft-waist", [10, 15, 20, 20, 20, 20, 20, 20]),
        ("soft-shoe", [30, 30, 30, 50, 50, 50, 50, 50]),
    ],
)
def test_impact_falls_as_prescribed_below_the_first_runs_baseline(
    name: str, percents: list[float]
) -> None:
    plans = course(name)
    assert [p.impact_percent for p in plans] == percents
    assert all(p.impact and p.cadence is None for p in plans)
    limits = [1.0 - x / 100 for x in percents]
    assert plans[0].waist_impact_limit_g is None
    assert [p.waist_impact_limit_g for p in plans[1:]] == pytest.approx(limits[1:])
    assert {p.shoe_impact_limit_g for p in plans} == {None}


def test_back_comfort_has_six_faded_sessions() -> None:
    plans = course("back-comfort", 6)
    rows = [FADE[n] for n in (1, 2, 4, 5, 7, 8)]
    assert [(p.run_s, minutes(p)) for p in plans] == [(60 * r, where) for r, _, where in rows]
    assert {p.of for p in plans} == {6}


def test_metronome_only_beats_all_the_time_and_never_ends() -> None:
    plans = course("metronome-only", 30)
    assert all(p.metronome_always and p.feedback is None and p.run_s is None for p in plans)
    assert [p.session for p in plans] == list(range(1, 31))


def test_silent_and_baseline_say_nothing() -> None:
    for name in ("silent", "baseline"):
        assert not any(p.coached for p in course(name, 20))


def test_baseline_is_one_silent_run_and_two_retests() -> None:
    programme = built_in("baseline")
    state, kinds = start(programme), []
    for n in range(20):
        plan = plan_next(programme, state)
        state = record(
            programme,
            state,
            plan,
            Result(1800.0, f"session-{n}", baseline_cadence_spm=160.0),
        )
        kinds.append(state.log[-1].kind)
    assert [n for n, k in enumerate(kinds) if k == Kind.BASELINE] == [0]
    assert [n for n, k in enumerate(kinds) if k == Kind.RETEST] == [9, 18]


def test_retests_come_in_weeks_four_and_twelve_where_the_date_is_known() -> None:
    programme = built_in("cadence-standard")
    state, retests = start(programme), []
    for day in range(0, 100, 2):
        plan = plan_next(programme, state, 1000 + day)
        run = Result(plan.run_s or 0.0, f"day-{day}", 1000 + day, baseline_cadence_spm=160.0)
        state = record(programme, state, plan, run)
        if state.log[-1].kind == Kind.RETEST:
            assert (plan.session, plan.coached) == (0, False)
            retests.append(day)
    assert retests == [28, 84]


def test_after_the_last_session_and_its_retest_runs_are_reminders_at_the_last_target() -> None:
    plans = course("cadence-standard", 20)
    assert [n for n, p in enumerate(plans) if not p.coached] == [8, 17]
    for plan in [*plans[9:17], *plans[18:]]:
        assert (plan.session, plan.run_s, plan.cadence_percent) == (0, 1800, 7.5)
        assert minutes(plan) == RECALL_MIN


def test_every_data_file_is_a_built_in_programme_with_a_line_about_it() -> None:
    there = {f.name for f in (files("feedback.programmes") / "data").iterdir()}
    assert {f for f in there if f.endswith(".toml")} == {f"{name}.toml" for name in BUILT_IN}
    for name in BUILT_IN:
        programme = built_in(name)
        assert programme.name == name
        assert programme.about


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"did you mean cadence-standard\?"):
        built_in("cadence-standart")
