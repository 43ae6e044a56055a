"""What is not gait: jumping, sitting down, bending, a shaken device, a car (and `everyday`)."""

from collections.abc import Callable, Sequence
from math import pi, radians

import numpy as np

from dsp.block import FloatArray, Mount
from dsp.synth.everyday import cycle, fall, handled, stumble
from dsp.synth.phases import Motion, Phase
from dsp.synth.shapes import bell, lean, pitch

_Rng = np.random.Generator


def _jump(
    t: FloatArray, end: float, force: FloatArray, rate: FloatArray, at: Mount, r: _Rng
) -> None:
    """Separate jumps, each balanced: what the push gives, flight and landing take."""
    start = 0.3
    while start + 1.5 < end:
        crouch, push, air, land = r.uniform([0.25, 0.22, 0.32, 0.15], [0.35, 0.3, 0.5, 0.24])
        dip = 0.35
        up = start + crouch + push
        impulse = air / 2  # of the take-off and of the landing speed, g s
        fly = np.clip((t - up + 0.03) / 0.03, 0, 1) * np.clip((up + air + 0.02 - t) / 0.02, 0, 1)
        force[:, 2] -= 0.97 * fly
        if at is Mount.WAIST:
            force[:, 2] -= dip * bell(t, start, crouch)
            force[:, 2] += (impulse * pi / 2 / push + dip * crouch / push) * bell(
                t, start + crouch, push
            )
            force[:, 2] += impulse * pi / 2 / land * bell(t, up + air, land)
            force[:, 0] += r.normal(0.0, 0.25) * bell(t, up + air, land)
        shock = r.uniform(0.4, 1.2) if at is Mount.WAIST else r.uniform(4.0, 9.0)
        force[:, 2] += shock * bell(t, up + air + 0.006, 0.035 if at is Mount.WAIST else 0.015)
        rate[:, 1] += r.normal(0.0, 1.5) * bell(t, start + crouch, push + air + land)
        start = up + air + land + r.uniform(0.25, 0.9)


def _sit(
    t: FloatArray, end: float, force: FloatArray, rate: FloatArray, at: Mount, r: _Rng
) -> None:
    start = 0.5
    while start + 4.0 < end:
        if at is Mount.SHOE:  # the feet stay where they are and shuffle
            force[:, 0] += r.normal(0.0, 0.15) * bell(t, start + 1.0, 0.25)
        else:
            hold = r.uniform(1.5, 3.5)
            value, speed = lean(t, start, 0.9, hold)
            back = radians(r.uniform(-35.0, -15.0))
            force[:, 2] -= 0.25 * bell(t, start, 0.5)
            force[:, 2] += 0.3 * bell(t, start + 0.5, 0.4)
            force[:, 2] += r.uniform(0.3, 1.2) * bell(t, start + 0.85, 0.08)  # meets the chair
            force[:, 2] += 0.3 * bell(t, start + 0.9 + hold, 0.5)
            force[:, 2] -= 0.25 * bell(t, start + 1.4 + hold, 0.5)
            pitch(force, rate, back * value, back * speed)
        start += r.uniform(5.5, 7.5)


def _bend(
    t: FloatArray, end: float, force: FloatArray, rate: FloatArray, at: Mount, r: _Rng
) -> None:
    start = 0.3
    while start + 3.0 < end:
        angle = radians(r.uniform(40.0, 85.0) if at is Mount.WAIST else r.uniform(0.0, 25.0))
        value, speed = lean(t, start, r.uniform(0.7, 1.2), r.uniform(0.2, 1.0))
        pitch(force, rate, angle * value, angle * speed)
        start += r.uniform(3.0, 4.5)


