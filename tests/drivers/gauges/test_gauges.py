"""Every gauge says what its battery is, whatever the bus does."""

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.bus import Bus
from drivers.errors import ChipNotFoundError, ChipResetError, ImplausibleError
from drivers.gauges.curve import OPEN_CIRCUIT_V, charge_at, charge_under_load
from drivers.gauges.gauge import Gauge
from drivers.gauges.ina219 import Ina219
from drivers.gauges.max17048 import Max17048
from drivers.gauges.pisugar3 import PiSugar3
from drivers.sim.cell import SimCell
from drivers.sim.chip import SimChip
from drivers.sim.ina219 import SimIna219
from drivers.sim.max17048 import SimMax17048
from drivers.sim.pisugar3 import SimPiSugar3
from drivers.sim.time import VirtualTime
from drivers.sim.wire import Fault, FaultPlan, SimWire
from dsp.errors import GaitCoachError

GAUGES: Final[dict[str, tuple[Callable[[SimCell], SimChip], Callable[[Bus], Gauge]]]] = {
    "MAX17048": (SimMax17048, Max17048),
    "INA219": (SimIna219, Ina219),
    "PiSugar 3": (SimPiSugar3, PiSugar3),
}
NAMES: Final = sorted(GAUGES)


class Rig:
    """A gauge that is open, its battery, and the bus between."""

    def __init__(self, name: str, cell: SimCell) -> None:
        sim, make = GAUGES[name]
        self.cell = cell
        self.chip = sim(cell)
        self.time = VirtualTime()
        self.wire = SimWire(self.time, [self.chip])
        self.bus = Bus(self.wire, self.time)
        self.gauge = make(self.bus)
        self.gauge.open()
        self.time.sleep(0.2)


def a_cell(charge: float, amps: float = 0.2) -> SimCell:
    """A cell whose voltage is that of its charge and load, by the usual curve."""
    volts = next(
        v0 + (v1 - v0) * (charge - c0) / (c1 - c0)
        for (v0, c0), (v1, c1) in pairwise(OPEN_CIRCUIT_V)
        if charge <= c1
    )
    return SimCell(volts - 0.15 * amps, charge, amps, plugged=amps < 0, charge_per_hour=-amps)


@pytest.mark.parametrize("name", NAMES)
@given(charge=st.floats(0.0, 1.0), amps=st.sampled_from([-0.9, -0.3, 0.0, 0.15, 0.5, 1.2]))
@settings(max_examples=30, deadline=None)
def test_what_is_read_is_what_the_battery_is(name: str, charge: float, amps: float) -> None:
    cell = a_cell(charge, amps)
    found = Rig(name, cell).gauge.read()
    assert found.volts == pytest.approx(cell.volts, abs=0.0025)
    assert found.charge == pytest.approx(charge, abs=0.03)
    assert found.amps is None or found.amps == pytest.approx(amps, abs=1e-4)
    if amps:
        assert found.charging is (amps < 0)
    assert found.estimated is (name == "INA219")


@pytest.mark.parametrize("name", NAMES)
def test_a_transaction_that_fails_once_changes_nothing(name: str) -> None:
    for fault in (Fault.NACK, Fault.TIMEOUT, Fault.CUT, Fault.CUT_HALF):
        rig = Rig(name, a_cell(0.4))
        whole = rig.gauge.read()
        length = rig.wire.transactions
        for at in range(length):
            rig.wire.faults = FaultPlan({rig.wire.transactions + at: fault})
            assert rig.gauge.read() == whole


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", [Fault.ONES, Fault.ZEROS, Fault.NOISE])
def test_a_wrong_answer_is_refused_or_could_be_a_battery(name: str, fault: Fault) -> None:
    refused = 0
    rig = Rig(name, a_cell(0.5))
    for at in range(8):
        rig.wire.faults = FaultPlan({rig.wire.transactions + at: fault}, seed=at)
        try:
            found = rig.gauge.read()
        except GaitCoachError:
            refused += 1
            continue
        assert 2.5 <= found.volts <= 4.5
        assert found.charge is not None
        assert 0.0 <= found.charge <= 1.0
        if fault is not Fault.NOISE:
            assert found.volts == pytest.approx(rig.cell.volts, abs=0.26)
    assert refused >= 1
    rig.wire.faults = FaultPlan()
    assert rig.gauge.read().charge == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", [Fault.ONES, Fault.ZEROS])
