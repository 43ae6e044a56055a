"""Which foot struck, at the waist: told apart by what alternates, named by hops."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dsp.block import Side, recut
from dsp.events import Event, Foot, FootStrike, Step
from dsp.pipeline import Pipeline
from dsp.synth.phases import Motion, Phase
from dsp.synth.presets import random_runner, stop_and_go
from dsp.synth.runner import Runner
from dsp.synth.sensor import Loss, Sensor, random_rotation
from dsp.synth.synthesis import SynthRun, synthesize
from dsp.wearer import UNKNOWN, FootSigns, Wearer

RIGHT_HANDED = np.eye(3)


def events_of(run: SynthRun, wearer: Wearer = UNKNOWN) -> list[Event]:
    """Everything the pipeline says of a run."""
    pipeline = Pipeline(run.stream, wearer)
    out: list[Event] = []
    for block in recut(run.block, range(0, len(run.block), 4000)):
        out += pipeline.push(block)
    return [*out, *pipeline.finish()]


def told(run: SynthRun, events: list[Event]) -> list[tuple[Foot | None, Side, bool]]:
    """What every strike said of its foot, and whether it was the left one."""
    truth = run.truth
    out = []
    for e in events:
        if isinstance(e, FootStrike):
            i = int(np.argmin(np.abs(truth.strike_t - e.t)))
            if abs(truth.strike_t[i] - e.t) < 0.06:
                out.append((e.foot, e.side, bool(truth.left[i])))
    return out


def consistent(said: list[tuple[Foot | None, Side, bool]]) -> float:
    """Share of the strikes with a foot whose letter always means the same foot."""
    same = [(foot is Foot.A) == left for foot, _, left in said if foot is not None]
    right = sum(same)
    return max(right, len(same) - right) / len(same)


@pytest.mark.parametrize("seed", range(6))
def test_a_letter_means_the_same_foot_throughout(seed: int) -> None:
    run = random_runner(np.random.default_rng(seed), 60.0)
    said = told(run, events_of(run))
    assert consistent(said) >= 0.99
    assert sum(foot is not None for foot, _, _ in said) > 0.85 * len(said)


def test_a_letter_means_the_same_foot_after_a_stop() -> None:
    run = stop_and_go(seed=3)
    said = told(run, events_of(run))
    assert consistent(said) >= 0.99


def test_without_a_gyro_the_sway_of_the_force_is_enough() -> None:
    run = synthesize(
        [Phase(Motion.STAND, 3.0), Phase(Motion.RUN, 60.0, 168.0, speed=3.0)],
        sensor=Sensor(gyr_axes=""),
        seed=4,
    )
    said = told(run, events_of(run))
    assert consistent(said) >= 0.99
    assert sum(foot is not None for foot, _, _ in said) > 100


def test_lost_samples_do_not_turn_the_feet_around() -> None:
    gaps = tuple((10.0 + 5.0 * i, 0.3 + 0.1 * i) for i in range(8))
    run = synthesize(
        [Phase(Motion.STAND, 3.0), Phase(Motion.RUN, 70.0, 168.0, speed=3.0)],
        sensor=Sensor(loss=Loss(bursts_per_min=10.0, gaps=gaps)),
        seed=5,
    )
    said = told(run, events_of(run))
    assert consistent(said) >= 0.99
    assert sum(foot is not None for foot, _, _ in said) > 0.6 * len(said)


def test_a_pelvis_that_does_not_alternate_has_no_letters() -> None:
    still = Runner(sway_g=0.0, roll_deg=0.0, yaw_deg=0.0, step_asymmetry=0.0, impact_asymmetry=0.0)
    run = synthesize(
        [Phase(Motion.STAND, 3.0), Phase(Motion.RUN, 60.0, 168.0, speed=3.0)],
        runner=still,
        sensor=Sensor(gyr_axes="", acc_axes="xz"),
        seed=6,
    )
    said = told(run, events_of(run))
    assert len(said) > 100
    assert sum(foot is not None for foot, _, _ in said) < 0.1 * len(said)


def test_nothing_is_named_without_hops() -> None:
    run = random_runner(np.random.default_rng(1), 30.0)
    assert {side for _, side, _ in told(run, events_of(run))} == {Side.UNKNOWN}


# Synthetic pelvis, body axes: a left strike drops the right side (roll rate > 0 about x), and the
# ground pushes a left foot's body to the right (y negative).
ROLL = FootSigns(gyro=True, direction=(1.0, 0.0, 0.0), left=0.6, right=-0.6, spread=0.2)
PUSH = FootSigns(gyro=False, direction=(0.0, 1.0, 0.0), left=-2.0, right=2.0, spread=0.5)


@pytest.mark.parametrize("signs", [ROLL, PUSH], ids=["roll", "push"])
@pytest.mark.parametrize("seed", range(4))
def test_hops_name_the_feet(signs: FootSigns, seed: int) -> None:
    made = random_runner(np.random.default_rng(seed), 45.0)
    # The hops were read in the same axes as the samples.
    mounting = random_rotation(np.random.default_rng(seed))
    along = tuple(float(x) for x in np.array(mounting) @ np.array(signs.direction))
    run = synthesize(
        [Phase(Motion.STAND, 3.0), Phase(Motion.RUN, 45.0, 160.0 + 5 * seed, speed=3.0)],
        runner=Runner(roll_deg=3.0, sway_g=0.25),
        sensor=replace(made.sensor, mounting=mounting, loss=Loss()),
        seed=seed,
    )
    x, y, z = along
    events = events_of(run, Wearer(foot_signs=replace(signs, direction=(x, y, z))))
    named = [
        (side is Side.LEFT) == left
        for _, side, left in told(run, events)
        if side.value != "unknown"
    ]
    assert len(named) > 60
    assert np.mean(named) >= 0.99


def test_a_step_has_the_foot_of_its_strike() -> None:
    run = random_runner(np.random.default_rng(2), 40.0)
    events = events_of(run, Wearer(foot_signs=ROLL))
    strikes = {e.t: (e.side, e.foot) for e in events if isinstance(e, FootStrike)}
    steps = [e for e in events if isinstance(e, Step)]
    assert len(steps) > 60
    assert all(strikes[s.strike_t] == (s.side, s.foot) for s in steps)


def test_neighboring_steps_are_of_different_feet() -> None:
    run = random_runner(np.random.default_rng(3), 40.0)
    feet = [e.foot for e in events_of(run) if isinstance(e, FootStrike)]
    told_feet = [f for f in feet if f is not None]
    assert len(told_feet) > 60
    assert all(a is not b for a, b in pairwise(told_feet))
