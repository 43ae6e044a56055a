import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.events import Step
from feedback.baseline import Baseline
from feedback.programmes.prescription import Programme
from feedback.settings import FeedbackSettings
from feedback.target import Source, Target, resolve
from tests.feedback.runner import Runner


def ran(seconds: float, spm: float, impact: float = 1.0, shoe: bool = False) -> Baseline:
    baseline = Baseline()
    for event in Runner(shoe=shoe).run(seconds, spm, impact):
        if isinstance(event, Step):
            baseline.push(event)
    return baseline


def target(
    settings: FeedbackSettings, programme: Programme | None, run: Baseline, shoe: bool = False
) -> Target:
    return resolve(settings, programme, run, shoe=shoe)


def test_without_anything_given_there_is_no_target_before_three_minutes() -> None:
    assert target(FeedbackSettings(), None, ran(170, 160)).source is Source.NONE_YET
    own = target(FeedbackSettings(), None, ran(181, 160))
    assert own.source is Source.THIS_RUN
    assert own.cadence_spm == pytest.approx(168.0)
    assert (own.low_spm, own.high_spm) == pytest.approx((163.8, 172.2))
    assert not own.capped


def test_the_configuration_goes_before_the_programme_and_that_before_the_run() -> None:
    run = ran(181, 160)
    programme = Programme("p", cadence_target_spm=172.0)
    given = target(FeedbackSettings(cadence_target_spm=165.0), programme, run)
    assert (given.source, given.cadence_spm) == (Source.CONFIGURATION, 165.0)
    stored = target(FeedbackSettings(), programme, run)
    assert (stored.source, stored.cadence_spm) == (Source.PROGRAMME, 172.0)


def test_a_programme_in_percent_needs_no_run_if_it_knows_the_baseline() -> None:
    stored = Programme("p", baseline_cadence_spm=160.0, cadence_percent=7.5)
    now = target(FeedbackSettings(), stored, Baseline())
    assert now.source is Source.PROGRAMME
    assert now.cadence_spm == pytest.approx(172.0)


def test_a_programme_in_percent_without_baseline_waits_for_this_runs() -> None:
    stored = Programme("p", cadence_percent=7.5)
    assert target(FeedbackSettings(), stored, ran(100, 160)).source is Source.NONE_YET
    now = target(FeedbackSettings(), stored, ran(181, 160))
    assert now.source is Source.PROGRAMME
    assert now.cadence_spm == pytest.approx(172.0)
    assert now.baseline_source is Source.THIS_RUN


def test_a_configured_baseline_alone_is_a_target_by_configuration() -> None:
    now = target(FeedbackSettings(cadence_baseline_spm=160.0), None, Baseline())
    assert now.source is Source.CONFIGURATION
    assert now.cadence_spm == pytest.approx(168.0)


def test_180_is_capped_to_176_for_someone_who_runs_160_and_says_so() -> None:
    now = target(FeedbackSettings(cadence_target_spm=180.0), None, ran(20, 160))
    assert now.cadence_spm == pytest.approx(176.0)
    assert (now.wanted_spm, now.capped) == (180.0, True)
    assert now.cap_note == "target 180 capped at 176, +10 % of your baseline 160"


@given(
    st.floats(125, 235),
    st.none() | st.floats(120, 240),
    st.none() | st.floats(120, 240),
    st.none() | st.floats(0.1, 10),
    st.none() | st.floats(120, 240),
    st.sampled_from([0, 20, 181]),
)
def test_no_target_is_more_than_ten_percent_above_the_baseline(
    spm: float,
    wanted: float | None,
    base: float | None,
    percent: float | None,
    stored: float | None,
    seconds: int,
) -> None:
    settings = FeedbackSettings(cadence_target_spm=wanted, cadence_baseline_spm=base)
    programme = Programme("p", baseline_cadence_spm=stored, cadence_percent=percent)
    now = target(settings, programme, ran(seconds, spm))
    if now.cadence_spm is not None and now.baseline_spm is not None:
        assert now.cadence_spm <= 1.1 * now.baseline_spm * (1 + 1e-12)
    if base is not None:
        assert now.baseline_source is Source.CONFIGURATION


def test_impact_limits_belong_to_their_mount() -> None:
    settings = FeedbackSettings(waist_impact_limit_g=0.8)
    programme = Programme("p", shoe_impact_limit_g=7.0)
    waist, shoe = (target(settings, programme, Baseline(), shoe=s) for s in (False, True))
    assert (waist.impact_limit_g, waist.impact_source) == (0.8, Source.CONFIGURATION)
    assert (shoe.impact_limit_g, shoe.impact_source) == (7.0, Source.PROGRAMME)


@pytest.mark.parametrize(("shoe", "limit"), [(False, 0.9), (True, 0.85)])
def test_without_a_limit_impact_is_judged_by_this_run_only_if_cadence_is_too(
    shoe: bool, limit: float
) -> None:
    run = ran(183, 160, impact=1.0, shoe=shoe)
    fixed = FeedbackSettings(cadence_target_spm=165.0)
    assert target(FeedbackSettings(), None, run, shoe).impact_limit_g == pytest.approx(limit)
    assert target(fixed, None, run, shoe).impact_limit_g is None
    asked = FeedbackSettings(cadence_target_spm=165.0, soft=True)
    assert target(asked, None, run, shoe).impact_limit_g == pytest.approx(limit)
    assert target(FeedbackSettings(soft=False), None, run, shoe).impact_limit_g is None


def test_what_comes_after_the_first_cue_is_no_baseline() -> None:
    run = ran(60, 160)
    run.freeze()
    for event in Runner().run(200, 176):
        if isinstance(event, Step):
            run.push(event)
    assert run.cadence_spm == pytest.approx(160.0)
    assert not run.complete


def test_who_lands_near_the_active_peak_has_nothing_to_soften() -> None:
    assert target(FeedbackSettings(), None, ran(183, 160, impact=0.25)).impact_limit_g is None
    given = FeedbackSettings(waist_impact_limit_g=0.2)
    assert target(given, None, ran(183, 160, impact=0.25)).impact_limit_g == 0.2
