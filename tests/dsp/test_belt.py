"""A treadmill's speed counts at both mounts, unless the sensor plainly contradicts it."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.belt import Belt
from dsp.block import Mount, Side
from dsp.events import Step
from dsp.pipeline import Pipeline
from dsp.synth import SHOE_SENSOR, Motion, Phase, Sensor, SynthRun, synthesize
from dsp.wearer import Wearer

SPEED_M_S = 3.0


@cache
def run(mount: Mount, *, gyro: bool = True) -> SynthRun:
    sensor = SHOE_SENSOR if mount is Mount.SHOE else Sensor()
    return synthesize(
        [Phase(Motion.STAND, 3.0), Phase(Motion.RUN, 16.0, 166.0, speed=SPEED_M_S)],
        mount=mount,
        side=Side.LEFT if mount is Mount.SHOE else Side.UNKNOWN,
        sensor=sensor if gyro else replace(sensor, gyr_axes=""),
        seed=3,
    )


def steps(made: SynthRun, wearer: Wearer) -> list[Step]:
    return [e for e in Pipeline(made.stream, wearer).push(made.block) if isinstance(e, Step)]


def speeds(found: list[Step]) -> list[float]:
    return [s.speed_m_s for s in found if s.speed_m_s is not None]


@pytest.mark.parametrize("mount", Mount)
def test_a_belt_that_can_be_is_the_speed(mount: Mount) -> None:
    found = steps(run(mount), Wearer(speed_m_s=1.1 * SPEED_M_S))
    assert len(speeds(found)) > 15
    assert set(speeds(found)) == {1.1 * SPEED_M_S}
    for s in found[2:]:
        if s.stride_length_m is not None:
            stride_s = s.duration_s if mount is Mount.SHOE else 2.0 * s.duration_s
            assert s.stride_length_m == pytest.approx(1.1 * SPEED_M_S * stride_s, rel=0.1)


@pytest.mark.parametrize(
    ("mount", "said"), [(Mount.WAIST, 8.3), (Mount.WAIST, 0.84), (Mount.SHOE, 4.5)]
)
def test_a_belt_that_cannot_be_is_as_if_nothing_had_been_said(mount: Mount, said: float) -> None:
    assert steps(run(mount), Wearer(speed_m_s=said)) == steps(run(mount), Wearer())


def test_without_a_gyro_the_belt_is_the_shoes_only_speed() -> None:
    blind = run(Mount.SHOE, gyro=False)
    assert not speeds(steps(blind, Wearer()))
    assert set(speeds(steps(blind, Wearer(speed_m_s=SPEED_M_S)))) == {SPEED_M_S}


def test_a_stride_that_nobody_takes_is_not_said_even_where_nothing_else_is_known() -> None:
    assert not speeds(steps(run(Mount.SHOE, gyro=False), Wearer(speed_m_s=8.3)))


@pytest.mark.parametrize("mount", Mount)
def test_the_runners_own_contact_time_counts_at_both_mounts(mount: Mount) -> None:
    own = [s.contact_s for s in steps(run(mount), Wearer(contact_offset_s=-0.012)) if s.contact_s]
    usual = [s.contact_s for s in steps(run(mount), Wearer()) if s.contact_s]
    assert len(own) > 15
    assert np.allclose(np.array(own) - np.array(usual), -0.012)


@pytest.mark.parametrize("mount", Mount)
def test_no_offset_makes_a_stance_that_nobody_has(mount: Mount) -> None:
    for s in steps(run(mount), Wearer(contact_offset_s=-0.5)):
        assert s.contact_s is None or s.contact_s == pytest.approx(0.095)


@given(st.floats(0.5, 9.0), st.floats(0.5, 9.0), st.floats(1.1, 3.0))
def test_two_speeds_agree_whichever_is_the_greater(a: float, b: float, ratio: float) -> None:
    agreed = Belt(a, ratio).beside(b, 0.7) is not None
    assert agreed == (Belt(b, ratio).beside(a, 0.7) is not None)
    if max(a, b) / min(a, b) < 0.999 * ratio:
        assert agreed
