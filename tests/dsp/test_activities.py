"""What is not running: told from it, and never answered by the coach."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dsp.activity.movement import WINDOW_S, Movement, Movements
from dsp.block import BoolArray, FloatArray, Mount, recut
from dsp.events import Activity, Event, Segment
from dsp.grid import Piece
from dsp.history import History
from dsp.pipeline import Pipeline
from dsp.synth import (
    OTHER_ACTIVITIES,
    SHOE_SENSOR,
    Motion,
    Phase,
    Sensor,
    other_activities,
    other_activity,
    random_rotation,
)
from dsp.units import STANDARD_GRAVITY
from feedback.cue import Cue
from feedback.settings import FeedbackSettings
from firmware_py.config import Config
from firmware_py.line import Line
from firmware_py.trace.header import TraceHeader
from tests.thorough import examples

RATE_HZ = 100.0
HASTY = Config(
    FeedbackSettings(
        cadence_target_spm=180.0,
        cadence_baseline_spm=175.0,
        warm_up_s=0.0,
        settle_s=0.0,
        persistence_s=0.001,
        cooldown_s=0.001,
    )
)
"""Nothing but the pipeline's own word keeps this coach silent."""


def segments(events: list[Event]) -> list[Segment]:
    return [e for e in events if isinstance(e, Segment) and e.t_end is None]


def share(found: list[Segment], kind: Activity, start: float, end: float) -> float:
    """Of the time from `start` to `end` that is called `kind`."""
    edges = [*(s.t for s in found), np.inf]
    inside = (
        max(0.0, min(edges[i + 1], end) - max(s.t, start))
        for i, s in enumerate(found)
        if s.kind is kind
    )
    return sum(inside) / (end - start)


@pytest.mark.parametrize("mount", list(Mount))
@pytest.mark.parametrize("seed", range(examples(3, 10)))
def test_the_hastiest_coach_says_nothing_to_other_activities(mount: Mount, seed: int) -> None:
    made = other_activities(seed=seed, mount=mount)
    header = TraceHeader(mount, made.stream.rate_hz, "synthetic", side=made.stream.side)
    line = Line(header, HASTY)
    blocks = recut(made.block, range(0, len(made.block), 8000))
    out = [*(e for block in blocks for e in line.push(block)), *line.finish()]
    assert [e for e in out if isinstance(e, Cue) and e.coaching] == []


@pytest.mark.parametrize("mount", list(Mount))
def test_the_hastiest_coach_does_speak_to_a_runner(mount: Mount) -> None:
    # Else the test before would hold for a dumb coach.
    made = other_activity((Phase(Motion.RUN, 20.0, 160.0),), mount=mount)
    header = TraceHeader(mount, made.stream.rate_hz, "synthetic", side=made.stream.side)
    out = Line(header, HASTY).push(made.block)
    assert any(isinstance(e, Cue) and e.coaching for e in out)


@cache
def activity(kind: Motion, mount: Mount, seed: int, **sensor: object) -> list[Segment]:
    phases = next(p for p in OTHER_ACTIVITIES if p[-1].kind is kind)
    fitted = replace(SHOE_SENSOR if mount is Mount.SHOE else Sensor(), **sensor)  # type: ignore[arg-type]
    made = other_activity(phases, mount=mount, seed=seed, sensor=fitted)
    return segments(Pipeline(made.stream).push(made.block))


@pytest.mark.parametrize("mount", list(Mount))
@pytest.mark.parametrize("kind", [Motion.CYCLE, Motion.CAR, Motion.JUMP, Motion.SHAKE])
def test_what_goes_on_without_steps_is_other(kind: Motion, mount: Mount) -> None:
    phases = next(p for p in OTHER_ACTIVITIES if p[-1].kind is kind)
    end = 5.0 + phases[-1].duration_s
    for seed in range(3):
        found = activity(kind, mount, seed)
        # At the shoe a seated or landing foot rests for seconds; the pelvis sways as in a walk.
        assert share(found, Activity.OTHER, 6.0, end) > 0.6
        assert share(found, Activity.RUN, 0.0, end) == 0.0
        assert found[-1].kind is Activity.STAND


@pytest.mark.parametrize("mount", list(Mount))
def test_a_device_in_the_hand_is_other_and_on_the_table_still(mount: Mount) -> None:
    for seed in range(3):
        found = activity(Motion.HANDLED, mount, seed)
        assert share(found, Activity.OTHER, 5.5, 10.0) > 0.8
        assert share(found, Activity.STAND, 15.0, 20.0) > 0.8


