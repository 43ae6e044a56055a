"""BMI270 by its registers; scale tables of its own (double entry).

Bosch's BMI270_SensorAPI (codes, frames, initialization), datasheets of the BMI160, BMA400 and
BMA456 (sensor time, frames read in part, skip frames).
"""

from collections import deque
from math import floor, radians
from typing import ClassVar, Final

import numpy as np

from drivers.sim.chip import CountRows, SimChip, counts, from_g
from drivers.sim.motion import SensorMotion
from drivers.sim.oscillator import Oscillator
from dsp.block import FloatArray

_RANGE_G: Final = (2.0, 4.0, 8.0, 16.0)
_RANGE_DPS: Final = (2000.0, 1000.0, 500.0, 250.0, 125.0)
_ODR_HZ: Final = {6: 25.0, 7: 50.0, 8: 100.0, 9: 200.0, 10: 400.0, 11: 800.0, 12: 1600.0}
_TICKS_PER_S: Final = 25600
_FIFO_BYTES: Final = {328: 6144, 8192: 2048}
_MARK: Final = b"no image of Bosch's"
_RESET_S: Final = 0.002
_REST_S: Final = 450e-6
_INIT_S: Final = 0.010
_TEST_G: Final = (8.5, -8.0, 5.6)


def fake_image(size: int = 328) -> bytes:
    """An image that the simulated chip accepts, and no real one: a mark, a pattern, a checksum."""
    body = _MARK + bytes(k * 37 & 0xFF for k in range(size - len(_MARK) - 1))
    return body + bytes((-sum(body) & 0xFF,))


