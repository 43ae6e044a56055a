"""A live session below its command: what it refuses, survives and passes on."""

from typing import Any

import numpy as np
import pytest

from drivers.errors import BusError, ChipNotFoundError, ImplausibleError
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.motion import Still
from drivers.sim.wire import Fault
from dsp.block import FloatArray, Mount
from feedback.cue import Cue, Pattern
from firmware_py.config import Config
from firmware_py.live import Hooks, Live, Lived
from firmware_py.recorder import Recorder
from firmware_py.simulate.scenarios import SCENARIOS
from firmware_py.simulate.world import World, make_world
from firmware_py.trace.header import TraceHeader

NINE = 9.80665


def world(scenario: str = "walk") -> World:
    return make_world(SCENARIOS[scenario], Mount.WAIST, pace=None)


def hooks(w: World, seconds: float) -> Hooks:
    start = w.attached.bus.time.now()
    return Hooks(
        ends=lambda t: t >= start + seconds,
        worked_off=w.pacing.follow,
        leaving=w.pacing.stop,
    )


def lived(w: World, seconds: float = 5.0) -> Lived:
    return Live(w.attached, Config(), "simulated", hooks(w, seconds)).run()


class FailingRecorder(Recorder):
    """A recorder whose card fails at once."""

    def __init__(self) -> None:
        self.closed = False

    @property
    def error(self) -> OSError | None:
        return OSError(28, "No space left on device")

    def chunk(self, chunk: object) -> None:
        pass

    def event(self, event: object) -> None:
        pass

    def close(self, timeout: float = 30.0) -> bool:
        self.closed = True
        return True


@pytest.mark.parametrize("g", [0.5, 2.0, 0.0])
def test_a_sensor_that_does_not_weigh_1_g_at_rest_is_refused(g: float) -> None:
    w = world()
    w.chip.motion = Still((0.0, 0.0, g * NINE))
    with pytest.raises(ImplausibleError, match=rf"measures {g:.2f} g at rest, not 1"):
        lived(w)


class InAHand:
    """Moving from the first moment on, at twice the size that gravity has."""

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        acc = np.full((len(t), 3), 2 * NINE) * (1.0 + 0.3 * np.sin(20 * t))[:, np.newaxis]
        return acc, np.zeros((len(t), 3))


def test_a_sensor_that_moves_is_given_the_benefit_of_the_doubt() -> None:
    w = world()
    w.chip.motion = InAHand()
    assert lived(w, 3.0).summary["quality"]["samples"] > 1000


def test_no_sensor_at_all_is_an_error_before_anything_is_recorded() -> None:
    w = world()
    w.wire.chips.clear()
    made: list[TraceHeader] = []

    def recorder(header: TraceHeader) -> None:
        made.append(header)

    told = hooks(w, 5.0)
    told.recorder = recorder
    with pytest.raises(BusError, match="nobody answers"):
        Live(w.attached, Config(), "simulated", told)
    assert made == []


def test_another_chip_than_the_named_one_is_an_error() -> None:
    w = world()
    w.wire.chips[0x6A] = SimLsm6dso(0x6A, identity=0x6B)
    with pytest.raises(ChipNotFoundError, match="WHO_AM_I is 0x6b"):
        lived(w)


def test_a_full_card_is_told_once_and_coaching_goes_on() -> None:
    w, seen = world("short-run"), []
    failing = FailingRecorder()
    told = hooks(w, 12.0)
    told.recorder = lambda header: failing

    def see(happened: Any, start_t: float) -> None:
        seen.append(happened)

    told.seen = see
    done = Live(w.attached, Config(), "simulated", told).run()
    cues = [c for c in seen if isinstance(c, Cue)]
    assert [c.pattern for c in cues].count(Pattern.STORAGE_FULL) == 1
    assert Pattern.STARTED in [c.pattern for c in cues]
    assert done.recording_error == "No space left on device"
    assert failing.closed
    assert any("coaching goes on" in note for note in done.summary["quality"]["notes"])


def test_a_stop_from_outside_ends_it_whole() -> None:
    w, asked = world("short-run"), iter([False] * 500)
    told = hooks(w, 1e9)
    told.stopped = lambda: next(asked, True)
    done = Live(w.attached, Config(), "simulated", told).run()
    assert done.summary["quality"]["samples"] == done.sensor["reader"]["samples"]
    assert 4.0 < done.summary["duration_s"] < 6.0


def test_a_bus_of_pure_noise_gives_no_samples_at_all() -> None:
    w = world()
    told = hooks(w, 1e9)
    count = iter([False] * 8)
    told.stopped = lambda: next(count, True)
    live = Live(w.attached, Config(), "simulated", told)
    w.wire.faults.always = Fault.NOISE
    done = live.run()
    assert done.summary["quality"]["samples"] == 0
