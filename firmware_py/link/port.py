"""The serial port: never waits for a host, and comes back after every unplugging."""

import logging
import os
import select
import termios
import threading
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from firmware_py.link.core import Core

log = logging.getLogger(__name__)

RETRY_S: Final = 0.5
"""A replugged port is there after about half a second."""
_LOOK_UP_S: Final = 1.0
_PIECE: Final = 65536
_GONE: Final = select.POLLHUP | select.POLLERR | select.POLLNVAL


class Port:
    """Carries bytes between a core and a terminal device, on the thread that calls `run`.

    Args:
        path: the device; it may come and go.
        core: what answers.
        clock: any steady time, s.
        stall_s: what a host asked for is dropped when it has not read for so long.
        retry_s: from a port's loss to the next try.
    """

    def __init__(
        self,
        path: Path,
        core: Core,
        clock: Callable[[], float],
        stall_s: float,
        retry_s: float = RETRY_S,
    ) -> None:
        self._path = path
        self._core = core
        self._clock = clock
        self._stall_s = stall_s
        self._retry_s = retry_s
        self._told = ""
        self._closing = False
        self._lock = threading.Lock()
        self._waker: int | None = None
        self._woken = -1
        self._out = memoryview(b"")
        self._moved = 0.0
        self.beat = clock()
        self.opened = 0
        self.stalls = 0

    def wake(self) -> None:
        """There is something to send; from any thread, never blocks."""
        # Full: it is awake already. The lock: a closed pipe's number may be another file's.
        with self._lock, suppress(BlockingIOError):
            if self._waker is not None:
                os.write(self._waker, b"x")

    def close(self) -> None:
        """Lets `run` return; from any thread."""
        self._closing = True
        self.wake()

    def run(self) -> None:
        """Until it is closed."""
        self._woken, waker = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(waker, False)
        self._waker = waker
        try:
            while not self._closing:
                try:
                    self._once()
                except Exception:
                    # A mistake of ours, too, costs no more than a pulled cable.
                    log.exception("the serial link failed; its port is opened anew")
                    self._wait()
        finally:
            with self._lock:
                self._waker = None
            os.close(waker)
            os.close(self._woken)

    def _once(self) -> None:
        """From a port's opening to its loss."""
        try:
            fd = _open(self._path)
        except (OSError, termios.error) as e:
            self._tell(f"{self._path}: cannot be opened ({e.args[-1]}); tried again")
            self._wait()
            return
        self.opened += 1
        try:
            self._told = ""
            self._carry(fd)
        except (OSError, termios.error) as e:
            log.debug("%s: lost (%s)", self._path, e.args[-1])
        finally:
            os.close(fd)
            self._out = memoryview(b"")
            self._core.reset()
        if not self._closing:
            self._wait()

    def _tell(self, text: str) -> None:
        """Logs what is new: a port that is not there is told once."""
        if text != self._told:
            self._told = text
            log.info(text)

    def _wait(self) -> None:
        until = self._clock() + self._retry_s
        while not self._closing and (left := until - self._alive()) > 0:
            select.select([self._woken], [], [], left)
            self._drain()

    def _alive(self) -> float:
        """Now; the thread was seen at it."""
        self.beat = self._clock()
        return self.beat

    def _carry(self, fd: int) -> None:
        poll = select.poll()
        poll.register(self._woken, select.POLLIN)
        look_up_ms = 1000 * min(_LOOK_UP_S, self._stall_s)
        core, asked = self._core, -1
        while not self._closing:
            now = self._alive()
            if not self._out:
                self._out = memoryview(core.send(now))
                self._moved = now
            wants = (select.POLLIN if core.hungry else 0) | (select.POLLOUT if self._out else 0)
            if wants != asked:
                asked = wants
                poll.register(fd, wants)
            for ready, what in poll.poll(look_up_ms if self._out or not core.busy else 0):
                if ready == self._woken:
                    self._drain()
                elif what & _GONE:
                    raise OSError(0, "hung up")
                else:
                    self._move(fd, what, now)
            if self._out and now - self._moved > self._stall_s:
                self._abandon()

    def _move(self, fd: int, what: int, now: float) -> None:
        try:
            if what & select.POLLOUT:
                n = os.write(fd, self._out[:_PIECE])
                self._out = self._out[n:]
                if n:
                    self._moved = now
            if what & select.POLLIN:
                data = os.read(fd, _PIECE)
                if not data:
                    raise OSError(0, "unplugged")
                self._core.receive(data)
        except BlockingIOError:
            return

    def _abandon(self) -> None:
        self.stalls += 1
        self._tell(f"{self._path}: the host has not read for {self._stall_s:g} s")
        self._out = memoryview(b"")
        self._core.abandon()

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._woken, 4096):
                pass


def _open(path: Path) -> int:
    """Raises OSError, termios.error: it is not there, or no terminal."""
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        # At once, without a flush: the host may already have asked.
        tty.setraw(fd, termios.TCSANOW)
    except BaseException:
        os.close(fd)
        raise
    return fd
