"""MAX17048, a gauge that models one lithium cell.

Maxim/Analog MAX17048/MAX17049 datasheet, register map: words, high byte first, at even addresses;
the same layout as in Linux' max17040_battery.c. It measures no current: its ModelGauge follows the
cell's voltage and gives charge and the rate at which it changes.
"""

from typing import Final

from drivers.bus import Bus
from drivers.errors import ChipError, ChipNotFoundError
from drivers.gauges.gauge import GaugeReading, plausible

ADDRESS: Final = 0x36
VCELL: Final = 0x02
SOC: Final = 0x04
VERSION: Final = 0x08
CRATE: Final = 0x16
VOLTS_PER_BIT: Final = 78.125e-6
CHARGE_PER_BIT: Final = 0.01 / 256
RATE_PER_BIT: Final = 0.00208
"""Share of the full charge per hour."""
FAMILY: Final = 0x0010
"""VERSION of a MAX17048 or -49 is 0x001x. MAX17040 to -44 lie at the same address with VCELL and
SOC alike, but have no CRATE."""
CHARGES: Final = 0.01
"""Share per hour. A rate of less, either way, is a rest."""


class Max17048:
    """One gauge.

    Args:
        bus: it is on.
        address: fixed in the chip; other than 0x36 only behind a translator.
    """

    name = "MAX17048"

    def __init__(self, bus: Bus, address: int = ADDRESS) -> None:
        self.address = address
        self._bus = bus
        self._has_rate = False

    def open(self) -> None:
        """See `Gauge.open`."""
        # Nothing confirms it later, so it is read twice.
        version = self._word(VERSION)
        if self._word(VERSION) != version:
            raise ChipError(f"{self._where}: VERSION changes; the wiring is unsound")
        if version in (0x0000, 0xFFFF):
            raise ChipNotFoundError(
                f"{self._where}: VERSION reads 0x{version:04x}, which is no gauge; check its "
                "wiring, and that its battery is connected: it lives on it"
            )
        self._has_rate = version & 0xFFF0 == FAMILY

    def read(self) -> GaugeReading:
        """See `Gauge.read`."""
        volts = self._word(VCELL) * VOLTS_PER_BIT
        charge = self._word(SOC) * CHARGE_PER_BIT
        charging = None
        if self._has_rate:
            raw = self._word(CRATE)
            per_hour = (raw - 0x10000 if raw & 0x8000 else raw) * RATE_PER_BIT
            charging = True if per_hour >= CHARGES else False if per_hour <= -CHARGES else None
        return plausible(self._where, GaugeReading(volts, charge, charging=charging))

    @property
    def _where(self) -> str:
        return f"{self.name} at I2C 0x{self.address:02x}"

    def _word(self, register: int) -> int:
        return int.from_bytes(self._bus.read(self.address, register, 2), "big")