def _shake(
    t: FloatArray, end: float, force: FloatArray, rate: FloatArray, at: Mount, r: _Rng
) -> None:
    """In the hand: turned over, and shaken in spells of a steady 2 to 6 Hz."""
    angle = np.zeros_like(t)
    speed = np.zeros_like(t)
    for _ in range(4):
        hz, size, phase = r.uniform(0.1, 0.6), r.uniform(0.2, 0.8), r.uniform(0, 2 * pi)
        angle += size * (np.sin(2 * pi * hz * t + phase) - np.sin(phase))
        speed += size * 2 * pi * hz * np.cos(2 * pi * hz * t + phase)
    start = 0.5
    while start + 1.0 < end:
        length = min(r.uniform(1.0, 4.0), end - start)
        way = r.normal(size=3)
        way /= np.linalg.norm(way)
        turn = r.normal(size=3) * 3.0
        swing = bell(t, start, length) * np.sin(2 * pi * r.uniform(2.0, 6.0) * (t - start))
        force += r.uniform(0.6, 3.0) * swing[:, None] * way
        rate += swing[:, None] * turn
        start += length + r.uniform(0.3, 2.0)
    pitch(force, rate, angle, speed)


def _car(
    t: FloatArray, end: float, force: FloatArray, rate: FloatArray, at: Mount, r: _Rng
) -> None:
    """Body on its springs at 1 to 2 Hz, engine and road above 10 Hz, now and then a bump."""
    for lo, hi, size, many in ((1.0, 2.2, 0.05, 6), (10.0, 28.0, 0.02, 10)):
        for _ in range(many):
            hz, phase = r.uniform(lo, hi), r.uniform(0, 2 * pi)
            way = r.normal(size=3) * [0.5, 0.6, 1.0] * size
            force += np.sin(2 * pi * hz * t + phase)[:, None] * way
            rate += np.sin(2 * pi * hz * t)[:, None] * r.normal(size=3) * size * 0.5
    for start in r.uniform(0.0, end, r.poisson(end / 8.0)):
        force[:, 2] += r.uniform(0.3, 1.0) * (bell(t, start, 0.09) - bell(t, start + 0.09, 0.12))


def _restless(force: FloatArray, rate: FloatArray, t: FloatArray, r: _Rng) -> None:
    """What a living body adds to any movement: small sway and tremor in all directions."""
    for hz in r.uniform(0.3, 7.0, 12):
        wave = np.sin(2 * pi * (hz * t + r.uniform()))[:, None] / np.sqrt(hz)
        force += wave * r.normal(size=3) * 0.012
        rate += wave * r.normal(size=3) * 0.03


_MOTIONS: dict[Motion, Callable[[FloatArray, float, FloatArray, FloatArray, Mount, _Rng], None]] = {
    Motion.JUMP: _jump,
    Motion.SIT_DOWN: _sit,
    Motion.BEND: _bend,
    Motion.SHAKE: _shake,
    Motion.CAR: _car,
    Motion.CYCLE: cycle,
    Motion.FALL: fall,
    Motion.STUMBLE: stumble,
    Motion.HANDLED: handled,
}


def add_other_motion(
    phases: Sequence[Phase],
    t: FloatArray,
    force: FloatArray,
    rate: FloatArray,
    mount: Mount,
    rng: _Rng,
) -> None:
    """Adds the phases that are not gait to force (n, 3), g, and rate (n, 3), rad/s, in place.

    Standing gets the slow sway of a standing body; every phase draws from its own random stream.
    """
    start = 0.0
    for phase in phases:
        own = np.random.default_rng(rng.integers(2**63))
        a, b = np.searchsorted(t, [start, start + phase.duration_s])
        here = t[a:b] - start
        add = _MOTIONS.get(phase.kind)
        if add is not None:
            fade = np.clip(np.minimum(here, phase.duration_s - here) / 0.25, 0, 1)[:, None]
            moved, turned = force[a:b].copy(), rate[a:b].copy()
            _restless(moved, turned, here, own)
            add(here, phase.duration_s, moved, turned, mount, own)
            force[a:b] += fade * (moved - force[a:b])
            rate[a:b] += fade * (turned - rate[a:b])
        elif phase.kind is Motion.STAND and mount is Mount.WAIST:
            fade = np.clip(np.minimum(here, phase.duration_s - here) / 0.5, 0, 1)
            for hz in own.uniform(0.15, 0.9, 4):
                way = own.normal(size=2) * 0.006
                force[a:b, :2] += (fade * np.sin(2 * pi * hz * here))[:, None] * way
        start += phase.duration_s
