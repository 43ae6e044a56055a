"""A simulated sensor behind a real `/dev/i2c-1`, by umockdev.

Run with the system's Python, which has the bindings of umockdev:
    umockdev-wrapper /usr/bin/python3 tests/system/i2c_server.py CLIENT [ARGUMENT...]
The client is another process and knows nothing of this one: its open and ioctl are the C library's,
redirected by umockdev. Ends with the client's exit code.
"""

import errno
import os
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from typing import Any, Final

import gi  # type: ignore[import-not-found]

gi.require_version("UMockdev", "1.0")
from gi.repository import GLib, UMockdev  # type: ignore[import-not-found]  # noqa: E402

from drivers.sim.lsm6dso import SimLsm6dso  # noqa: E402
from drivers.sim.oscillator import Oscillator  # noqa: E402
from drivers.sim.time import VirtualTime  # noqa: E402
from drivers.sim.wire import Message, SimWire  # noqa: E402
from tests.drivers.diary import Diary  # noqa: E402

I2C_RETRIES: Final = 0x0701
I2C_TIMEOUT: Final = 0x0702
I2C_SLAVE: Final = 0x0703
I2C_FUNCS: Final = 0x0705
I2C_SLAVE_FORCE: Final = 0x0706
I2C_RDWR: Final = 0x0707
I2C_PEC: Final = 0x0708
I2C_SMBUS: Final = 0x0720
I2C_M_RD: Final = 0x0001
FUNCS: Final = 0x0EFF_0009
QUICK, BYTE, BYTE_DATA, WORD_DATA = range(4)
I2C_BLOCK: Final = 8
DEVICE: Final = """P: /devices/platform/soc/i2c-1/i2c-dev/i2c-1
N: i2c-1
E: DEVNAME=/dev/i2c-1
E: SUBSYSTEM=i2c-dev
A: name=simulated
"""


class Adapter:
    """The kernel's side of one bus, in real time.

    Args:
        wire: the simulated bus.
    """

    def __init__(self, wire: SimWire) -> None:
        self.wire = wire
        self.timeout_10ms: int | None = None
        self.transfers = 0

    def rdwr(self, messages: Sequence[Message]) -> list[bytes]:
        """See SimWire; the chips live in real time."""
        self.transfers += 1
        self.wire.time.pass_by(max(0.0, time.monotonic() - self.wire.time.now()))
        return self.wire.rdwr(messages)

    def smbus(self, address: int, is_read: bool, command: int, size: int, data: bytearray) -> None:
        """I2C_SMBUS as i2c-core makes it of plain messages; `data` is changed in place."""
        pointer = Message(address, bytes((command,)), False)
        if size == QUICK:
            self.rdwr([Message(address, b"", is_read)])
        elif size == BYTE and is_read:
            data[:1] = self.rdwr([Message(address, bytes(1), True)])[0]
        elif size == BYTE:
            self.rdwr([pointer])
        elif size in (BYTE_DATA, WORD_DATA):
            n = 1 if size == BYTE_DATA else 2
            if is_read:
                data[:n] = self.rdwr([pointer, Message(address, bytes(n), True)])[0]
            else:
                self.rdwr([Message(address, bytes((command, *data[:n])), False)])
        elif size == I2C_BLOCK:
            n = data[0]
            if not 0 < n <= 32:
                raise OSError(errno.EINVAL, "length")
            if is_read:
                data[1 : n + 1] = self.rdwr([pointer, Message(address, bytes(n), True)])[0]
            else:
                self.rdwr([Message(address, bytes((command, *data[1 : n + 1])), False)])
        else:
            raise OSError(errno.EOPNOTSUPP, "size")


class Ioctls(UMockdev.IoctlBase):  # type: ignore[misc]
    """Takes the client's ioctls apart. (umockdev wants it by inheritance.)"""

    adapter: Adapter
    address = 0

    def do_handle_ioctl(self, client: Any) -> bool:
        """One ioctl."""
        try:
            client.complete(self._answer(client.get_request(), client.get_arg()), 0)
        except OSError as e:
            client.complete(-1, e.errno)
        except Exception:  # noqa: BLE001 - the client must get an answer, or it hangs
            traceback.print_exc()
            client.complete(-1, errno.EPROTO)
        return True

    def _answer(self, request: int, argument: Any) -> int:
        if request in (I2C_SLAVE, I2C_SLAVE_FORCE):
            self.address = _value(argument)
        elif request == I2C_TIMEOUT:
            self.adapter.timeout_10ms = _value(argument)
        elif request == I2C_FUNCS:
            argument.resolve(0, 8).update(0, list(struct.pack("<Q", FUNCS)))
        elif request == I2C_RDWR:
            return self._rdwr(argument)
        elif request == I2C_SMBUS:
            self._smbus(argument)
        elif request not in (I2C_PEC, I2C_RETRIES):
            raise OSError(errno.ENOTTY, "no such ioctl")
        return 0

    def _rdwr(self, argument: Any) -> int:
        data = argument.resolve(0, 16)
        _, n = struct.unpack_from("<QI", bytes(data.retrieve()))
        array = data.resolve(0, 16 * n)
        raw = bytes(array.retrieve())
        messages, buffers = [], []
        for k in range(n):
            address, flags, length = struct.unpack_from("<HHH", raw, 16 * k)
            buffer = array.resolve(16 * k + 8, length) if length else None
            is_read = bool(flags & I2C_M_RD)
            content = bytes(length) if is_read or buffer is None else bytes(buffer.retrieve())
            messages.append(Message(address, content, is_read))
            if is_read:
                buffers.append(buffer)
        got = self.adapter.rdwr(messages)
        for buffer, content in zip(buffers, got, strict=True):
            if buffer is not None:
                buffer.update(0, list(content))
        return int(n)

    def _smbus(self, argument: Any) -> None:
        data = argument.resolve(0, 16)
        is_read, command, size, pointer = struct.unpack("<BBxxIQ", bytes(data.retrieve()))
        union = data.resolve(8, 34) if pointer else None
        content = bytearray(34 if union is None else bytes(union.retrieve()))
        self.adapter.smbus(self.address, bool(is_read), command, size, content)
        if is_read and union is not None:
            union.update(0, list(content))


def _value(argument: Any) -> int:
    return int(struct.unpack("<Q", bytes(argument.retrieve())[:8])[0])


def main() -> int:
    """Serves until the client ends."""
    sim = SimLsm6dso(0x6A, Diary(0.488e-3), Oscillator(0.02))
    sim.power_up(time.monotonic(), cold=False)
    # Real time passes by itself: a transfer must not add to it.
    adapter = Adapter(SimWire(VirtualTime(time.monotonic()), [sim], clock_hz=1e9))
    bed = UMockdev.Testbed.new()
    bed.add_from_string(DEVICE)
    ioctls = Ioctls()
    ioctls.adapter = adapter
    bed.attach_ioctl("/dev/i2c-1", ioctls)
    loop = GLib.MainLoop()
    threading.Thread(target=loop.run, daemon=True).start()
    code = subprocess.call(sys.argv[1:])
    loop.quit()
    wrong = list(sim.illegal)
    if adapter.timeout_10ms != 5:
        wrong.append(f"I2C_TIMEOUT was {adapter.timeout_10ms}")
    sys.stderr.write(f"server: {adapter.transfers} transfers {wrong or ''}\n")
    return 1 if code or wrong else 0


if __name__ == "__main__":
    # Not sys.exit: the testbed's threads would keep the interpreter.
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
