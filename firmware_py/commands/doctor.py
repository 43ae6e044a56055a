"""`gaitcoach doctor`: is everything there, and does it do what a run needs?"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from drivers.bus import Bus
from drivers.part import setup_for
from dsp.errors import UsageError
from firmware_py.commands.numbers import positive
from firmware_py.config import Config, load_config
from firmware_py.doctor.check import Result, worst
from firmware_py.doctor.examination import Patient, examine
from firmware_py.doctor.host import ThisHost
from firmware_py.doctor.report import record, text
from firmware_py.doctor.sensor_checks import Line
from firmware_py.sensor.settings import SensorSettings
from firmware_py.session.folder import default_folder

HELP = """Check bus, sensor, battery, storage, laptop port, clock and power, and say what to do.

Exit code 0: no fault (warnings are allowed); 1: a fault; 2: wrong usage;
78: bad configuration."""

SECONDS: Final = 10.0
LEAST_S, MOST_S = 1.0, 3600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration (TOML)")
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=SECONDS,
        metavar="N",
        help="how long rate and losses are watched, 1 to 3600 (10)",
    )
    parser.add_argument("--json", action="store_true", help="print the checks as JSON")
    parser.add_argument(
        "--simulate", metavar="SCENARIO", help="examine a simulated sensor: try it anywhere"
    )
    parser.add_argument("--sensor", metavar="PART", help="which sensor to simulate (LSM6DSO32)")


def run(args: argparse.Namespace) -> int:
    """Examines; returns the exit code."""
    simulated = args.simulate is not None
    if args.sensor is not None and not simulated:
        raise UsageError(
            f"--sensor {args.sensor}: is only for --simulate; on the device write sensor.part"
        )
    config = load_config(args.config) if args.config else Config()
    patient = _simulated(args, config) if simulated else _real(args, config)
    if not args.json and not simulated:
        print("Lay the sensor still until this is done.", file=sys.stderr)
    with tqdm(
        total=args.seconds,
        desc="watching the stream",
        bar_format="{l_bar}{bar}| {n:.0f} of {total:.0f} s",
        delay=1.0,
        leave=False,
        disable=None,
    ) as bar:
        checks = examine(patient, bar.update)
    if args.json:
        print(json.dumps(record(checks, args.simulate), indent=1))
    else:
        print(text(checks))
    return 1 if worst(checks) is Result.FAULT else 0


def _real(args: argparse.Namespace, config: Config) -> Patient:
    settings = config.sensor
    if settings.part is not None:
        # A part that cannot serve the mount is a mistake in the file, whatever is on the bus.
        _check_mount(settings)
    return Patient(
        settings,
        lambda: _open_bus(settings.bus),
        ThisHost(),
        default_folder(),
        args.seconds,
        pin=_pin,
        battery=config.battery,
        battery_pin=config.cues.pin_map.battery_low,
        pins=_pins,
    )


def _simulated(args: argparse.Namespace, config: Config) -> Patient:
    # Here and not above: a device never simulates, and every import costs on a Zero.
    from drivers.sim.catalog import sim_driver
    from firmware_py.calibrate.simulated import asked_part
    from firmware_py.simulate.scenarios import SCENARIOS
    from firmware_py.simulate.world import make_world

    settings = config.sensor
    scenario = SCENARIOS.get(args.simulate)
    if scenario is None:
        known = ", ".join(SCENARIOS)
        raise UsageError(f"--simulate {args.simulate}: unknown scenario; known: {known}")
    if settings.worn not in scenario.mounts:
        raise UsageError(
            f"--simulate {args.simulate}: is for the {scenario.mounts[0]} only, sensor.mount is "
            f"{settings.worn}"
        )
    part = settings.part if args.sensor is None else asked_part(args.sensor, settings.worn)
    world = make_world(scenario, settings.worn, settings.foot, part, settings.address, None)
    attached = world.attached
    # Named, since a runner who moves cannot be weighed.
    settings = replace(settings, part=attached.chip.setup.part.name, address=attached.address)
    return Patient(
        settings,
        lambda: attached.bus,
        ThisHost(),
        default_folder(),
        args.seconds,
        make=sim_driver,
        simulated=True,
        battery=config.battery,
    )


def _seconds(text: str) -> float:
    value = positive(text)
    if not LEAST_S <= value <= MOST_S:
        raise argparse.ArgumentTypeError(f"{text}: must be {LEAST_S:g} to {MOST_S:g}")
    return value


def _check_mount(settings: SensorSettings) -> None:
    from drivers.catalog import part_named

    setup_for(part_named(settings.part or ""), settings.worn)


def _open_bus(number: int) -> Bus:
    # Here and not above: without smbus2 the doctor must still come.
    from firmware_py.sensor.attached import open_bus

    return open_bus(number)


def _pins() -> Any:
    from feedback.actuators.gpio import lgpio_factory

    return lgpio_factory()


def _pin(number: int) -> Line:
    from drivers.watermark import GpioWatermark

    return GpioWatermark(number)
