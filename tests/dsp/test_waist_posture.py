"""Which way is forward at the waist, how the pelvis leans and how much it is braked."""

from dataclasses import replace

import numpy as np
import pytest

from dsp.block import FloatArray
from dsp.events import Step
from dsp.pipeline import Pipeline
from dsp.synth import Motion, Phase, Runner, Sensor, SynthRun, synthesize, tilted
from dsp.units import STANDARD_GRAVITY
from dsp.waist.posture import lean_deg
from dsp.wearer import UNKNOWN, Wearer

MOUNTINGS = [(0.0, 0.0, 0.0), (12.0, -8.0, 40.0), (-20.0, 15.0, 160.0), (90.0, 0.0, 80.0)]
STAND = Phase(Motion.STAND, 5.0)
RUN = Phase(Motion.RUN, 30.0, 166.0, speed=3.0)


def steps_of(run: SynthRun, wearer: Wearer = UNKNOWN) -> list[Step]:
    return [e for e in Pipeline(run.stream, wearer).push(run.block) if isinstance(e, Step)]


def leaning(
    forward: float, left: float, mounting: tuple[float, float, float], *phases: Phase
) -> SynthRun:
    body = Runner(lean_forward_deg=forward, lean_left_deg=left)
    sensor = Sensor(mounting=tilted(*mounting))
    return synthesize(phases or (STAND, RUN), runner=body, sensor=sensor, seed=1)


def told(steps: list[Step]) -> list[tuple[float, float]]:
    return [
        (s.lean_forward_deg, s.lean_left_deg)
        for s in steps
        if s.lean_forward_deg is not None and s.lean_left_deg is not None
    ]


@pytest.mark.parametrize("mounting", MOUNTINGS)
@pytest.mark.parametrize(("forward", "left"), [(0.0, 0.0), (8.0, -3.0), (-4.0, 5.0)])
def test_pelvis_lean_is_good_to_two_degrees_however_the_sensor_sits(
    forward: float, left: float, mounting: tuple[float, float, float]
) -> None:
    got = np.array(told(steps_of(leaning(forward, left, mounting))))
    assert len(got) > 40
    assert np.abs(got - [forward, left]).max() < 2.0


def test_a_change_of_lean_shows_within_some_strides() -> None:
    up = Phase(Motion.RUN, 20.0, 166.0, speed=3.0, slope_deg=6.0)
    run = leaning(2.0, 0.0, MOUNTINGS[1], STAND, RUN, up)
    steps = steps_of(run)
    before = [s.lean_forward_deg for s in steps if 25.0 < s.t < 34.0]
    after = [s.lean_forward_deg for s in steps if 45.0 < s.t < 53.0]
    change = np.mean([x for x in after if x is not None]) - np.mean(
        [x for x in before if x is not None]
    )
    assert change == pytest.approx(6.0, abs=1.0)  # the synthetic runner's degree per degree


def test_who_never_stood_still_has_no_lean_unless_upright_is_known() -> None:
    # The last half second before a run is no standing.
    run = leaning(5.0, 0.0, MOUNTINGS[1], Phase(Motion.STAND, 0.5), RUN)
    assert told(steps_of(run)) == []
    upright = np.array(tilted(*MOUNTINGS[1])) @ [0.0, 0.0, 1.0]
    got = np.array(told(steps_of(run, Wearer(up=vector(upright)))))
    assert np.abs(got - [5.0, 0.0]).max() < 2.0


def test_the_forward_axis_may_be_given() -> None:
    body = leaning(6.0, 0.0, MOUNTINGS[2])
    ahead = np.array(tilted(*MOUNTINGS[2])) @ [1.0, 0.0, 0.0]
    steps = steps_of(body, Wearer(forward=vector(ahead)))
    assert np.abs(np.array(told(steps)) - [6.0, 0.0]).max() < 2.0
    # Known at once: lean waits for four strides only.
    assert told(steps_of(body)[:9]) == []
    assert len(told(steps[:9])) == 1


