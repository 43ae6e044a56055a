"""Slope and speed changes are recognized, coaching and fatigue are not mistaken for them."""

import numpy as np
import pytest

from dsp.events import Step
from dsp.pipeline import Pipeline
from dsp.synth import Motion, Phase, Runner, Sensor, synthesize
from dsp.terrain import HOLD_S, MINUTE_S, SETTLE_S, Gait, Terrain
from dsp.wearer import Wearer

STEP_S = 0.36
UP = np.array([0.0, 0.0, 1.0])


class Walk:
    """Feeds a terrain with steps and keeps what it says."""

    def __init__(self) -> None:
        self.terrain = Terrain()
        self.t = 0.0
        self.said: list[tuple[float, bool | None]] = []

    def run(
        self,
        seconds: float,
        step_s: float = STEP_S,
        width: float = 0.4,
        tilt: float = 0.0,
        fore_aft: float = 2.0,
    ) -> list[bool | None]:
        up = np.array([np.sin(np.radians(tilt)), 0.0, np.cos(np.radians(tilt))])
        first = len(self.said)
        for _ in range(round(seconds / step_s)):
            self.t += step_s
            level = self.terrain.follow(self.t, Gait(step_s, width, fore_aft, up))
            self.said.append((self.t, level))
        return [level for _, level in self.said[first:]]


def test_nothing_is_said_before_a_steady_minute() -> None:
    walk = Walk()
    walk.run(SETTLE_S + MINUTE_S + 20.0)
    first = next(t for t, level in walk.said if level is not None)
    assert first == pytest.approx(SETTLE_S + MINUTE_S, abs=2.0)
    assert walk.said[-1][1] is True


def test_a_minute_that_is_not_steady_is_no_baseline() -> None:
    walk = Walk()
    walk.run(SETTLE_S + 30.0)
    assert set(walk.run(25.0, width=0.46)) == {None}  # half of the minute on another slope
    assert None in walk.run(30.0)


@pytest.mark.parametrize(
    "change", [{"width": 0.5}, {"width": 0.32}, {"tilt": 6.0}, {"step_s": 0.30}, {"step_s": 0.42}]
)
def test_a_change_is_known_soon_and_over_only_after_the_hold(change: dict[str, float]) -> None:
    walk = Walk()
    walk.run(SETTLE_S + MINUTE_S + 10.0)
    began = walk.t
    walk.run(30.0, **change)
    ended = walk.t
    walk.run(60.0)
    off = [t for t, level in walk.said if level is False]
    assert off[0] - began < 10.0
    assert ended + HOLD_S <= off[-1] <= ended + HOLD_S + 15.0
    assert walk.said[-1][1] is True


def test_a_cadence_raised_by_a_coach_is_level_ground() -> None:
    walk = Walk()
    walk.run(SETTLE_S + MINUTE_S + 10.0)
    assert set(walk.run(120.0, step_s=STEP_S / 1.10, width=0.41)) == {True}


def test_a_strike_that_a_coach_made_softer_is_level_ground() -> None:
    walk = Walk()
    walk.run(SETTLE_S + MINUTE_S + 10.0)
    # A synthetic runner who lands half as hard: push 4 to 6 % narrower, brake 15 to 25 % less.
    assert set(walk.run(120.0, width=0.4 * 0.95, fore_aft=2.0 * 0.8)) == {True}


def test_after_a_pause_the_hold_begins_anew() -> None:
    walk = Walk()
    walk.run(SETTLE_S + MINUTE_S + 10.0)
    walk.t += 10.0
    again = walk.run(60.0)
    assert again[0] is None
    assert again[-1] is True
    assert again.count(None) * STEP_S == pytest.approx(SETTLE_S, abs=1.0)
    assert False not in again


def test_a_belt_re_seated_in_a_stop_is_no_slope() -> None:
    walk = Walk()
    walk.run(SETTLE_S + MINUTE_S + 10.0)
    walk.t += 10.0
    assert set(walk.run(120.0, tilt=8.0)) == {None, True}


def test_a_belt_that_is_jerked_is_a_slope_for_a_minute_only() -> None:
    walk = Walk()
    walk.run(SETTLE_S + MINUTE_S + 10.0)
    jerked = walk.run(180.0, tilt=8.0)
    assert 60.0 < jerked.count(False) * STEP_S < 95.0
    assert jerked[-1] is True


def test_a_slope_after_a_stop_is_found_by_the_gait() -> None:
    walk = Walk()
    walk.run(SETTLE_S + MINUTE_S + 10.0)
    walk.t += 10.0
    assert walk.run(60.0, tilt=6.0, width=0.4 * 1.12, fore_aft=2.0 * 0.6)[-1] is False


def test_a_belt_that_slips_slowly_is_no_slope() -> None:
    walk = Walk()
    walk.run(SETTLE_S + MINUTE_S + 10.0)
    said = [x for tilt in np.linspace(0.0, 8.0, 40) for x in walk.run(30.0, tilt=float(tilt))]
    assert set(said) == {True}


def steps_of(phase: Phase, wearer: Wearer) -> list[Step]:
    before, after = (Phase(Motion.RUN, s, 165.0, speed=3.0) for s in (95.0, 45.0))
    run = synthesize(
        [Phase(Motion.STAND, 5.0), before, phase, after], sensor=Sensor(rate_hz=104.0), seed=3
    )
    return [e for e in Pipeline(run.stream, wearer).push(run.block) if isinstance(e, Step)]


@pytest.mark.parametrize("slope_deg", [-10.0, -5.0, 5.0, 10.0])
def test_stiffness_is_said_on_level_ground_only(slope_deg: float) -> None:
    phase = Phase(Motion.RUN, 30.0, 165.0, speed=3.0, slope_deg=slope_deg)
    steps = steps_of(phase, Wearer(height_m=1.75))
    hill = [s for s in steps if 110.0 < s.t < 128.0]
    assert {s.level_ground for s in hill} == {False}
    assert steps[-1].level_ground is True
    for s in steps:
        said = s.vertical_stiffness_bw_m is not None
        assert said == (s.leg_stiffness_bw_m is not None)
        assert not said or s.level_ground is True
    assert any(s.vertical_stiffness_bw_m is not None for s in steps)


def test_a_runner_whose_height_is_unknown_has_no_leg_stiffness() -> None:
    steady = Phase(Motion.RUN, 10.0, 165.0, speed=3.0)
    steps = steps_of(steady, Wearer())
    assert any(s.vertical_stiffness_bw_m is not None for s in steps)
    assert all(s.leg_stiffness_bw_m is None for s in steps)


def test_a_steady_run_with_a_drifting_cadence_stays_level() -> None:
    phases = [Phase(Motion.RUN, 300.0, 163.0, 168.0, speed=2.9)]
    run = synthesize(phases, runner=Runner(jitter=0.02), sensor=Sensor(rate_hz=104.0), seed=5)
    steps = [e for e in Pipeline(run.stream).push(run.block) if isinstance(e, Step)]
    assert {s.level_ground for s in steps} == {None, True}
