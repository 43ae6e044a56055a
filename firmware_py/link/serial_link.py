"""The link as the device starts it: core, answers and port, on a thread of its own."""

import logging
import threading
import time
from pathlib import Path

from firmware_py.link.core import Core
from firmware_py.link.device_answers import DeviceAnswers
from firmware_py.link.feed import Feed
from firmware_py.link.log_ring import LogRing
from firmware_py.link.port import RETRY_S, Port
from firmware_py.link.seams import Desk, Shelf, Wall
from firmware_py.link.session_answers import SessionAnswers
from firmware_py.link.settings import LinkSettings
from firmware_py.link.tokens import Tokens

log = logging.getLogger(__name__)


class SerialLink:
    """Answers a host over a serial device, whether one is there or not.

    Args:
        settings: the port, and how long a host may stall.
        shelf: the sessions.
        wall: the wall clock.
        desk: the device.
        config: the configuration's file.
        folder: where sessions, and the programme's state, are kept.
        logs: the last lines of the log; None: those from `start` on.
        retry_s: from a port's loss to the next try.
    """

    def __init__(
        self,
        settings: LinkSettings,
        shelf: Shelf,
        wall: Wall,
        desk: Desk,
        config: Path,
        folder: Path,
        logs: LogRing | None = None,
        retry_s: float = RETRY_S,
    ) -> None:
        self._logs = logs or LogRing()
        self._own_logs = logs is None
        feed = Feed(self._wake)
        core = make_core(shelf, wall, desk, config, folder, feed, self._logs)
        self._port = Port(Path(settings.port), core, time.monotonic, settings.stall_s, retry_s)
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)

    @property
    def beat(self) -> float:
        """When its thread was last seen alive, on time.monotonic's base, s."""
        return self._port.beat

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    @property
    def opened(self) -> int:
        """How often the port was opened."""
        return self._port.opened

    @property
    def stalls(self) -> int:
        """How often a host was given up since it did not read."""
        return self._port.stalls

    def start(self) -> None:
        """Begins; returns at once."""
        if self._own_logs:
            logging.getLogger().addHandler(self._logs)
        self._thread.start()

    def close(self, timeout: float = 5.0) -> bool:
        """Ends it; whether that was done within `timeout` s."""
        self._port.close()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        logging.getLogger().removeHandler(self._logs)
        return not self._thread.is_alive()

    def _wake(self) -> None:
        self._port.wake()

    def _run(self) -> None:
        try:
            self._port.run()
        except Exception:
            # No pipe to wake it by: the device goes on without a laptop until its next start.
            log.exception("the serial link failed")


def make_core(
    shelf: Shelf,
    wall: Wall,
    desk: Desk,
    config: Path,
    folder: Path,
    feed: Feed,
    logs: LogRing,
    tokens: Tokens | None = None,
) -> Core:
    """Everything but the port; arguments as of SerialLink."""
    tokens = tokens or Tokens()
    device = DeviceAnswers(desk, wall, config, folder, feed, tokens, logs)
    answers = device.table() | SessionAnswers(shelf, tokens).table()

    def forget() -> None:
        feed.end()
        tokens.clear()

    return Core(answers, feed, forget)
