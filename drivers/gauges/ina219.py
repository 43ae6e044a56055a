"""INA219, a meter of voltage and current; the charge is an estimate from both.

TI SBOS448, register set: words, high byte first, one address a word; the scales are those of Linux'
ina2xx.c. The current is taken from the shunt's voltage, so that CALIBRATION is not needed.
"""

from typing import Final

from drivers.bus import Bus
from drivers.errors import ChipError, ChipNotFoundError, ChipResetError, ImplausibleError
from drivers.gauges.curve import charge_under_load
from drivers.gauges.gauge import GaugeReading, plausible

ADDRESS: Final = 0x40
ADDRESSES: Final = range(0x40, 0x50)
"""By A0 and A1; boards have 0x40 to 0x43."""
CONFIGURATION: Final = 0x00
SHUNT: Final = 0x01
BUS: Final = 0x02
RESET_CONFIGURATION: Final = 0x399F
SETTING: Final = 0x1FFF
"""16 V, shunt +-320 mV, both continuously, each the mean of 128 samples (68 ms): the load of a Pi
changes by the millisecond."""
READY: Final = 0x0002
OVERFLOW: Final = 0x0001
SHUNT_V_PER_BIT: Final = 10e-6
BUS_V_PER_BIT: Final = 4e-3
RANGE_V: Final = 0.320
CHARGES_A: Final = 0.020
"""Below, the charger only holds it full, or the meter is not quite at zero."""


class Ina219:
    """One meter between a battery and what it feeds.

    Args:
        bus: it is on.
        address: 7 bits.
        shunt_ohm: its resistor.
        reversed_: whether the battery is at IN-, so that a current out of it reads as negative.
        cells: in series.
        resistance_ohm: of each cell with wires, for the estimate.
    """

    name = "INA219"

    def __init__(
        self,
        bus: Bus,
        address: int = ADDRESS,
        *,
        shunt_ohm: float = 0.1,
        reversed_: bool = False,
        cells: int = 1,
        resistance_ohm: float = 0.15,
    ) -> None:
        self.address = address
        self._bus = bus
        self._shunt_ohm = shunt_ohm
        self._reversed = reversed_
        self._cells = cells
        self._resistance_ohm = resistance_ohm

    def open(self) -> None:
        """See `Gauge.open`."""
        found = self._word(CONFIGURATION)
        if found in (0x0000, 0xFFFF):
            raise ChipNotFoundError(
                f"{self._where}: its configuration reads 0x{found:04x}, which is no INA219; check "
                "wiring and battery.address"
            )
        self._bus.write(self.address, CONFIGURATION, *SETTING.to_bytes(2, "big"))
        found = self._word(CONFIGURATION)
        if found != SETTING:
            raise ChipError(
                f"{self._where}: its configuration was set to 0x{SETTING:04x} and reads "
                f"0x{found:04x}; is another chip there, or the wiring unsound?"
            )

    def read(self) -> GaugeReading:
        """See `Gauge.read`; a first reading comes 0.14 s after `open`."""
        found = self._word(CONFIGURATION)
        if found != SETTING:
            raise ChipResetError(
                f"{self._where}: its configuration reads 0x{found:04x}; did its supply dip?"
            )
        bus = self._word(BUS)
        raw = self._word(SHUNT)
        # Bit 2 is always 0: a bus of all ones is no measurement.
        if not bus & READY or bus & 0x0004:
            raise ImplausibleError(f"{self._where}: no measurement is ready; ask again")
        shunt_v = (raw - 0x10000 if raw & 0x8000 else raw) * SHUNT_V_PER_BIT
        if abs(shunt_v) >= RANGE_V or bus & OVERFLOW:
            raise ImplausibleError(
                f"{self._where}: the shunt has {shunt_v:.2f} V, beyond its range; check the shunt "
                "and battery.shunt_ohm"
            )
        amps = (-shunt_v if self._reversed else shunt_v) / self._shunt_ohm
        # BUS is measured at IN-: behind the shunt, whose drop the battery has to give, too; on a
        # reversed board at the battery itself.
        volts = (bus >> 3) * BUS_V_PER_BIT + (0.0 if self._reversed else shunt_v)
        charge = charge_under_load(volts / self._cells, amps, self._resistance_ohm)
        return plausible(
            self._where,
            GaugeReading(volts, charge, amps, charging=amps <= -CHARGES_A, estimated=True),
            self._cells,
        )

    @property
    def _where(self) -> str:
        return f"{self.name} at I2C 0x{self.address:02x}"

    def _word(self, register: int) -> int:
        return int.from_bytes(self._bus.read(self.address, register, 2), "big")
