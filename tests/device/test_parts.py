"""The parts of the service, one by one."""

import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from drivers.chunk import Chunk
from drivers.notes import SensorLost
from drivers.sim.motion import Still
from dsp.errors import ConfigError, GaitCoachError
from feedback.actuators.errors import ActuatorError
from feedback.actuators.played import Played
from feedback.cue import Cue, Pattern
from firmware_py.config import load_config
from firmware_py.device.desk import DeviceDesk, HeardShelf
from firmware_py.device.machine import Event, State
from firmware_py.device.ring import Ring
from firmware_py.device.settings import DeviceSettings
from firmware_py.device.sounds import Sounds
from firmware_py.ear.settings import CueSettings
from firmware_py.simulate.world import World
from firmware_py.store.host import ThisMachine
from firmware_py.trace.reader import open_trace
from tests.device.rig import LEDLESS, Rig, press, record_of, summary_of

NINE = 9.80665


def chunk(t: float, lost: int = 0) -> Chunk:
    return Chunk(np.zeros((4, 6), np.int16), t, lost)


def test_the_ring_keeps_the_last_seconds_and_begins_with_a_sample_and_no_loss() -> None:
    ring = Ring(90.0)
    ring.push(SensorLost(5.0, "loose"))
    for k in range(200):
        ring.push(chunk(10.0 + k, lost=7))
    kept = ring.last(90.0)
    assert [kept[0].host_time, kept[-1].host_time] == [119.0, 209.0]
    assert isinstance(kept[0], Chunk)
    assert kept[0].lost == 0
    assert [c.lost for c in kept[1:] if isinstance(c, Chunk)] == [7] * 90
    assert [i.host_time for i in ring.last(2.0)] == [207.0, 208.0, 209.0]
    ring.push(SensorLost(400.0, "loose"))
    assert ring.last(90.0) == []


def test_a_sensor_that_does_not_weigh_1_g_is_none_until_it_does(tmp_path: Path) -> None:
    def heavy(world: World) -> None:
        world.chip.motion = Still((0.0, 0.0, 0.5 * NINE))

    def mended(rig: Rig) -> None:
        rig.world.chip.motion = Still()

    hands = [
        (3.0, press(Event.START, "link")),
        (6.0, mended),
        (12.0, press(Event.PRESS)),
        (16.0, press(Event.TERMINATE, "command")),
    ]
    rig = Rig(tmp_path, hands, LEDLESS, before=heavy)
    rig.run()
    assert State.ABSENT in rig.lived
    assert rig.lived[-4:] == [State.IDLE, State.STARTING, State.RUNNING, State.GONE]
    assert sorted(p.name for p in tmp_path.glob("session-*")) == ["session-0001"]
    assert record_of(tmp_path)["ended"] == "command"


def test_a_session_asked_for_at_the_end_of_another_begins_with_a_sensor_anew(
    tmp_path: Path,
) -> None:
    # Between the two the sensor's thread does not come to look: it was to sleep, and is to stream.
    hands = [
        (3.0, press(Event.START, "link")),
        (7.0, press(Event.STOP, "link")),
        (7.0, press(Event.START, "link")),
        (12.0, press(Event.TERMINATE, "command")),
    ]
    rig = Rig(tmp_path, hands, LEDLESS)
    rig.run()
    first, second = (summary_of(tmp_path, n) for n in (1, 2))
    assert first["duration_s"] == pytest.approx(4.0, abs=0.6)
    assert second["duration_s"] == pytest.approx(5.0, abs=0.6)
    assert second["quality"]["lost"] == 0


def test_a_mistake_of_ours_in_the_sensors_thread_ends_the_program(tmp_path: Path) -> None:
    def hand(rig: Rig) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Rig(tmp_path, [(3.0, hand)], LEDLESS).run()


