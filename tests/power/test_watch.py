"""Battery and supply as the device sees them: real drivers on a simulated bus, virtual time."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory

from drivers.bus import Bus
from drivers.sim.cell import SimCell
from drivers.sim.chip import SimChip
from drivers.sim.ina219 import SimIna219
from drivers.sim.max17048 import SimMax17048
from drivers.sim.pisugar3 import SimPiSugar3
from drivers.sim.time import VirtualTime
from drivers.sim.wire import Fault, FaultPlan, SimWire
from feedback.actuators.errors import ActuatorError
from firmware_py.power.battery import PowerEvent, PowerKind
from firmware_py.power.settings import BatterySettings
from firmware_py.power.supply import Supply, Undervoltage
from firmware_py.power.watch import PowerWatch

PIN = 22
SIMS: dict[str, Callable[[SimCell], SimChip]] = {
    "max17048": SimMax17048,
    "ina219": SimIna219,
    "pisugar3": SimPiSugar3,
}


def no_pins() -> Any:
    raise ActuatorError("GPIO: cannot be used; is this a Raspberry Pi?")


@pytest.fixture
def pins() -> Iterator[Any]:
    made = MockFactory()
    yield made
    made.reset()


class Device:
    """A watch over a simulated battery; `happens` is called with the time at every pause."""

    def __init__(
        self,
        settings: BatterySettings,
        *,
        factory: Callable[[], Any] = no_pins,
        sys: Path = Path("/nowhere"),
        bus: bool = True,
    ) -> None:
        self.time = VirtualTime(0.0)
        self.cell = SimCell(3.9, 0.7)
        sim = SIMS.get(settings.source)
        self.chip = None if sim is None else sim(self.cell)
        self.wire = SimWire(self.time, [] if self.chip is None else [self.chip])
        self.events: list[PowerEvent] = []
        self.happens: Callable[[float], object] = lambda t: None
        self.until = 0.0
        self.watch = PowerWatch(
            settings,
            Bus(self.wire, self.time) if bus else None,
            PIN,
            factory,
            self.events.append,
            self.time.now,
            self._wait,
            Supply(sys),
        )

    def _wait(self, seconds: float) -> bool:
        self.time.sleep(seconds)
        self.happens(self.time.now())
        return self.time.now() >= self.until

    def run(self, until: float) -> list[PowerKind]:
        self.until = until
        self.watch.run()
        return [e.kind for e in self.events]


@pytest.mark.parametrize("source", SIMS)
def test_a_battery_that_runs_down_warns_before_it_shuts_down(source: str) -> None:
    device = Device(BatterySettings(source=source))

    def drains(t: float) -> None:
        device.cell.charge = max(0.0, 0.3 - t / 3600)
        device.cell.volts = 3.30 + 1.5 * device.cell.charge

    drains(0.0)
    device.happens = drains
    assert device.run(1500.0) == [PowerKind.LOW, PowerKind.LOW, PowerKind.EMPTY]
    battery = device.watch.battery
    assert battery is not None
    assert battery.empty
    assert battery.source == source
    assert device.events[1].shut_down_in_s is not None


@pytest.mark.parametrize("source", SIMS)
def test_a_voltage_under_load_that_no_cell_survives_shuts_down_whatever_the_charge(
    source: str,
) -> None:
    device = Device(BatterySettings(source=source))
    device.cell.volts, device.cell.charge = 3.05, 0.3
    assert device.run(120.0)[-1] is PowerKind.EMPTY


@pytest.mark.parametrize("source", SIMS)
def test_bad_answers_now_and_then_say_nothing(source: str) -> None:
    for fault in Fault:
        device = Device(BatterySettings(source=source))
        device.cell.volts, device.cell.charge = 3.75, 0.25
        device.wire.faults = FaultPlan(dict.fromkeys(range(5, 500, 11), fault), seed=1)
        assert device.run(300.0) == []
        assert device.watch.battery is not None


@pytest.mark.parametrize("source", SIMS)
def test_a_gauge_that_is_unplugged_is_told_once_and_so_is_its_return(source: str) -> None:
    device = Device(BatterySettings(source=source))
    assert device.chip is not None
    device.wire.unplug(device.chip.address, 60.0, 400.0)
    assert device.run(600.0) == [PowerKind.GAUGE_LOST, PowerKind.GAUGE_BACK]
    lost, back = device.events
    assert "nobody answers" in lost.because
    assert 60.0 < lost.t < 90.0
    assert 400.0 < back.t < 440.0
    assert device.watch.battery is not None


def test_a_gauge_that_never_was_there_costs_the_bus_a_try_every_15_seconds() -> None:
    device = Device(BatterySettings(source="max17048"))
    device.wire.chips.clear()
    assert device.run(3600.0) == [PowerKind.GAUGE_LOST]
    assert device.watch.battery is None
    assert device.wire.transactions <= 2 * (3600 / 15 + 4)


def test_without_a_bus_the_rest_goes_on() -> None:
    device = Device(BatterySettings(source="ina219"), bus=False)
    assert device.run(60.0) == [PowerKind.GAUGE_LOST]
    assert "there is no I2C bus" in device.events[0].because


def test_a_charger_is_noticed_and_takes_the_warning_back() -> None:
    device = Device(BatterySettings(source="pisugar3"))
    device.cell.charge, device.cell.volts = 0.10, 3.69

    def plugged(t: float) -> None:
        device.cell.plugged = t > 100.0

    device.happens = plugged
    assert device.run(200.0) == [PowerKind.LOW, PowerKind.CHARGING]
    battery = device.watch.battery
    assert battery is not None
    assert (battery.low, battery.charging) == (False, True)


@pytest.mark.parametrize("pull_up", [False, True])
def test_a_low_battery_output_shuts_down_when_it_stays_low(pins: Any, pull_up: bool) -> None:
    settings = BatterySettings(source="gpio", pull_up=pull_up, shut_down_after_s=30.0)
    device = Device(settings, factory=lambda: pins)
    pin = pins.pin(PIN)
    pin.drive_high()
    low_at = 20.0

    def falls(t: float) -> None:
        (pin.drive_low if t >= low_at else pin.drive_high)()

    device.happens = falls
    assert device.run(100.0) == [PowerKind.LOW, PowerKind.LOW, PowerKind.EMPTY]
    assert [round(e.t - low_at, 1) for e in device.events] == [2.0, 15.0, 30.0]
    assert pin.pull == ("up" if pull_up else "floating")
    device.watch.close()
    assert pin.function == "input"


def test_a_dip_of_the_low_battery_output_is_no_battery_that_is_low(pins: Any) -> None:
    device = Device(BatterySettings(source="gpio"), factory=lambda: pins)
    pin = pins.pin(PIN)
    pin.drive_high()

    def chatters(t: float) -> None:
        (pin.drive_low if t % 3.0 < 1.5 else pin.drive_high)()

    device.happens = chatters
    assert device.run(120.0) == []


def test_without_pins_it_is_told_once() -> None:
    device = Device(BatterySettings(source="gpio"))
    assert device.run(300.0) == [PowerKind.GAUGE_LOST]
    assert "GPIO: cannot be used" in device.events[0].because


def firmware(sys: Path, *, pi5: bool = False) -> Path:
    soc = "soc@107c000000" if pi5 else "soc"
    folder = sys / "devices/platform" / soc / f"{soc}:firmware"
    folder.mkdir(parents=True)
    (folder / "get_throttled").write_text("0\n")
    return folder / "get_throttled"


def alarm(sys: Path) -> Path:
    for number, name in enumerate(("cpu_thermal", "rpi_volt")):
        folder = sys / f"class/hwmon/hwmon{number}"
        folder.mkdir(parents=True)
        (folder / "name").write_text(f"{name}\n")
        (folder / "in0_lcrit_alarm").write_text("0\n" if number else "1\n")
    return sys / "class/hwmon/hwmon1/in0_lcrit_alarm"


@pytest.mark.parametrize("pi5", [False, True])
def test_the_firmware_tells_about_undervoltage_now_and_before(tmp_path: Path, pi5: bool) -> None:
    file = firmware(tmp_path, pi5=pi5)
    supply = Supply(tmp_path)
    assert supply.look() == Undervoltage(now=False, since_boot=False)
    file.write_text("50005\n")
    assert supply.look() == Undervoltage(now=True, since_boot=True)
    # The kernel may clear the firmware's memory; ours stays.
    file.write_text("0\n")
    assert supply.look() == Undervoltage(now=False, since_boot=True)


def test_a_dip_before_the_start_is_known(tmp_path: Path) -> None:
    firmware(tmp_path).write_text("50000\n")
    assert Supply(tmp_path).look() == Undervoltage(now=False, since_boot=True)


def test_the_kernels_alarm_is_enough(tmp_path: Path) -> None:
    file = alarm(tmp_path)
    supply = Supply(tmp_path)
    assert supply.look() == Undervoltage(now=False, since_boot=False)
    file.write_text("1\n")
    assert supply.look() == Undervoltage(now=True, since_boot=True)
    file.write_text("nonsense\n")
    assert supply.look() is None


def test_undervoltage_is_told_when_it_begins_not_while_it_flickers(tmp_path: Path) -> None:
    file = alarm(tmp_path)
    device = Device(BatterySettings(), sys=tmp_path)

    def flickers(t: float) -> None:
        under = 50.0 <= t < 150.0 and t % 20.0 < 10.0
        file.write_text("1\n" if under or 300.0 <= t < 320.0 else "0\n")

    device.happens = flickers
    assert device.run(400.0) == [PowerKind.UNDERVOLTAGE] * 2
    assert [e.t for e in device.events] == pytest.approx([60.0, 300.0], abs=6.0)
    assert device.watch.undervoltage == Undervoltage(now=False, since_boot=True)
    assert device.watch.battery is None


def test_where_nobody_tells_nothing_is_known(tmp_path: Path) -> None:
    device = Device(BatterySettings(), sys=tmp_path)
    assert device.run(30.0) == []
    assert device.watch.undervoltage is None


def test_the_thread_looks_by_itself_and_ends_when_it_is_told() -> None:
    virtual = VirtualTime(0.0)
    wire = SimWire(virtual, [SimMax17048(SimCell())])
    looked = threading.Event()
    wire.at(0.0, looked.set)
    settings = BatterySettings(source="max17048")
    watch = PowerWatch(settings, Bus(wire, virtual), PIN, no_pins, lambda e: None, time.monotonic)
    watch.start()
    # It looks every 5 s, and is not waited for that long.
    assert looked.wait(10.0)
    watch.close()
    assert "power" not in {t.name for t in threading.enumerate()}
