"""Tells systemd that the service lives: only where it has just worked on something fresh.

The protocol of sd_notify(3) in its few lines: a datagram to a socket that the environment names.
(The library `sdnotify` had its last release in 2017.)
"""

import logging
import os
import socket
from collections.abc import Callable, Mapping
from typing import Final

log = logging.getLogger(__name__)

FRESH_S: Final = 3.0
"""What the main loop has just worked off must not be older than this."""
FEEDS: Final = 4
"""Per watchdog period."""

Notify = Callable[[str], object]


def notifier(environment: Mapping[str, str] = os.environ) -> Notify:
    """Sends to systemd; without systemd it sends nothing."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address:
        return lambda text: None
    # A name that begins with @ is an abstract socket.
    target = "\0" + address[1:] if address.startswith("@") else address

    def notify(text: str) -> None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                # systemd that does not read must not stop the main loop.
                sender.setblocking(False)
                sender.sendto(text.encode(), target)
        except OSError as e:
            log.warning("systemd cannot be told %s: %s", text.partition("=")[0], e.strerror)

    return notify


def period_s(environment: Mapping[str, str] = os.environ) -> float | None:
    """From one sign of life to the next, at most, s (WATCHDOG_USEC); None: nobody waits for any."""
    said = environment.get("WATCHDOG_USEC", "")
    return int(said) / 1e6 if said.isdigit() and int(said) else None


class Watchdog:
    """Feeds systemd's watchdog.

    Called by the main loop alone, with what it has just worked off: a reader, a main loop or an I2C
    transfer that hangs brings nothing fresh, and the feed stops.

    Args:
        notify: sends a line to systemd.
        clock: monotonic time on the base of what is worked off, s.
        period_s: see above.
    """

    def __init__(
        self, notify: Notify, clock: Callable[[], float], period_s: float | None = None
    ) -> None:
        self._notify = notify
        self._clock = clock
        self._every_s = None if period_s is None else period_s / FEEDS
        self._fed: float | None = None
        self._status = ""

    def ready(self) -> None:
        """The service has started."""
        self._notify("READY=1")

    def stopping(self) -> None:
        """It ends."""
        self._notify("STOPPING=1")

    def status(self, text: str) -> None:
        """What it is about, for `systemctl status`; told when it changes."""
        if text != self._status:
            self._status = text
            self._notify(f"STATUS={text}")

    def worked_off(self, t: float) -> None:
        """The main loop has just worked off what is of time `t`, s: samples, a reader's report."""
        if self._every_s is None:
            return
        now = self._clock()
        if now - t >= FRESH_S or (self._fed is not None and now - self._fed < self._every_s):
            return
        self._fed = now
        self._notify("WATCHDOG=1")
