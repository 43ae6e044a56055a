"""`[device]` of the configuration: how the service lives."""

import shlex
from dataclasses import dataclass

from dsp.errors import ConfigError
from feedback.tables import setting


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """The service. docs/session-life.md says what it does.

    Raises:
        ConfigError: a command that is none.
    """

    folder: str = setting("Where sessions are kept.", "/var/lib/gaitcoach")
    auto_start: bool = setting(
        "Begin a session when running has lasted 20 s, with the 90 s before; the sensor then never "
        "sleeps.",
        False,
    )
    auto_stop_min: float | None = setting(
        "End a session after so many minutes without running.", None, at_least=1, at_most=240
    )
    auto_pause_s: float | None = setting(
        "Pause a session by itself after so many seconds of standing, until you run on.",
        None,
        at_least=5,
        at_most=600,
    )
    led: bool = setting("An LED is there.", True)
    power_off: str = setting(
        "The command that switches the computer off; the usual one asks systemd by a file.",
        "touch /run/gaitcoach/poweroff",
    )

    def __post_init__(self) -> None:
        try:
            shlex.split(self.power_off)
        except ValueError as e:
            raise ConfigError(f'device.power_off = "{self.power_off}": no command: {e}') from e
