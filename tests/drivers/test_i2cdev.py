"""The kernel's bus, with the real smbus2 down to its system calls, and every driver over it."""

import errno

import numpy as np
import pytest
import smbus2
from smbus2 import SMBus, i2c_msg

from drivers.bus import Bus
from drivers.catalog import PARTS, make_chip
from drivers.chips.chip import Drained
from drivers.errors import BusError, ChipNotFoundError
from drivers.i2cdev import MAX_MESSAGE, I2cDev
from drivers.part import Part, setup_for
from drivers.sim.catalog import sim_chip, sim_driver
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import VirtualTime
from drivers.sim.wire import Fault, SimPins, SimWire
from dsp.block import Mount
from tests.drivers.fake_i2cdev import fake_i2cdev

IMU = 0x6A
WHO_AM_I = 0x0F


def wire_with_imu() -> SimWire:
    return SimWire(VirtualTime(), [SimLsm6dso(IMU)])


def test_registers_are_written_and_read() -> None:
    with fake_i2cdev({1: wire_with_imu()}):
        dev = I2cDev(1)
        assert dev.transfer(IMU, bytes((WHO_AM_I,)), 1) == b"\x6c"
        assert dev.transfer(IMU, bytes((0x07, 0x12, 0x01)), 0) == b""
        assert dev.transfer(IMU, bytes((0x07,)), 2) == b"\x12\x01"
        # A read without a pointer first goes on from where the pointer is.
        dev.transfer(IMU, bytes((WHO_AM_I,)), 0)
        assert dev.transfer(IMU, b"", 1) == b"\x6c"


def test_every_read_has_its_own_bytes() -> None:
    with fake_i2cdev({1: wire_with_imu()}):
        dev = I2cDev(1)
        before = dev.transfer(IMU, bytes((0x07,)), 1)
        dev.transfer(IMU, bytes((0x07, 0x55)), 0)
        assert dev.transfer(IMU, bytes((0x07,)), 1) == b"\x55"
        assert before == b"\x00"


def test_the_kernel_waits_50_ms_and_not_a_second_for_a_hung_bus() -> None:
    wire = wire_with_imu()
    with fake_i2cdev({1: wire}) as fake:
        dev = I2cDev(1)
        assert fake.timeouts == {1: 5}
        assert fake.retries == {1: 0}
        fake.timeouts.clear()
        dev.close()
        dev.reopen()
        assert fake.timeouts == {1: 5}
        assert len(fake.open_files) == 1


@pytest.mark.parametrize(
    ("fault", "number"),
    [
        (Fault.NACK, errno.EREMOTEIO),
        (Fault.TIMEOUT, errno.ETIMEDOUT),
        (Fault.CUT, errno.EIO),
    ],
)
def test_the_kernels_errno_comes_through(fault: Fault, number: int) -> None:
    wire = wire_with_imu()
    wire.faults.always = fault
    with fake_i2cdev({1: wire}):
        dev = I2cDev(1)
        with pytest.raises(OSError, match=r".") as e:
            dev.transfer(IMU, bytes((WHO_AM_I,)), 1)
        assert e.value.errno == number
        with pytest.raises(BusError) as b:
            Bus(dev, wire.time).read(IMU, WHO_AM_I, 1)
        assert b.value.errno == number


def test_an_address_where_nobody_is_gives_eremoteio() -> None:
    wire = wire_with_imu()
    with fake_i2cdev({1: wire}):
        assert not Bus(I2cDev(1), wire.time).answers(0x1D)
        assert Bus(I2cDev(1), wire.time).answers(IMU)


def test_what_a_pi_cannot_do_in_one_transaction_is_not_done() -> None:
    """Status and FIFO in one call would save a transfer; i2c-bcm2835 refuses."""
    status = i2c_msg.write(IMU, [0x3A]), i2c_msg.read(IMU, 2)
    fifo = i2c_msg.write(IMU, [0x78]), i2c_msg.read(IMU, 7)
    wires = {1: wire_with_imu()}
    with fake_i2cdev(wires), SMBus(1) as bus, pytest.raises(OSError, match=r".") as e:
        bus.i2c_rdwr(*status, *fifo)
    assert e.value.errno == errno.EOPNOTSUPP


@pytest.mark.parametrize("count", [MAX_MESSAGE + 1, 70_000])
def test_a_message_longer_than_the_kernel_takes_is_refused(count: int) -> None:
    """smbus2 alone would take 70000 for 4464 without a word."""
    assert len(i2c_msg.read(IMU, 70_000)) == 4464
    wire = wire_with_imu()
    with fake_i2cdev({1: wire}):
        dev = I2cDev(1)
        for out, n in ((b"\x78", count), (bytes(count), 0)):
            with pytest.raises(OSError, match="8192") as e:
                dev.transfer(IMU, out, n)
            assert e.value.errno == errno.EINVAL
    assert wire.transactions == 0


