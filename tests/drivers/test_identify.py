"""Who is on the bus: parts by their ids, clones, look-alikes, and what is none of ours."""

import numpy as np
import pytest

from drivers.bus import Bus
from drivers.catalog import PARTS
from drivers.errors import ChipNotFoundError, ImplausibleError
from drivers.identify import KNOWN, find_sensor, identify, scan
from drivers.sim.catalog import sim_chip
from drivers.sim.chip import SimChip
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.motion import Still
from drivers.sim.mpu6050 import SimMpu6050
from drivers.sim.time import VirtualTime
from drivers.sim.wire import Fault, FaultPlan, SimWire
from dsp.block import FloatArray
from dsp.errors import ConfigError

CLONE = "MPU-CLONE"
TOLD_BY_ID = sorted(set(PARTS) - {"LSM6DSO32", "LSM6DSO", "LSM6DSOX", CLONE})
NINE = 9.80665


def bus_with(*chips: SimChip, faults: FaultPlan | None = None) -> Bus:
    time = VirtualTime()
    return Bus(SimWire(time, chips, faults=faults), time)


class Shaking:
    """A sensor in a moving hand: |a| swings by half."""

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        acc = np.zeros((len(t), 3))
        acc[:, 2] = NINE * (1.0 + 0.5 * np.sin(40.0 * t))
        return acc, np.zeros((len(t), 3))


@pytest.mark.parametrize("name", TOLD_BY_ID)
@pytest.mark.parametrize("which", [0, 1])
def test_a_part_is_found_at_either_address_by_its_id(name: str, which: int) -> None:
    address = PARTS[name].addresses[which]
    bus = bus_with(sim_chip(name, address))
    assert scan(bus) == [address]
    assert find_sensor(bus) == (address, PARTS[name])
    assert find_sensor(bus, address=address, part=name.lower()) == (address, PARTS[name])


def test_every_part_has_an_id_or_is_named_by_hand() -> None:
    known = {name for names in KNOWN.values() for name in names}
    assert known == set(PARTS) - {CLONE}


@pytest.mark.parametrize(("dso32", "name"), [(True, "LSM6DSO32"), (False, "LSM6DSO")])
@pytest.mark.parametrize("force", [(0.0, 0.0, NINE), (6.9, -6.9, 0.4), (-9.1, 0.3, -3.2)])
def test_gravity_tells_the_two_lsm6dso_apart(
    dso32: bool, name: str, force: tuple[float, float, float]
) -> None:
    chip = SimLsm6dso(0x6B, Still(force), dso32=dso32)
    assert find_sensor(bus_with(chip))[1].name == name
    assert chip.illegal == []


def test_an_lsm6dso_posing_as_the_32_g_part_is_refused_with_what_it_is() -> None:
    with pytest.raises(ImplausibleError, match=r"2\.00 g at rest; it is an LSM6DSO or LSM6DSOX"):
        find_sensor(bus_with(SimLsm6dso(dso32=False)), part="LSM6DSO32")
    with pytest.raises(ImplausibleError, match=r"0\.50 g at rest; it is an LSM6DSO32"):
        find_sensor(bus_with(SimLsm6dso(dso32=True)), part="LSM6DSO")


def test_a_moving_sensor_is_not_guessed_but_may_be_named() -> None:
    chip = SimLsm6dso(0x6A, Shaking())
    with pytest.raises(ImplausibleError, match="lay it still and start again, or name it"):
        find_sensor(bus_with(chip))
    assert find_sensor(bus_with(chip), part="LSM6DSO32")[1].name == "LSM6DSO32"


def test_gravity_that_fits_neither_is_refused() -> None:
    chip = SimLsm6dso(0x6A, Still((0.0, 0.0, 1.4 * NINE)))
    with pytest.raises(ImplausibleError, match="fits none of them"):
        find_sensor(bus_with(chip))


@pytest.mark.parametrize(
    ("identity", "said"),
    [(0x69, "LSM6DS3"), (0x6B, "ISM330DHCX"), (0x71, "axes in another order")],
)
def test_a_relative_that_is_not_supported_is_named(identity: int, said: str) -> None:
    with pytest.raises(ChipNotFoundError, match=said):
        find_sensor(bus_with(SimLsm6dso(identity=identity)))


def test_a_copy_with_an_id_of_its_own_is_used_only_when_named() -> None:
    bus = bus_with(sim_chip(CLONE, 0x68))
    with pytest.raises(ChipNotFoundError, match=r'sensor\.part = "MPU-CLONE"'):
        find_sensor(bus)
    with pytest.raises(ChipNotFoundError, match="no MPU-6050"):
        find_sensor(bus, part="MPU-6050")
    assert find_sensor(bus, part=CLONE) == (0x68, PARTS[CLONE])
    with pytest.raises(ChipNotFoundError, match="seen: 0x68: MPU-6050"):
        find_sensor(bus_with(sim_chip("MPU-6050", 0x68)), part=CLONE)