def test_a_laptop_may_ask_for_what_makes_sense_and_sees_what_happens(tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []

    def desk(rig: Rig) -> DeviceDesk:
        return DeviceDesk(rig.supervisor, ThisMachine(), tmp_path, lambda: {"battery": None})

    def idle(rig: Rig) -> None:
        here = desk(rig)
        said.append(here.hello())
        for what in ("stop", "pause", "resume", "silence"):
            with pytest.raises(GaitCoachError, match=f"{what}: not now, the device is idle"):
                here.request(what)
        config = tmp_path / "config.toml"
        config.write_text("[runner]\nheight_m = 1.8\n")
        here.reload()
        rig.supervisor.inbox.wait_until_done()
        config.write_text("[runner]\nheight_m = 18\n")
        here.reload()
        here.request("start")

    def running(rig: Rig) -> None:
        here = desk(rig)
        said.append(here.hello())
        end = here.live(seen.append)
        cue = Cue(1.0, 1.0, Pattern.GOOD, "why")
        here.show(cue)
        end()
        here.show(cue)
        here.request("stop")

    hands = [(3.0, idle), (6.0, running), (9.0, press(Event.TERMINATE))]
    rig = Rig(tmp_path, hands, LEDLESS)
    rig.run()
    assert [s["state"] for s in said] == ["idle", "running"]
    assert [s["recording"] for s in said] == [None, "session-0001"]
    assert said[1]["sensor"] == "LSM6DSO32 at I2C 0x6a"
    assert said[0]["storage"]["free_bytes"] > 0
    assert [e["pattern"] for e in seen] == ["good"]
    assert record_of(tmp_path)["ended"] == "link"
    # The configuration that came in between holds; the one after it cannot be.
    header = open_trace(tmp_path / "session-0001" / "trace.mcap").header
    assert header.runner == {"height_m": 1.8}


def test_where_nothing_can_be_kept_it_coaches_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    hands = [(2.0, press(Event.PRESS)), (9.0, press(Event.TERMINATE, "command"))]
    rig = Rig(tmp_path / "file" / "card", hands, LEDLESS)
    assert rig.run() is State.GONE
    assert State.RUNNING in rig.lived
    assert "STATUS=running" in rig.told


@dataclass
class SomeShelf:
    """Two sessions, of which a file is verified at a time."""

    proven: set[str]

    def sessions(self) -> list[Any]:
        def file(session: str, name: str) -> Any:
            return SimpleNamespace(name=name, verified=f"{session}/{name}" in self.proven or None)

        return [
            SimpleNamespace(open=s == "c", files=[file(s, "summary.json"), file(s, "trace.mcap")])
            for s in ("a", "b", "c")
        ]

    def verified(self, session: str, file: str, sha256: str) -> None:
        self.proven.add(f"{session}/{file}")

    def open_file(self, session: str, file: str) -> Any:
        raise NotImplementedError

    def delete(self, session: str) -> None:
        raise NotImplementedError


def test_the_last_verified_download_is_heard() -> None:
    told: list[int] = []
    shelf = HeardShelf(SomeShelf(set()), lambda: told.append(1))  # type: ignore[arg-type]
    shelf.verified("a", "trace.mcap", "0")
    shelf.verified("b", "summary.json", "0")
    assert told == []
    shelf.verified("b", "trace.mcap", "0")
    assert told == [1]


def test_between_sessions_the_device_is_heard_and_quiet_waits_for_it() -> None:
    factory = MockFactory(pin_class=MockPWMPin)
    settings = CueSettings(actuators=("buzzer",), realtime=0)
    sounds = Sounds(settings, None, lambda: factory, time.monotonic, lambda s: None)
    heard: list[Played] = []
    sounds.listener = heard.append
    sounds.say(Pattern.SENSOR_LOST, "no sensor")
    assert sounds.quiet()
    assert [p.pattern for p in heard] == [Pattern.SENSOR_LOST]
    pin = factory.pin(settings.pin_map.buzzer)
    sounds.close()
    assert sum(bool(s.state) for s in pin.states) == 9


def test_without_a_buzzer_nothing_is_heard_and_nobody_waits(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def none() -> Any:
        raise ActuatorError("GPIO: cannot be used")

    settings = CueSettings(actuators=("buzzer",), realtime=0)
    sounds = Sounds(settings, None, none, time.monotonic, lambda s: None)
    sounds.say(Pattern.STOPPED, "over")
    assert sounds.quiet()
    sounds.close()
    assert [r.message for r in caplog.records] == [
        "buzzer: GPIO: cannot be used; the run goes on without it"
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("power_off = 'a \"b'", "device.power_off"),
        ("auto_stop_min = 0.5", "device.auto_stop_min = 0.5: must be >= 1"),
        ("auto_pause_s = 1", "device.auto_pause_s = 1: must be >= 5"),
        ("autostart = true", "did you mean auto_start?"),
    ],
)
def test_what_cannot_be_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(f"[device]\n{text}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_usual_command_switches_the_computer_off() -> None:
    assert DeviceSettings().power_off == "touch /run/gaitcoach/poweroff"
