"""A live session below its command: what it refuses, survives and passes on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.errors import BusError, ChipNotFoundError, ImplausibleError
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.motion import Still
from drivers.sim.wire import Fault
from dsp.block import FloatArray, Mount
from feedback.actuators.played import Struck, record
from feedback.cue import Cue, Pattern
from feedback.settings import FeedbackSettings
from firmware_py.coaching import Coaching, configured
from firmware_py.config import Config
from firmware_py.hooks import Hooks, Lived
from firmware_py.live import Live
from firmware_py.recorder import Recorder
from firmware_py.replay import replay
from firmware_py.session.status import Request, status_of
from firmware_py.simulate.scenarios import SCENARIOS
from firmware_py.simulate.world import World, make_world
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.reader import open_trace
from firmware_py.trace.writer import TraceWriter

NINE = 9.80665
SELDOM_S = 0.05
"""From drain to drain, where a minute has to pass: it costs a fifth."""


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
    return Live(w.attached, Config(), Coaching(), "simulated", hooks(w, seconds)).run()


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
        Live(w.attached, Config(), Coaching(), "simulated", told)
    assert made == []


def test_another_chip_than_the_named_one_is_an_error() -> None:
    w = world()
    w.wire.chips[0x6A] = SimLsm6dso(0x6A, identity=0x6B)
    with pytest.raises(ChipNotFoundError, match="WHO_AM_I is 0x6b"):
        lived(w)


def test_a_stop_from_outside_ends_it_whole() -> None:
    w, asked = world("short-run"), iter([False] * 500)
    told = hooks(w, 1e9)
    told.stopped = lambda: next(asked, True)
    done = Live(w.attached, Config(), Coaching(), "simulated", told).run()
    assert done.summary["quality"]["samples"] == done.sensor["reader"]["samples"]
    assert 4.0 < done.summary["duration_s"] < 6.0


def test_a_bus_of_pure_noise_gives_no_samples_at_all() -> None:
    w = world()
    told = hooks(w, 1e9)
    count = iter([False] * 8)
    told.stopped = lambda: next(count, True)
    live = Live(w.attached, Config(), Coaching(), "simulated", told)
    w.wire.faults.always = Fault.NOISE
    done = live.run()
    assert done.summary["quality"]["samples"] == 0


def test_another_part_plugged_in_during_the_session_is_weighed_and_told(tmp_path: Path) -> None:
    w = world()
    w.chip.motion = Still()
    start = w.attached.bus.time.now()
    other = SimLsm6dso(0x6A, Still(), dso32=False)

    def swap() -> None:
        other.power_up(w.attached.bus.time.now())
        w.wire.chips[0x6A] = other

    w.wire.at(start + 3.0, w.wire.chips.clear)
    w.wire.at(start + 4.5, swap)
    told, patterns = hooks(w, 12.0), list[Pattern]()
    path = tmp_path / "t.mcap"
    told.recorder = lambda header: Recorder(TraceWriter(path, header))

    def see(happened: Any, start_t: float) -> None:
        if isinstance(happened, Cue):
            patterns.append(happened.pattern)

    told.seen = see
    done = Live(w.attached, Config(), Coaching(), "simulated", told).run()
    said = [s for e in open_trace(path).events() if (s := status_of(e)) is not None]
    weighed = [s for s in said if "measures 2.00 g at rest" in s.text]
    assert [s.pattern for s in weighed] == [Pattern.SENSOR_LOST]
    assert 4.5 < weighed[0].t - start < 9.0
    assert patterns.count(Pattern.SENSOR_LOST) >= 1
    assert any("measures 2.00 g" in note for note in done.summary["quality"]["notes"])
    # The session went on to its end.
    assert done.summary["duration_s"] > 11.0
    assert done.recording_error is None


def test_the_same_part_plugged_in_again_is_weighed_in_silence(tmp_path: Path) -> None:
    w = world()
    w.chip.motion = Still()
    start = w.attached.bus.time.now()
    w.wire.unplug(0x6A, start + 3.0, start + 4.5)
    told = hooks(w, 10.0)
    path = tmp_path / "t.mcap"
    told.recorder = lambda header: Recorder(TraceWriter(path, header))
    Live(w.attached, Config(), Coaching(), "simulated", told).run()
    said = [s for e in open_trace(path).events() if (s := status_of(e)) is not None]
    assert any("sensor back" in s.text for s in said)
    assert not any("at rest" in s.text for s in said)


def test_of_errors_in_a_hook_the_first_is_raised_and_the_trace_is_whole(tmp_path: Path) -> None:
    w, path = world("short-run"), tmp_path / "t.mcap"
    told, raised = hooks(w, 12.0), list[str]()
    told.recorder = lambda header: Recorder(TraceWriter(path, header))

    def see(happened: Any, start_t: float) -> None:
        if happened.t - start_t < 10.0:
            return
        raised.append(type(happened).__name__)
        raise RuntimeError(f"number {len(raised)}")

    told.seen = see
    with pytest.raises(RuntimeError, match=r"^number 1$"):
        Live(w.attached, Config(), Coaching(), "simulated", told).run()
    assert len(raised) > 1, "nothing more was to be told at the end"
    trace = open_trace(path)
    assert sum(len(b) for b in trace.blocks()) > 100
    assert trace.damage is None
    assert list(trace.events())
    # The sensor was put to sleep.
    assert w.chip.regs[0x10] == w.chip.regs[0x11] == 0


@pytest.mark.parametrize("request_", [Request.SILENCE, Request.METRONOME, Request.PAUSE])
def test_what_the_runner_asks_for_is_heeded_and_replayed(tmp_path: Path, request_: Request) -> None:
    slow = Config(FeedbackSettings(cadence_target_spm=190.0, warm_up_s=0.0, settle_s=0.0))
    w, path = world("easy-run"), tmp_path / "t.mcap"
    told, seen = hooks(w, 75.0), list[Any]()
    told.recorder = lambda header: Recorder(TraceWriter(path, header))
    live = Live(w.attached, slow, configured(slow), "simulated", told, poll_s=SELDOM_S)

    def see(happened: Any, start_t: float) -> None:
        seen.append(happened)
        if isinstance(happened, Cue) and happened.pattern is Pattern.QUICKER and len(asked) < 1:
            asked.append(happened.t_decision)
            live.request(request_)

    asked: list[float] = []
    told.seen = see
    done = live.run()
    coaching = [c for c in seen if isinstance(c, Cue) and c.coaching and c.t_decision > asked[0]]
    if request_ in (Request.SILENCE, Request.PAUSE):
        assert coaching == []
        answers = [c.pattern for c in seen if isinstance(c, Cue) and c.t_decision >= asked[0]]
        assert Pattern.PAUSED in answers
        spans = done.summary["paused"]["spans"]
        assert [s["start"] >= asked[0] for s in spans] == [True] * (request_ is Request.PAUSE)
    else:
        assert len([c for c in coaching if c.pattern is Pattern.BEAT]) > 20
    again: list[Any] = []
    replayed = replay(open_trace(path), Config(), seen=lambda e, start: again.append(e))
    assert again == seen
    assert replayed.summary == done.summary


def test_what_became_of_a_cue_is_in_trace_summary_and_replay(tmp_path: Path) -> None:
    slow = Config(FeedbackSettings(cadence_target_spm=190.0, warm_up_s=0.0, settle_s=0.0))
    w, path = world("easy-run"), tmp_path / "t.mcap"
    told = hooks(w, 60.0)
    told.recorder = lambda header: Recorder(TraceWriter(path, header))
    live = Live(w.attached, slow, configured(slow), "simulated", told, poll_s=SELDOM_S)

    def see(happened: Any, start_t: float) -> None:
        if isinstance(happened, Cue) and happened.coaching:
            at = happened.t_decision + 0.002
            live.played(record(happened, at, at, (Struck("piezo", at + 0.001, at + 0.004),)))

    told.seen = see
    done = live.run()
    cues = done.summary["cues"]
    assert cues
    for cue in cues:
        assert cue["onset_s"] == pytest.approx(0.006)
        assert cue["played_by"] == ["piezo"]
    assert replay(open_trace(path), Config()).summary == done.summary