def test_another_part_than_the_configured_one_is_refused_and_named() -> None:
    with pytest.raises(ChipNotFoundError, match=r"no BMI270 .*; seen: 0x6a: LSM6DSO32"):
        find_sensor(bus_with(SimLsm6dso()), part="BMI270")
    with pytest.raises(ConfigError, match="unknown sensor"):
        find_sensor(bus_with(SimLsm6dso()), part="ADXL345")


def test_a_four_bank_chip_left_in_another_bank_is_found() -> None:
    chip = sim_chip("ICM-20948", 0x69)
    chip.transact(bytes((0x7F, 0x20)), 0, 1.0)
    assert find_sensor(bus_with(chip))[1].name == "ICM-20948"


@pytest.mark.parametrize("fault", [Fault.ONES, Fault.ZEROS])
def test_one_that_acknowledges_but_reads_nothing_is_called_dead(fault: Fault) -> None:
    found = identify(bus_with(SimLsm6dso(), faults=FaultPlan(always=fault)), 0x6A)
    assert found is not None
    assert found.parts == ()
    assert "dead, or a loose wire" in found.seen


def test_nobody_at_all_says_check_the_wiring() -> None:
    assert identify(bus_with(), 0x6A) is None
    with pytest.raises(ChipNotFoundError, match="nobody answers; check wiring and power"):
        find_sensor(bus_with())


@pytest.mark.parametrize("trim", [0x69, 0x6A, 0x6B, 0x6C, 0x70, 0x71, 0x73])
@pytest.mark.parametrize("name", ["MPU-6050", "MPU-6500", "MPU-9250", "ICM-20689"])
@pytest.mark.parametrize("address", [0x68, 0x69])
def test_a_factory_trim_that_reads_like_the_other_makers_id_misleads_nobody(
    name: str, trim: int, address: int
) -> None:
    if name == "MPU-6050":
        # Here it is the third axis' code.
        chip = SimMpu6050(address, part=name, codes=bytes((0x8C, 0x6D, trim, 0x1B)))
    else:
        chip = SimMpu6050(address, part=name, codes=bytes((90, 95, 100, 60, 66, trim)))
    assert chip.read(0x0F) == trim
    before = dict(chip.regs)
    assert find_sensor(bus_with(chip)) == (address, PARTS[name])
    assert chip.regs == before
    assert chip.illegal == []


@pytest.mark.parametrize("bank", [0, 1, 2, 4])
def test_an_icm_42688_left_in_another_bank_is_found(bank: int) -> None:
    chip = sim_chip("ICM-42688-P", 0x68)
    chip.transact(bytes((0x76, bank)), 0, 1.0)
    assert find_sensor(bus_with(chip)) == (0x68, PARTS["ICM-42688-P"])
    assert chip.illegal == []


class OtherDevice(SimChip):
    """A clock chip, a battery, a memory: registers of any value, none of which may be touched."""

    def __init__(self, registers: dict[int, int]) -> None:
        super().__init__(0x68)
        self.regs = registers


OTHERS = {
    # A DS3231 at 12:34:56; it stops at 0x12 and reads on as 0.
    "clock": {0: 0x56, 1: 0x34, 2: 0x12, 3: 1, 4: 0x23, 5: 0x11, 6: 0x26, 0x0E: 0x1C, 0x0F: 0x88},
    "id of an LSM6DSO": {0x00: 0x01, 0x0F: 0x6C, 0x75: 0x00},
    "all ones": dict.fromkeys(range(256), 0xFF),
    "all zeros": {},
    "ascending": {r: r for r in range(256)},
    "noise": dict(enumerate(np.random.default_rng(7).integers(0x40, 0xE0, 256).tolist())),
}


@pytest.mark.parametrize("registers", OTHERS.values(), ids=OTHERS)
def test_a_device_that_is_no_sensor_is_never_written_to(registers: dict[int, int]) -> None:
    device = OtherDevice(registers)
    bus = bus_with(device)
    assert scan(bus) == [0x68]
    found = identify(bus, 0x68)
    assert found is not None
    assert found.parts == ()
    with pytest.raises(ChipNotFoundError):
        find_sensor(bus)
    # It takes no writes at all: each would be noted.
    assert device.illegal == []


def test_of_two_sensors_the_named_address_or_part_decides() -> None:
    bus = bus_with(sim_chip("LSM6DSV16X", 0x6A), sim_chip("MPU-6500", 0x68))
    assert scan(bus) == [0x68, 0x6A]
    assert find_sensor(bus)[1].name == "LSM6DSV16X"
    assert find_sensor(bus, address=0x68)[1].name == "MPU-6500"
    assert find_sensor(bus, part="MPU-6500")[0] == 0x68
