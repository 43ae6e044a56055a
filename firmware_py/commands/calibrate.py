"""`gaitcoach calibrate`: what the chip is off by, how the sensor sits, which foot is which."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.calibration import Calibration, ChipIdentity
from drivers.chips.chip import Chip
from dsp.errors import ConfigError, GaitCoachError, UsageError
from firmware_py.calibrate.files import (
    OPTION,
    OWN,
    SETTING,
    identity_of,
    load,
    own_folder,
    path_of,
    save,
)
from firmware_py.calibrate.listening import Listener
from firmware_py.calibrate.procedure import Outcome, hops, six_positions, standing
from firmware_py.config import Config, load_config
from firmware_py.sensor.settings import SensorSettings

if TYPE_CHECKING:
    # It imports smbus2, which a laptop does without.
    from firmware_py.sensor.attached import Attached

HELP = """Calibrate the sensor: stand still (default), six positions, or hops; or the haptic motor.

What was learned is added to the file of this very chip; a file of another chip is refused."""

STANDING, SIX, HOPS, HAPTIC = "standing", "six-positions", "hops", "haptic"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--standing",
        dest="what",
        action="store_const",
        const=STANDING,
        default=STANDING,
        help="worn, standing still for 5 s: gyro bias and which way is up (default)",
    )
    what.add_argument(
        "--six-positions",
        dest="what",
        action="store_const",
        const=SIX,
        help="still on each of six faces: the accelerometer's bias, scale and cross-axis errors",
    )
    what.add_argument(
        "--hops",
        dest="what",
        action="store_const",
        const=HOPS,
        help="worn at the waist, five hops on the left foot, five on the right: which is which",
    )
    what.add_argument(
        "--haptic",
        dest="what",
        action="store_const",
        const=HAPTIC,
        help="the motor on a DRV2605L, held firmly: it shakes for a second",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration (TOML)")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="the calibration file, read and replaced"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument(
        "--simulate", action="store_true", help="calibrate a simulated sensor: try it anywhere"
    )
    parser.add_argument("--sensor", metavar="PART", help="which sensor to simulate (LSM6DSO32)")


def run(args: argparse.Namespace) -> int:
    """Calibrates and stores."""
    if args.sensor is not None and not args.simulate:
        raise UsageError(
            f"--sensor {args.sensor}: is only for --simulate; on the device write sensor.part"
        )
    config = load_config(args.config) if args.config else Config()
    settings = config.sensor
    _check_place(args, settings)
    if args.what == HAPTIC:
        return _haptic(args, config)

    def say(text: str) -> None:
        print(text, file=sys.stderr if args.json else sys.stdout, flush=True)

    if args.simulate:
        attached = _simulated(args.what, settings, args.sensor)
    else:
        from firmware_py.sensor.attached import attach

        attached = attach(settings)
    try:
        chip = attached.chip
        chip.reset()
        identity = identity_of(chip, attached.address)
        path, by = _path(args, settings, identity)
        known = (load(path, identity, by) if path else None) or Calibration(identity)
        outcome = _learn(args.what, Listener(attached.bus, chip), known, chip, settings, say)
    finally:
        attached.bus.close()
    if path is not None:
        save(path, outcome.calibration)
    _show(outcome, path, identity, as_json=args.json)
    return 0


def _haptic(args: argparse.Namespace, config: Config) -> int:
    # Here and not above: only who has such a motor needs it.
    from firmware_py.ear.haptic import FILE, calibrate, simulated_bus

    if args.simulate:
        bus, path = simulated_bus(config.cues), args.output
    else:
        from firmware_py.sensor.attached import open_bus

        bus, path = open_bus(config.sensor.bus), args.output or own_folder() / FILE
    try:
        found = calibrate(config.cues, bus, path)
    except OSError as e:
        raise GaitCoachError(f"the haptic driver: {e}") from e
    finally:
        bus.close()
    if args.json:
        record = {"file": str(path) if path else None, "calibration": found.as_dict()}
        print(json.dumps(record, indent=1))
        return 0
    print(
        f"DRV2605L: {found.motor.kind} motor found and calibrated: compensation "
        f"{found.compensation}, back-EMF {found.back_emf}, gain {found.gain}"
    )
    print(f"stored      {path}" if path else "not stored: simulated; name --output FILE")
    return 0


def _learn(
    what: str,
    listener: Listener,
    known: Calibration,
    chip: Chip,
    settings: SensorSettings,
    say: Callable[[str], object],
) -> Outcome:
    listener.open()
    try:
        if what == SIX:
            return six_positions(listener, known, chip.rate_hz, say)
        if what == HOPS:
            return hops(listener, known, chip.rate_hz, say, settings.worn)
        return standing(listener, known, chip.rate_hz, say)
    finally:
        listener.close()


def _path(
    args: argparse.Namespace, settings: SensorSettings, identity: ChipIdentity
) -> tuple[Path | None, str]:
    """The calibration's file and who named it; None: a simulation is not kept unless one is."""
    if args.output is not None:
        return args.output, OPTION
    if args.simulate:
        return None, OWN
    named = settings.calibration
    return path_of(named, identity), OWN if named is None else SETTING


def _check_place(args: argparse.Namespace, settings: SensorSettings) -> None:
    """Whether a named file may be replaced: said before anybody stands still for it.

    Raises:
        ConfigError: not, and the configuration names it; GaitCoachError: the command line.
    """
    # Here and not above: with no file named nothing of it is needed.
    from firmware_py.results import check_result

    if args.output is not None:
        check_result(OPTION, args.output, () if args.config is None else (args.config,))
        if args.output.exists() and not args.output.is_file():
            raise GaitCoachError(f"{OPTION} {args.output}: is no regular file; name another file")
    elif settings.calibration is not None and not args.simulate:
        try:
            check_result(SETTING, Path(settings.calibration), (args.config,))
        except GaitCoachError as e:
            raise ConfigError(str(e)) from e


def _show(outcome: Outcome, path: Path | None, chip: ChipIdentity, *, as_json: bool) -> None:
    if as_json:
        record = {
            "chip": str(chip),
            "file": str(path) if path else None,
            "figures": outcome.figures,
            "calibration": outcome.calibration.as_dict(),
        }
        print(json.dumps(record, indent=1))
        return
    print(f"\nchip        {chip}")
    print("\n".join(outcome.lines))
    done = ", ".join(outcome.calibration.method)
    print(f"stored      {path} ({done})" if path else "not stored: simulated; name --output FILE")


def _simulated(what: str, settings: SensorSettings, part: str | None) -> "Attached":
    # Here and not above: a device never simulates, and every import costs on a Zero.
    from firmware_py.calibrate.simulated import (
        Erring,
        Hopper,
        Turned,
        Worn,
        asked_part,
        attach_simulated,
    )

    wanted = settings.part if part is None else asked_part(part, settings.worn)
    motion = Turned() if what == SIX else Worn(Hopper(5 if what == HOPS else 0))
    return attach_simulated(Erring(motion), settings.worn, wanted, settings.address)
