"""What the device answers for the link; asked by the link's thread."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from dsp.errors import GaitCoachError
from firmware_py.device.items import Happens, Reload
from firmware_py.device.machine import CLOSING, SESSION, Action, Event, answer
from firmware_py.device.supervisor import Supervisor
from firmware_py.hooks import Happened
from firmware_py.session.folder import part_number
from firmware_py.store.host import Machine
from firmware_py.store.shelf import Shelf

Take = Callable[[dict[str, Any]], object]

REQUESTS: Final = {
    "start": Event.START,
    "stop": Event.STOP,
    "pause": Event.PAUSE,
    "resume": Event.RESUME,
    "silence": Event.SILENCE,
}


class DeviceDesk:
    """The device for a laptop.

    Args:
        supervisor: the main loop.
        machine: the computer.
        folder: where sessions are kept.
        power: what is known of battery and supply, JSON-ready.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        machine: Machine,
        folder: Path,
        power: Callable[[], dict[str, Any]],
    ) -> None:
        self._supervisor = supervisor
        self._machine = machine
        self._folder = folder
        self._power = power
        # Replaced, never changed: the main loop reads it while the link's thread writes it.
        self._takers: tuple[Take, ...] = ()

    def hello(self) -> dict[str, Any]:
        """See `firmware_py.link.seams.Desk`."""
        s = self._supervisor
        state = s.state
        recording = s.session if state in SESSION or state in CLOSING else None
        return {
            "device": self._machine.name(),
            "state": state.value,
            "recording": recording or None,
            "sensor": s.sensor,
            "storage": {"free_bytes": self._machine.free_bytes(self._folder)},
            **self._power(),
        }

    def live(self, take: Take) -> Callable[[], None]:
        """See `firmware_py.link.seams.Desk`."""
        self._takers = (*self._takers, take)

        def end() -> None:
            self._takers = tuple(t for t in self._takers if t is not take)

        return end

    def reload(self) -> None:
        """See `firmware_py.link.seams.Desk`."""
        self._supervisor.inbox.put(Reload())

    def request(self, what: str) -> None:
        """See `firmware_py.link.seams.Desk`."""
        state, event = self._supervisor.state, REQUESTS[what]
        row = answer(state, event)
        if row.to is state and (not row.do or Action.SAY_LOST in row.do):
            raise GaitCoachError(f"{what}: not now, the device is {state}")
        self._supervisor.inbox.put(Happens(event, "link"))

    def show(self, happened: Happened) -> None:
        """An event or a cue; from the main loop."""
        takers = self._takers
        if takers:
            event = happened.as_dict()
            for take in takers:
                take(event)


class HeardShelf:
    """The shelf as the link has it: who holds a copy of everything is told so.

    Args:
        shelf: the real one.
        told: called when the last recording was verified.
    """

    def __init__(self, shelf: Shelf, told: Callable[[], object]) -> None:
        self._shelf = shelf
        self._told = told
        self.sessions = shelf.sessions
        self.open_file = shelf.open_file
        self.delete = shelf.delete

    def verified(self, session: str, file: str, sha256: str) -> None:
        """See `Shelf`."""
        self._shelf.verified(session, file, sha256)
        ended = [s for s in self._shelf.sessions() if not s.open]
        raw = [f for s in ended for f in s.files if part_number(f.name) is not None]
        if part_number(file) is not None and all(f.verified for f in raw):
            self._told()
