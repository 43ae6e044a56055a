"""When a battery is low and when empty: a state must last, and a bad look decides nothing."""

from dataclasses import dataclass
from typing import Final

from firmware_py.power.battery import Battery, PowerEvent, PowerKind, Seen
from firmware_py.power.remaining import Trend
from firmware_py.power.settings import BatterySettings

LOOKS: Final = 3
"""So many looks in a row at least; two bad ones together are still no state."""
GAUGE_LOW_S: Final = 30.0
"""A vibration motor or the card pulls the voltage down for seconds."""
GAUGE_EMPTY_S: Final = 60.0
DEBOUNCE_S: Final = 2.0
"""Of a low-battery output, which chatters when the load changes near its threshold."""
NOTICE_S: Final = 15.0
"""From the last warning to the shutdown: the runner hears it, and may plug a charger in."""
FINE_S: Final = 60.0
"""A warning is taken back, and can come again, when it was fine for so long."""
REMIND_S: Final = 600.0
"""A last warning older than this is given again."""
GAP_S: Final = 45.0
"""Without a good look for so long nothing lasts any more."""
LOST_S: Final = 15.0
CHARGING_LOOKS: Final = 2


@dataclass(slots=True)
class Lasting:
    """How long something has been true without a break.

    Args:
        since: its first look, s.
        looks: how many.
    """

    since: float = 0.0
    looks: int = 0

    def push(self, t: float, true: bool) -> None:
        """One look."""
        if not true:
            self.looks = 0
            return
        if not self.looks:
            self.since = t
        self.looks += 1

    def lasts(self, t: float, seconds: float, looks: int = LOOKS) -> bool:
        """Whether it has for so long, in so many looks."""
        return self.looks >= looks and t - self.since >= seconds


class Judge:
    """Looks in, events out; no clock, no thread.

    Args:
        settings: the limits.
    """

    def __init__(self, settings: BatterySettings) -> None:
        self.battery: Battery | None = None
        """As of the last look; None: nothing is known, or not any more."""
        self._source = settings.source
        gpio = settings.source == "gpio"
        self._low_s = DEBOUNCE_S if gpio else GAUGE_LOW_S
        self._empty_s = settings.shut_down_after_s if gpio else GAUGE_EMPTY_S
        self._floor = settings.shut_down_percent / 100
        self._low, self._empty, self._fine = Lasting(), Lasting(), Lasting()
        self._charging, self._draining, self._missing = Lasting(), Lasting(), Lasting()
        self._is_charging = self._is_low = self._is_empty = self._is_lost = False
        self._warned: float | None = None
        """When it was last said that it shuts down."""
        self._last: float | None = None
        self._trend = Trend()

    def look(self, t: float, seen: Seen) -> list[PowerEvent]:
        """What one good look at host time `t`, s, brings; times never go back."""
        events = []
        if self._is_lost:
            events.append(PowerEvent(t, PowerKind.GAUGE_BACK, "the battery's gauge is back"))
        self._is_lost, self._missing.looks = False, 0
        if self._last is not None and t - self._last > GAP_S:
            for each in (self._low, self._empty, self._fine, self._charging, self._draining):
                each.looks = 0
            self._trend.clear()
        self._last = t
        before = self._is_charging
        self._notice_charger(t, seen)
        if self._is_charging:
            # Also where it is full: a warning given before is over.
            self._settle()
            self._low.looks = self._empty.looks = 0
            self._remember(t, seen)
            if not before:
                events.append(PowerEvent(t, PowerKind.CHARGING, f"charging: {self.battery}"))
            return events
        self._low.push(t, seen.low)
        self._empty.push(t, seen.empty)
        self._fine.push(t, seen.fine)
        if self._fine.lasts(t, FINE_S):
            self._settle()
        kinds = self._decided(t)
        self._remember(t, seen)
        return events + [self._event(t, kind) for kind in kinds]

    def missed(self, t: float, because: str) -> list[PowerEvent]:
        """What a look that failed at `t` brings: nothing, or once that the gauge is lost."""
        self._missing.push(t, True)
        if self._is_lost or not self._missing.lasts(t, LOST_S):
            return []
        self._is_lost = True
        self.battery = None
        return [PowerEvent(t, PowerKind.GAUGE_LOST, f"the battery is not known: {because}")]

    # inside

    def _notice_charger(self, t: float, seen: Seen) -> None:
        self._charging.push(t, seen.charging is True)
        self._draining.push(t, seen.charging is not True)
        if self._charging.looks >= CHARGING_LOOKS:
            self._is_charging = True
        elif self._draining.looks >= CHARGING_LOOKS:
            self._is_charging = False

    def _decided(self, t: float) -> list[PowerKind]:
        last_words = self._empty.lasts(t, self._empty_s - NOTICE_S)
        if last_words and not self._is_empty:
            warned = self._warned
            if warned is None or t - warned > REMIND_S:
                self._is_low, self._warned = True, t
                return [PowerKind.LOW]
            if self._empty.lasts(t, self._empty_s) and t - warned >= NOTICE_S:
                self._is_empty = True
                return [PowerKind.EMPTY]
        elif not self._is_low and self._low.lasts(t, self._low_s):
            self._is_low = True
            return [PowerKind.LOW]
        return []

    def _event(self, t: float, kind: PowerKind) -> PowerEvent:
        said = f"battery {self.battery}"
        if kind is PowerKind.LOW and self._warned == t:
            said += f"; it shuts down in {NOTICE_S:.0f} s unless it is charged"
            return PowerEvent(t, kind, said, NOTICE_S)
        return PowerEvent(t, kind, said)

    def _settle(self) -> None:
        self._is_low = self._is_empty = False
        self._warned = None

    def _remember(self, t: float, seen: Seen) -> None:
        if self._is_charging or seen.charge is None:
            self._trend.clear()
        else:
            self._trend.push(t, seen.charge)
        self.battery = Battery(
            charge=seen.charge,
            volts=seen.volts,
            charging=seen.charging,
            low=self._is_low,
            empty=self._is_empty,
            source=self._source,
            estimated=seen.estimated,
            remaining_s=self._trend.until(self._floor),
        )