def test_a_stand_after_the_run_does_not_reach_back() -> None:
    run = leaning(5.0, 0.0, MOUNTINGS[0], STAND, RUN, Phase(Motion.STAND, 6.0))
    slipped = (run.block.t > 36.0)[:, np.newaxis]
    crooked = run.block.acc @ np.array(tilted(25.0, 10.0, 0.0)).T
    block = replace(run.block, acc=np.where(slipped, crooked, run.block.acc))
    end = int(np.searchsorted(block.t, 35.0))
    # All in one block: the second stand must not be what the run before it is held against.
    at_once = told([e for e in Pipeline(run.stream).push(block) if isinstance(e, Step)])
    assert len(at_once) > 40
    assert at_once == told(
        [e for e in Pipeline(run.stream).push(block[:end]) if isinstance(e, Step)]
    )


@pytest.mark.parametrize("mounting", MOUNTINGS)
def test_braking_is_the_area_of_the_backward_force_after_the_strike(
    mounting: tuple[float, float, float],
) -> None:
    body = Runner(brake_g=0.3, impact_g=0.0, limb_g=0.0, pitch_deg=0.0, roll_deg=0.0)
    sensor = Sensor(mounting=tilted(*mounting))
    run = synthesize([RUN], runner=body, sensor=sensor, seed=2)
    contact = np.nanmean(run.truth.toe_off_t - run.truth.strike_t)
    area = 0.3 * STANDARD_GRAVITY * contact / np.pi  # of half a sinusoid
    got = [s.braking_m_s for s in steps_of(run) if s.braking_m_s is not None]
    assert len(got) > 40
    assert np.mean(got) == pytest.approx(area, rel=0.1)


def test_stronger_brakes_read_higher_with_impacts_too() -> None:
    means = []
    for brake in (0.15, 0.3, 0.45):
        run = synthesize([RUN], runner=Runner(brake_g=brake), seed=3)
        means.append(np.mean([s.braking_m_s for s in steps_of(run) if s.braking_m_s is not None]))
    assert means[0] < means[1] < means[2]


def test_without_two_horizontal_axes_forward_must_be_known_and_without_any_nothing_is_said() -> (
    None
):
    both = synthesize([STAND, RUN], sensor=Sensor(acc_axes="xz"), seed=4)
    ahead, aside = Wearer(forward=(1.0, 0.0, 0.0)), Wearer(forward=(0.0, 1.0, 0.0))
    assert any(s.braking_m_s is not None for s in steps_of(both, ahead))
    for wearer in (UNKNOWN, aside):
        assert all(s.braking_m_s is None for s in steps_of(both, wearer))
    none = synthesize([STAND, RUN], sensor=Sensor(acc_axes="z", gyr_axes=""), seed=4)
    steps = steps_of(none)
    assert steps
    assert all(s.braking_m_s is None and s.lean_forward_deg is None for s in steps)


def test_lean_is_positive_forward_and_to_the_left() -> None:
    standing, forward = np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])
    ahead = np.array([-np.sin(0.1), 0.0, np.cos(0.1)])  # up, seen from a body pitched forward
    left = np.array([0.0, -np.sin(0.1), np.cos(0.1)])  # up, seen from a body rolled to the left
    assert lean_deg(ahead, standing, forward) == pytest.approx((np.degrees(0.1), 0.0))
    assert lean_deg(left, standing, forward) == pytest.approx((0.0, np.degrees(0.1)))


def vector(v: FloatArray) -> tuple[float, float, float]:
    x, y, z = (float(c) for c in v)
    return x, y, z


def test_a_pelvis_that_nods_with_the_push_does_not_seem_to_lean_where_a_gyro_sees_it() -> None:
    said = []
    for gyr_axes in ("xyz", ""):
        body = Runner(pitch_deg=4.0, lean_forward_deg=5.0)
        run = synthesize([STAND, RUN], runner=body, sensor=Sensor(gyr_axes=gyr_axes), seed=5)
        said.append(np.mean([ahead for ahead, _ in told(steps_of(run))]))
    assert said[0] == pytest.approx(5.0, abs=1.2)
    assert said[1] < 3.5
