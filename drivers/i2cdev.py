"""The kernel's I2C bus through smbus2."""

import contextlib
import errno
import fcntl
import os
from typing import Final

from smbus2 import SMBus, i2c_msg
from smbus2.smbus2 import i2c_rdwr_ioctl_data

I2C_RETRIES: Final = 0x0701
I2C_TIMEOUT: Final = 0x0702
"""linux/i2c-dev.h; smbus2 has no call for them."""
I2C_RDWR: Final = 0x0707
TIMEOUT_10MS: Final = 5
"""Units of 10 ms. The default of 1 s would overrun most FIFOs before the kernel gave up."""
MAX_MESSAGE: Final = 8192
"""The kernel refuses longer ones; smbus2 would cut a length to 16 bits without a word."""
MAX_PREPARED: Final = 512
_REMEDY: Final = {
    errno.ENOENT: "no such bus; switch I2C on (sudo raspi-config nonint do_i2c 0) and restart",
    errno.EACCES: "permission denied; add yourself to its group (sudo adduser $USER i2c)",
}
_Call = tuple[list[i2c_msg], i2c_rdwr_ioctl_data]


class I2cDev:
    """`/dev/i2c-N`; combined transactions only (SMBus blocks end at 32 bytes).

    For one thread at a time: `drivers.bus.Bus` sees to that.

    Args:
        bus: N.

    Raises:
        FileNotFoundError, PermissionError, OSError: no such bus, no permission; with the remedy.
    """

    def __init__(self, bus: int) -> None:
        self._number = bus
        self._bus: SMBus | None = None
        # A stream repeats few different reads; making their structures anew costs as much as all
        # the rest of a transfer.
        self._prepared: dict[tuple[int, bytes, int], _Call] = {}
        self.reopen()

    def transfer(self, address: int, out: bytes, count: int) -> bytes:
        """Writes `out` and reads `count` bytes, one kernel call; the one read comes last.

        The BCM283x driver answers EOPNOTSUPP to anything else.
        """
        if self._bus is None or self._bus.fd is None:
            raise OSError(errno.EBADF, "the bus is closed")
        if count > MAX_MESSAGE or len(out) > MAX_MESSAGE:
            raise OSError(errno.EINVAL, f"a message is longer than {MAX_MESSAGE} bytes")
        messages, call = self._prepared.get((address, out, count)) or self._prepare(
            address, out, count
        )
        done = fcntl.ioctl(self._bus.fd, I2C_RDWR, call)
        if done != len(messages):
            # smbus2's own i2c_rdwr would take the bytes of an earlier read for these.
            raise OSError(errno.EIO, f"{done} of {len(messages)} messages were transferred")
        # bytes(), not list(): 0.7 us against 340 us for 1456 bytes.
        return bytes(messages[-1]) if count else b""

    def close(self) -> None:
        """Closes the device file."""
        if self._bus is not None:
            bus, self._bus = self._bus, None
            bus.close()

    def reopen(self) -> None:
        """Opens the device file with a short kernel timeout."""
        self.close()
        try:
            bus = SMBus(self._number)
        except OSError as e:
            # OSError makes the subclass that belongs to the number.
            number = e.errno or errno.EIO
            text = _REMEDY.get(number, os.strerror(number))
            raise OSError(number, text, f"/dev/i2c-{self._number}") from e
        if bus.fd is not None:
            # An adapter that takes no timeout works all the same, with its own.
            with contextlib.suppress(OSError):
                fcntl.ioctl(bus.fd, I2C_TIMEOUT, TIMEOUT_10MS)
            with contextlib.suppress(OSError):
                fcntl.ioctl(bus.fd, I2C_RETRIES, 0)
        self._bus = bus

    def _prepare(self, address: int, out: bytes, count: int) -> _Call:
        if len(self._prepared) >= MAX_PREPARED:
            self._prepared.clear()
        messages = [i2c_msg.write(address, list(out))] if out or not count else []
        if count:
            messages.append(i2c_msg.read(address, count))
        # Its type stub wants sequences where the code takes messages.
        call = messages, i2c_rdwr_ioctl_data.create(*messages)  # type: ignore[arg-type]
        self._prepared[address, out, count] = call
        return call
