"""The simulated gauges by the examples of their datasheets, without our drivers."""

import pytest

from drivers.bus import Bus
from drivers.sim.cell import SimCell
from drivers.sim.chip import SimChip
from drivers.sim.ina219 import SimIna219
from drivers.sim.max17048 import SimMax17048
from drivers.sim.pisugar3 import SimPiSugar3, SimPiSugarClock
from drivers.sim.time import VirtualTime
from drivers.sim.wire import SimWire


class Rig:
    def __init__(self, *chips: SimChip) -> None:
        self.time = VirtualTime()
        self.chips = chips
        self.bus = Bus(SimWire(self.time, chips), self.time)

    def word(self, register: int, address: int | None = None) -> int:
        at = self.chips[0].address if address is None else address
        return int.from_bytes(self.bus.read(at, register, 2), "big")


def test_max17048_has_volts_charge_and_rate_in_its_units() -> None:
    cell = SimCell(3.9, 0.505, charge_per_hour=-0.104)
    rig = Rig(SimMax17048(cell))
    assert rig.word(0x02) == 0xC300
    assert rig.word(0x04) == 0x3280
    assert rig.word(0x16) == 0x10000 - 50
    assert rig.word(0x08) == 0x0012
    assert rig.word(0x0C) == 0x971C
    assert rig.bus.read(0x36, 0x02, 4) == bytes.fromhex("c3003280")


def test_ina219_reads_as_in_the_examples_of_its_datasheet() -> None:
    # 20 mV over the shunt: 0x07d0; 11.98 V behind it: 0x5d98 and the ready bit.
    cell = SimCell(12.0, amps=10.0)
    rig = Rig(SimIna219(cell, shunt_ohm=0.002))
    rig.time.sleep(0.01)
    assert rig.word(0x00) == 0x399F
    assert rig.word(0x01) == 0x07D0
    assert rig.word(0x02) == 0x5D98 | 2
    cell.amps = -10.0
    assert rig.word(0x01) == 0x10000 - 0x07D0


@pytest.mark.parametrize(("setting", "takes_s"), [(0x399F, 1.064e-3), (0x3FFF, 0.1362)])
def test_ina219_is_ready_when_its_means_are(setting: int, takes_s: float) -> None:
    rig = Rig(SimIna219(SimCell()))
    rig.bus.write(0x40, 0x00, setting >> 8, setting & 0xFF)
    began = rig.time.now()
    while not rig.word(0x02) & 2:
        rig.time.sleep(1e-4)
    assert rig.time.now() - began == pytest.approx(takes_s, abs=1e-3)


def test_ina219_saturates_at_the_gain_that_is_set() -> None:
    rig = Rig(SimIna219(SimCell(amps=1.0), shunt_ohm=0.1))
    rig.bus.write(0x40, 0x00, 0x01, 0x9F)
    assert rig.word(0x01) == 4000
    rig.bus.write(0x40, 0x00, 0x39, 0x9F)
    assert rig.word(0x01) == 10000


def test_pisugar_tells_its_volts_in_two_bytes_and_its_charger_in_two_bits() -> None:
    cell = SimCell(4.127, 0.93)
    rig = Rig(SimPiSugar3(cell), SimPiSugarClock(0x68))
    assert rig.bus.read(0x57, 0x22, 2) == b"\x10\x1f"
    assert rig.bus.read(0x57, 0x2A, 1) == bytes((93,))
    assert rig.bus.read(0x57, 0x02, 1)[0] >> 6 == 0b01
    cell.plugged = True
    assert rig.bus.read(0x57, 0x02, 1)[0] >> 6 == 0b11
    assert rig.bus.answers(0x68)
