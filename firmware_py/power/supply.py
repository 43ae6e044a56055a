"""The Pi's 5 V as its firmware sees it: less than 4.63 V is undervoltage.

Linux' raspberrypi-hwmon.c asks the firmware every 2 s and keeps the answer as rpi_volt's
in0_lcrit_alarm; the Raspberry Pi kernel also has get_throttled (bit 0 now, bit 16 before).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

UNDERVOLTAGE: Final = 1 << 0
SINCE_BOOT: Final = 16
CALM_S: Final = 60.0
"""Told again only after so long without."""
_THROTTLED: Final = "devices/platform/soc*/*:firmware/get_throttled"
"""soc/soc:firmware up to a Pi 4, with the address in the name on a Pi 5."""
_NAMES: Final = "class/hwmon/hwmon*/name"


@dataclass(frozen=True, slots=True)
class Undervoltage:
    """Whether the Pi gets too little.

    Args:
        now: in this moment.
        since_boot: now or at any time before.
    """

    now: bool
    since_boot: bool

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"now": self.now, "since_boot": self.since_boot}


def throttled_file(sys: Path) -> Path | None:
    """The kernel's file of get_throttled below `sys`; None: there is none."""
    return next(iter(sorted(sys.glob(_THROTTLED))), None)


class Supply:
    """The kernel's word on undervoltage.

    Args:
        sys: where sysfs is.
    """

    def __init__(self, sys: Path = Path("/sys")) -> None:
        self._throttled = throttled_file(sys)
        self._alarm = _alarm(sys)
        self._ever = False

    def look(self) -> Undervoltage | None:
        """Now and before; None: nobody tells."""
        bits, alarm = _number(self._throttled, 16), _number(self._alarm, 10)
        if bits is None and alarm is None:
            return None
        # As the kernel asks for its alarm it clears the firmware's memory, bit 16: a dip that is
        # over when we look may be in one of them only.
        now = bool((bits or 0) & UNDERVOLTAGE) or bool(alarm)
        self._ever |= now or bool((bits or 0) >> SINCE_BOOT & UNDERVOLTAGE)
        return Undervoltage(now, self._ever)


def _number(file: Path | None, base: int) -> int | None:
    if file is None:
        return None
    try:
        return int(file.read_text(encoding="ascii"), base)
    except (OSError, ValueError):
        return None


def _alarm(sys: Path) -> Path | None:
    for name in sorted(sys.glob(_NAMES)):
        try:
            if name.read_text(encoding="ascii").strip() == "rpi_volt":
                return name.with_name("in0_lcrit_alarm")
        except (OSError, ValueError):
            continue
    return None
