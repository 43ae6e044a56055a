"""What holds for every runner: hypothesis invents them, phase by phase."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dsp.events import Activity, Event, Segment, Step
from feedback.baseline import Baseline
from feedback.cadence import Cadence
from feedback.cue import Cue
from feedback.plan import CadenceCue, SessionPlan
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from feedback.target import resolve
from tests.feedback.runner import Runner
from tests.thorough import examples


@dataclass(frozen=True)
class Phase:
    kind: str
    seconds: float
    spm: float
    impact: float
    noise: float
    missed: float


phases = st.lists(
    st.builds(
        Phase,
        kind=st.sampled_from(["run", "run", "run", "run", "walk", "stand", "gap"]),
        seconds=st.floats(1, 240),
        spm=st.floats(140, 195),
        impact=st.floats(0.3, 3),
        noise=st.sampled_from([0.0, 0.02, 0.04]),
        missed=st.sampled_from([0.0, 0.05]),
    ),
    min_size=1,
    max_size=6,
)

coaches = st.builds(
    FeedbackSettings,
    cadence_target_spm=st.none() | st.floats(150, 190),
    cadence_baseline_spm=st.none() | st.floats(150, 180),
    persistence_s=st.sampled_from([2.0, 10.0]),
    cooldown_s=st.sampled_from([5.0, 30.0, 60.0]),
    warm_up_s=st.sampled_from([0.0, 30.0]),
    settle_s=st.sampled_from([0.0, 20.0]),
    give_up_after=st.integers(1, 3),
    waist_impact_limit_g=st.none() | st.floats(0.5, 2),
)


def events_of(plan: list[Phase], seed: int = 1) -> list[Event]:
    rng, runner = np.random.default_rng(seed), Runner()
    out: list[Event] = []
    for phase in plan:
        if phase.kind == "walk":
            out += runner.walk(phase.seconds)
        elif phase.kind == "stand":
            out += runner.stand(phase.seconds)
        elif phase.kind == "gap":
            out += runner.gap(phase.seconds / 20)
        else:
            end = runner.t + phase.seconds
            while runner.t < end:
                spm = phase.spm * float(np.exp(rng.normal(0, phase.noise)))
                missed = bool(rng.random() < phase.missed)
                out += runner.step(spm, phase.impact, missed=missed)
    return out


def play(policy: Policy, events: list[Event]) -> list[Cue]:
    return [c for e in events for c in policy.push(e)]


@given(phases, coaches)
@example([Phase("run", 240, 160, 1, 0, 0)] * 3, FeedbackSettings())
@settings(max_examples=examples(20, 60))
def test_every_coaching_cue_obeys_the_rules(plan: list[Phase], coach: FeedbackSettings) -> None:
    policy, events = Policy(coach), events_of(plan)
    last, running, run_t, steps = -np.inf, False, 0.0, list[Step]()
    for event in events:
        cues = [c for c in policy.push(event) if c.coaching]
        if isinstance(event, Segment):
            running, run_t = event.kind is Activity.RUN, event.t
        if isinstance(event, Step):
            steps.append(event)
        assert len(cues) <= 1
        for cue in cues:
            assert running
            assert cue.t_decision == event.t_decision
            assert cue.t_decision - last >= coach.cooldown_s
            assert cue.t_decision - run_t >= coach.settle_s
            assert sum(s.duration_s for s in steps) >= coach.warm_up_s
            last = cue.t_decision
            goal = policy.target
            assert goal.cadence_spm is not None
            assert goal.baseline_spm is not None
            assert goal.low_spm is not None
            assert goal.cadence_spm <= 1.1 * goal.baseline_spm * (1 + 1e-12)
            low, lasted = goal.low_spm, coach.persistence_s
            # It is said at the strike after the step that decided it.
            recent = [s for s in steps if s.t_decision > cue.t_decision - lasted - 9]
            if cue.pattern == "quicker":
                # Someone whose every step of late was quick enough cannot have been slow.
                assert min(s.cadence_spm for s in recent if s.cadence_spm > 120) < low
            else:
                limit = goal.impact_limit_g
                assert limit is not None
                assert max(s.impact_excess_g or 0 for s in recent) > limit


@given(phases, coaches, st.booleans())
@settings(max_examples=examples(8, 20))
def test_the_target_is_at_every_step_what_the_uncued_steps_so_far_make_it(
    plan: list[Phase], coach: FeedbackSettings, beats: bool
) -> None:
    session = SessionPlan("law", cadence=CadenceCue.METRONOME, impact=True) if beats else None
    policy, cadence, baseline = Policy(coach, session), Cadence(), Baseline()
    for event in events_of([replace(p, kind="run") for p in plan]):
        said = [c for c in policy.push(event) if c.coaching]
        if isinstance(event, Step):
            cadence.push(event)
            if cadence.steady:
                baseline.push(event)
        if said:
            baseline.freeze()
        assert policy.target == resolve(coach, session, baseline, shoe=False)


@given(phases, coaches)
@settings(max_examples=examples(8, 20))
def test_equal_events_give_equal_cues(plan: list[Phase], coach: FeedbackSettings) -> None:
    events = events_of(plan)
    assert play(Policy(coach), events) == play(Policy(coach), events)


@given(phases, coaches, st.data())
@settings(max_examples=examples(8, 20))
def test_later_events_change_no_earlier_cue(
    plan: list[Phase], coach: FeedbackSettings, data: st.DataObject
) -> None:
    events = events_of(plan)
    n = data.draw(st.integers(0, len(events)))
    early = play(Policy(coach), events[:n])
    assert play(Policy(coach), events)[: len(early)] == early


@given(
    st.floats(166.6, 195),
    st.sampled_from([0.0, 0.01, 0.0236]),
    st.sampled_from([0.0, 0.05, 0.2]),
    st.integers(0, 2**16),
)
@settings(max_examples=examples(15, 30))
def test_a_runner_in_the_band_hears_nothing_whatever_strikes_are_missed(
    spm: float, noise: float, missed: float, seed: int
) -> None:
    # 0.0236: the variation of real steps at the waist, 8.6 ms of 364 ms.
    coach = FeedbackSettings(cadence_target_spm=170.0, cadence_baseline_spm=160.0)
    # Margin for the estimate's own noise, two SD of 0.8 spm, which must last 10 s to be heard.
    events = events_of([Phase("run", 300, spm + 60 * noise, 1.0, noise, missed)], seed)
    assert [c for c in play(Policy(coach), events) if c.coaching] == []


@given(st.integers(1, 5), st.sampled_from([5.0, 30.0]), st.sampled_from([60.0, 180.0]))
@settings(max_examples=examples(6, 15))
def test_it_gives_up_after_so_many_cues_and_tries_again(
    after: int, cooldown_s: float, give_up_s: float
) -> None:
    coach = FeedbackSettings(
        cadence_target_spm=170.0,
        cadence_baseline_spm=160.0,
        cooldown_s=cooldown_s,
        give_up_after=after,
        give_up_s=give_up_s,
    )
    cues = play(Policy(coach), events_of([Phase("run", 900, 160, 1, 0, 0)]))
    at = [c.t_decision for c in cues if c.coaching]
    silences = [k for k, (a, b) in enumerate(pairwise(at), 1) if b - a >= give_up_s]
    assert silences[:2] == [after, 2 * after]


@given(phases, coaches)
@settings(max_examples=examples(8, 20))
def test_the_numbers_in_a_cue_say_what_was_wrong(
    plan: list[Phase], coach: FeedbackSettings
) -> None:
    for cue in play(Policy(coach), events_of(plan)):
        if cue.pattern == "quicker":
            found = re.match(r"cadence ([\d.]+) spm, below your band ([\d.]+)-", cue.because)
            assert found
            assert float(found[1]) <= float(found[2])
