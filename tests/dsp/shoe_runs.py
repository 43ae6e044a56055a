"""Synthetic runs at the shoe with what the pipeline made of them: shared by the shoe's tests."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dsp.block import FloatArray, Mount, SampleBlock, Side, Stream
from dsp.events import Event, FootStrike, Step, WalkStep
from dsp.pipeline import Pipeline
from dsp.synth import SHOE_SENSOR, Motion, Phase, Runner, Sensor, SynthRun, synthesize
from dsp.units import STANDARD_GRAVITY
from firmware_py.evaluate.matching import match

WINDOW_S = 0.050
BLIND = replace(SHOE_SENSOR, gyr_axes="")
"""A sensor without a gyro."""


@dataclass(frozen=True)
class Read:
    """A run, what the pipeline made of it, and (truth, found) pairs of the foot's strikes."""

    run: SynthRun
    events: list[Event]
    strikes: list[FootStrike]
    truth_t: FloatArray
    pairs: list[tuple[int, int]]

    @property
    def steps(self) -> list[Step]:
        return [e for e in self.events if isinstance(e, Step)]

    @property
    def walk_steps(self) -> list[WalkStep]:
        return [e for e in self.events if isinstance(e, WalkStep)]

    @property
    def inferred(self) -> list[FootStrike]:
        return [e for e in self.events if isinstance(e, FootStrike) and e.inferred]

    @property
    def error_s(self) -> FloatArray:
        return np.array([self.strikes[j].t - self.truth_t[i] for i, j in self.pairs])

    @property
    def latency_s(self) -> FloatArray:
        """Of the strikes after the first five strides, which find the rhythm."""
        return np.array(
            [self.strikes[j].t_decision - self.truth_t[i] for i, j in self.pairs if i > 5]
        )

    @property
    def false(self) -> list[FootStrike]:
        right = {j for _, j in self.pairs}
        return [s for j, s in enumerate(self.strikes) if j not in right]


def read(run: SynthRun) -> Read:
    events: list[Event] = [*Pipeline(run.stream).push(run.block)]
    strikes = [e for e in events if isinstance(e, FootStrike) and not e.inferred]
    own = run.truth.left == (run.stream.side is Side.LEFT)
    truth_t = np.asarray(run.truth.strike_t[own & run.truth.running])
    found = np.array([s.t for s in strikes])
    return Read(run, events, strikes, truth_t, match(truth_t, found, WINDOW_S))


def doing(
    phases: Sequence[Phase],
    *,
    seed: int = 1,
    sensor: Sensor = SHOE_SENSOR,
    side: Side = Side.RIGHT,
    runner: Runner | None = None,
) -> SynthRun:
    return synthesize(phases, mount=Mount.SHOE, sensor=sensor, side=side, seed=seed, runner=runner)


def running(
    seconds: float = 20.0,
    *,
    seed: int = 1,
    sensor: Sensor = SHOE_SENSOR,
    side: Side = Side.RIGHT,
    runner: Runner | None = None,
    spm: float = 166.0,
) -> SynthRun:
    """From standing to standing."""
    phases = [Phase(Motion.STAND, 2.0), Phase(Motion.RUN, seconds, spm), Phase(Motion.STAND, 4.0)]
    return doing(phases, seed=seed, sensor=sensor, side=side, runner=runner)


def unfelt(run: SynthRun, start: float, end: float) -> SynthRun:
    """The same, but from `start` to `end`, s, the foot only turns sideways in the air, without any
    shock: what it does in between is not felt."""
    block = run.block
    if block.gyr is None:
        raise ValueError("the run has no gyro")
    # Ramps of 0.1 s: a step would be a shock.
    share = np.clip(np.minimum(block.t - start, end - block.t) / 0.1, 0.0, 1.0)[:, np.newaxis]
    acc = block.acc + share * (1.5 * block.acc[0] - block.acc)
    gyr = block.gyr + share * (np.array([2.5, 0.0, 0.0]) - block.gyr)
    return replace(run, block=replace(block, acc=acc, gyr=gyr))


def shaken_pedals(rpm: float, sensor: Sensor, road_g: float, seconds: float = 40.0) -> SynthRun:
    """A foot that goes round on a crank of 0.17 m, rocking, and shaken all the time."""
    rng = np.random.default_rng(round(rpm))
    t = np.arange(0.0, seconds, 1.0 / sensor.rate_hz)
    angle = 2.0 * np.pi * rpm / 60.0 * t
    pull = 0.17 * (2.0 * np.pi * rpm / 60.0) ** 2 / STANDARD_GRAVITY
    pitch, rate = 0.35 * np.sin(angle), 0.35 * 2.0 * np.pi * rpm / 60.0 * np.cos(angle)
    forward, upward = -pull * np.cos(angle), 1.0 - pull * np.sin(angle)
    road = road_g * rng.normal(size=(len(t), 3))
    force = road + np.stack(
        [
            np.cos(pitch) * forward + np.sin(pitch) * upward,
            np.zeros_like(t),
            np.cos(pitch) * upward - np.sin(pitch) * forward,
        ],
        axis=1,
    )
    gyr = np.stack([0.1 * rate, -rate, 0.1 * rate], axis=1)
    no = np.zeros(len(t), dtype=bool)
    block = SampleBlock(
        t,
        force * STANDARD_GRAVITY,
        gyr if sensor.gyr_axes else None,
        np.zeros(len(t), dtype=np.int64),
        no,
        no,
    )
    stream = Stream(Mount.SHOE, sensor.rate_hz, Side.RIGHT, has_gyro=bool(sensor.gyr_axes))
    standing = synthesize([Phase(Motion.STAND, 1.0)], sensor=sensor, mount=Mount.SHOE)
    return replace(standing, stream=stream, block=block)
