"""The path of a synthetic runner's instep: what it passes through in every stride."""

from typing import Final

import numpy as np

from dsp.block import BoolArray, FloatArray
from dsp.synth.runner import Runner
from dsp.synth.steps import Steps

# Pitch (degrees, toe up positive), forward (m) and upward (m) of the instep from where it stands
# flat. Swing: share of the swing; forward as a share of the stride length. After sagittal foot
# kinematics of walking and running: heel-off a little before half way through running stance and
# two thirds through walking stance, toe-off with the heel high, highest heel in early swing, fast
# forward pitch in mid-swing, slight retraction before contact.
_RUN_SWING: Final = np.array(
    [
        # share, pitch / lowest pitch or degrees, forward / stride, upward
        [0.46, 0.75, 0.510, 0.235],
        [0.62, 0.30, 0.735, 0.165],
        [0.76, 2.0, 0.890, 0.110],
        [0.88, 15.0, 0.968, 0.068],
    ]
)
_RUN_RISE: Final = np.array([[0.12, 0.100, 0.135], [0.25, 0.240, 0.220]])
"""Share, forward / stride, upward while the foot's backward turning is braked."""
_WALK_STANCE: Final = np.array(
    [
        [0.30, 0.0, 0.0, 0.0],
        [0.50, 0.0, 0.0, 0.0],
        [0.64, -3.0, 0.002, 0.003],
        [0.78, -14.0, 0.014, 0.018],
        [0.90, -33.0, 0.042, 0.047],
        [1.00, -58.0, 0.095, 0.090],
    ]
)
_WALK_SWING: Final = np.array(
    [
        [0.16, -68.0, 0.170, 0.130],
        [0.34, -48.0, 0.390, 0.125],
        [0.52, -16.0, 0.630, 0.085],
        [0.70, 10.0, 0.840, 0.055],
        [0.86, 22.0, 0.955, 0.048],
    ]
)
_CLIMBED: Final = np.array([[0.0, 0.16, 0.34, 0.52, 0.70, 1.0], [0.0, 0.10, 0.50, 0.90, 1.0, 1.0]])
"""Share of the swing, of the stride's stairs: the foot is above a stair before it gets there. Down
it is let down once past the edge: the same backward."""
_FLAT_S: Final = 0.045  # from a rearfoot strike to the flat foot when running
_FLAT_SHARE: Final = 0.25  # of the contact, at most
_FLAT_WALK_S: Final = 0.085
_WALK_ANGLE_DEG: Final = 18.0
_HEEL_OFF: Final = 0.42
_TOE_OFF_PITCH_DEG: Final = 42.0
_PIVOT: Final = np.array([0.13, -0.05])
"""Ball of the foot from the instep, forward and upward, m: the foot turns about it until it leaves
the ground."""


def strike_angle(steps: Steps, runner: Runner) -> FloatArray:
    """(n,) foot to ground at every strike, degrees, toe up positive."""
    run = runner.strike_angle_deg * np.minimum(steps.speed / 2.0, 1.0)
    return np.asarray(np.where(steps.running, run, _WALK_ANGLE_DEG))


def ground_deg(steps: Steps) -> FloatArray:
    """(n,) slope under the foot, degrees: a stair is level."""
    return np.asarray(np.where(steps.stairs, 0.0, steps.slope_deg))


def _push_off(contact_s: float, brake_s: float, toe_off_deg: float) -> tuple[FloatArray, float]:
    """Late stance: (k, 4) share of the contact, pitch, forward, upward; turning at toe-off, deg/s.

    A balance of torques on the foot. The calf turns the heel up with a torque that grows from
    heel-off and ends with the ground's force; what brakes the foot (passive stretch, the muscles
    that pull the toe up) sets in at the end and stays until the foot has stopped turning, `brake_s`
    after toe-off. Both sizes follow from the pitch at toe-off and from that stop. The shape is that
    of the hallway recordings' pitch rate around its extremum: a
    sharp peak, half gone 60 ms later and all of it after 0.1 s.
    """
    push_s = (1.0 - _HEEL_OFF) * contact_s
    x = push_s / brake_s
    # Push 12 u² (1 - u), brake 5 (u - 0.8) from u = 0.8; both integrated twice over u = 0 … 1.
    turning = toe_off_deg / push_s / (0.4 * (1.0 + 0.1 * x) - x / 150.0)
    push, brake = turning * (1.0 + 0.1 * x), turning * x
    u = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.74, 0.87, 1.0])
    late = np.maximum(u - 0.8, 0.0)
    pitch = -push_s * (push * (u**4 - 0.6 * u**5) - brake * late**3 * 5.0 / 6.0)
    angle = np.radians(pitch)
    c, s = np.cos(angle), np.sin(angle)
    forward = _PIVOT[0] - (c * _PIVOT[0] - s * _PIVOT[1])
    upward = _PIVOT[1] - (s * _PIVOT[0] + c * _PIVOT[1])
    share = _HEEL_OFF + (1.0 - _HEEL_OFF) * u
    return np.stack([share, pitch, forward, upward], axis=1), float(turning)