def test_the_longest_message_the_kernel_takes_goes_through() -> None:
    with fake_i2cdev({1: wire_with_imu()}):
        assert len(I2cDev(1).transfer(IMU, b"\x78", MAX_MESSAGE)) == MAX_MESSAGE


def test_a_transfer_that_the_kernel_did_in_part_never_yields_an_earlier_reads_bytes() -> None:
    with fake_i2cdev({1: wire_with_imu()}) as fake:
        dev = I2cDev(1)
        assert dev.transfer(IMU, bytes((WHO_AM_I,)), 1) == b"\x6c"
        fake.done = 1
        assert dev.transfer(IMU, bytes((WHO_AM_I,)), 1) == b"\x00"


def test_a_bus_that_does_not_exist_says_how_to_get_one() -> None:
    with fake_i2cdev({1: wire_with_imu()}), pytest.raises(FileNotFoundError) as e:
        I2cDev(3)
    assert "/dev/i2c-3" in str(e.value)
    assert "do_i2c" in str(e.value)


def test_a_bus_that_may_not_be_used_says_which_group_to_join() -> None:
    with fake_i2cdev({1: wire_with_imu()}) as fake:
        fake.refuse = errno.EACCES
        with pytest.raises(PermissionError, match=r"adduser \$USER i2c"):
            I2cDev(1)


def test_a_closed_bus_takes_no_transfers_and_holds_no_file() -> None:
    with fake_i2cdev({1: wire_with_imu()}) as fake:
        dev = I2cDev(1)
        dev.close()
        dev.close()
        assert fake.open_files == {}
        with pytest.raises(OSError, match="closed") as e:
            dev.transfer(IMU, bytes((WHO_AM_I,)), 1)
        assert e.value.errno == errno.EBADF


def test_the_file_is_closed_while_the_bus_is_clocked_by_hand() -> None:
    wire = wire_with_imu()
    wire.stick(wire.time.now())
    with fake_i2cdev({1: wire}) as fake:
        open_files: list[int] = []

        class Watched(SimPins):
            def take(self) -> None:
                open_files.append(len(fake.open_files))
                super().take()

        bus = Bus(I2cDev(1), wire.time, Watched(wire))
        with pytest.raises(BusError):
            bus.read(IMU, WHO_AM_I, 1)
        assert bus.recover()
        assert open_files == [0]
        assert bus.read(IMU, WHO_AM_I, 1) == b"\x6c"


def mount_of(part: Part) -> Mount:
    return Mount.WAIST if Mount.WAIST in part.modes else next(iter(part.modes))


@pytest.mark.parametrize("name", sorted(PARTS))
def test_every_part_streams_over_smbus2_without_a_wrong_or_a_missing_sample(name: str) -> None:
    part = PARTS[name]
    address = part.addresses[0]
    time = VirtualTime()
    sim = sim_chip(name, address, None, Oscillator(0.01))
    sim.log = []
    drains = 2000 if name == "LSM6DSO32" else 300
    with fake_i2cdev({1: SimWire(time, [sim])}):
        bus = Bus(I2cDev(1), time)
        chip = sim_driver(bus, address, setup_for(part, mount_of(part)))
        chip.reset()
        chip.start(4)
        # Some parts let a transaction fail while they wake from a reset.
        waking = bus.counters.failures
        pieces: list[Drained] = []
        for _ in range(drains):
            time.sleep(0.010)
            pieces += chip.drain()
        chip.check()
        chip.stop()
    truth = np.concatenate(sim.log)
    at = 0
    for piece in pieces:
        at += piece.lost
        n = len(piece.counts)
        np.testing.assert_array_equal(piece.counts, truth[at : at + n])
        at += n
    assert at > drains * 0.010 * chip.setup.rate_hz * 0.98
    assert bus.counters.failures == waking
    assert sim.illegal == []


def test_a_wrong_chip_is_told_over_smbus2_too() -> None:
    time = VirtualTime()
    with fake_i2cdev({1: SimWire(time, [SimLsm6dso(IMU, identity=0x6B)])}):
        part = PARTS["LSM6DSO32"]
        chip = make_chip(Bus(I2cDev(1), time), IMU, setup_for(part, Mount.WAIST))
        with pytest.raises(ChipNotFoundError, match="0x6b"):
            chip.reset()


def test_the_smbus2_in_use_is_one_that_is_known_to_do() -> None:
    assert tuple(int(v) for v in smbus2.__version__.split(".")[:2]) >= (0, 4)
