"""The kernel's I2C bus through smbus2."""

import contextlib
import errno
import fcntl
import os
from typing import Final

from smbus2 import SMBus, i2c_msg

I2C_RETRIES: Final = 0x0701
I2C_TIMEOUT: Final = 0x0702
"""linux/i2c-dev.h; smbus2 has no call for them."""
TIMEOUT_10MS: Final = 5
"""Units of 10 ms. The default of 1 s would overrun most FIFOs before the kernel gave up."""
MAX_MESSAGE: Final = 8192
"""The kernel refuses longer ones; smbus2 would cut a length to 16 bits without a word."""
_REMEDY: Final = {
    errno.ENOENT: "no such bus; switch I2C on (sudo raspi-config nonint do_i2c 0) and restart",
    errno.EACCES: "permission denied; add yourself to its group (sudo adduser $USER i2c)",
}


class I2cDev:
    """`/dev/i2c-N`; combined transactions only (SMBus blocks end at 32 bytes).

    Args:
        bus: N.

    Raises:
        FileNotFoundError, PermissionError, OSError: no such bus, no permission; with the remedy.
    """

    def __init__(self, bus: int) -> None:
        self._number = bus
        self._bus: SMBus | None = None
        self.reopen()

    def transfer(self, address: int, out: bytes, count: int) -> bytes:
        """Writes `out` and reads `count` bytes, one kernel call; the one read comes last.

        The BCM283x driver answers EOPNOTSUPP to anything else.
        """
        if self._bus is None or self._bus.fd is None:
            raise OSError(errno.EBADF, "the bus is closed")
        if count > MAX_MESSAGE or len(out) > MAX_MESSAGE:
            raise OSError(errno.EINVAL, f"a message is longer than {MAX_MESSAGE} bytes")
        # New messages every time: what a controller did not fill in must not be an earlier read's.
        messages = [i2c_msg.write(address, out)] if out or not count else []
        if not count:
            self._bus.i2c_rdwr(*messages)
            return b""
        read = i2c_msg.read(address, count)
        self._bus.i2c_rdwr(*messages, read)
        # bytes(), not list(): 0.7 us against 340 us for 1456 bytes.
        return bytes(read)

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