def _run_stride(
    contact_s: float, swing_s: float, length_m: float, lift: float, angle_deg: float
) -> tuple[FloatArray, FloatArray]:
    """Times after the strike and pitch, forward, upward of a running stride after foot flat."""
    brake_s = _RUN_RISE[-1, 0] * swing_s
    stance, turning = _push_off(contact_s, brake_s, lift * _TOE_OFF_PITCH_DEG)
    since = _RUN_RISE[:, 0] * swing_s
    # Braked evenly from toe-off on.
    rise = stance[-1, 1] - turning * (since - 0.5 * since**2 / brake_s)
    lowest = rise[-1]
    swing = _RUN_SWING.copy()
    swing[:2, 1] *= lowest
    swing[2:, 1] *= angle_deg / 14.0
    swing[:, 2] *= length_m
    swing[:, 3] *= lift
    rising = np.stack([rise, _RUN_RISE[:, 1] * length_m, _RUN_RISE[:, 2] * lift], axis=1)
    times = [stance[:, 0] * contact_s, contact_s + since, contact_s + swing[:, 0] * swing_s]
    return np.concatenate(times), np.concatenate([stance[:, 1:], rising, swing[:, 1:]])


def _walk_stride(
    contact_s: float, swing_s: float, length_m: float, flat_s: float
) -> tuple[FloatArray, FloatArray]:
    """Likewise of a walking stride."""
    late = _WALK_STANCE[_WALK_STANCE[:, 0] * contact_s > flat_s + 0.02]
    stance = late[:, 1:] * [0.9, 1.0, 0.9]
    swing = _WALK_SWING[:, 1:] * [1.0, length_m, 0.9]
    swing[:, 0] *= np.where(swing[:, 0] < 0, 0.9, 1.0)
    times = [late[:, 0] * contact_s, contact_s + _WALK_SWING[:, 0] * swing_s]
    return np.concatenate(times), np.concatenate([stance, swing])


def _on_ground(values: FloatArray, slope_deg: float, base: FloatArray) -> FloatArray:
    """Pitch, forward, upward of a foot over ground that rises by `slope_deg` from `base`."""
    c, s = np.cos(np.radians(slope_deg)), np.sin(np.radians(slope_deg))
    pitch, along, above = values.T
    return (
        np.stack([pitch + slope_deg, c * along - s * above, s * along + c * above], axis=1) + base
    )


def _climbed(share: FloatArray, climb_m: float) -> FloatArray:
    """(n,) height gained of `climb_m` at shares of the swing; before it none."""
    if climb_m > 0.0:
        return np.asarray(climb_m * np.interp(share, *_CLIMBED))
    return np.asarray(climb_m * (1.0 - np.interp(1.0 - share, *_CLIMBED)))


def path(steps: Steps, mine: BoolArray, runner: Runner) -> tuple[FloatArray, FloatArray]:
    """Times (n,) and pitch (degrees), forward, upward (m) (n, 3) that the foot passes through."""
    index = np.flatnonzero(mine)
    t, contact = steps.t[index], steps.contact_s[index]
    times: list[FloatArray] = []
    values: list[FloatArray] = []
    angles, slopes = strike_angle(steps, runner), ground_deg(steps)
    base = np.zeros(3)
    for j, i in enumerate(index):
        run = bool(steps.running[i])
        slope = float(slopes[i])
        flat = min(_FLAT_S, _FLAT_SHARE * contact[j]) if run else _FLAT_WALK_S
        rest = (_HEEL_OFF if run else _WALK_STANCE[0, 0]) * contact[j]
        angle = float(angles[i])
        height = 0.01 + 0.0006 * abs(angle)
        begins = j == 0 or steps.bout[index[j - 1]] != steps.bout[i]
        if begins:
            lift = t[j] - 0.40
            times.append(np.array([lift - 0.30, lift - 0.2, lift - 0.1, lift, lift + 0.2]))
            still = [0.0, 0.0, 0.0]
            first = int(steps.bout.searchsorted(steps.bout[i]))
            climb = float(steps.climb_m[first : i + 1].sum())
            up = float(_climbed(np.array([0.5]), climb)[0])
            values.append(np.array([still, still, still, still, [-25.0, 0.10, 0.07 + up]]) + base)
            base = np.add(base, [0.0, 0.35, climb])
        times.append(t[j] + np.array([0.0, 0.5 * flat, flat, 0.5 * (flat + rest)]))
        down = [[angle, -0.022, height], [0.36 * angle, -0.006, 0.3 * height]]
        values.append(_on_ground(np.array([*down, [0.0] * 3, [0.0] * 3]), slope, base))
        ends = j + 1 == len(index) or steps.bout[index[j + 1]] != steps.bout[i]
        if ends:
            times.append(t[j] + max(flat, rest) + np.array([0.08, 0.16, 0.24, 0.32]))
            values.append(np.tile(base, (4, 1)))
            continue
        swing_s = t[j + 1] - t[j] - contact[j]
        length = steps.speed[i] * (t[j + 1] - t[j])
        climb = float(steps.climb_m[i + 1 : index[j + 1] + 1].sum())
        if run:
            lift_size = min(1.0, 0.55 + 0.15 * steps.speed[i])
            after, passed = _run_stride(contact[j], swing_s, length, lift_size, angle)
        else:
            after, passed = _walk_stride(contact[j], swing_s, length, flat)
        passed[:, 2] += _climbed((after - contact[j]) / swing_s, climb)
        times.append(t[j] + after)
        values.append(_on_ground(passed, slope, base))
        base = _on_ground(np.array([[0.0, length, 0.0]]), slope, base)[0] - [slope, 0.0, -climb]
    t, v = np.concatenate(times), np.concatenate(values)
    ahead = np.concatenate([[True], np.diff(t) > 0.004])
    return t[ahead], v[ahead]
