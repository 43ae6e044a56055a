"""What is known about the battery, and what is told about it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Battery:
    """The battery as it was seen last.

    Args:
        charge: 0 to 1; None: its source does not know.
        volts: V; None: its source does not know.
        charging: whether it is charged; None: its source cannot tell.
        low: it was warned about.
        empty: it was low enough, long enough, to shut down.
        source: who says so, as in `battery.source`.
        estimated: whether `charge` is guessed from the voltage.
        remaining_s: until it shuts down if it goes on as in the last minutes, s: an estimate; None:
            not seen long enough.
    """

    charge: float | None
    volts: float | None
    charging: bool | None
    low: bool
    empty: bool
    source: str
    estimated: bool = False
    remaining_s: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "charge": None if self.charge is None else round(self.charge, 3),
            "charge_is_estimate": self.estimated,
            "volts": None if self.volts is None else round(self.volts, 3),
            "charging": self.charging,
            "low": self.low,
            "empty": self.empty,
            "remaining_estimate_s": None if self.remaining_s is None else round(self.remaining_s),
            "source": self.source,
        }

    def __str__(self) -> str:
        said = []
        if self.charge is not None:
            about = "about " if self.estimated else ""
            said.append(f"{about}{100 * self.charge:.0f} %")
        if self.volts is not None:
            said.append(f"{self.volts:.2f} V")
        if not said:
            said.append("low" if self.low else "not low")
        return ", ".join(said) + (", charging" if self.charging else "")


@dataclass(frozen=True, slots=True)
class Seen:
    """One look, as the rules need it.

    Args:
        low, empty: at or below the limit in this one look.
        fine: clearly above: what a warning is taken back by.
        charge, volts, charging, estimated: as in `Battery`.
    """

    low: bool
    empty: bool
    fine: bool
    charge: float | None = None
    volts: float | None = None
    charging: bool | None = None
    estimated: bool = False


class PowerKind(StrEnum):
    """What happened."""

    LOW = "low"
    """Warn. Told once, and again before it shuts down, then with `shut_down_in_s`."""
    EMPTY = "empty"
    """Shut down safely, now."""
    CHARGING = "charging"
    """A charger is there; what was said before is taken back."""
    GAUGE_LOST = "gauge_lost"
    """Nothing is known any more; it goes on trying."""
    GAUGE_BACK = "gauge_back"
    UNDERVOLTAGE = "undervoltage"
    """The Pi gets less than 4.63 V."""


@dataclass(frozen=True, slots=True)
class PowerEvent:
    """Something that the device should act on or tell.

    Args:
        t: monotonic time, s.
        kind: what.
        because: in words.
        shut_down_in_s: with LOW: EMPTY follows in so many seconds unless it gets better, s.
    """

    t: float
    kind: PowerKind
    because: str
    shut_down_in_s: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "type": "power",
            "t": self.t,
            "kind": self.kind.value,
            "because": self.because,
            "shut_down_in_s": self.shut_down_in_s,
        }
