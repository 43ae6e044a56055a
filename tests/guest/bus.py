"""The simulated chips on the guest's I2C bus: outside of the machine, as a body is.

The guest's kernel asks by i2c_relay.c (framing: kernel/vi2c.c). The chips live in the guest's own
time, which comes with each request: how busy this machine is, changes nothing for them.
"""

import contextlib
import errno
import socket
import struct
import threading
from collections.abc import Callable
from typing import Final

from drivers.sim.time import VirtualTime
from drivers.sim.wire import Message, SimWire

_READ: Final = 0x0001
_NEVER: Final = 0x7FFFFFFF
_HEAD: Final = struct.Struct("<QIIH")
_MESSAGE: Final = struct.Struct("<HHH")


class BusServer:
    """Answers the transfers of one machine after another.

    Args:
        listener: QEMU connects to it.
    """

    def __init__(self, listener: socket.socket) -> None:
        self.wire = real_time_wire()
        self.powered: Callable[[float], object] = lambda now: None
        """Called with the guest's time at the first transfer after each power-on."""
        self.lock = threading.Lock()
        """Held during a transfer; take it to change anything on the wire."""
        self.transfers = 0
        self.hangs = threading.Event()
        """While set no transfer ends: the kernel's time-out does."""
        self._listener = listener
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Answers nobody any more."""
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                port, _ = self._listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError, EOFError), port:
                self._answer(port)

    def _answer(self, port: socket.socket) -> None:
        is_first = True
        while True:
            now_ns, follow, sequence, count = _HEAD.unpack(_exactly(port, _HEAD.size))
            body = _exactly(port, follow + 12 - _HEAD.size)
            now = now_ns / 1e9
            if is_first:
                is_first = False
                with self.lock:
                    self.wire.time = VirtualTime(now)
                self.powered(now)
            result, data = self._done(_messages(body, count), now)
            port.sendall(struct.pack("<IIi", 8 + len(data), sequence, result) + data)

    def _done(self, messages: list[Message], now: float) -> tuple[int, bytes]:
        with self.lock:
            self.transfers += 1
            if self.hangs.is_set():
                return _NEVER, b""
            self.wire.time.pass_by(max(0.0, now - self.wire.time.now()))
            try:
                return len(messages), b"".join(self.wire.rdwr(messages))
            except OSError as e:
                return -(e.errno or errno.EIO), b""


def real_time_wire() -> SimWire:
    """A bus without chips whose transfers take no time of their own: the guest's passes anyway."""
    return SimWire(VirtualTime(0.0), clock_hz=1e9)


def _messages(body: bytes, count: int) -> list[Message]:
    out, at = [], 0
    for _ in range(count):
        address, flags, length = _MESSAGE.unpack_from(body, at)
        at += _MESSAGE.size
        if flags & _READ:
            out.append(Message(address, bytes(length), True))
        else:
            out.append(Message(address, body[at : at + length], False))
            at += length
    return out


def _exactly(port: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        more = port.recv(count - len(got))
        if not more:
            raise EOFError
        got += more
    return got
