"""A pseudo terminal as the USB cable: its far end is the laptop."""

import os
import select
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from firmware_py.link.client import Arrived, Client, Reply

PATIENCE_S: Final = 20.0


class Cable:
    """A cable that can be pulled and plugged in again.

    Args:
        path: where the device looks for its port.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._host = -1

    def plug(self) -> "Laptop":
        """Makes a port; the laptop at its far end."""
        self._host, device = os.openpty()
        # As a gadget's port: nothing is echoed before the device has opened it.
        tty.setraw(device)
        link = self._path.with_name("next")
        link.symlink_to(os.ttyname(device))
        link.replace(self._path)
        os.set_blocking(self._host, False)
        return Laptop(self._host, device)

    def pull(self, laptop: "Laptop") -> None:
        """The port is dead for who has it open."""
        laptop.close()


class Laptop:
    """The host's end of a port.

    Args:
        fd: of the pseudo terminal's master.
        kept: of its slave, so that it lives until the device has opened it.
    """

    def __init__(self, fd: int, kept: int) -> None:
        self.fd = fd
        self._kept = kept
        self.client = Client()
        self._resyncs = 0

    def close(self) -> None:
        """Pulls the cable."""
        os.close(self.fd)
        os.close(self._kept)

    def write(self, data: bytes, while_reading: Callable[[bytes], object] | None = None) -> None:
        """Sends all of it.

        Raises:
            TimeoutError: the device does not take it.
        """
        rest = memoryview(data)
        while rest:
            wants = select.POLLOUT | (select.POLLIN if while_reading else 0)
            what = self._wait(wants)
            if what & select.POLLIN and while_reading:
                while_reading(os.read(self.fd, 65536))
            if what & select.POLLOUT:
                rest = rest[os.write(self.fd, rest[:4096]) :]

    def read(self) -> bytes:
        """What has come, waiting for the first of it.

        Raises:
            TimeoutError: nothing comes.
        """
        self._wait(select.POLLIN)
        return os.read(self.fd, 65536)

    def arrivals(self) -> list[Arrived]:
        """Reads until at least one message is whole."""
        while True:
            if arrived := self.client.receive(self.read()):
                return arrived

    def resync(self) -> Reply:
        """Begins, or begins again: the answer to hello."""
        self._resyncs += 1
        self.write(self.client.resync(f"{self.fd:04}nonce{self._resyncs:04}"))
        return _reply(self.arrivals()[0])

    def ask(self, method: str, **params: Any) -> Reply:
        """A request's answer; what else comes before it is dropped."""
        id, line = self.client.request(method, **params)
        self.write(line)
        while True:
            for one in self.arrivals():
                if isinstance(one, Reply) and one.id == id:
                    return one

    def _wait(self, wants: int) -> int:
        poll = select.poll()
        poll.register(self.fd, wants)
        for _, what in poll.poll(1000 * PATIENCE_S):
            return what
        raise TimeoutError(f"the device has done nothing for {PATIENCE_S} s")


def _reply(arrived: Arrived) -> Reply:
    assert isinstance(arrived, Reply)
    return arrived
