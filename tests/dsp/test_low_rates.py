"""What a slow sensor, or one without an axis, cannot hold is not said."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dsp.block import Mount, Side, plain_block
from dsp.events import Step
from dsp.pipeline import Pipeline
from dsp.synth import SHOE_SENSOR, Motion, Phase, Runner, Sensor, SynthRun, synthesize, tilted
from dsp.wearer import UNKNOWN, Wearer

FAST_HZ = 1000.0
TIMES = ("duration_s", "cadence_spm", "t", "t_decision", "strike_t", "steps")


@cache
def made(mount: Mount) -> SynthRun:
    """A hard heel at 1000 Hz."""
    sensor = SHOE_SENSOR if mount is Mount.SHOE else Sensor()
    return synthesize(
        [Phase(Motion.STAND, 4.0), Phase(Motion.RUN, 24.0, 170.0, speed=3.2)],
        mount=mount,
        side=Side.RIGHT if mount is Mount.SHOE else Side.UNKNOWN,
        sensor=replace(sensor, rate_hz=FAST_HZ),
        runner=Runner(softness=0.0),
        seed=1,
    )


@cache
def at(mount: Mount, rate_hz: float) -> list[Step]:
    """The same run with only every so many-th sample, as a slower sensor takes them."""
    run, every = made(mount), round(FAST_HZ / rate_hz)
    gyr = run.block.gyr
    block = plain_block(
        run.block.t[::every].copy(),
        run.block.acc[::every].copy(),
        None if gyr is None else gyr[::every].copy(),
    )
    return steps_of(replace(run, stream=replace(run.stream, rate_hz=rate_hz), block=block))


def steps_of(run: SynthRun, wearer: Wearer = UNKNOWN) -> list[Step]:
    return [e for e in Pipeline(run.stream, wearer).push(run.block) if isinstance(e, Step)]


def known(steps: list[Step], name: str) -> list[float]:
    return [v for s in steps if (v := getattr(s, name)) is not None]


@pytest.mark.parametrize(
    ("mount", "name", "held_hz", "error", "not_hz"),
    [
        (Mount.WAIST, "impact_g", 100.0, 0.15, 62.5),
        (Mount.WAIST, "impact_excess_g", 100.0, 0.15, 62.5),
        (Mount.WAIST, "impact_rise_g_s", 100.0, 15.0, 62.5),
        (Mount.WAIST, "braking_m_s", 100.0, 0.03, 62.5),
        (Mount.WAIST, "active_g", 40.0, 0.12, 31.25),
        (Mount.WAIST, "contact_s", 40.0, 0.005, 31.25),
        (Mount.WAIST, "vertical_oscillation_m", 40.0, 0.003, 31.25),
        (Mount.WAIST, "lean_forward_deg", 40.0, 1.0, 31.25),
        (Mount.WAIST, "speed_m_s", 40.0, 0.1, 31.25),
        (Mount.SHOE, "impact_rise_g_s", 500.0, 160.0, 333.3),
        (Mount.SHOE, "impact_g", 200.0, 1.6, 142.9),
        (Mount.SHOE, "overstride_m_s", 200.0, 0.08, 142.9),
        (Mount.SHOE, "contact_s", 100.0, 0.004, 76.9),
        (Mount.SHOE, "stride_length_m", 100.0, 0.05, 76.9),
        (Mount.SHOE, "foot_strike_angle_deg", 100.0, 1.5, 76.9),
        (Mount.SHOE, "pronation_deg", 100.0, 1.5, 76.9),
    ],
)
def test_a_measure_is_held_down_to_a_rate_and_not_said_below(
    mount: Mount, name: str, held_hz: float, error: float, not_hz: float
) -> None:
    fast, slow = known(at(mount, FAST_HZ), name), known(at(mount, held_hz), name)
    assert len(slow) > 0.7 * len(fast) > 10
    assert np.median(slow) == pytest.approx(np.median(fast), abs=error)
    below = at(mount, not_hz)
    assert len(below) > 0.7 * len(at(mount, FAST_HZ))
    assert known(below, name) == []


def test_at_the_waist_30_samples_a_second_give_times_and_nothing_else() -> None:
    for step in at(Mount.WAIST, 31.25):
        said = {k for k, v in step.as_dict().items() if isinstance(v, float)}
        assert said <= set(TIMES)


def test_at_200_hz_a_hard_heels_peak_reads_low_hence_at_least() -> None:
    fast = np.median(known(at(Mount.SHOE, FAST_HZ), "impact_g"))
    slow = np.median(known(at(Mount.SHOE, 200.0), "impact_g"))
    assert 0.8 * fast < slow < 0.97 * fast


def lacking(axis: str, *, pitch_deg: float = 0.0) -> list[Step]:
    """Running with a waist sensor without an axis, nodded by so much."""
    sensor = Sensor(mounting=tilted(0.0, pitch_deg, 0.0), acc_axes="xyz".replace(axis, ""))
    phases = [Phase(Motion.STAND, 4.0), Phase(Motion.RUN, 16.0, 168.0, speed=3.0)]
    return steps_of(synthesize(phases, sensor=sensor, seed=1))


@pytest.mark.parametrize("axis", ["x", "y"])
def test_without_an_axis_nothing_that_has_a_direction_is_said(axis: str) -> None:
    steps = lacking(axis)
    assert len(steps) > 30
    for name in ("braking_m_s", "lean_forward_deg", "lean_left_deg"):
        assert known(steps, name) == []
    assert known(steps, "contact_s")


def test_an_impact_of_which_an_absent_axis_holds_a_part_is_not_said() -> None:
    assert len(known(lacking("x"), "impact_g")) > 30
    nodded = lacking("x", pitch_deg=25.0)
    assert known(nodded, "impact_g") == known(nodded, "impact_rise_g_s") == []
    assert len(known(nodded, "contact_s")) > 30


def test_a_shoe_without_an_axis_has_no_rise() -> None:
    sensor = replace(SHOE_SENSOR, acc_axes="xz")
    run = synthesize(
        [Phase(Motion.STAND, 2.0), Phase(Motion.RUN, 12.0, 168.0)],
        mount=Mount.SHOE,
        side=Side.LEFT,
        sensor=sensor,
        seed=1,
    )
    steps = steps_of(run)
    assert known(steps, "impact_g")
    assert known(steps, "impact_rise_g_s") == []
