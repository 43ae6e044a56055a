"""One I2C bus: whole transactions, one at a time, counted, retried once, freed when stuck."""

import errno
import logging
import os
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from drivers.errors import BusError
from drivers.host import HostTime, Wire
from drivers.recovery import BusPins, free_bus

log = logging.getLogger(__name__)

MAX_BURST: Final = 256
"""Bytes a single transaction may move: 5.8 ms at 400 kHz, 9.3 ms at the 250 kHz that an idle core
makes of it, so that a haptic chip on the same bus waits less than 10 ms."""
_HINTS: Final = {
    errno.EREMOTEIO: "nobody answers: check power, wiring and address",
    errno.ENXIO: "nobody answers: check power, wiring and address",
    errno.ETIMEDOUT: "the bus hangs: a line is held down",
    errno.EIO: "the transfer broke off: check the wiring, or lower the bus clock",
    errno.EAGAIN: "another controller drives the bus, or a line is held down",
    errno.EOPNOTSUPP: "this I2C controller cannot do that transaction",
    errno.EBADF: "the bus could not be opened again",
    errno.ENODEV: "the bus is gone: was its adapter unplugged?",
}


@dataclass(slots=True)
class BusCounters:
    """What happened on a bus since it was opened.

    Args:
        transfers: transactions tried, retries included.
        read_bytes: bytes read by those that succeeded.
        retries: second tries.
        failures: transactions given up.
        recoveries: times that freeing the bus by clocking SCL was tried.
        freed: times that SDA was high and the bus open afterwards.
        errors: by name of the kernel's errno, every failed try.
        longest_s: longest transaction, s.
        longest_wait_s: longest that a thread waited for its turn, s.
    """

    transfers: int = 0
    read_bytes: int = 0
    retries: int = 0
    failures: int = 0
    recoveries: int = 0
    freed: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    longest_s: float = 0.0
    longest_wait_s: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "transfers": self.transfers,
            "read_bytes": self.read_bytes,
            "retries": self.retries,
            "failures": self.failures,
            "recoveries": self.recoveries,
            "freed": self.freed,
            "errors": dict(self.errors),
            "longest_s": self.longest_s,
            "longest_wait_s": self.longest_wait_s,
        }


class Bus:
    """A bus that several chips and threads share, transaction by transaction and in turns.

    Args:
        wire: carries the transactions.
        time: the host's clock.
        pins: the lines by hand, for `recover`; None where they cannot be had.
    """

    def __init__(self, wire: Wire, time: HostTime, pins: BusPins | None = None) -> None:
        self.time = time
        self.counters = BusCounters()
        self._wire = wire
        self._pins = pins
        # Python's lock is unfair: a thread that lets go of it and takes it again at once, as a
        # drain of many bursts does, keeps everyone else waiting. Who waits for the bus holds
        # _next, and whoever had the bus must queue for that first.
        self._next = threading.Lock()
        self._lock = threading.Lock()

    def read(self, address: int, register: int, count: int, *, retry: bool = True) -> bytes:
        """`count` bytes from `register` on.

        Args:
            address: 7 bits.
            register: where the chip's pointer is set to first.
            count: 1 to MAX_BURST.
            retry: whether a failed try is repeated at once; not where reading consumes (a FIFO).

        Raises:
            BusError: it failed; with the kernel's errno.
            ValueError: `count` is out of range.
        """
        if not 1 <= count <= MAX_BURST:
            raise ValueError(f"count = {count}: must be 1 to {MAX_BURST}")
        return self._transfer(address, bytes((register,)), count, retry)

    def write(self, address: int, register: int, *values: int, retry: bool = True) -> None:
        """Writes `values` from `register` on.

        Args:
            address: 7 bits.
            register: of the first value.
            values: bytes, at most MAX_BURST.
            retry: whether a failed try is repeated at once; not where writing twice does more.

        Raises:
            BusError: it failed; with the kernel's errno.
            ValueError: too many values.
        """
        if len(values) > MAX_BURST:
            raise ValueError(f"{len(values)} bytes to write: must be at most {MAX_BURST}")
        self._transfer(address, bytes((register, *values)), 0, retry)

    def answers(self, address: int) -> bool:
        """Whether a chip acknowledges `address` (a one byte read, harmless to all parts here)."""
        try:
            self._transfer(address, b"", 1, True)
        except BusError as e:
            if e.errno in (errno.EREMOTEIO, errno.ENXIO):
                return False
            raise
        return True

    def recover(self) -> bool:
        """Frees the lines by clocking SCL and opens the bus anew.

        Returns:
            Whether the bus is free and open again; False where there are no pins to do it with (it
            is opened anew all the same, as an adapter may have come back).
        """
        with self._next:
            self._lock.acquire()
        try:
            self._wire.close()
            free = self._clocked_free()
            try:
                self._wire.reopen()
            except OSError as e:
                log.warning("the I2C bus cannot be opened again: %s", e)
                return False
            self.counters.freed += free
            return free
        finally:
            self._lock.release()

    def close(self) -> None:
        """Closes the wire."""
        with self._next, self._lock:
            self._wire.close()

    def _clocked_free(self) -> bool:
        if self._pins is None:
            return False
        self.counters.recoveries += 1
        try:
            return free_bus(self._pins)
        except OSError as e:
            log.warning("the I2C bus cannot be freed: %s", e)
            return False

    def _transfer(self, address: int, out: bytes, count: int, retry: bool) -> bytes:
        counters = self.counters
        for again in (retry, False):
            asked = self.time.now()
            with self._next:
                self._lock.acquire()
            try:
                began = self.time.now()
                if began - asked > counters.longest_wait_s:
                    counters.longest_wait_s = began - asked
                counters.transfers += 1
                try:
                    data = self._wire.transfer(address, out, count)
                    if len(data) != count:
                        # No kernel does this; a wrong length would shift every axis after it.
                        raise OSError(errno.EIO, f"{len(data)} bytes came instead of {count}")
                    counters.read_bytes += count
                    return data
                except OSError as e:
                    counters.errors[errno.errorcode.get(e.errno or 0, "unknown")] += 1
                    error = e
                finally:
                    took = self.time.now() - began
                    if took > counters.longest_s:
                        counters.longest_s = took
                if not again:
                    counters.failures += 1
                    break
                counters.retries += 1
            finally:
                self._lock.release()
        number = error.errno or errno.EIO
        where = f"I2C 0x{address:02x}" + (f" register 0x{out[0]:02x}" if out else "")
        hint = _HINTS.get(number)
        text = f"{where}: {os.strerror(number)}" + (f"; {hint}" if hint else "")
        raise BusError(text, number) from error
