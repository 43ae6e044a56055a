"""What a device does on `/dev/i2c-1`, checked: i2c-tools' opinion, then our driver's stream.

Run by run.sh behind i2c_server.py. Prints one JSON object; exit code 1 with what was wrong.
"""

import errno
import json
import subprocess
import sys
from typing import Any, Final

import numpy as np
from smbus2 import SMBus, i2c_msg

from drivers.bus import Bus
from drivers.catalog import make_chip, part_named
from drivers.chips.chip import Drained
from drivers.host import HostTime, SystemTime
from drivers.i2cdev import I2cDev
from drivers.part import setup_for
from dsp.block import Mount
from tests.drivers.diary import Diary

IMU: Final = 0x6A
SECONDS: Final = 5.0
READS: Final = 500


def tool(*command: str) -> str:
    """What a tool prints."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60.0, check=False)
    return done.stdout + done.stderr


def timed(time: HostTime, bus: Bus, register: int, count: int) -> float:
    """Milliseconds for one read."""
    began = time.now()
    for _ in range(READS):
        bus.read(IMU, register, count)
    return round((time.now() - began) / READS * 1e3, 3)


def main() -> int:
    """All checks."""
    wrong: list[str] = []
    said: dict[str, Any] = {}

    def expect(what: str, found: object, wanted: object) -> None:
        said[what] = found
        if found != wanted:
            wrong.append(f"{what}: {found!r} instead of {wanted!r}")

    grid = tool("i2cdetect", "-y", "1")
    found = [word for row in grid.splitlines()[1:] for word in row[4:].split() if word != "--"]
    expect("i2cdetect finds", found, ["6a"])
    expect("i2ctransfer", tool("i2ctransfer", "-y", "1", "w1@0x6a", "0x0f", "r1").strip(), "0x6c")
    expect("i2cget", tool("i2cget", "-y", "1", "0x6a", "0x0f").strip(), "0x6c")

    time = SystemTime()
    dev = I2cDev(1)
    bus = Bus(dev, time)
    expect("WHO_AM_I", bus.read(IMU, 0x0F, 1).hex(), "6c")
    expect("nobody at 0x1d", bus.answers(0x1D), False)
    with SMBus(1) as plain:
        for what, messages, number in (
            ("two reads", [i2c_msg.read(IMU, 1), i2c_msg.read(IMU, 1)], errno.EOPNOTSUPP),
            ("8193 bytes", [i2c_msg.read(IMU, 8193)], errno.EINVAL),
        ):
            try:
                plain.i2c_rdwr(*messages)
                expect(what, "went through", errno.errorcode[number])
            except OSError as e:
                expect(what, errno.errorcode.get(e.errno or 0), errno.errorcode[number])
    said["ms per 1 byte read"] = timed(time, bus, 0x0F, 1)
    said["ms per 252 byte read"] = timed(time, bus, 0x78, 252)

    chip = make_chip(bus, IMU, setup_for(part_named("LSM6DSO32"), Mount.WAIST))
    chip.reset()
    chip.start(4)
    pieces: list[Drained] = []
    began = time.now()
    while time.now() - began < SECONDS:
        time.sleep(0.010)
        pieces += chip.drain()
    elapsed = pieces[-1].host_time - pieces[0].host_time
    chip.check()
    chip.stop()
    bus.close()
    numbers = np.concatenate([Diary.numbers(p.counts) for p in pieces])
    said["samples"] = len(numbers)
    said["lost"] = sum(p.lost for p in pieces)
    steps = np.diff(numbers) - 1
    edges = np.cumsum([len(p.counts) for p in pieces])[:-1]
    holes = np.zeros(len(numbers) - 1, dtype=int)
    holes[edges - 1] = [p.lost for p in pieces[1:]]
    expect("holes are where they are told", bool(np.array_equal(steps, holes)), True)
    said["rate_hz"] = round((numbers[-1] - numbers[0]) / elapsed, 1)
    if abs(said["rate_hz"] / (416.69 * 1.02) - 1) > 0.02:
        wrong.append(f"rate {said['rate_hz']} Hz")
    expect("bus errors", dict(bus.counters.errors), {"EREMOTEIO": 2})
    sys.stdout.write(json.dumps(said, indent=1) + "\n")
    for line in wrong:
        sys.stderr.write(f"WRONG {line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
