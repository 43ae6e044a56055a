"""The metronome against runners who follow it, who lag, who ignore it, and who stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
import pytest

from dsp.block import Side
from dsp.events import FootStrike
from feedback.cue import Cue, Pattern
from feedback.footfalls import BREAK_S
from feedback.metronome import CHANGE_S, OWN_QUIET_S, PATIENCE_BEATS, RENEW_S, Metronome
from feedback.synchrony import LEAD_BOUNDS_S, LEAD_S
from tests.feedback.stepper import Stepper

START_S = 20.0
MOUNTS = pytest.mark.parametrize("shoe", [False, True], ids=["waist", "shoe"])


@dataclass(frozen=True)
class Heard:
    steps: list[float]
    cues: list[Cue]
    leads: list[float]
    locked: list[bool]

    @property
    def beats(self) -> list[float]:
        return [c.t for c in self.cues]

    def intervals(self, begin: float = 0.0) -> list[float]:
        return [b - a for a, b in pairwise(self.beats) if a >= begin]

    def tempo_spm(self, begin: float, end: float) -> float:
        steps = [t for t in self.steps if begin <= t < end]
        return 60.0 * (len(steps) - 1) / (steps[-1] - steps[0])


def hear(
    runner: Stepper,
    tempo_spm: float | None,
    metronome: Metronome | None = None,
    seconds: float = 120.0,
    seed: int = 1,
) -> Heard:
    """A run with beats from `START_S` on."""
    metronome = metronome or Metronome()
    heard = Heard([], [], [], [])
    for t, cues in runner.run(metronome, seconds, seed):
        if t >= START_S and not metronome.sounding:
            metronome.start(t, tempo_spm, "cadence below your band")
        heard.steps.append(t)
        heard.cues.extend(cues)
        heard.leads.append(metronome.lead_s)
        heard.locked.append(metronome.locked)
    return heard


def strike(t: float, period_s: float | None = 0.36) -> FootStrike:
    next_t = None if period_s is None else t + period_s
    return FootStrike(t, t + 0.03, Side.UNKNOWN, 1.0, next_t=next_t)


def settled(metronome: Metronome, until: float = 10.0) -> float:
    """Someone runs evenly up to `until`; when the next step is due."""
    t = 0.0
    while t < until:
        metronome.push(strike(t))
        t += 0.36
    return t


def near(times: Sequence[float], t: float) -> float:
    return min(times, key=lambda x: abs(x - t))


# --- the runner's own tempo -------------------------------------------------------------------


@MOUNTS
def test_beats_at_the_runners_own_tempo_follow_the_footfalls_by_the_lead(shoe: bool) -> None:
    heard = hear(Stepper(shoe=shoe, noise_s=0.006), None)
    late = np.array([b - near(heard.steps, b) for b in heard.beats if b < heard.steps[-1]])
    assert abs(np.median(late) - LEAD_S) <= 0.003
    assert late.std() <= (0.010 if shoe else 0.008)
    assert len(heard.beats) >= 0.99 * sum(t > START_S + 1.0 for t in heard.steps)


@pytest.mark.parametrize("anticipation_s", [-0.05, 0.0])
def test_beats_at_the_runners_own_tempo_do_not_drag_him_along(anticipation_s: float) -> None:
    # On time where the beats are late or early, he and they drive each other.
    runner = Stepper(follow=0.3, follow_period=0.05, anticipation_s=anticipation_s)
    heard = hear(runner, None, seconds=300.0)
    silences = np.diff([*heard.beats, heard.steps[-1]])
    assert silences.max() > OWN_QUIET_S
    tempos = [heard.tempo_spm(t, t + 10.0) for t in range(0, 290, 10)]
    assert min(tempos) > 0.9 * 160.0
    assert max(tempos) < 1.1 * 160.0


def test_there_are_no_beats_before_the_runners_tempo_is_known() -> None:
    metronome = Metronome()
    metronome.start(0.0, None, "own")
    assert metronome.push(strike(1.0, None)) == []
    assert metronome.push(strike(1.36)) == []


# --- a target ---------------------------------------------------------------------------------


@MOUNTS
@pytest.mark.parametrize(
    ("follow", "follow_period"), [(0.2, 0.0), (0.35, 0.0), (0.5, 0.0), (0.35, 0.05), (0.5, 0.1)]
)
def test_a_runner_who_follows_comes_to_the_target_and_stays(
    follow: float, follow_period: float, shoe: bool
) -> None:
    heard = hear(Stepper(follow=follow, follow_period=follow_period, shoe=shoe), 168.0)
    assert heard.tempo_spm(0.0, START_S) < 163.0
    for begin in (35.0, 55.0, 75.0, 95.0):
        assert abs(heard.tempo_spm(begin, begin + 20.0) - 168.0) < 1.7
    assert np.mean(heard.locked[-150:]) > 0.9
    assert np.ptp(heard.intervals(50.0)) < 1e-9


@MOUNTS
def test_beats_stay_even_for_a_runner_who_ignores_them(shoe: bool) -> None:
    heard = hear(Stepper(shoe=shoe), 168.0, seconds=300.0)
    period = 60.0 / 168.0
    odd = [i for i, d in enumerate(heard.intervals()) if abs(d - period) > 1e-9]
    assert odd
    assert all(1.2 < heard.intervals()[i] / period < 1.8 for i in odd)
    assert min(np.diff([0, *odd])) >= PATIENCE_BEATS
    assert not any(heard.locked)


def test_beats_that_ran_away_are_put_back_onto_the_footfalls() -> None:
    heard = hear(Stepper(noise_s=0.004), 168.0, seconds=300.0)
    steps, period = heard.steps, 60.0 / 168.0
    back = [b for a, b in pairwise(heard.beats) if b - a > 1.1 * period]
    assert len(back) > 5
    late = [b - near(steps, b) for b in back]
    assert np.abs(np.array(late) - LEAD_S).max() < 0.025


def test_the_first_beat_is_at_the_step_that_is_due() -> None:
    metronome = Metronome()
    t = settled(metronome)
    metronome.start(t, 170.0, "slow")
    cues = metronome.push(strike(t))
    assert cues[0].t == pytest.approx(t + 0.36 + LEAD_S)
    assert cues[0] == Cue(cues[0].t, t + 0.03, Pattern.BEAT, "slow; beat at 170 spm", strike_t=t)


def test_beats_go_on_at_the_old_places_over_a_missed_strike() -> None:
    metronome = Metronome()
    t = settled(metronome)
    metronome.start(t, 170.0, "slow")
    beats = [c.t for c in metronome.push(strike(t))]
    beats += [c.t for c in metronome.push(strike(t + 0.72))]
    period = 60.0 / 170.0
    for a, b in pairwise(beats):
        assert (b - a) / period == pytest.approx(round((b - a) / period))


def test_after_a_stop_of_the_runner_beats_begin_anew_at_his_steps() -> None:
    metronome = Metronome()
    t = settled(metronome)
    metronome.start(t, 170.0, "slow")
    metronome.push(strike(t))
    again = t + BREAK_S + 1.0
    assert metronome.push(strike(again, None)) == []
    beats = [c.t for c in metronome.push(strike(again + 0.4, 0.4))]
    assert beats[0] == pytest.approx(again + 0.8 + LEAD_S)


def test_another_tempo_is_approached_by_small_changes() -> None:
    metronome = Metronome()
    beats: list[float] = []
    for t, cues in Stepper(noise_s=0.0).run(metronome, 60.0):
        if not metronome.sounding and t > START_S:
            metronome.start(t, 160.0, "first")
        if t > 30.0:
            metronome.start(t, 172.0, "then")
        beats += [c.t for c in cues]
    intervals = np.diff(beats)
    changes = np.diff(intervals[intervals < 0.4])
    assert np.abs(changes).max() <= CHANGE_S + 1e-9
    assert intervals[0] == pytest.approx(60.0 / 160.0)
    assert np.median(intervals[-20:]) == pytest.approx(60.0 / 172.0)


# --- a nudge ----------------------------------------------------------------------------------


@MOUNTS
def test_a_nudge_is_above_the_runners_own_tempo_and_renewed_slowly(shoe: bool) -> None:
    heard = hear(Stepper(shoe=shoe, noise_s=0.004), None, Metronome(nudge_percent=3.0))
    assert 60.0 / median(heard.intervals()) == pytest.approx(160.0 * 1.03, rel=0.004)
    first = [b - a for a, b in pairwise(heard.beats) if b < START_S + RENEW_S]
    assert np.ptp([d for d in first if d < 0.4]) < 1e-9


@MOUNTS
def test_a_nudge_that_is_followed_ends_at_ten_percent(shoe: bool) -> None:
    runner = Stepper(shoe=shoe, follow=0.35, follow_period=0.05)
    heard = hear(runner, None, Metronome(nudge_percent=3.0), seconds=600.0)
    first = 1.1 * heard.tempo_spm(0.0, START_S)
    assert 0.97 * first < 60.0 / min(heard.intervals()) < 1.015 * first
    changes = np.abs(np.diff(heard.intervals()))
    assert changes.max() <= CHANGE_S + 1e-9


def test_no_beat_is_quicker_than_the_most() -> None:
    for tempo, nudge in ((175.0, 0.0), (None, 3.0), (None, 0.0)):
        metronome = Metronome(most_spm=lambda: 163.0, nudge_percent=nudge)
        heard = hear(Stepper(), tempo, metronome)
        assert len(heard.beats) > 100
        assert min(heard.intervals()) >= 60.0 / 163.0 - 1e-9


@pytest.mark.parametrize("nudge_percent", [0.0, 3.0])
def test_nobody_above_the_most_gets_beats_at_his_own_tempo(nudge_percent: float) -> None:
    metronome = Metronome(most_spm=150.0, nudge_percent=nudge_percent)
    assert hear(Stepper(), None, metronome).beats == []


# --- the lead ---------------------------------------------------------------------------------


@MOUNTS
def test_the_lead_of_a_runner_who_keeps_to_the_beat_is_learned(shoe: bool) -> None:
    runner = Stepper(follow=0.35, follow_period=0.05, anticipation_s=-0.05, shoe=shoe)
    heard = hear(runner, 168.0, seconds=400.0)
    assert heard.leads[0] == LEAD_S
    assert heard.leads[-1] == pytest.approx(0.05, abs=0.008)
    assert np.abs(np.diff(heard.leads)).max() < 0.002


def test_one_who_lags_teaches_nothing() -> None:
    # No anticipation is 70 ms late: this runner only keeps up.
    heard = hear(Stepper(follow=0.2), 168.0, seconds=300.0)
    assert np.mean(heard.locked) > 0.7
    assert heard.leads[-1] == pytest.approx(LEAD_S, abs=0.005)


def test_the_lead_stays_within_bounds() -> None:
    runner = Stepper(follow=0.4, follow_period=0.05, anticipation_s=-0.075)
    heard = hear(runner, 168.0, seconds=600.0)
    assert max(heard.leads) <= LEAD_BOUNDS_S[1]
    assert max(heard.leads) > 0.06


# --- what is refused --------------------------------------------------------------------------


def test_what_no_runner_can_do_is_refused() -> None:
    with pytest.raises(ValueError, match="tempo_spm = 90"):
        Metronome().start(0.0, 90.0, "slow")
    with pytest.raises(ValueError, match="nudge_percent = 8"):
        Metronome(nudge_percent=8.0)
    with pytest.raises(ValueError, match="lead_s"):
        Metronome(lead_s=0.2)
