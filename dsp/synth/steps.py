"""When the feet of a synthetic runner meet and leave the ground."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from dsp.block import BoolArray, FloatArray, IntArray
from dsp.synth.phases import Motion, Phase
from dsp.synth.runner import Runner

_GLIDE_S = 0.7  # time constant with which cadence and speed follow a change: two or three steps
_START_S = 0.45  # from the first intention to the first strike
_STOP_S = 0.9  # before a stop, speed and cadence fall during this time


@dataclass(frozen=True, slots=True)
class Steps:
    """Every contact of either foot, walking or running, in order of time.

    Args:
        t: (n,) initial contact, s.
        left: (n,) whether the left foot struck.
        running: (n,) False for walking and stairs.
        step_s: (n,) time to the next strike (of the last of a bout: what it would have been), s.
        contact_s: (n,) contact time, s.
        speed: (n,) m/s.
        slope_deg: (n,) uphill positive.
        stairs: (n,) on stairs.
        climb_m: (n,) height gained by stairs up to this contact from the one before it (of a bout's
            first: from where the runner stood), m.
        bout: (n,) number of the uninterrupted run of steps it belongs to.
    """

    t: FloatArray
    left: BoolArray
    running: BoolArray
    step_s: FloatArray
    contact_s: FloatArray
    speed: FloatArray
    slope_deg: FloatArray
    stairs: BoolArray
    climb_m: FloatArray
    bout: IntArray

    def __len__(self) -> int:
        return len(self.t)


def _glide(t: FloatArray, phases: Sequence[Phase], last: bool) -> tuple[FloatArray, FloatArray]:
    """Cadence (steps/min) and speed (m/s) at the times `t` since the start of a bout."""
    cadence, speed = np.empty_like(t), np.empty_like(t)
    start, before = 0.0, None
    for phase in phases:
        inside = t >= start
        since = t[inside] - start
        c0, c1 = phase.cadences
        c = c0 + (c1 - c0) * np.minimum(since / phase.duration_s, 1.0)
        v = np.full_like(since, phase.pace)
        from_c, from_v = before or (0.88 * c0, 0.5 * phase.pace)
        fade = np.exp(-since / _GLIDE_S)
        cadence[inside] = c + (from_c - c0) * fade
        speed[inside] = v + (from_v - phase.pace) * fade
        start += phase.duration_s
        before = (c1, phase.pace)
    if last:
        slow = np.clip((t - (start - _STOP_S)) / _STOP_S, 0.0, 1.0)
        cadence *= 1.0 - 0.15 * slow
        speed *= 1.0 - 0.55 * slow
    return cadence, speed


def contact_time(
    speed: FloatArray, step_s: FloatArray, running: BoolArray, scale: float
) -> FloatArray:
    """Contact time, s.

    Running: inverse square root of speed through 0.235 s at 3.33 m/s, which gives the published
        duty factors
    of 0.28 to 0.41 at 5.4 to 2.5 m/s (science.md 2.1; PeerJ 11199). Walking: 58 to 62 % of the
    stride.
    """
    run = scale * 0.235 * np.sqrt(3.33 / speed * step_s / 0.36)
    run = np.clip(run, 0.13, 0.96 * step_s)
    walk = step_s * np.clip(1.30 - 0.06 * speed, 1.12, 1.28)
    return np.asarray(np.where(running, run, walk))


def _bout(
    phases: Sequence[Phase], runner: Runner, rng: np.random.Generator
) -> dict[str, FloatArray]:
    total = sum(p.duration_s for p in phases)
    grid = np.arange(0.0, total, 0.02)
    cadence, _ = _glide(grid, phases, last=True)
    counted = np.concatenate([[0.0], np.cumsum(cadence[:-1] * 0.02 / 60.0)])
    nominal = np.interp(np.arange(int(counted[-1]) + 1), counted, grid)
    n = max(len(nominal) - 1, 1)
    duration = np.diff(nominal) if len(nominal) > 1 else np.array([60.0 / cadence[0]])
    left = (np.arange(n) + rng.integers(2)) % 2 == 0
    drift = np.empty(n)
    noise = rng.normal(size=n)
    level = 0.0
    for i in range(n):  # first-order wander over some 20 steps, SD = runner.wander
        level = 0.95 * level + np.sqrt(1 - 0.95**2) * noise[i]
        drift[i] = level
    # Truncated at 3 SD: a step of a stumbling runner is another motion.
    white = np.clip(rng.normal(size=n), -3, 3)
    uneven = np.where(left, 0.5, -0.5) * runner.step_asymmetry
    duration = duration * (1.0 + uneven + runner.jitter * white + runner.wander * drift)
    t = _START_S + np.concatenate([[0.0], np.cumsum(duration[:-1])])
    keep = t + 1.1 * duration < total
    t, duration, left = t[keep], duration[keep], left[keep]
    edges = np.cumsum([p.duration_s for p in phases])
    which = np.minimum(np.searchsorted(edges, t, side="right"), len(phases) - 1)
    _, speed = _glide(t, phases, last=True)
    running = np.array([p.kind is Motion.RUN for p in phases])[which]
    contact = contact_time(speed, duration, running, runner.contact_scale)
    fixed = np.array([p.contact_fraction or np.nan for p in phases])[which]
    contact = np.where(np.isnan(fixed), contact, fixed * duration)
    # The legs, not the clock: contact times vary a little by themselves.
    contact = contact * (1.0 + 0.6 * runner.jitter * np.clip(rng.normal(size=len(t)), -3, 3))
    return {
        "t": t,
        "left": left,
        "running": running,
        "step_s": duration,
        "contact_s": contact,
        "speed": speed,
        "slope_deg": np.array([p.slope_deg for p in phases])[which],
        "stairs": np.array([p.kind is Motion.STAIRS for p in phases])[which],
        "climb_m": np.array([p.climb_m for p in phases])[which],
    }


def take_steps(phases: Sequence[Phase], runner: Runner, rng: np.random.Generator) -> Steps:
    """Strikes, contact times and sides for all gait phases; sides alternate within a bout."""
    found: list[dict[str, FloatArray]] = []
    start = 0.0
    for is_gait, group in groupby(phases, key=lambda p: p.kind.is_gait):
        together = list(group)
        if is_gait:
            bout = _bout(together, runner, rng)
            bout["t"] = bout["t"] + start
            bout["bout"] = np.full(len(bout["t"]), len(found))
            found.append(bout)
        start += sum(p.duration_s for p in together)

    def column(name: str) -> FloatArray:
        return np.concatenate([b[name] for b in found]) if found else np.zeros(0)

    return Steps(
        t=column("t"),
        left=column("left").astype(bool),
        running=column("running").astype(bool),
        step_s=column("step_s"),
        contact_s=column("contact_s"),
        speed=column("speed"),
        slope_deg=column("slope_deg"),
        stairs=column("stairs").astype(bool),
        climb_m=column("climb_m"),
        bout=column("bout").astype(np.int64),
    )
