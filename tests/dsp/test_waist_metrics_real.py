"""The waist's metrics on a force treadmill, and the models fitted to 25 runners' means."""

import numpy as np
import pytest

from dsp import spring
from dsp.block import plain_block
from dsp.waist import contact_time, speed
from dsp.wearer import UNKNOWN, Wearer
from tests.bench import fit_contact
from tests.bench.waist_treadmill import CHANGES, repeated, steps_of, trial
from tests.real_data import found, needs_real_data

pytestmark = needs_real_data

TRIALS = [p.name[5:7] for p in found("sacrum-treadmill/*.csv.gz")]


def contact_errors(name: str, *, known: bool) -> float:
    """Mean contact time less the true one, s."""
    stream, block, on_off, about = trial(name)
    wearer = Wearer(speed_m_s=about["speed_m_s"]) if known else UNKNOWN
    got = [s.contact_s for s in steps_of(stream, block, wearer) if s.contact_s is not None]
    assert len(got) > 6
    return float(np.mean(got) - np.ptp(on_off[1:-1], axis=1).mean())


@pytest.mark.parametrize("name", TRIALS)
def test_contact_time_on_the_force_treadmill_is_within_its_stated_error(name: str) -> None:
    # Slower than any of the runners that were fitted, and on slopes: the model is extrapolated.
    assert abs(contact_errors(name, known=False)) < 0.030
    assert abs(contact_errors(name, known=True)) < 0.020


def test_contact_time_without_a_new_runner_in_the_fit_meets_its_aims() -> None:
    c = fit_contact.columns()
    for models, aim_s in ((fit_contact.FREE, 0.011), (fit_contact.SPEED, 0.008)):
        predicted, _ = fit_contact.nested(c, models)
        assert fit_contact.rmse(predicted - c["contact_s"]) < aim_s


def test_the_coefficients_in_dsp_are_those_of_the_fit() -> None:
    c = fit_contact.columns()
    runner, log_features = c["runner"], fit_contact.log_of("step", "width")(c)
    free = fit_contact.solved(log_features, np.log(c["contact_s"]), runner)
    known = fit_contact.solved(
        fit_contact.plain("step", "width", "speed_m_s")(c), c["contact_s"], runner
    )
    pace = fit_contact.solved(log_features, np.log(c["speed_m_s"]), runner, fit_contact.WITHIN)
    shape = fit_contact.solved(
        (c["step"] / c["contact_s"])[:, np.newaxis], c["peak_force_bw"], runner
    )
    assert pytest.approx(free, abs=2e-4) == contact_time.FREE
    assert pytest.approx(known, abs=2e-4) == contact_time.WITH_SPEED
    assert pytest.approx(pace, abs=2e-3) == speed.MODEL
    assert pytest.approx(shape[0], abs=0.01) == spring.PEAK_SHAPE


def test_speed_of_an_unknown_runner_is_honest_and_after_calibration_close() -> None:
    c = fit_contact.columns()
    model = (True, fit_contact.log_of("step", "width"))
    predicted = fit_contact.left_out(c, "speed_m_s", model, fit_contact.WITHIN)
    assert fit_contact.rmse(predicted / c["speed_m_s"] - 1.0) < 0.15
    own = fit_contact.personal(c, predicted, "speed_m_s", factor=True)
    assert fit_contact.rmse(own) < 0.07


def test_changes_of_slope_and_speed_are_recognized_on_the_treadmill() -> None:
    for level, changed in (CHANGES[0], CHANGES[2], CHANGES[-1]):
        pieces = [repeated(name, s) for name, s in ((level, 90.0), (changed, 30.0), (level, 45.0))]
        begin, end = (float(x) for x in np.cumsum([len(p) for p in pieces])[:2] / 500.0)
        acc = np.concatenate(pieces)
        steps = steps_of(trial(level)[0], plain_block(np.arange(len(acc)) / 500.0, acc))
        said = [(s.t, s.level_ground) for s in steps]
        assert {level for t, level in said if t < begin} == {None, True}
        assert {level for t, level in said if begin + 10.0 < t < end} == {False}
        assert said[-1][1] is True
