"""What the player asks of anything that beeps or shakes."""

from typing import Protocol, runtime_checkable

from feedback.pulse import Pulse, Voice


class Actuator(Protocol):
    """One actuator; used by one thread only.

    Args:
        name: for messages and the trace.
        voice: which shape of a pattern it plays.
        onset_s: from `on` until it is heard, or felt with 90 % of its strength, s: a datum of the
            part, which the scheduler takes off.
    """

    name: str
    voice: Voice
    onset_s: float

    def on(self, pulse: Pulse, level: float) -> None:
        """Begins to sound or shake, at once, and goes on until `off`.

        Args:
            pulse: pitch and strength; its lengths are the player's matter.
            level: what the wearer chose, 0 to 1.

        Raises:
            OSError, RuntimeError: the hardware does not answer.
        """
        ...

    def off(self) -> None:
        """Silent at once.

        Raises:
            OSError, RuntimeError: the hardware does not answer.
        """
        ...

    def close(self) -> None:
        """Silent, and its pins and buses let go of."""
        ...


@runtime_checkable
class Shaped(Protocol):
    """An actuator with inertia, which is pushed at the start of a pulse and held at its end.

    Args:
        kick_s: how long it is pushed, s; 0: not.
        brake_s: how long it is held, s; 0: not.
    """

    kick_s: float
    brake_s: float

    def kick(self, pulse: Pulse, level: float) -> None:
        """As `on`, with all its strength.

        Raises:
            OSError, RuntimeError: the hardware does not answer.
        """
        ...

    def brake(self) -> None:
        """Brings it to rest; `off` follows.

        Raises:
            OSError, RuntimeError: the hardware does not answer.
        """
        ...
