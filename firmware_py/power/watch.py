"""The thread that looks at battery and supply every few seconds; nobody waits for it."""

import logging
import threading
from collections.abc import Callable
from typing import Any, Final

from drivers.bus import Bus
from dsp.errors import GaitCoachError
from firmware_py.power.battery import Battery, PowerEvent, PowerKind
from firmware_py.power.judge import Judge
from firmware_py.power.settings import BatterySettings
from firmware_py.power.source import GAUGE_EVERY_S, source_of
from firmware_py.power.supply import CALM_S, Supply, Undervoltage

log = logging.getLogger(__name__)

SUPPLY_EVERY_S: Final = 5.0
RETRY_S: Final = 15.0
"""A gauge that is lost is asked only so often: a bus that hangs costs everybody 50 ms a try."""
JOIN_S: Final = 2.0


class PowerWatch:
    """Battery and supply.

    Args:
        settings: `[battery]`.
        bus: of the gauge; None: there is none.
        pin: GPIO of the low-battery output.
        factory: makes gpiozero's pin factory; called only for a low-battery output.
        told: called with each event, on this thread; must not raise and not take long.
        clock: monotonic time, s.
        wait: waits so many seconds, or until `close`; whether to end. None: the thread's own.
        supply: the kernel's word on undervoltage.
    """

    def __init__(
        self,
        settings: BatterySettings,
        bus: Bus | None,
        pin: int,
        factory: Callable[[], Any],
        told: Callable[[PowerEvent], object],
        clock: Callable[[], float],
        wait: Callable[[float], bool] | None = None,
        supply: Supply | None = None,
    ) -> None:
        self._source = source_of(settings, bus, pin, factory)
        self._judge = Judge(settings)
        self._told = told
        self._clock = clock
        self._ended = threading.Event()
        self._wait = wait or self._ended.wait
        self._supply = supply or Supply()
        self._undervoltage: Undervoltage | None = None
        self._calm_since: float | None = None
        self._next_supply = clock()
        self._lost = False
        self._thread = threading.Thread(target=self.run, name="power", daemon=True)

    @property
    def battery(self) -> Battery | None:
        """As of the last look; None: none is configured, or nothing is known."""
        return self._judge.battery

    @property
    def undervoltage(self) -> Undervoltage | None:
        """Of the Pi's 5 V; None: nobody tells."""
        return self._undervoltage

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def close(self) -> None:
        """Ends the thread, and lets go of the pin."""
        self._ended.set()
        if self._thread.is_alive():
            # A transaction may be under way; the pin is let go of in any case.
            self._thread.join(JOIN_S)
        if self._source is not None:
            self._source.close()

    def run(self) -> None:
        """What the thread does: looks until it is told to end."""
        while not self._ended.is_set():
            now = self._clock()
            if now >= self._next_supply:
                self._next_supply = now + SUPPLY_EVERY_S
                self._look_at_supply(now)
            self._look_at_battery()
            if self._wait(self._pause_s()):
                return

    # inside

    def _pause_s(self) -> float:
        if self._source is None:
            return SUPPLY_EVERY_S
        return RETRY_S if self._lost else min(self._source.every_s, GAUGE_EVERY_S)

    def _look_at_battery(self) -> None:
        if self._source is None:
            return
        try:
            seen = self._source.look()
        except (GaitCoachError, OSError) as e:
            events = self._judge.missed(self._clock(), str(e))
        else:
            events = self._judge.look(self._clock(), seen)
        for event in events:
            if event.kind is PowerKind.GAUGE_LOST:
                self._lost = True
            elif event.kind is PowerKind.GAUGE_BACK:
                self._lost = False
            self._tell(event)

    def _look_at_supply(self, now: float) -> None:
        found = self._supply.look()
        before, self._undervoltage = self._undervoltage, found
        if found is None or not found.now:
            if before is not None and before.now:
                self._calm_since = now
            return
        if before is not None and before.now:
            return
        if self._calm_since is None or now - self._calm_since >= CALM_S:
            self._tell(
                PowerEvent(
                    now,
                    PowerKind.UNDERVOLTAGE,
                    "undervoltage, less than 4.63 V; check battery, converter and cable",
                )
            )

    def _tell(self, event: PowerEvent) -> None:
        log.warning("%s", event.because)
        self._told(event)
