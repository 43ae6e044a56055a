"""An actuator that may fail: told once, left out for a while, never left sounding."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from feedback.actuators.actuator import Actuator, Shaped
from feedback.actuators.edges import Action, Edge, edges_of
from feedback.pulse import Pulse, Voice

log = logging.getLogger(__name__)

RETRY_S: Final = 30.0
"""A failed actuator is tried again by the first cue after so long."""
OFF_AGAIN_S: Final = (0.05, 0.2, 1.0, 5.0)
"""After a failed `off` the next tries come so much later, then every RETRY_S: what cannot be
silenced is a nuisance, and empties the battery."""


class Guarded:
    """One actuator as the conductor sees it; nothing that it raises gets through.

    Args:
        actuator: the actuator.
        clock: monotonic time, s.
        told: called once with name and reason when it fails.
    """

    def __init__(
        self,
        actuator: Actuator,
        clock: Callable[[], float],
        told: Callable[[str, str], object],
    ) -> None:
        self.actuator = actuator
        # Asked once: asking a protocol costs more than an edge.
        self.shaped = actuator if isinstance(actuator, Shaped) else None
        self.sounding = False
        self.failed = False
        self.off_t: float | None = None
        """When to try to silence it again, s; None: it is silent."""
        self._clock = clock
        self._told = told
        self._retry_t = 0.0
        self._off_tries = 0

    @property
    def name(self) -> str:
        return self.actuator.name

    @property
    def voice(self) -> Voice:
        return self.actuator.voice

    @property
    def onset_s(self) -> float:
        return self.actuator.onset_s

    def edges(self, pulses: Sequence[Pulse]) -> tuple[Edge, ...]:
        """What it is told for these pulses."""
        if self.shaped is None:
            return edges_of(pulses)
        return edges_of(pulses, self.shaped.kick_s, self.shaped.brake_s)

    def usable(self) -> bool:
        """Whether it works, or it is time to try again."""
        return not self.failed or self._clock() >= self._retry_t

    def act(self, action: Action, pulse: Pulse, level: float) -> bool:
        """Does one edge of a pattern; whether it could."""
        if action is Action.OFF:
            return self.off()
        # Before the call: one that failed may have reached the part all the same.
        self.sounding = True
        # The pattern that it is in will silence it; a try left from an earlier one would cut it.
        self.off_t = None
        shaped = self.shaped
        try:
            if shaped is not None and action is Action.BRAKE:
                shaped.brake()
            elif shaped is not None and action is Action.KICK:
                shaped.kick(pulse, level)
            else:
                self.actuator.on(pulse, level)
        except Exception as e:  # noqa: BLE001 - no driver's mistake may end the thread
            self._fails(e)
            self.off()
            return False
        self._works()
        return True

    def off(self) -> bool:
        """Silences it; whether it could. If not, `off_t` says when to try again."""
        try:
            self.actuator.off()
        except Exception as e:  # noqa: BLE001 - as above
            self._fails(e)
            tries, self._off_tries = self._off_tries, self._off_tries + 1
            wait_s = OFF_AGAIN_S[tries] if tries < len(OFF_AGAIN_S) else RETRY_S
            self.off_t = self._clock() + wait_s if self.sounding else None
            return False
        self.sounding = False
        self.off_t = None
        self._off_tries = 0
        return True

    def close(self) -> None:
        """Lets go of it."""
        try:
            self.actuator.close()
        except Exception as e:  # noqa: BLE001 - as above
            log.warning("%s: cannot be closed: %s", self.name, e)

    def _fails(self, error: Exception) -> None:
        self._retry_t = self._clock() + RETRY_S
        if self.failed:
            return
        self.failed = True
        self._off_tries = 0
        text = str(error) or type(error).__name__
        log.warning("%s: failed, cues go on without it: %s", self.name, text)
        self._told(self.name, text)

    def _works(self) -> None:
        if self.failed:
            self.failed = False
            log.info("%s: works again", self.name)
