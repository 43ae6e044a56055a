import numpy as np
import pytest

from dsp.events import Step
from firmware_py.session.steps import Steps, mean_cadence
from tests.feedback.runner import Runner


def test_mean_cadence_counts_steps_over_time() -> None:
    # One second at 120 and one at 240 are 6 steps in 2 s; the mean of the rates would agree only
    # by chance.
    seconds, steps = np.array([0.5, 0.5, 0.25, 0.25, 0.25, 0.25]), np.ones(6)
    assert mean_cadence(seconds, steps) == pytest.approx(180.0)
    assert mean_cadence(np.empty(0), np.empty(0)) is None


def test_what_was_not_measured_is_no_number() -> None:
    rows = Steps()
    for event in Runner().step(165, impact=None, active=None):
        if isinstance(event, Step):
            rows.add(event, None)
    assert len(rows) == 1
    assert np.isnan(rows["impact_g"]).all()
    assert np.isnan(rows["smooth_spm"]).all()
    assert rows["cadence_spm"] == pytest.approx([165.0])
    assert rows.plausible.all()
