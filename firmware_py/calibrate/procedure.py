"""The three procedures: listen, say what to do next, solve."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import degrees
from typing import Any, Final

import numpy as np

from drivers.calibration import Calibration, CalibrationError
from drivers.notes import SensorBack
from dsp.block import Mount, SampleBlock, join, plain_block
from dsp.units import STANDARD_GRAVITY
from firmware_py.calibrate.faces import FACES, face_of, solve
from firmware_py.calibrate.hops import Hop, find_hops, foot_signs
from firmware_py.calibrate.listening import Listener
from firmware_py.calibrate.standing import tilt, with_method, with_standing
from firmware_py.calibrate.still import StillWatch, Stretch

STANDING_S: Final = 5.0
HOPS: Final = 5
BEFORE_HOPS_S: Final = 2.0
FACE_S: Final = 2.0
STANDING_LIMIT_S: Final = 60.0
FACES_LIMIT_S: Final = 240.0
HOPS_LIMIT_S: Final = 45.0
LOOK_S: Final = 0.5
"""How often hops are counted."""
PAUSE_S: Final = 2.0
"""Without a hop for so long a foot's row is over: who hops on then may be on the other foot."""
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a procedure gave.

    Args:
        calibration: what was known before, with what was learned.
        figures: what was learned as numbers, units in the names.
        lines: the same for people.
    """

    calibration: Calibration
    figures: dict[str, Any]
    lines: tuple[str, ...]


def standing(listener: Listener, known: Calibration, rate_hz: float, say: Say) -> Outcome:
    """Gyro bias and mounting of a runner who stands still.

    Args:
        listener: open.
        known: earlier calibration of this chip, or an empty one.
        rate_hz: of the samples.
        say: tells the runner.

    Raises:
        CalibrationError: the runner does not stand still, or gravity is not 1 g.
    """
    say(f"Wear the sensor as for a run and stand still for {STANDING_S:.0f} s.")
    stretch = _still(listener, rate_hz, STANDING_S, STANDING_LIMIT_S)
    new = with_standing(known, stretch)
    axis, off = tilt(new.mounting)
    bias = [degrees(b) for b in new.gyr_bias]
    gravity = float(np.linalg.norm(new.apply(stretch.acc[np.newaxis], None)[0])) / STANDARD_GRAVITY
    lines = [
        f"gyro bias   {bias[0]:+.2f} {bias[1]:+.2f} {bias[2]:+.2f} deg/s",
        f"gravity     {gravity:.3f} g",
        f"up          sensor {axis}, {off:.1f} deg off",
        "forward     unknown: standing does not show it, and nothing here needs it",
    ]
    if known.hops is not None and new.hops is None:
        lines.append("hops        dropped: the sensor is worn another way; do --hops again")
    figures = {
        "gyr_bias_dps": bias,
        "gravity_g": gravity,
        "up_axis": axis,
        "tilt_deg": off,
        "heading_known": new.heading_known,
    }
    return Outcome(new, figures, tuple(lines))


def six_positions(
    listener: Listener,
    known: Calibration,
    rate_hz: float,
    say: Say,
    limit_s: float = FACES_LIMIT_S,
) -> Outcome:
    """Bias, scale and cross-axis errors of the accelerometer, and the gyro's bias.

    Args: as of `standing`, and
        limit_s: for all six.

    Raises:
        CalibrationError: a face is missing at the end, the residual is too large, or a still
            position does not measure 1 g.
    """
    say("Lay the sensor still on each of its six faces, 3 s each, in any order, on a level table.")
    positions: dict[str, Stretch] = {}
    watch = StillWatch(rate_hz, FACE_S)
    again = ""
    for block in listener.blocks(limit_s):
        stretch = watch.push(block)
        if stretch is None:
            continue
        face = face_of(stretch)
        if face is None:
            say("It lies askew: turn it so that one face lies flat.")
        elif face in positions:
            again = f" ({face} was laid up twice)"
            say(f"{face} was up already: turn it to another face.")
        else:
            positions[face] = stretch
            missing = [f for f in FACES if f not in positions]
            say(f"{face} is up: done." + (f" Missing: {' '.join(missing)}" if missing else ""))
            if not missing:
                break
    _undisturbed(listener)
    if not positions:
        raise CalibrationError(
            f"the sensor was never still for {FACE_S:.0f} s; lay it on a table, hands off"
        )
    if missing := [f for f in FACES if f not in positions]:
        raise CalibrationError(
            f"after {limit_s:.0f} s {', '.join(missing)} never pointed up{again}; lay it "
            "still on all six faces"
        )
    found = solve(positions)
    new = replace(
        known,
        acc_bias=found.acc_bias,
        acc_matrix=found.acc_matrix,
        gyr_bias=found.gyr_bias,
        method=with_method(known.method, "six-positions"),
    )
    bias = [1e3 * b / STANDARD_GRAVITY for b in found.acc_bias]
    scale = [found.acc_matrix[k][k] for k in range(3)]
    cross = max(abs(found.acc_matrix[i][k]) for i in range(3) for k in range(3) if i != k)
    lines = (
        f"acc bias    {bias[0]:+.1f} {bias[1]:+.1f} {bias[2]:+.1f} mg",
        f"acc scale   {scale[0]:.4f} {scale[1]:.4f} {scale[2]:.4f}",
        f"cross-axis  {100 * cross:.2f} % at most",
        f"residual    {100 * found.residual:.2f} % of 1 g",
    )
    figures = {
        "acc_bias_mg": bias,
        "acc_scale": scale,
        "cross_axis": cross,
        "residual": found.residual,
        "gyr_bias_dps": [degrees(b) for b in found.gyr_bias],
    }
    return Outcome(new, figures, lines)


def hops(listener: Listener, known: Calibration, rate_hz: float, say: Say, mount: Mount) -> Outcome:
    """What tells the left foot from the right, from five hops on each.

    Args: as of `standing`, and
        mount: where the sensor is worn.

    Raises:
        CalibrationError: no standing still before, too few hops, or the feet cannot be told apart.
    """
    if mount is Mount.SHOE:
        raise CalibrationError(
            "hops are for a sensor at the waist; of a shoe sensor say sensor.side in the "
            "configuration"
        )
    say(f"Wear the sensor as for a run and stand still for {BEFORE_HOPS_S:.0f} s.")
    upright = with_standing(known, _still(listener, rate_hz, BEFORE_HOPS_S, STANDING_LIMIT_S))
    left, right = (_hops(listener, upright, foot, say) for foot in ("left", "right"))
    signs = foot_signs(left, right)
    new = replace(upright, hops=signs, method=with_method(upright.method, "hops"))
    what, unit, factor = {
        "gyr": ("roll rate", "deg/s", degrees(1.0)),
        "acc": ("sideways acceleration", "g", 1 / STANDARD_GRAVITY),
    }[signs.reading]
    lines = (
        f"left        {factor * signs.left:+.2f} {unit} {what} around the contact",
        f"right       {factor * signs.right:+.2f} {unit}",
        f"separation  {signs.separation:.1f} standard deviations of a hop",
    )
    figures = {
        "reading": signs.reading,
        "left": signs.left,
        "right": signs.right,
        "separation": signs.separation,
        "hops": [len(left), len(right)],
    }
    return Outcome(new, figures, lines)


def _still(listener: Listener, rate_hz: float, seconds: float, limit_s: float) -> Stretch:
    watch = StillWatch(rate_hz, seconds)
    for block in listener.blocks(limit_s):
        stretch = watch.push(block)
        if stretch is not None:
            return stretch
    _undisturbed(listener)
    raise CalibrationError(
        f"the sensor was not still for {seconds:.0f} s within {limit_s:.0f} s; tighten the belt, "
        "stand still and begin again"
    )


def _hops(listener: Listener, upright: Calibration, foot: str, say: Say) -> list[Hop]:
    """Landings on one foot, in one row.

    Raises:
        CalibrationError: fewer than HOPS.
    """
    say(f"Now hop {HOPS} times on the {foot} foot in a row, then stand still for 3 s.")
    blocks: list[SampleBlock] = []
    found: list[Hop] = []
    looked = 0.0
    for block in listener.blocks(HOPS_LIMIT_S):
        acc, gyr = upright.apply(block.acc, block.gyr)
        blocks.append(plain_block(block.t, acc, gyr))
        now = float(block.t[-1])
        if now - looked < LOOK_S:
            continue
        looked = now
        # One block from now on: the list does not grow with every drain.
        blocks = [join(blocks)]
        found = find_hops(blocks[0])
        if found and now - found[-1].t >= PAUSE_S:
            break
    _undisturbed(listener)
    if len(found) < HOPS:
        raise CalibrationError(
            f"{len(found)} hops on the {foot} foot were seen, {HOPS} in a row are needed; hop "
            "higher, one after the other, and begin again"
        )
    say(f"{len(found)} hops on the {foot} foot.")
    return found


def _undisturbed(listener: Listener) -> None:
    """Whether the sensor stayed on the bus.

    Raises:
        CalibrationError: it was lost or restarted.
    """
    for note in listener.notes:
        if not isinstance(note, SensorBack):
            raise CalibrationError(f"the sensor was lost: {note.because}; run gaitcoach doctor")