def test_a_line_that_is_held_is_no_battery(name: str, fault: Fault) -> None:
    rig = Rig(name, a_cell(0.5))
    rig.wire.faults = FaultPlan(always=fault)
    with pytest.raises((ImplausibleError, ChipResetError)):
        rig.gauge.read()
    with pytest.raises(ChipNotFoundError, match=rf"{name} at I2C 0x"):
        rig.gauge.open()


@pytest.mark.parametrize("name", ["MAX17048", "PiSugar 3"])
@pytest.mark.parametrize(
    ("volts", "charge"), [(2.3, 0.0), (4.7, 1.0), (3.95, 0.0), (3.3, 0.98), (4.1, 1.3)]
)
def test_what_no_battery_can_be_is_refused(name: str, volts: float, charge: float) -> None:
    rig = Rig(name, SimCell(volts, charge))
    with pytest.raises(ImplausibleError, match="; "):
        rig.gauge.read()


def test_a_gauge_that_counts_a_little_past_full_is_full() -> None:
    assert Rig("MAX17048", SimCell(4.19, 1.04)).gauge.read().charge == 1.0


def test_an_older_relative_of_the_max17048_tells_no_rate() -> None:
    time = VirtualTime()
    bus = Bus(SimWire(time, [SimMax17048(a_cell(0.4, -0.5), version=0x0003)]), time)
    gauge = Max17048(bus)
    gauge.open()
    found = gauge.read()
    assert found.charging is None
    assert found.charge == pytest.approx(0.4, abs=1e-3)


def test_a_meter_that_lost_its_setup_says_so_and_is_opened_again() -> None:
    rig = Rig("INA219", a_cell(0.6))
    rig.chip.power_up(rig.time.now(), cold=False)
    with pytest.raises(ChipResetError, match="did its supply dip"):
        rig.gauge.read()
    rig.gauge.open()
    with pytest.raises(ImplausibleError, match="no measurement is ready"):
        rig.gauge.read()
    rig.time.sleep(0.2)
    assert rig.gauge.read().charge == pytest.approx(0.6, abs=0.03)
    assert rig.chip.illegal == []


@pytest.mark.parametrize("turned", [False, True])
def test_a_board_that_is_wired_the_other_way_round_reads_the_same(turned: bool) -> None:
    cell, time = a_cell(0.5, 0.8), VirtualTime()
    bus = Bus(SimWire(time, [SimIna219(cell, 0x43, shunt_ohm=0.05, turned=turned)]), time)
    gauge = Ina219(bus, 0x43, shunt_ohm=0.05, reversed_=turned)
    gauge.open()
    time.sleep(0.2)
    found = gauge.read()
    assert found.amps == pytest.approx(0.8, abs=1e-3)
    assert found.volts == pytest.approx(cell.volts, abs=0.004)
    assert found.charging is False


class FallingCell(SimCell):
    """Every look at its voltage is at the next one."""

    def __init__(self, *volts: float) -> None:
        super().__init__(charge=0.45)
        self._left = list(volts)

    @property
    def volts(self) -> float:
        return self._left.pop(0) if len(self._left) > 1 else self._left[0]

    @volts.setter
    def volts(self, value: float) -> None:
        """Set by the dataclass."""


def test_a_voltage_in_two_bytes_that_changes_between_them_is_not_torn() -> None:
    # 0x0f01 and 0x0eff: the high byte of one with the low byte of the other is 4.095 V.
    time = VirtualTime()
    sim = SimPiSugar3(FallingCell(3.841, 3.839))
    gauge = PiSugar3(Bus(SimWire(time, [sim]), time))
    assert gauge.read().volts == pytest.approx(3.839)


def test_a_shunt_beyond_its_range_is_refused() -> None:
    rig = Rig("INA219", a_cell(0.5, 3.5))
    with pytest.raises(ImplausibleError, match="beyond its range"):
        rig.gauge.read()


def test_two_cells_in_series_are_judged_each() -> None:
    cell, time = SimCell(2 * 3.84, 0.5, 0.0), VirtualTime()
    bus = Bus(SimWire(time, [SimIna219(cell)]), time)
    gauge = Ina219(bus, cells=2)
    gauge.open()
    time.sleep(0.2)
    found = gauge.read()
    assert found.volts == pytest.approx(7.68, abs=0.004)
    assert found.charge == pytest.approx(0.5, abs=0.02)


@given(st.floats(2.0, 5.0), st.floats(2.0, 5.0))
def test_more_voltage_is_never_less_charge(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert 0.0 <= charge_at(low) <= charge_at(high) <= 1.0
    assert charge_under_load(low, 0.5, 0.15) >= charge_at(low)
