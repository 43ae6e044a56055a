import pytest

from dsp.block import Mount
from feedback.programmes.history import record
from feedback.programmes.planning import plan_next
from feedback.programmes.reading import built_in
from feedback.programmes.state import start
from feedback.settings import FeedbackSettings
from firmware_py.programme.result import result_of
from firmware_py.trace.header import TraceHeader
from tests.feedback.runner import Runner
from tests.session.made import SHOE, WAIST, summed


@pytest.mark.parametrize("header", [WAIST, SHOE])
def test_a_sessions_summary_gives_its_programme_the_figures(header: TraceHeader) -> None:
    r = Runner(shoe=header.mount is Mount.SHOE)
    summary = summed(r.run(700, 160), r.t, header, FeedbackSettings(coaching=False))
    result = result_of(summary, "session-0003", 738_000)
    assert (result.source, result.day, result.mount) == ("session-0003", 738_000, header.mount)
    assert result.running_s == pytest.approx(700, abs=2)
    assert result.baseline_cadence_spm == pytest.approx(160.0)
    assert result.cadence_spm == pytest.approx(160.0, abs=0.5)
    kind = "peak" if header.mount is Mount.SHOE else "excess"
    assert result.baseline_impact_g == summary["impact"][kind]["baseline_g"] > 0
    standard = built_in("cadence-standard")
    state = record(standard, start(standard), plan_next(standard, start(standard)), result)
    assert state.log[0].counted
    assert plan_next(standard, state).baseline_cadence_spm == pytest.approx(160.0)


def test_less_than_three_steady_minutes_are_no_baseline_and_nothing_at_all_is_no_figure() -> None:
    r = Runner()
    short = result_of(summed(r.run(100, 160), r.t), "s")
    assert (short.baseline_cadence_spm, short.baseline_impact_g) == (None, None)
    nothing = result_of(summed([], 5.0), "s")
    assert (nothing.running_s, nothing.cadence_spm, nothing.in_band) == (0.0, None, None)