@pytest.mark.parametrize("mount", list(Mount))
def test_a_fall_is_other_and_lying_still_is_not(mount: Mount) -> None:
    for seed in range(3):
        kinds = [s.kind for s in activity(Motion.FALL, mount, seed)]
        assert Activity.RUN not in kinds
        if mount is Mount.WAIST:
            assert kinds[:3] == [Activity.STAND, Activity.OTHER, Activity.STAND]


@pytest.mark.parametrize("mount", list(Mount))
def test_a_stumbling_walk_is_a_walk(mount: Mount) -> None:
    for seed in range(3):
        found = activity(Motion.STUMBLE, mount, seed)
        assert share(found, Activity.WALK, 6.0, 45.0) > (0.9 if mount is Mount.WAIST else 0.6)


def test_any_mounting_and_no_gyro_tell_the_same_activities() -> None:
    plain = activity(Motion.BEND, Mount.WAIST, 1)
    turned = activity(
        Motion.BEND, Mount.WAIST, 1, mounting=random_rotation(np.random.default_rng(2))
    )
    assert [s.kind for s in turned] == [s.kind for s in plain]
    blind = activity(Motion.BEND, Mount.WAIST, 1, gyr_axes="")
    assert [s.kind for s in blind] == [s.kind for s in plain]


# One window of movement.


def piece(acc: FloatArray, gyr: FloatArray | None = None, *, restart: bool = True) -> Piece:
    n = len(acc)
    t = np.arange(n) / RATE_HZ
    no: BoolArray = np.zeros(n, dtype=bool)
    return Piece(restart, np.inf if restart else 0.0, t, t, acc, gyr, no, no, no)


def moved(acc: FloatArray, gyr: FloatArray | None = None, pieces: int = 1) -> list[Movement]:
    """Of a sensor that measured this, m/s² and rad/s, in so many pieces."""
    history = History(8, keep=round(4 * RATE_HZ))
    movements = Movements(RATE_HZ, history, t=0, known=1, axes=2)
    out: list[Movement] = []
    for part in np.array_split(np.arange(len(acc)), pieces):
        now = piece(acc[part], None if gyr is None else gyr[part], restart=part[0] == 0)
        turning = np.zeros_like(now.acc) if now.gyr is None else now.gyr
        t = part / RATE_HZ
        history.push(t, t, *now.acc.T, *turning.T)
        out += movements.push(now)
    return out


def upright(seconds: float) -> FloatArray:
    return np.tile([0.0, 0.0, STANDARD_GRAVITY], (round(seconds * RATE_HZ), 1))


def test_a_window_is_half_a_second_and_known_with_its_last_sample() -> None:
    got = moved(upright(2.2))
    assert [w.t for w in got] == [0.0, 0.5, 1.0, 1.5]
    assert [w.t_decision for w in got] == pytest.approx([0.49, 0.99, 1.49, 1.99])
    assert round(WINDOW_S * RATE_HZ) == 50


def test_the_spread_of_a_sine_is_its_amplitude_over_root_two_in_any_direction() -> None:
    wave = 0.3 * STANDARD_GRAVITY * np.sin(2 * np.pi * 4.0 * np.arange(200) / RATE_HZ)
    for way in np.eye(3):
        got = moved(upright(2.0) + wave[:, None] * way, wave[:, None] * way + 0.01)
        assert [w.force_g for w in got] == pytest.approx([0.3 / np.sqrt(2.0)] * 4)


def test_the_bias_of_a_gyro_is_no_turning() -> None:
    noise = np.random.default_rng(1).normal(0.0, 0.001, (200, 3))
    for window in moved(upright(2.0), noise + 0.3):
        assert window.turn is not None
        assert window.turn < 0.003
        assert window.still


def test_without_a_gyro_or_one_of_its_axes_turning_is_not_measured() -> None:
    rate = np.random.default_rng(1).normal(0.0, 1.0, (200, 3))
    rate[:, 1] = 0.0
    assert [w.turn for w in moved(upright(2.0), rate)] == [None] * 4
    assert [w.turn for w in moved(upright(2.0))] == [None] * 4


def test_turning_over_shows_in_the_tilt() -> None:
    acc = upright(3.0)
    acc[150:] = [0.0, STANDARD_GRAVITY, 0.0]
    tilts = [w.tilt_deg for w in moved(acc)]
    assert tilts == pytest.approx([0.0, 0.0, 0.0, 90.0, 90.0, 0.0])
    assert [w.turned for w in moved(acc)] == [False, False, False, True, True, False]


def test_cuts_change_no_window() -> None:
    rng = np.random.default_rng(3)
    acc, gyr = upright(5.0) + rng.normal(0.0, 2.0, (500, 3)), rng.normal(0.0, 1.0, (500, 3))
    whole = moved(acc, gyr)
    assert len(whole) == 10
    for pieces in (2, 7, 500):
        assert moved(acc, gyr, pieces) == whole
