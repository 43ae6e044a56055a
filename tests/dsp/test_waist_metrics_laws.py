"""Both laws for the metrics that remember much: a minute's baseline, a stand, a runner's axes."""

from functools import cache

import numpy as np
import pytest

from dsp.block import SampleBlock, Stream, recut
from dsp.events import Event, Step
from dsp.pipeline import Pipeline
from dsp.synth import Loss, Motion, Phase, Runner, Sensor, synthesize, tilted
from dsp.wearer import Wearer
from tests.thorough import every

WEARERS = [Wearer(height_m=1.75), Wearer(height_m=1.7, speed_m_s=3.0, forward=(0.0, 1.0, 0.0))]


@cache
def eventful() -> tuple[Stream, SampleBlock]:
    """Two stands, a run with a hill and lost samples, and a second run after the second stand."""
    run = synthesize(
        [
            Phase(Motion.STAND, 4.0),
            Phase(Motion.RUN, 92.0, 165.0),
            Phase(Motion.RUN, 12.0, 168.0, slope_deg=8.0),
            Phase(Motion.RUN, 25.0, 166.0),
            Phase(Motion.STAND, 5.0),
            Phase(Motion.RUN, 12.0, 170.0),
        ],
        runner=Runner(lean_forward_deg=5.0),
        sensor=Sensor(
            rate_hz=104.0,
            mounting=tilted(10.0, -12.0, 80.0),
            loss=Loss(bursts_per_min=2.0, gaps=((60.0, 0.3),)),
        ),
        seed=6,
    )
    return run.stream, run.block


def told(wearer: Wearer, edges: list[int]) -> list[Event]:
    stream, block = eventful()
    pipeline = Pipeline(stream, wearer)
    return [e for piece in recut(block, edges) for e in pipeline.push(piece)]


@pytest.mark.parametrize("wearer", WEARERS)
def test_the_example_holds_every_metric(wearer: Wearer) -> None:
    steps = [e for e in told(wearer, []) if isinstance(e, Step)]
    for name in (
        "impact_rise_g_s", "toe_off_t", "contact_s", "flight_s", "duty_factor", "peak_force_bw",
        "vertical_oscillation_m", "vertical_ratio_percent", "lean_forward_deg", "lean_left_deg",
        "braking_m_s", "vertical_stiffness_bw_m", "leg_stiffness_bw_m", "speed_m_s",
        "stride_length_m",
    ):  # fmt: skip
        values = [getattr(s, name) for s in steps]
        assert any(v is not None for v in values), name
        assert any(v is None for v in values), name
    assert {s.level_ground for s in steps} == {None, False, True}


@pytest.mark.parametrize("wearer", WEARERS)
def test_cutting_elsewhere_changes_no_metric(wearer: Wearer) -> None:
    n = len(eventful()[1])
    whole = told(wearer, [])
    rng = np.random.default_rng(1)
    # Sample by sample: every fourth stretch of five seconds, all of them when thorough.
    single = [k for k in range(1, n) if k % 41 == 0 or k // 520 % every(4) == 0]
    for edges in (single, list(range(41, n, 41)), rng.integers(1, n, 9).tolist()):
        assert told(wearer, edges) == whole


@pytest.mark.parametrize("wearer", WEARERS)
def test_the_samples_up_to_a_step_yield_its_metrics(wearer: Wearer) -> None:
    stream, block = eventful()
    whole = told(wearer, [])
    steps = [e for e in whole if isinstance(e, Step)]
    for step in steps[:: len(steps) // 8]:
        end = int(np.searchsorted(block.t, step.t_decision, side="right"))
        before = [e for e in Pipeline(stream, wearer).push(block[:end])]
        assert step in before
        assert before == whole[: len(before)]
