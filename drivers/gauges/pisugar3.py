"""PiSugar 3, a battery under a Zero with a microcontroller that tells about it.

PiSugar's "PiSugar3 I2C Datasheet" (docs.pisugar.com): bytes, one a transaction as in its own power
manager. Only read: writing is protected by 0x0B, and nothing has to be written.
"""

from typing import Final

from drivers.bus import Bus
from drivers.errors import ChipNotFoundError, ImplausibleError
from drivers.gauges.gauge import GaugeReading, plausible

ADDRESS: Final = 0x57
CLOCK_ADDRESS: Final = 0x68
"""Its clock answers there, where the MPU and ICM families and BMI270 are, too."""
MODEL: Final = 0x00
"""Reads 3. Not in the datasheet; public programs tell a PiSugar 3 by it."""
CONTROL: Final = 0x02
PLUGGED: Final = 0x80
CHARGE_ALLOWED: Final = 0x40
VOLTS_HIGH: Final = 0x22
VOLTS_LOW: Final = 0x23
PERCENT: Final = 0x2A
_TRIES: Final = 3


class PiSugar3:
    """One board.

    Args:
        bus: it is on.
        address: 7 bits; can be changed in the board (0x50).
    """

    name = "PiSugar 3"

    def __init__(self, bus: Bus, address: int = ADDRESS) -> None:
        self.address = address
        self._bus = bus

    def open(self) -> None:
        """See `Gauge.open`."""
        model = self._byte(MODEL)
        if model != 3:
            raise ChipNotFoundError(
                f"{self._where}: register 0x00 reads 0x{model:02x}, not 3; is it a PiSugar 3, and "
                "is battery.address right?"
            )

    def read(self) -> GaugeReading:
        """See `Gauge.read`."""
        volts = self._millivolts() / 1000
        percent = self._byte(PERCENT)
        control = self._byte(CONTROL)
        # Bits 7 and 6 of an idle bus are set, too: all ones is no state of this board.
        if control in (0x00, 0xFF):
            raise ImplausibleError(
                f"{self._where}: register 0x02 reads 0x{control:02x}, which cannot be; check its "
                "contacts"
            )
        charging = control & PLUGGED != 0 and control & CHARGE_ALLOWED != 0
        return plausible(self._where, GaugeReading(volts, percent / 100, charging=charging))

    @property
    def _where(self) -> str:
        return f"{self.name} at I2C 0x{self.address:02x}"

    def _millivolts(self) -> int:
        high = self._byte(VOLTS_HIGH)
        for _ in range(_TRIES):
            low, again = self._byte(VOLTS_LOW), self._byte(VOLTS_HIGH)
            if high == again:
                return high << 8 | low
            high = again
        raise ImplausibleError(
            f"{self._where}: its voltage changes with every look; check its contacts"
        )

    def _byte(self, register: int) -> int:
        return self._bus.read(self.address, register, 1)[0]