class SimBmi270(SimChip):
    """One BMI270.

    Args:
        identity: what CHIP_ID says.
        cross: GYR_CAS, 512ths of the gyro's z that show in its x.
        begins: sensor time after a reset, ticks.
        late_ticks: by which samples come after the edge of sensor time.
        level_late_s: how long after sensor time the level is taken in one burst.
        dead_axes: whether its masses do not move in self-test.
    """

    name = "BMI270"
    boot_s = 0.002
    reset_values: ClassVar = {
        0x00: 0x24, 0x21: 0x00, 0x40: 0xA8, 0x41: 0x02, 0x42: 0xA9, 0x43: 0x00, 0x45: 0x88,
        0x46: 0x00, 0x47: 0x02, 0x48: 0x02, 0x49: 0x10, 0x59: 0x90, 0x7C: 0x03, 0x7D: 0x00,
    }  # fmt: skip
    writable: ClassVar = frozenset(
        {0x2F, *range(0x40, 0x4A), 0x53, 0x54, 0x55, 0x58, 0x59, 0x5B, 0x5C, 0x5E, 0x6B, 0x6D}
        | {0x7C, 0x7D, 0x7E}
    )

    def __init__(
        self,
        address: int = 0x68,
        motion: SensorMotion | None = None,
        oscillator: Oscillator | None = None,
        *,
        identity: int = 0x24,
        cross: int = 0,
        begins: int = 0,
        late_ticks: int = 0,
        level_late_s: float = 0.0,
        dead_axes: bool = False,
    ) -> None:
        self._identity = identity
        self._cross = cross
        self._begins = begins
        self._late = late_ticks
        self._level_late_s = level_late_s
        self._dead = dead_axes
        self._frames: deque[bytes] = deque()
        self._held = 0
        self._skipped = 0
        self._image = bytearray(8192)
        self._uploaded = 0
        self._at = 0
        self._capacity = 2048
        self._written = 0.0
        self._zero = 0.0
        self._booted_at: float | None = None
        self._latest: CountRows = np.zeros((1, 6), dtype=np.int16)
        self.dropped = 0
        super().__init__(address, motion, oscillator)

    def reset_registers(self) -> None:
        """Values after a reset; the image is gone, power save is on."""
        super().reset_registers()
        self.regs[0x00] = self._identity
        self._flush()
        self._image[:] = bytes(8192)
        self._uploaded = self._at = 0
        self._booted_at = None
        self._written = -1.0
        self._zero = self.chip_s(self._now) - self._begins / _TICKS_PER_S

    def next_pointer(self, pointer: int) -> int:
        """FIFO_DATA and INIT_DATA keep the pointer."""
        return pointer if pointer in (0x26, 0x5E) else (pointer + 1) & 0xFF

    def transact(self, out: bytes, count: int, now: float) -> bytes:
        """Writes rest 450 us from each other while power save is on."""
        if len(out) > 1:
            if self.regs[0x7C] & 1 and now - self._written < _REST_S:
                self.illegal.append(f"write to 0x{out[0]:02x} within 450 us in power save")
            self._written = now
        return super().transact(out, count, now)

    def wrote(self, register: int, before: int, value: int) -> None:
        """Consequences of a write."""
        if register == 0x7E:
            self._command(value)
        elif register == 0x5E:
            if self.regs.get(0x59, 0) & 1:
                self.illegal.append("INIT_DATA written after INIT_CTRL")
            self._image[self._at % 8192] = value
            self._at += 1
            self._uploaded += 1
        elif register in (0x5B, 0x5C):
            self._at = 2 * (self.regs.get(0x5B, 0) & 0x0F | self.regs.get(0x5C, 0) << 4)
        elif register == 0x59:
            if value & 1:
                self._booted_at = self._now + _INIT_S
            elif self.regs[0x7C] & 1:
                self.illegal.append("initialized in power save")
        elif register in (0x40, 0x42, 0x7D, 0x7C):
            self._set_rates()

    def read(self, register: int) -> int:
        """Status, outputs, sensor time and level are made on the spot."""
        if register == 0x21:
            return self._status()
        if 0x0C <= register <= 0x17:
            return int(self._latest[-1].astype("<i2").tobytes()[register - 0x0C])
        if 0x18 <= register <= 0x1A:
            return self._sensor_time() >> 8 * (register - 0x18) & 0xFF
        if register == 0x1E or (register == 0x3C and self.regs.get(0x2F, 0) == 0):
            return self._cross & 0x7F
        if register == 0x24:
            self.run(self._now + self._level_late_s)
        if register in (0x24, 0x25):
            return self.level() >> 8 * (register - 0x24) & 0xFF
        return super().read(register)

    def read_fifo(self, register: int, count: int) -> bytes | None:
        """Whole frames go, one read in part comes again; an empty FIFO gives 0x80."""
        if register != 0x26:
            return None
        if self.regs[0x7C] & 1:
            self.illegal.append("FIFO read in power save")
            return bytes(count)
        out = bytearray()
        if self._skipped and count >= 2:
            out += bytes((0x40, min(self._skipped, 255)))
            self._skipped = 0
        while self._frames and len(out) < count:
            frame = self._frames[0]
            if len(out) + len(frame) <= count:
                self._frames.popleft()
                self._held -= len(frame)
            out += frame
        return bytes(out[:count]) + b"\x80" * (count - len(out))

    def level(self) -> int:
        """Bytes in the FIFO, the skip frame included."""
        return self._held + (2 if self._skipped else 0)

    def interrupt(self) -> bool:
        """Level of INT1."""
        watermark = self.regs[0x46] | (self.regs[0x47] & 0x1F) << 8
        works = self.regs.get(0x53, 0) & 0x08 and self.regs.get(0x58, 0) & 0x02
        return bool(works) and 0 < watermark <= self.level()

    def insert(self, frame: bytes) -> None:
        """Puts a frame of another kind into the FIFO."""
        self._frames.append(frame)
        self._held += len(frame)

    def sample(self, first: int, t: FloatArray, chip_s: FloatArray) -> None:
        """Quantizes and batches."""
        acc, gyr = self.motion.at(t)
        test = self.regs.get(0x6D, 0)
        if test & 0x01 and not self._dead:
            sign = 1.0 if test & 0x04 else -1.0
            strength = 1.0 if test & 0x08 else 0.25
            acc = acc + sign * strength * np.array([from_g(g) for g in _TEST_G])
        range_g = _RANGE_G[self.regs[0x41] & 3]
        range_dps = _RANGE_DPS[self.regs[0x43] & 7]
        rows = np.hstack(
            [counts(acc, from_g(range_g / 32768)), counts(gyr, radians(range_dps / 32768))]
        )
        self._latest = rows[-1:]
        sources = self.regs[0x49]
        if not sources & 0xC0:
            return
        if self.log is not None:
            self.log.append(rows)
        if sources & 0xF0 != 0xD0:
            self.illegal.append("a FIFO of other frames than 0x8c is not simulated")
            return
        for gyro, accelerometer in zip(
            rows[:, 3:].astype("<i2"), rows[:, :3].astype("<i2"), strict=True
        ):
            self.insert(b"\x8c" + gyro.tobytes() + accelerometer.tobytes())
        while self._held > self._capacity:
            if self.regs[0x48] & 0x01:
                self._held -= len(self._frames.pop())
            else:
                self._held -= len(self._frames.popleft())
                self._skipped += 1
            self.dropped += 1

    def _command(self, value: int) -> None:
        self.regs[0x7E] = 0
        if value == 0xB6:
            self.reset_registers()
            self._ready = self._now + _RESET_S
        elif value == 0xB0:
            self._flush()

    def _flush(self) -> None:
        self._frames.clear()
        self._held = self._skipped = 0

    def _status(self) -> int:
        """INTERNAL_STATUS: 0 not initialized, 1 running, 2 refused."""
        if self._booted_at is None or self._now < self._booted_at:
            return 0
        for size, capacity in _FIFO_BYTES.items():
            image = bytes(self._image[:size])
            whole = image.startswith(_MARK) and sum(image) & 0xFF == 0
            if whole and not any(self._image[size:]) and self._uploaded >= size:
                if not self.regs.get(0x21, 0):
                    self.regs[0x21] = 1
                    self._capacity = capacity
                return 1
        return 2

    def _sensor_time(self) -> int:
        return floor((self.chip_s(self._now) - self._zero) * _TICKS_PER_S + 1e-7) & 0xFFFFFF

    def _set_rates(self) -> None:
        """Samples fall on edges of sensor time."""
        on = self.regs[0x7D] & 0x06
        works = on and not self.regs[0x7C] & 1 and self._status() == 1
        acc, gyr = self.regs[0x40] & 0x0F, self.regs[0x42] & 0x0F
        if works and on == 0x06 and acc != gyr:
            self.illegal.append("unequal rates are not simulated")
        rate = _ODR_HZ.get(acc, 0.0) if works else 0.0
        before = self._rate
        self.set_rate(rate)
        if rate and rate != before:
            passed = floor((self._epoch - self._zero) * rate)
            self._epoch = self._zero + passed / rate + self._late / _TICKS_PER_S
            self._made = 0
            self._skip_past()

    def _skip_past(self) -> None:
        """No sample lies before now."""
        while self._epoch + 1 / self._rate <= self.chip_s(self._now) - 1e-12:
            self._epoch += 1 / self._rate
