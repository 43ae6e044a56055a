"""The whole service in virtual time: a simulated runner, no pins, and hands that press on time."""

import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dsp.block import Mount
from dsp.synth import Motion, Phase, synthesize
from feedback.cue import Cue
from firmware_py.config import Config
from firmware_py.device.items import Happens, Word
from firmware_py.device.machine import Event, State
from firmware_py.device.service import Setting, serve
from firmware_py.device.settings import DeviceSettings
from firmware_py.device.supervisor import Supervisor
from firmware_py.link.settings import LinkSettings
from firmware_py.replay import open_recorded, replay
from firmware_py.session.files import read_summary
from firmware_py.simulate.scenarios import Scenario
from firmware_py.simulate.world import START, World, make_world
from firmware_py.store.host import ThisMachine

Hands = Callable[["Rig"], object]


def press(event: Event, who: str = "button") -> Hands:
    """Something happens to the machine."""
    return lambda rig: rig.supervisor.inbox.put(Happens(event, who))


def scenario(*phases: Phase) -> Scenario:
    """A runner who does that, and then stands."""
    return Scenario(
        "test",
        lambda mount, sensor, side: (
            synthesize(phases, sensor=sensor, mount=mount, side=side, seed=3).block
        ),
    )


SHORT = scenario(Phase(Motion.STAND, 6.0), Phase(Motion.RUN, 40.0, 165.0, speed=2.8))
"""Stands for 6 s, runs for 40, and stands."""


class VirtualMachine(ThisMachine):
    """The computer, whose monotonic clock is that of the simulation."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._time = world.attached.bus.time

    def boot_id(self) -> str:
        return "one boot"

    def monotonic(self) -> float:
        return self._time.now()


@dataclass
class Rig:
    """One start of the service.

    Args:
        folder: of the sessions.
        hands: (time since the motion's begin, s, what is done then).
        config: how it lives.
        motion: who wears the sensor.
        late_s: so long after the motion's begin the program starts, s.
        before: changes the world before it begins.
    """

    folder: Path
    hands: list[tuple[float, Hands]]
    config: Config = field(default_factory=Config)
    motion: Scenario = SHORT
    late_s: float = 0.0
    before: Callable[[World], object] = lambda world: None
    told: list[str] = field(default_factory=list)
    states: list[tuple[float, State]] = field(default_factory=list)
    looks: int = 0
    """How often the main loop has looked up."""
    looked: threading.Condition = field(default_factory=threading.Condition)

    def run(self) -> State:
        """Runs it in virtual time; a hand must end it."""
        self.world = make_world(self.motion, Mount.WAIST, pace=None, late_s=self.late_s)
        self.before(self.world)
        config = replace(self.config, link=LinkSettings(enabled=False))
        return serve(
            Setting(
                config=config,
                path=self.folder / "config.toml",
                folder=self.folder,
                pins=self._no_pins,
                told_to_end=self._looked,
                world=self.world,
                machine=VirtualMachine(self.world),
                notify=self.told.append,
                period_s=10.0,
                beside=lambda work: work(),
                begun=self._begun,
                poll_s=0.1,
            )
        )

    @property
    def now(self) -> float:
        """Since the motion's begin, s."""
        return self.world.attached.bus.time.now() - START

    @property
    def lived(self) -> list[State]:
        """The states, in order."""
        return [state for _, state in self.states]

    def wait_for_a_look(self) -> None:
        """Returns when the main loop has looked up once more."""
        with self.looked:
            seen = self.looks
            assert self.looked.wait_for(lambda: self.looks > seen, 30.0)

    def _looked(self) -> bool:
        with self.looked:
            self.looks += 1
            self.looked.notify_all()
        return False

    def _no_pins(self) -> Any:
        raise AssertionError("no pin is configured")

    def _begun(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.world.pacing.follow(self._tick)

    def _tick(self) -> None:
        """On the feed's thread, at every instant of virtual time."""
        wait = self.supervisor.inbox.wait_until_done
        wait()
        while self.hands and self.hands[0][0] <= self.now:
            self.hands.pop(0)[1](self)
            wait()
        if not self.states or self.states[-1][1] is not self.supervisor.state:
            self.states.append((self.now, self.supervisor.state))
        assert self.now < 1000.0, "nobody has ended it"


LEDLESS = Config(device=DeviceSettings(led=False))


def summary_of(folder: Path, number: int = 1) -> dict[str, Any]:
    return read_summary(folder / f"session-{number:04d}" / "summary.json")


def record_of(folder: Path, number: int = 1) -> dict[str, Any]:
    text = (folder / f"session-{number:04d}" / "session.json").read_text()
    record: dict[str, Any] = json.loads(text)
    return record


def replayed(folder: Path, number: int = 1) -> tuple[dict[str, Any], list[Cue]]:
    """Summary and cues of a session's replay."""
    cues: list[Cue] = []

    def seen(happened: Any, start_t: float) -> None:
        if isinstance(happened, Cue):
            cues.append(happened)

    trace = open_recorded(folder / f"session-{number:04d}")
    return replay(trace, Config(), seen=seen).summary, cues


def copied(folder: Path) -> Hands:
    """The card as it is at this instant."""
    return lambda rig: shutil.copytree(rig.folder, folder)


def word(text: str, **what: Any) -> Hands:
    return lambda rig: rig.supervisor.inbox.put(Word(text, **what))
