"""`[link]` of the configuration: the serial link to a laptop."""

from dataclasses import dataclass

from feedback.tables import setting


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """The serial link. docs/link.md says what can be asked over it."""

    enabled: bool = setting("Answer a laptop over USB.", True)
    port: str = setting("The serial device.", "/dev/ttyGS0")
    stall_s: float = setting(
        "A laptop that reads nothing for so long is given up, s; it may ask again.",
        5.0,
        at_least=0.5,
        at_most=60,
    )
