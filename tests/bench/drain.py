"""What a drain costs: `python -m tests.bench.drain`, and in `make bench`.

A simulated LSM6DSO32 is drained every 10 ms for a minute of virtual time, and all answers of its
bus are recorded. Then the same answers are replayed without any simulation, once to the driver and
the decoder as they run live (Chip.drain through Bus, ChunkDecoder.push_chunk), and once to the
least that could be done: the same transfers, and one numpy.frombuffer with scaling per drain. Both
times are CPU time of this process; the system call is a copy of the recorded bytes.

Both are taken on two wires: the device's own (`drivers.i2cdev`: smbus2 as its documentation shows
it), and one that hands bytes over for nothing, where the ratio says little but the difference is
the same.
"""

import ctypes
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

import numpy as np
import pytest
import smbus2.smbus2

from drivers.bus import Bus
from drivers.catalog import make_chip
from drivers.chips.lsm6dso import BASE_HZ, LSM6DSO32
from drivers.chunk import Chunk
from drivers.decode import ChunkDecoder
from drivers.host import Wire
from drivers.i2cdev import I2cDev
from drivers.part import Mode, Setup
from drivers.sim.catalog import sim_chip
from drivers.sim.motion import Still
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import Scheduler, VirtualTime
from drivers.sim.wire import SimWire
from tests.drivers.fake_i2cdev import fake_i2cdev

SECONDS: Final = 60.0
REPEATS: Final = 5
WAIST_HZ: Final = BASE_HZ / 16
SHOE_HZ: Final = BASE_HZ / 8
_POLL_S: Final = 0.010
_ADDRESS: Final = 0x6A
_TAG: Final = 0x78


class RecordingWire:
    """Passes transfers on and keeps their answers.

    Args:
        wire: carries them.
    """

    def __init__(self, wire: Wire) -> None:
        self.answers: list[bytes] = []
        self.asked: list[tuple[int, bytes, int]] = []
        self._wire = wire

    def transfer(self, address: int, out: bytes, count: int) -> bytes:
        """See `drivers.host.Wire`."""
        self.asked.append((address, out, count))
        data = self._wire.transfer(address, out, count)
        self.answers.append(data)
        return data

    def close(self) -> None:
        """See `drivers.host.Wire`."""

    def reopen(self) -> None:
        """See `drivers.host.Wire`."""


class RecordedWire:
    """Gives recorded answers in their order, whatever is asked.

    Args:
        answers: of transfers.
    """

    def __init__(self, answers: list[bytes]) -> None:
        self._next: Callable[[], bytes] = iter(answers).__next__

    def transfer(self, address: int, out: bytes, count: int) -> bytes:
        """See `drivers.host.Wire`."""
        return self._next()

    def close(self) -> None:
        """See `drivers.host.Wire`."""

    def reopen(self) -> None:
        """See `drivers.host.Wire`."""


MakeWire = Callable[[list[bytes]], AbstractContextManager[Wire]]


def bare(answers: list[bytes]) -> AbstractContextManager[Wire]:
    """A wire that costs nothing."""
    return nullcontext(RecordedWire(answers))


@contextmanager
def device(answers: list[bytes]) -> Iterator[Wire]:
    """`drivers.i2cdev` on a kernel that copies recorded bytes, in their order."""
    following: Callable[[], bytes] = iter(answers).__next__
    memmove = ctypes.memmove

    def ioctl(fd: int, request: int, call: Any) -> int:
        n: int = call.nmsgs
        data = following()
        if data:
            memmove(call.msgs[n - 1].buf, data, len(data))
        return n

    with fake_i2cdev({1: SimWire(VirtualTime())}), pytest.MonkeyPatch.context() as patch:
        wire = I2cDev(1)
        patch.setattr(smbus2.smbus2, "ioctl", ioctl)
        yield wire


