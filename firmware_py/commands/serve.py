"""`gaitcoach serve`: the device as a service, from the button to the files."""

import argparse
import logging
import shlex
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dsp.errors import GaitCoachError
from feedback.actuators.errors import ActuatorError
from firmware_py.commands.screen import ctrl_c
from firmware_py.config import Config, load_config
from firmware_py.device.machine import State
from firmware_py.device.service import Setting, serve
from firmware_py.device.watchdog import notifier, period_s

if TYPE_CHECKING:
    from firmware_py.simulate.world import World

HELP = """Run as a service: sessions by the button, by a laptop, or by themselves.

What systemd runs on the device. The button, the LED, the life of a session: docs/session-life.md.
With --simulate a simulated runner wears a simulated chip, in real time, and the pins are none; it
ends with SIGTERM or Ctrl-C."""

CONFIG: Final = Path("/etc/gaitcoach/config.toml")
POWER_OFF_S: Final = 30.0

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help=f"configuration (TOML; default {CONFIG})"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="FOLDER",
        help="where sessions are kept, instead of device.folder",
    )
    parser.add_argument(
        "--simulate",
        metavar="SCENARIO",
        help="no hardware: a scenario of gaitcoach run, or a recorded trace to be felt again",
    )


def run(args: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    path = args.config or CONFIG
    # Without one the device still answers a laptop, which may send one.
    config = load_config(path) if args.config or path.exists() else Config()
    world = None if args.simulate is None else _world(args.simulate, config)
    with ctrl_c() as asked:
        ended = serve(
            Setting(
                config=config,
                path=path,
                folder=args.folder or Path(config.device.folder),
                pins=_pins(world),
                told_to_end=asked,
                world=world,
                notify=notifier(),
                period_s=period_s(),
            )
        )
    if ended is State.OFF:
        power_off(config.device.power_off)
    return 0


def power_off(command: str) -> None:
    """Switches the computer off.

    Raises:
        GaitCoachError: it could not be told to.
    """
    log.info("switching off: %s", command)
    try:
        subprocess.run(shlex.split(command), check=True, timeout=POWER_OFF_S)
    except (OSError, subprocess.SubprocessError) as e:
        raise GaitCoachError(
            f'device.power_off = "{command}": {e}; everything is closed, pull the plug'
        ) from e


def _world(simulate: str, config: Config) -> "World":
    from firmware_py.commands.run import world_of

    # On the computer's own clock: a session may be gone on with by the next start.
    return world_of(simulate, config.sensor, 1.0, time.monotonic())


def _pins(world: "World | None") -> Callable[[], Any]:
    if world is None:
        from feedback.actuators.gpio import lgpio_factory

        return lgpio_factory

    def mock() -> Any:
        try:
            from gpiozero.pins.mock import MockFactory, MockPWMPin
        except ImportError as e:
            raise ActuatorError(f"GPIO: needs gpiozero: install gaitcoach[pi] ({e})") from e
        return MockFactory(pin_class=MockPWMPin)

    return mock
