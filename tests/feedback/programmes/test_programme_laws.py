import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given, settings

from feedback.plan import SessionPlan
from feedback.programmes.adherence import adherence
from feedback.programmes.planning import plan_next
from feedback.programmes.reading import parse
from feedback.programmes.state import Kind, ProgrammeState, programme_of, state_of
from tests.feedback.programmes.prescriptions import histories, lived, toml, valid
from tests.thorough import examples

EPS = 1e-6


def percent(state: ProgrammeState, plan: SessionPlan) -> float | None:
    """What a plan asks for above the baseline; None: it leaves that to the settings."""
    if plan.cadence is None:
        return None
    if plan.cadence_target_spm is not None and state.baseline_cadence_spm is not None:
        return 100.0 * (plan.cadence_target_spm / state.baseline_cadence_spm - 1.0)
    return plan.cadence_percent


@settings(max_examples=examples(40, 250))
@given(valid(), histories)
def test_no_target_goes_above_ten_percent_or_rises_by_more_than_three_points(
    table: dict[str, Any], history: list[Any]
) -> None:
    programme = parse(toml(table), "p.toml")
    for state, plan in lived(programme, history):
        asked = percent(state, plan)
        if asked is None or not plan.coached:
            continue
        assert asked <= 10.0 + EPS
        done = [d.cadence_percent for d in state.log if d.counted and d.cadence_percent is not None]
        if done:
            assert asked <= done[-1] + 3.0 + EPS


@settings(max_examples=examples(40, 150))
@given(valid(), histories)
def test_every_window_lies_inside_its_run_in_order(
    table: dict[str, Any], history: list[Any]
) -> None:
    programme = parse(toml(table), "p.toml")
    for _, plan in lived(programme, history):
        for windows in (plan.feedback or (), plan.probes):
            edges = [t for w in windows for t in (w.start_s, w.end_s)]
            assert edges == sorted(edges)
            assert all(w.start_s < w.end_s for w in windows)
            assert not edges or (plan.run_s is not None and edges[-1] <= plan.run_s)
            assert not edges or edges[0] >= 0


@settings(max_examples=examples(30, 100))
@given(valid(), histories)
def test_a_state_survives_json_and_plans_the_same(
    table: dict[str, Any], history: list[Any]
) -> None:
    text = toml(table)
    programme = parse(text, "p.toml")
    state, plan = lived(programme, history)[-1]
    state = replace(state, text=text)
    back = state_of(json.loads(json.dumps(state.as_dict(), allow_nan=False)))
    assert back == state
    assert plan_next(programme_of(back), back) == plan
    assert adherence(programme, back) == adherence(programme, state)


@settings(max_examples=examples(40, 150))
@given(valid(), histories)
def test_a_set_back_halves_what_is_asked_for_and_comes_once_for_a_run(
    table: dict[str, Any], history: list[Any]
) -> None:
    programme = parse(toml(table), "p.toml")
    way = lived(programme, history)
    for (before, _), (after, plan) in pairwise(way):
        if len(after.set_backs) == len(before.set_backs):
            continue
        assert len(after.set_backs) == len(before.set_backs) + 1
        assert [s.run for s in after.set_backs].count(len(after.log)) == 1
        done = [
            d.cadence_percent
            for d in after.log
            if d.counted and d.kind in (Kind.SESSION, Kind.RECALL)
        ]
        asked = percent(after, plan)
        if done and done[-1] is not None and asked is not None and plan.coached:
            assert asked <= done[-1] / 2 + EPS
