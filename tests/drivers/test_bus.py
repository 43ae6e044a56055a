"""The bus: one transaction at a time, in turns, tried twice, everything counted."""

import errno
import threading

import pytest

from drivers.bus import MAX_BURST, Bus
from drivers.errors import BusError
from drivers.sim.chip import SimChip
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.time import VirtualTime
from drivers.sim.wire import Fault, FaultPlan, SimPins, SimWire

IMU = 0x6A
HAPTIC = 0x5A
WHO_AM_I = 0x0F


class SimHaptic(SimChip):
    """A register that takes what is written."""

    name = "haptic"
    writable = frozenset({0x02})


def bus_with(faults: FaultPlan | None = None, *, pins: bool = False) -> tuple[Bus, SimWire]:
    time = VirtualTime()
    wire = SimWire(time, [SimLsm6dso(IMU), SimHaptic(HAPTIC)], faults=faults)
    return Bus(wire, time, SimPins(wire) if pins else None), wire


@pytest.mark.parametrize("fault", [Fault.NACK, Fault.TIMEOUT, Fault.CUT])
def test_one_failure_is_tried_again_at_once_and_counted(fault: Fault) -> None:
    bus, wire = bus_with(FaultPlan({0: fault}))
    assert bus.read(IMU, WHO_AM_I, 1) == b"\x6c"
    counters = bus.counters
    assert (counters.transfers, counters.retries, counters.failures) == (2, 1, 0)
    assert sum(counters.errors.values()) == 1
    assert counters.read_bytes == 1
    assert wire.transactions == 2


@pytest.mark.parametrize(
    ("fault", "number", "hint"),
    [
        (Fault.NACK, errno.EREMOTEIO, "power, wiring and address"),
        (Fault.TIMEOUT, errno.ETIMEDOUT, "held down"),
        (Fault.CUT, errno.EIO, "wiring"),
    ],
)
def test_two_failures_are_an_error_that_says_where_and_what_to_check(
    fault: Fault, number: int, hint: str
) -> None:
    bus, _ = bus_with(FaultPlan({0: fault, 1: fault}))
    with pytest.raises(BusError, match=f"0x6a register 0x0f: .*{hint}") as e:
        bus.read(IMU, WHO_AM_I, 1)
    assert e.value.errno == number
    assert bus.counters.failures == 1
    assert bus.counters.errors == {errno.errorcode[number]: 2}
    assert bus.read(IMU, WHO_AM_I, 1) == b"\x6c"


def test_reading_a_fifo_is_not_tried_twice() -> None:
    bus, wire = bus_with(FaultPlan({0: Fault.CUT}))
    with pytest.raises(BusError):
        bus.read(IMU, 0x78, 7, retry=False)
    assert wire.transactions == 1
    assert bus.counters.retries == 0


@pytest.mark.parametrize("count", [0, -1, MAX_BURST + 1, 70_000])
def test_a_read_that_would_hold_the_bus_too_long_is_refused(count: int) -> None:
    bus, wire = bus_with()
    with pytest.raises(ValueError, match="256"):
        bus.read(IMU, 0x78, count)
    with pytest.raises(ValueError, match="256"):
        bus.write(IMU, 0x10, *[0] * (MAX_BURST + 1))
    assert wire.transactions == 0


def test_the_longest_burst_holds_the_bus_for_less_than_ten_milliseconds_at_250_khz() -> None:
    bus, wire = bus_with()
    wire.clock_hz = 250_000.0
    bus.read(IMU, 0x78, MAX_BURST)
    assert 9e-3 < bus.counters.longest_s < 10e-3


def test_a_short_answer_is_an_error_and_never_data() -> None:
    class Short:
        def transfer(self, address: int, out: bytes, count: int) -> bytes:
            return bytes(count - 1)

        def close(self) -> None: ...

        def reopen(self) -> None: ...

    with pytest.raises(BusError):
        Bus(Short(), VirtualTime()).read(IMU, 0x78, 14)


def test_a_scan_tells_who_is_there() -> None:
    bus, _ = bus_with()
    assert [a for a in range(0x08, 0x78) if bus.answers(a)] == [HAPTIC, IMU]


def test_a_scan_of_a_held_bus_is_an_error_and_not_nobody() -> None:
    bus, wire = bus_with()
    wire.stick(wire.time.now())
    with pytest.raises(BusError, match="held down"):
        bus.answers(IMU)


class Gated:
    """A wire that lets a second thread ask for the bus while the first one's transfer is on it.

    Args:
        wire: carries the transactions.
    """

    def __init__(self, wire: SimWire) -> None:
        self.wire = wire
        self.order: list[int] = []
        self.bus: Bus | None = None
        self.begun = threading.Event()

    def transfer(self, address: int, out: bytes, count: int) -> bytes:
        self.order.append(address)
        first = len(self.order) == 1
        data = self.wire.transfer(address, out, count)
        if first:
            self.begun.set()
            for _ in range(100_000_000):
                if self.bus is not None and self.bus._next.locked():
                    break
            else:
                raise AssertionError("nobody asked for the bus")
        return data

    def close(self) -> None: ...

    def reopen(self) -> None: ...