class Run:
    """A minute of drains of an LSM6DSO32, recorded.

    Args:
        rate_hz: nominal.
    """

    def __init__(self, rate_hz: float) -> None:
        self.setup = Setup(LSM6DSO32, Mode(rate_hz, 16, 2000))
        clock = VirtualTime(scheduler=Scheduler(0.5e-3))
        motion = Still(rate=(0.1, 0.2, 0.3))
        sim = sim_chip("LSM6DSO32", _ADDRESS, motion, Oscillator(0.02))
        self.wire = RecordingWire(SimWire(clock, [sim]))
        chip = make_chip(Bus(self.wire, clock), _ADDRESS, self.setup)
        chip.reset()
        chip.start(round(_POLL_S * rate_hz))
        self.start_up = len(self.wire.answers)
        self.samples = 0
        self.drains: list[float] = []
        due = clock.now()
        end = due + SECONDS
        while clock.now() < end:
            due = max(due + _POLL_S, clock.now())
            clock.sleep(due - clock.now())
            self.drains.append(clock.now())
            self.samples += sum(len(d.counts) for d in chip.drain())

    def ours(self, make_wire: MakeWire) -> float:
        """CPU time of driver and decoder, s."""
        with make_wire(self.wire.answers) as wire:
            clock = VirtualTime()
            setup = self.setup
            chip = make_chip(Bus(wire, clock), _ADDRESS, setup)
            chip.reset()
            chip.start(round(_POLL_S * setup.rate_hz))
            decoder = ChunkDecoder(
                setup.rate_hz, setup.acc_scale, setup.gyr_scale, setup.acc_limit, setup.gyr_limit
            )
            samples = 0
            now = clock.now()
            began = time.process_time()
            for t in self.drains:
                clock.pass_by(t - now)
                now = t
                for d in chip.drain():
                    samples += len(decoder.push_chunk(Chunk(d.counts, d.host_time, d.lost)))
            took = time.process_time() - began
        if samples != self.samples:
            raise ValueError(f"{samples} samples came out of a run of {self.samples}")
        return took

    def least(self, make_wire: MakeWire) -> float:
        """CPU time of the transfers alone and one numpy.frombuffer with scaling per drain, s."""
        word = np.dtype([("tag", "u1"), ("axes", "<i2", 3)])
        scale = np.array(self.setup.acc_scale)
        drains = list(_by_drain(self.wire.asked[self.start_up :]))
        with make_wire(self.wire.answers[self.start_up :]) as wire:
            began = time.process_time()
            for status, bursts in drains:
                wire.transfer(*status)
                if not bursts:
                    continue
                data = b"".join([wire.transfer(*b) for b in bursts])
                np.frombuffer(data, word)["axes"] * scale
            return time.process_time() - began


def _by_drain(
    asked: list[tuple[int, bytes, int]],
) -> Iterator[tuple[tuple[int, bytes, int], list[tuple[int, bytes, int]]]]:
    """The transfers of each drain: the status, then the bursts."""
    at = 0
    while at < len(asked):
        end = at + 1
        while end < len(asked) and asked[end][1][0] == _TAG:
            end += 1
        yield asked[at], asked[at + 1 : end]
        at = end


def print_drains() -> None:
    """Prints both rates, each against the least possible on two wires."""
    for rate_hz in (WAIST_HZ, SHOE_HZ):
        run = Run(rate_hz)
        n = len(run.drains)
        ours, least, bare_ours, bare_least = (
            _best(measure, wire) for wire in (device, bare) for measure in (run.ours, run.least)
        )
        print(
            f"drain and decode, {rate_hz:.0f} Hz: {1e3 * ours / SECONDS:.2f} ms CPU per second of "
            f"signal ({1e6 * ours / n:.0f} us a drain of 10 ms), aim 3 times the least possible: "
            f"{ours / least:.1f} with smbus2, "
            f"{bare_ours / bare_least:.1f} with transfers that cost nothing"
        )


def _best(measure: Callable[[MakeWire], float], wire: MakeWire) -> float:
    return min(measure(wire) for _ in range(REPEATS))


if __name__ == "__main__":
    print_drains()
