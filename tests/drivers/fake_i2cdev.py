"""`/dev/i2c-N` without a kernel: simulated buses behind the ioctls that smbus2 makes.

Only the system calls are replaced. smbus2 and `drivers.i2cdev` hand ctypes structures to ioctl, and
their pointers are followed here as the kernel would. (Structures: linux/i2c-dev.h, linux/i2c.h.)
"""

import ctypes
import errno
import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Final

import pytest
import smbus2.smbus2

from drivers.sim.wire import Message, SimWire

I2C_RETRIES: Final = 0x0701
I2C_TIMEOUT: Final = 0x0702
I2C_FUNCS: Final = 0x0705
I2C_RDWR: Final = 0x0707
I2C_M_RD: Final = 0x0001
RDWR_MAX_MSGS: Final = 42
FUNCS: Final = 0x0EFF_0009
"""I2C_FUNC_I2C and what the kernel emulates of SMBus with it."""
_FIRST_FD: Final = 987_000


class FakeI2cDev:
    """The devices and what was done to them.

    Args:
        wires: by bus number.
    """

    def __init__(self, wires: Mapping[int, SimWire]) -> None:
        self.wires = wires
        self.open_files: dict[int, int] = {}
        """Bus number by file descriptor."""
        self.timeouts: dict[int, int] = {}
        """By bus number, in units of 10 ms; an adapter keeps it when its file is closed."""
        self.retries: dict[int, int] = {}
        self.opened = 0
        self.refuse: int | None = None
        """errno of the next opening."""
        self.done: int | None = None
        """How many messages the kernel does of those it is handed; None: all."""

    def open(self, path: str, flags: int) -> int:
        """os.open of a device."""
        if self.refuse is not None:
            raise OSError(self.refuse, os.strerror(self.refuse), path)
        number = int(path.removeprefix("/dev/i2c-"))
        if number not in self.wires:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        self.opened += 1
        fd = _FIRST_FD + self.opened
        self.open_files[fd] = number
        return fd

    def close(self, fd: int) -> None:
        """os.close."""
        del self.open_files[fd]

    def ioctl(self, fd: int, request: int, argument: Any = 0) -> int:
        """fcntl.ioctl."""
        if fd not in self.open_files:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        number = self.open_files[fd]
        if request == I2C_FUNCS:
            argument.value = FUNCS
            return 0
        if request == I2C_TIMEOUT:
            self.timeouts[number] = argument
            return 0
        if request == I2C_RETRIES:
            self.retries[number] = argument
            return 0
        if request == I2C_RDWR:
            return self._rdwr(self.wires[number], argument)
        raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))

    def _rdwr(self, wire: SimWire, data: Any) -> int:
        n = int(data.nmsgs)
        if not 0 < n <= RDWR_MAX_MSGS:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        messages: list[Message] = []
        for k in range(n):
            m = data.msgs[k]
            is_read = bool(m.flags & I2C_M_RD)
            content = bytes(m.len) if is_read else ctypes.string_at(m.buf, m.len)
            messages.append(Message(m.addr, content, is_read))
        got = iter(wire.rdwr(messages))
        done = n if self.done is None else self.done
        for k in range(done):
            m = data.msgs[k]
            if m.flags & I2C_M_RD:
                ctypes.memmove(m.buf, next(got), m.len)
        return done


@contextmanager
def fake_i2cdev(wires: Mapping[int, SimWire]) -> Iterator[FakeI2cDev]:
    """smbus2 and `drivers.i2cdev` see these buses as `/dev/i2c-N` meanwhile."""
    fake = FakeI2cDev(wires)
    calls = SimpleNamespace(open=fake.open, close=fake.close, O_RDWR=os.O_RDWR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smbus2.smbus2, "os", calls)
        patch.setattr(smbus2.smbus2, "ioctl", fake.ioctl)
        patch.setattr(fcntl, "ioctl", fake.ioctl)
        yield fake