def test_a_haptic_chip_gets_the_bus_between_two_bursts_of_a_full_fifo() -> None:
    """Fairly: a bare lock would mostly go to the reader again, fourteen times in a row."""
    time = VirtualTime()
    gated = Gated(SimWire(time, [SimLsm6dso(IMU), SimHaptic(HAPTIC)]))
    bus = gated.bus = Bus(gated, time)
    waited: list[float] = []

    def buzz() -> None:
        gated.begun.wait(10.0)
        # The worst case: it asked when the burst that is on the wire began.
        asked = time.now() - 252 * 9 / 400e3
        bus.write(HAPTIC, 0x02, 0x7F)
        waited.append(time.now() - asked)

    thread = threading.Thread(target=buzz)
    thread.start()
    for _ in range(14):
        bus.read(IMU, 0x78, 252, retry=False)
    thread.join(10.0)
    assert gated.order == [IMU, HAPTIC, *[IMU] * 13]
    assert waited[0] < 10e-3
    assert bus.counters.longest_wait_s < 10e-3
    assert not bus._next.locked()


def test_two_threads_never_mix_their_transactions() -> None:
    bus, wire = bus_with()
    inside = 0
    worst = 0
    plain = wire.transfer

    class Watched:
        def transfer(self, address: int, out: bytes, count: int) -> bytes:
            nonlocal inside, worst
            inside += 1
            worst = max(worst, inside)
            data = plain(address, out, count)
            inside -= 1
            return data

        def close(self) -> None: ...

        def reopen(self) -> None: ...

    bus = Bus(Watched(), wire.time)
    bad: list[bytes] = []

    def read() -> None:
        bad.extend(d for _ in range(2000) if (d := bus.read(IMU, WHO_AM_I, 1)) != b"\x6c")

    threads = [threading.Thread(target=read) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(30.0)
    assert (bad, worst) == ([], 1)
    assert bus.counters.transfers == 6000


def test_a_held_bus_is_freed_and_open_again() -> None:
    bus, wire = bus_with(pins=True)
    wire.stick(wire.time.now(), pulses=5)
    with pytest.raises(BusError):
        bus.read(IMU, WHO_AM_I, 1)
    assert bus.recover()
    assert bus.read(IMU, WHO_AM_I, 1) == b"\x6c"
    assert (bus.counters.recoveries, bus.counters.freed) == (1, 1)


def test_a_bus_that_is_not_freed_is_open_all_the_same() -> None:
    bus, wire = bus_with(pins=True)
    wire.stick(wire.time.now(), pulses=15)
    with pytest.raises(BusError):
        bus.read(IMU, WHO_AM_I, 1)
    assert not bus.recover()
    assert bus.recover()
    assert bus.read(IMU, WHO_AM_I, 1) == b"\x6c"
    assert (bus.counters.recoveries, bus.counters.freed) == (2, 1)


def test_without_pins_the_bus_is_only_opened_anew() -> None:
    bus, wire = bus_with()
    wire.close()
    assert not bus.recover()
    assert bus.read(IMU, WHO_AM_I, 1) == b"\x6c"
    assert bus.counters.recoveries == 0


def test_pins_that_cannot_be_had_are_no_recovery_and_no_crash() -> None:
    class Missing(SimPins):
        def take(self) -> None:
            raise OSError(errno.ENOENT, "pinctrl is not installed")

    _, wire = bus_with()
    bus = Bus(wire, wire.time, Missing(wire))
    assert not bus.recover()
    assert bus.read(IMU, WHO_AM_I, 1) == b"\x6c"


def test_a_bus_that_cannot_be_opened_again_says_so_and_is_tried_again() -> None:
    bus, wire = bus_with(pins=True)
    gone = True

    class Gone:
        def transfer(self, address: int, out: bytes, count: int) -> bytes:
            return wire.transfer(address, out, count)

        def close(self) -> None:
            wire.close()

        def reopen(self) -> None:
            if gone:
                raise OSError(errno.ENOENT, "no such bus")
            wire.reopen()

    bus = Bus(Gone(), wire.time, SimPins(wire))
    assert not bus.recover()
    with pytest.raises(BusError, match="could not be opened again"):
        bus.read(IMU, WHO_AM_I, 1)
    gone = False
    assert bus.recover()
    assert bus.read(IMU, WHO_AM_I, 1) == b"\x6c"


def test_counters_are_plain_json() -> None:
    bus, _ = bus_with(FaultPlan({0: Fault.NACK}))
    bus.read(IMU, WHO_AM_I, 1)
    told = bus.counters.as_dict()
    assert told["errors"] == {"EREMOTEIO": 1}
    assert set(told) == {
        "transfers", "read_bytes", "retries", "failures", "recoveries", "freed", "errors",
        "longest_s", "longest_wait_s",
    }  # fmt: skip


def test_a_closed_bus_is_an_error() -> None:
    bus, _ = bus_with()
    bus.close()
    with pytest.raises(BusError):
        bus.read(IMU, WHO_AM_I, 1)
