"""A computer and a sensor as a test wants them, and what the doctor says about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drivers.bus import Bus
from drivers.sim.catalog import sim_driver
from drivers.sim.chip import SimChip
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.time import Scheduler, VirtualTime
from drivers.sim.wire import FaultPlan, SimPins, SimWire
from firmware_py.doctor.check import Check, Result
from firmware_py.doctor.examination import Patient, examine
from firmware_py.doctor.sensor_checks import Line
from firmware_py.power.settings import BatterySettings
from firmware_py.sensor.settings import SensorSettings

FOLDER = Path("/sessions")


@dataclass
class MadeUpHost:
    """A computer without a flaw, unless told otherwise."""

    free: int | None = 20_000_000_000
    writable: bool | None = True
    synchronized: bool | None = True
    bits: int | None = 0
    missing: tuple[str, ...] = ()

    def free_bytes(self, folder: Path) -> int | None:
        return self.free

    def may_write(self, path: Path) -> bool | None:
        return self.writable

    def clock_synchronized(self) -> bool | None:
        return self.synchronized

    def throttled(self) -> int | None:
        return self.bits

    def has_package(self, name: str) -> bool:
        return name not in self.missing


@dataclass
class Setting:
    """A sensor on a bus, without a flaw unless told otherwise.

    Args:
        chips: who is on the bus.
        clock_hz: of SCL.
        stalls: of the host, (time, duration), s; the clock starts at 100 s.
        faults: of the bus.
        unplugged: when after the start the sensor goes off the bus, and for how long, s.
        dip_s: when after the start its supply dips, s.
        stuck: whether a chip holds SDA down.
        error: raised when the bus is opened.
        settings: `[sensor]`.
        line: the interrupt's line.
        battery: `[battery]`.
    """

    chips: tuple[SimChip, ...] = field(default_factory=lambda: (SimLsm6dso(0x6A),))
    clock_hz: float = 400_000.0
    stalls: tuple[tuple[float, float], ...] = ()
    faults: FaultPlan | None = None
    unplugged: tuple[float, float] | None = None
    dip_s: float | None = None
    stuck: bool = False
    error: Exception | None = None
    host: MadeUpHost = field(default_factory=MadeUpHost)
    settings: SensorSettings = field(default_factory=SensorSettings)
    line: Callable[[VirtualTime], Line] | None = None
    battery: BatterySettings = field(default_factory=BatterySettings)
    transactions: int = 0
    """Of the last examination."""

    def checks(self, seconds: float = 10.0) -> Mapping[str, Check]:
        """The examination, by name of the check, in its order."""
        time = VirtualTime(100.0, Scheduler(1e-3, self.stalls))
        wire = SimWire(time, self.chips, self.clock_hz, self.faults)
        if self.unplugged is not None:
            begin, lasts = self.unplugged
            wire.unplug(0x6A, 100.0 + begin, 100.0 + begin + lasts)
        if self.dip_s is not None:
            wire.brown_out(0x6A, 100.0 + self.dip_s)
        if self.stuck:
            wire.stick(0.0, 9)

        def opened() -> Bus:
            if self.error is not None:
                raise self.error
            return Bus(wire, time, SimPins(wire))

        line = self.line
        patient = Patient(
            self.settings,
            opened,
            self.host,
            FOLDER,
            seconds,
            make=sim_driver,
            pin=None if line is None else lambda number: line(time),
            battery=self.battery,
        )
        found = examine(patient)
        self.transactions = wire.transactions
        return {c.name: c for c in found}


def sensor(**keys: Any) -> SensorSettings:
    """`[sensor]` with these keys."""
    return SensorSettings(**keys)


def is_fault(check: Check, seen: str, remedy: str) -> None:
    """A fault that names both what is seen and what helps."""
    assert check.result is Result.FAULT, check
    assert seen in check.seen
    assert remedy in check.remedy
