"""The coach and a runner who hears it: a few of the sessions that `make loop` runs by thousands."""

from dataclasses import replace
from itertools import pairwise
from statistics import median

import pytest

from dsp.block import Mount
from dsp.events import Event
from feedback.cue import Cue, Pattern
from feedback.plan import CadenceCue, SessionPlan, Window
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from tests.closed_loop.course import flat
from tests.closed_loop.laws import faults
from tests.closed_loop.person import Person, anybody
from tests.closed_loop.programme import NAMES, Went, went
from tests.closed_loop.running import Habit, Running
from tests.closed_loop.session import Ran, ran
from tests.thorough import examples

COACH = FeedbackSettings()
WORDS = SessionPlan("words", baseline_cadence_spm=162.0, cadence_percent=7.5)
BEATS = replace(WORDS, cadence=CadenceCue.METRONOME)
DEAF = Person(1, wander=0.0, noise=0.01, fatigue=0.0, answers=False)


def session(
    person: Person,
    plan: SessionPlan,
    seconds: float,
    settings: FeedbackSettings = COACH,
    tape: list[Event] | None = None,
) -> Ran:
    """On the flat, without a stop."""
    running = Running(person, Mount.WAIST, Habit())
    return ran(running, plan, flat(), seconds, settings, tape=tape)


@pytest.mark.parametrize("name", NAMES)
def test_sessions_full_of_stops_and_hills_keep_every_law(name: str) -> None:
    for seed, answers, runs in ((3, False, 1), (4, True, examples(1, 2))):
        done = went(anybody(seed, answers=answers), name, runs)
        assert faults(done) == []
        silent = name in ("baseline", "silent")
        assert any(r.said for r in done.runs) is not silent


@pytest.fixture(scope="module")
def standard() -> Went:
    """All of `cadence-standard`, a retest and a reminder."""
    return went(anybody(1), "cadence-standard", 10, eventful=False)


def test_a_whole_programme_rises_fades_and_retests_by_its_table(standard: Went) -> None:
    assert faults(standard) == []
    plans = [r.plan for r in standard.runs if r.plan is not None]
    assert [p.session for p in plans] == [1, 2, 3, 4, 5, 6, 7, 8, 0, 0]
    assert [p.cadence_percent for p in plans] == [3, 6, *[7.5] * 6, None, 7.5]
    assert [p.coached for p in plans] == [True] * 8 + [False, True]
    minutes = [sum(m.lasted_s for m in r.moments if m.open) / 60.0 for r in standard.runs]
    assert minutes == pytest.approx([15, 18, 21, 24, 14, 10, 6, 3, 0, 3], abs=0.05)


def test_who_learns_keeps_some_of_it_where_nothing_is_said(standard: Went) -> None:
    kept = [r.retained() for r in standard.runs[4:8]]
    assert all(k is not None and 0.2 < k < 1.1 for k in kept)
    assert 0.005 < standard.habit.rise < 0.075


def test_the_laws_are_broken_by_a_coach_who_breaks_them(standard: Went) -> None:
    first = standard.runs[0]
    early = Ran(first.plan, first.mount, [replace(first.said[0], run_s=5.0)], first.moments)
    rash = Ran(None, first.mount, highest=1.11)
    wrong = Went(standard.person, standard.name, runs=[early, rash], whole=[True, True])
    assert len(faults(wrong)) == 2


@pytest.mark.parametrize("plan", [WORDS, BEATS])
def test_who_ignores_everything_is_asked_ever_less(plan: SessionPlan) -> None:
    told = session(DEAF, plan, 3600.0).told()
    at = [t.start_t for t in told]
    waits = [(n, b - a) for n, (a, b) in enumerate(pairwise(at), 1) if b - a > 100.0]
    assert [n for n, _ in waits] == [3, 6, 9, 12]
    assert [w for _, w in waits] == pytest.approx([180, 360, 720, 1440], abs=2)
    assert len(told) == 15


@pytest.mark.parametrize("plan", [WORDS, BEATS])
def test_every_window_is_used_from_its_first_second_to_its_last(plan: SessionPlan) -> None:
    spans = ((0.0, 120.0), (200.0, 300.0), (380.0, 480.0))
    windows = replace(
        plan, feedback=tuple(Window(a, b) for a, b in spans), probes=(Window(240.0, 260.0),)
    )
    said = session(DEAF, windows, 500.0, FeedbackSettings(give_up_after=100)).said
    open_ = ((30.0, 120.0), (200.0, 240.0), (260.0, 300.0), (380.0, 480.0))
    inside = [[s.run_s for s in said if a <= s.run_s < b] for a, b in open_]
    assert sum(map(len, inside)) == len(said)
    # A train's own half minute, and the one after it, are the longest that may be left.
    assert all(times and times[0] - a < 3.0 for times, (a, _) in zip(inside, open_, strict=True)
               if a != 260.0)  # fmt: skip
    assert all(b - times[-1] < 33.0 for times, (_, b) in zip(inside, open_, strict=True) if times)


def test_most_of_those_who_answer_end_in_the_band() -> None:
    ends = []
    for seed in range(1, 6):
        person = anybody(seed)
        plan = replace(BEATS, baseline_cadence_spm=person.own_spm, cadence_percent=5.0)
        usual, good = session(person, plan, 900.0).end()
        ends.append(good / usual)
    assert median(ends) >= 0.8


def test_most_of_those_who_answer_end_below_the_limit_of_impact() -> None:
    ends, told = [], []
    for seed in (1, 2, 3):
        person = anybody(seed)
        limit = 0.85 * person.excess_g
        plan = SessionPlan("soft", cadence=None, impact=True, waist_impact_limit_g=limit)
        done = session(person, plan, 600.0)
        usual, good = done.end()
        ends.append(good / usual)
        told.append(len(done.told()))
    assert median(ends) >= 0.75
    assert max(told) <= 10


def test_who_only_corrects_his_phase_follows_the_beats_and_forgets_them() -> None:
    person = Person(2, phase=0.4, period=0.0, noise=0.01, wander=0.0, fatigue=0.0)
    done = session(person, BEATS, 300.0)
    assert max(m.spm for m in done.moments) > 1.06 * person.own_spm
    assert done.told()[1].pattern is Pattern.BEAT


@pytest.mark.parametrize("plan", [WORDS, BEATS])
def test_equal_seeds_give_equal_cues_and_later_events_change_none(plan: SessionPlan) -> None:
    tape: list[Event] = []
    first = session(anybody(5), plan, 200.0, tape=tape)
    assert session(anybody(5), plan, 200.0).said == first.said
    assert first.said
    for n in (len(tape) // 3, len(tape) // 2, len(tape)):
        policy = Policy(COACH, plan)
        cues: list[Cue] = [c for e in tape[:n] for c in policy.push(e) if c.coaching]
        assert cues == [s.cue for s in first.said][: len(cues)]
    assert len(cues) == len(first.said)
