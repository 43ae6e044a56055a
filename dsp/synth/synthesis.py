"""From phases, a runner and a sensor to samples with exact truth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dsp.block import BoolArray, FloatArray, IntArray, Mount, SampleBlock, Side, Stream
from dsp.errors import ConfigError
from dsp.synth.foot_path import ground_deg
from dsp.synth.other import add_other_motion
from dsp.synth.phases import Motion, Phase
from dsp.synth.runner import Runner
from dsp.synth.sensor import Sensor, measure
from dsp.synth.shoe import Shoe, shoe, strike_angle
from dsp.synth.steps import Steps, take_steps
from dsp.synth.waist import Waist, waist

_IMPACT_S = 0.08
_FINE_S = 0.001


@dataclass(frozen=True, slots=True)
class Truth:
    """What really happened; n contacts of both feet, walking ones included, in order of time.

    Args:
        strike_t: (n,) initial contact, s.
        toe_off_t: (n,) end of contact, s; NaN for the last contact of a bout: the runner stands on
            it.
        left: (n,) whether the left foot struck.
        running: (n,) a running strike; False for walking and stairs.
        impact_g: (n,) true peak specific force at the sensor 0 to 80 ms after the strike, without
            noise or clipping, g: vertical at the waist, resultant at the shoe (NaN for the other
            foot).
        transient_g: (n,) amplitude of the shock alone, g: what a softer strike would take away.
        cadence_spm: (n,) 60 / time to the next strike; NaN for the last contact of a bout.
        bout: (n,) number of the uninterrupted run of steps; sides alternate strictly within one.
        speed_m_s: (n,) running or walking speed. slope_deg: (n,) of the ground, uphill positive.
        stride_length_m: (n,) to the next strike of the same foot; NaN for the last two of a bout.
        stride_rise_m: (n,) height that it gains, up a slope or stairs; NaN likewise.
        strike_angle_deg: (n,) foot to ground at the strike, toe up positive.
        oscillation_m: (n,) peak to peak height of the waist from this strike to the next, free of
            drift; NaN for the last contact of a bout, and at the shoe.
        phase_t: (m + 1,) boundaries of the phases, s.
        phase_kind: what each of the m phases was.
    """

    strike_t: FloatArray
    toe_off_t: FloatArray
    left: BoolArray
    running: BoolArray
    impact_g: FloatArray
    transient_g: FloatArray
    cadence_spm: FloatArray
    bout: IntArray
    speed_m_s: FloatArray
    slope_deg: FloatArray
    stride_length_m: FloatArray
    stride_rise_m: FloatArray
    strike_angle_deg: FloatArray
    oscillation_m: FloatArray
    phase_t: FloatArray
    phase_kind: tuple[Motion, ...]

    @property
    def side(self) -> tuple[Side, ...]:
        """The foot of every contact."""
        return tuple(Side.LEFT if left else Side.RIGHT for left in self.left)

    @property
    def run_strike_t(self) -> FloatArray:
        """Times of the running strikes only, s."""
        return np.asarray(self.strike_t[self.running])


@dataclass(frozen=True, slots=True)
class SynthRun:
    """A synthetic recording.

    Args:
        stream: its description; the rate is the true mean one.
        block: all samples, SI, sensor axes, exact sample times.
        truth: what really happened.
        sensor: what measured it; `sensor.rate_hz` is the nominal rate.
    """

    stream: Stream
    block: SampleBlock
    truth: Truth
    sensor: Sensor


def _true_impact(body: Waist | Shoe, steps: Steps, mount: Mount, side: Side) -> FloatArray:
    offsets = np.arange(0.0, _IMPACT_S + _FINE_S / 2, _FINE_S)
    out = np.full(len(steps), np.nan)
    mine = np.ones(len(steps), dtype=bool)
    if mount is Mount.SHOE:
        mine = steps.left == (side is Side.LEFT)
    if not mine.any():
        return out
    force, _ = body.motion((steps.t[mine, None] + offsets).ravel())
    size = force[:, 2] if mount is Mount.WAIST else np.linalg.norm(force, axis=1)
    out[mine] = size.reshape(-1, len(offsets)).max(axis=1)
    return out


def _oscillation(body: Waist | Shoe, steps: Steps) -> FloatArray:
    return body.oscillation() if isinstance(body, Waist) else np.full(len(steps), np.nan)


def _stride_length(steps: Steps) -> FloatArray:
    length = np.full(len(steps), np.nan)
    same = steps.bout[2:] == steps.bout[:-2]
    length[:-2] = np.where(same, steps.speed[:-2] * (steps.t[2:] - steps.t[:-2]), np.nan)
    return length


def _stride_rise(steps: Steps, length: FloatArray) -> FloatArray:
    rise = length * np.sin(np.radians(ground_deg(steps)))
    rise[:-2] += steps.climb_m[1:-1] + steps.climb_m[2:]
    return np.asarray(rise)


def synthesize(
    phases: Sequence[Phase],
    *,
    runner: Runner | None = None,
    sensor: Sensor | None = None,
    mount: Mount = Mount.WAIST,
    side: Side = Side.RIGHT,
    seed: int = 0,
) -> SynthRun:
    """A recording of `runner` doing `phases`; the same arguments give the same samples.

    Args:
        side: the instrumented foot; only for a shoe mount.

    Raises:
        ConfigError: no phases, or a shoe mount without a side.
    """
    if not phases:
        raise ConfigError("phases: at least one is needed")
    if mount is Mount.SHOE and side is Side.UNKNOWN:
        raise ConfigError("side: a shoe sensor sits on the left or the right foot")
    runner, sensor = runner or Runner(), sensor or Sensor()
    # Independent streams: a change of the sensor leaves the steps as they were.
    gait, motion, other, noise = (np.random.default_rng([seed, i]) for i in range(4))
    steps = take_steps(phases, runner, gait)
    edges = np.concatenate([[0.0], np.cumsum([p.duration_s for p in phases])])
    t = sensor.sample_times(float(edges[-1]))
    body: Waist | Shoe
    if mount is Mount.WAIST:
        body = waist(steps, runner, motion)
        transient_g = body.impact
    else:
        body = shoe(steps, runner, side is Side.LEFT, motion)
        transient_g = np.full(len(steps), np.nan)
        transient_g[steps.left == (side is Side.LEFT)] = body.impact
    force, rate = body.motion(t)
    add_other_motion(phases, t, force, rate, mount, other)
    block = measure(sensor, t, force, rate, noise)
    length = _stride_length(steps)
    ends = np.diff(steps.bout, append=-1) != 0
    truth = Truth(
        strike_t=steps.t,
        toe_off_t=np.where(ends, np.nan, steps.t + steps.contact_s),
        left=steps.left,
        running=steps.running,
        impact_g=_true_impact(body, steps, mount, side),
        transient_g=transient_g,
        cadence_spm=np.where(ends, np.nan, 60.0 / steps.step_s),
        bout=steps.bout,
        speed_m_s=steps.speed,
        slope_deg=steps.slope_deg,
        stride_length_m=length,
        stride_rise_m=_stride_rise(steps, length),
        strike_angle_deg=strike_angle(steps, runner),
        oscillation_m=_oscillation(body, steps),
        phase_t=edges,
        phase_kind=tuple(p.kind for p in phases),
    )
    stream = Stream(
        mount,
        sensor.true_rate_hz,
        side if mount is Mount.SHOE else Side.UNKNOWN,
        has_gyro=bool(sensor.gyr_axes),
    )
    return SynthRun(stream, block, truth, sensor)


def _counts(values: FloatArray, scale: float) -> npt.NDArray[np.int16]:
    filled = np.nan_to_num(values / scale, nan=0.0)
    return np.clip(np.rint(filled), -32768, 32767).astype(np.int16)


def chunks(
    run: SynthRun, acc_scale: float, gyr_scale: float, chunk_s: float = 0.01
) -> Iterator[tuple[npt.NDArray[np.int16], float, int]]:
    """What a driver would hand over, drain by drain.

    Yields:
        (n, 6) int16 counts, accelerometer x y z then gyro x y z ((n, 3) without a gyro; an axis
        that was not recorded is 0), the true time of the last sample, s, and the samples lost
        before the first one. A drain ends early where samples are missing, so that every loss lies
        before a first sample.
    """
    block = run.block
    counts = _counts(block.acc, acc_scale)
    if block.gyr is not None:
        counts = np.hstack([counts, _counts(block.gyr, gyr_scale)])
    size = max(1, round(chunk_s * run.stream.rate_hz))
    starts = np.concatenate([[0], np.flatnonzero(block.lost > 0), [len(block)]])
    for a, b in pairwise(starts.tolist()):
        for i in range(a, b, size):
            j = min(i + size, b)
            yield counts[i:j], float(block.t[j - 1]), int(block.lost[i])
