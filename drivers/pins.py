"""SDA and SCL of a Raspberry Pi's bus 1 by hand, through the `pinctrl` tool of its system."""

import errno
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from drivers.host import HostTime, SystemTime

BUS: Final = 1
SDA: Final = 2
SCL: Final = 3
"""GPIO numbers of bus 1 on every model's 40 pin header."""
ALT: Final = "a0"
ALT_PI5: Final = "a3"
"""Pin functions that connect them to the I2C controller."""
PINCTRL_TIMEOUT_S: Final = 2.0
MODEL: Final = Path("/proc/device-tree/model")
_STATE: Final = re.compile(r"^\s*(\d+):\s+(\w+).*\|\s*(hi|lo)\b", re.MULTILINE)


def run_pinctrl(arguments: Sequence[str]) -> str:
    """Runs `pinctrl` and gives what it prints.

    Raises:
        OSError: it is not installed, hangs, or refuses; with the remedy.
    """
    try:
        done = subprocess.run(
            ["pinctrl", *arguments],
            capture_output=True,
            text=True,
            timeout=PINCTRL_TIMEOUT_S,
            check=False,
        )
    except FileNotFoundError as e:
        raise OSError(
            errno.ENOENT, "pinctrl is not installed: a stuck bus cannot be freed (raspi-utils)"
        ) from e
    except subprocess.TimeoutExpired as e:
        raise OSError(errno.ETIMEDOUT, "pinctrl hangs") from e
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise OSError(errno.EACCES, f"pinctrl failed: {said}; it needs /dev/gpiomem (group gpio)")
    return done.stdout


class PinctrlPins:
    """`drivers.recovery.BusPins` of bus 1.

    The pull-ups of the bus lift the lines; the pins' own are switched on to help. Each call of the
    tool takes milliseconds, so the clock is far slower than I2C, which has no slowest one.

    Args:
        pinctrl: runs the tool with these arguments; raises OSError.
        model: what the board calls itself: decides which function the pins get back where they
            had none, as after a crash in mid-recovery.
        time: for waits.
    """

    def __init__(
        self,
        pinctrl: Callable[[Sequence[str]], str] = run_pinctrl,
        *,
        model: str = "",
        time: HostTime | None = None,
    ) -> None:
        self._pinctrl = pinctrl
        self._time = time or SystemTime()
        alt = ALT_PI5 if re.search(r"Pi 5|Pi 500|Compute Module 5", model) else ALT
        self._functions = {SDA: alt, SCL: alt}

    def take(self) -> None:
        """Makes both inputs, and remembers what they were.

        Raises:
            OSError: pinctrl is missing or refuses.
        """
        for pin in self._functions:
            function, _ = self._state(pin)
            if re.fullmatch(r"a\d", function):
                self._functions[pin] = function
        for pin in self._functions:
            self._pull(pin, False)

    def sda_is_high(self) -> bool:
        """Level of SDA."""
        return self._state(SDA)[1]

    def pull_scl(self, low: bool) -> None:
        """Pulls SCL low, or lets it go."""
        self._pull(SCL, low)

    def pull_sda(self, low: bool) -> None:
        """Pulls SDA low, or lets it go."""
        self._pull(SDA, low)

    def wait(self, seconds: float) -> None:
        """At least so long."""
        self._time.sleep(seconds)

    def give_back(self) -> None:
        """Returns both to the I2C controller; tries the second where the first fails."""
        try:
            self._pinctrl(("set", str(SDA), self._functions[SDA], "pu"))
        finally:
            self._pinctrl(("set", str(SCL), self._functions[SCL], "pu"))

    def _pull(self, pin: int, low: bool) -> None:
        # "op" alone would drive what the output latch last held, so both in one call.
        self._pinctrl(("set", str(pin), *(("op", "dl") if low else ("ip", "pu"))))

    def _state(self, pin: int) -> tuple[str, bool]:
        """Function and level, from a line as ` 2: a0    pu | hi // GPIO2 = SDA1`."""
        said = self._pinctrl(("get", str(pin)))
        found = _STATE.search(said)
        if found is None or int(found[1]) != pin:
            raise OSError(errno.EIO, f"pinctrl says {said.strip()!r} of GPIO{pin}")
        return found[2], found[3] == "hi"


def pins_of(bus: int) -> PinctrlPins | None:
    """The pins of `/dev/i2c-<bus>`; None for all but bus 1 of a Raspberry Pi.

    Nothing is run yet: without pinctrl each recovery fails with its OSError.
    """
    if bus != BUS:
        return None
    try:
        model = MODEL.read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return PinctrlPins(model=model) if "Raspberry Pi" in model else None
