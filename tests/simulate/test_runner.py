"""The simulated runner hears `quicker` and beats, and nothing else."""

import numpy as np
import pytest

from dsp.block import plain_block
from feedback.cue import Cue, Pattern
from firmware_py.simulate.runner import MAX_QUICKEN, QUICKEN, HearingRunner

HZ = 1000.0
STEPS_HZ = 2.7


def runner(*, answers: bool = True) -> HearingRunner:
    t = np.arange(0.0, 60.0, 1.0 / HZ)
    acc = np.zeros((len(t), 3))
    acc[:, 2] = np.sin(2 * np.pi * STEPS_HZ * t)
    gyr = np.ones((len(t), 3))
    return HearingRunner(plain_block(t, acc, gyr), 100.0, answers=answers)


def cue(t: float, pattern: Pattern = Pattern.QUICKER) -> Cue:
    return Cue(t, t, pattern, "because")


def cadence(r: HearingRunner, start: float, end: float) -> float:
    """Rising zero crossings per second."""
    t = np.arange(start, end, 0.001)
    z = r.at(t)[0][:, 2]
    rising = t[1:][(z[:-1] < 0) & (z[1:] >= 0)]
    return float((len(rising) - 1) / (rising[-1] - rising[0]))


def test_she_quickens_two_strides_after_a_cue_and_not_before() -> None:
    r = runner()
    r.hear(cue(110.0))
    assert cadence(r, 100.1, 111.4) == pytest.approx(STEPS_HZ, rel=1e-3)
    assert cadence(r, 115.0, 130.0) == pytest.approx(STEPS_HZ * QUICKEN, rel=1e-3)


def test_her_motion_has_no_jump_and_ends_sooner() -> None:
    r = runner()
    before = r.end
    r.hear(cue(110.0))
    t = np.arange(105.0, 125.0, 0.001)
    steps = np.abs(np.diff(r.at(t)[0][:, 2]))
    assert steps.max() < 1.05 * 2 * np.pi * STEPS_HZ * QUICKEN * 0.001
    assert before - r.end == pytest.approx((before - 114.0) * (1 - 1 / QUICKEN), rel=0.05)
    assert np.all(np.diff(r.at(t)[1][:, 0]) >= 0)


def test_she_never_quickens_beyond_a_tenth() -> None:
    r = runner()
    for t in (105.0, 115.0, 125.0):
        r.hear(cue(t))
    assert cadence(r, 135.0, 150.0) == pytest.approx(STEPS_HZ * MAX_QUICKEN, rel=1e-3)


@pytest.mark.parametrize("pattern", [p for p in Pattern if p is not Pattern.QUICKER])
def test_nothing_else_changes_her(pattern: Pattern) -> None:
    r = runner()
    r.hear(cue(105.0, pattern))
    assert cadence(r, 110.0, 130.0) == pytest.approx(STEPS_HZ, rel=1e-3)


def test_one_who_does_not_answer_does_not() -> None:
    r = runner(answers=False)
    r.hear(cue(105.0))
    assert cadence(r, 110.0, 130.0) == pytest.approx(STEPS_HZ, rel=1e-3)


def beats(first: float, spm: float, step_s: float, count: int) -> list[Cue]:
    """Beats at a tempo for somebody whose steps take so long."""
    out = []
    for k in range(count):
        strike = first + k * step_s
        out.append(Cue(first + 0.1 + k * 60.0 / spm, strike + 0.02, Pattern.BEAT, "beat", strike))
    return out


def test_she_takes_the_tempo_of_beats() -> None:
    r = runner()
    for one in beats(105.0, 60.0 * STEPS_HZ * 1.04, 1.0 / STEPS_HZ, 12):
        r.hear(one)
    assert cadence(r, 120.0, 140.0) == pytest.approx(STEPS_HZ * 1.04, rel=3e-3)


def test_beats_at_her_own_tempo_change_nothing_and_none_takes_her_too_far() -> None:
    r = runner()
    for one in beats(105.0, 60.0 * STEPS_HZ * 1.003, 1.0 / STEPS_HZ, 12):
        r.hear(one)
    assert cadence(r, 115.0, 130.0) == pytest.approx(STEPS_HZ, rel=1e-3)
    for one in beats(130.0, 60.0 * STEPS_HZ * 1.3, 1.0 / STEPS_HZ, 12):
        r.hear(one)
    assert cadence(r, 145.0, 150.0) <= STEPS_HZ * MAX_QUICKEN * 1.002


def test_two_beats_a_stride_at_the_shoe_are_the_same_tempo() -> None:
    r = runner()
    step_s, beat_s = 1.0 / STEPS_HZ, 1.0 / (STEPS_HZ * 1.04)
    for k in range(12):
        strike = 105.0 + 2 * k * step_s
        for j in (0, 1):
            due = 105.1 + (2 * k + j) * beat_s
            r.hear(Cue(due, strike + 0.02, Pattern.BEAT, "beat", strike))
    assert cadence(r, 125.0, 145.0) == pytest.approx(STEPS_HZ * 1.04, rel=3e-3)
