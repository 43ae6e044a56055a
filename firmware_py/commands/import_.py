"""Any CSV recording to a trace.

Columns are found by their names (acc_x_g, "Acceleration x (m/s^2)", gyr_z_dps, t_s, ...) and a JSON
beside the file (X.csv.gz: X.json) may say mount, side, rate_hz and activity. What neither says must
be told by an option: nothing is guessed. See docs/importing.md.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tqdm import tqdm

from dsp.block import Mount, Side
from firmware_py.commands.numbers import positive
from firmware_py.importer.columns import TARGETS
from firmware_py.importer.options import ImportOptions
from firmware_py.importer.output import check_output, default_output, write_recording
from firmware_py.importer.recording import Recording, read_recording
from firmware_py.importer.summary import lines, record
from firmware_py.importer.units import Quantity, choices, parse_unit

HELP = "turn any CSV recording into a trace"

_DELIMITERS: Final = {
    "auto": "auto", "comma": ",", "semicolon": ";", "tab": "\t", r"\t": "\t", "pipe": "|",
    "space": "whitespace", "whitespace": "whitespace", " ": "whitespace",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `gaitcoach import`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, plain or gzip")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT.mcap", help="default: FILE.mcap beside FILE"
    )
    parser.add_argument(
        "--force", action="store_true", help="replace OUT even if it is not an imported trace"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    worn = parser.add_argument_group("the sensor (default: from the JSON beside FILE)")
    worn.add_argument("--mount", type=Mount, choices=list(Mount), help="where it was worn")
    worn.add_argument("--side", type=Side, choices=list(Side), help="the foot of a shoe sensor")
    worn.add_argument("--rate", type=positive, metavar="HZ", help="samples per second")
    worn.add_argument("--activity", metavar="WORD", help="what was done: run, walk, ...")
    worn.add_argument(
        "--acc-limit-g",
        type=positive,
        metavar="G",
        help="|axis| from which the accelerometer counts as clipped",
    )
    worn.add_argument(
        "--gyr-limit-dps", type=positive, metavar="DPS", help="the same for the gyro, deg/s"
    )
    shape = parser.add_argument_group("the file (default: from its names)")
    shape.add_argument(
        "--map",
        action="append",
        default=[],
        type=_mapping,
        metavar="TARGET=COLUMN",
        help=f"TARGET: {', '.join(TARGETS)}; COLUMN: name, number from 1, or none",
    )
    for option, quantity in (("acc", Quantity.ACC), ("gyr", Quantity.GYR), ("time", Quantity.TIME)):
        shape.add_argument(
            f"--{option}-unit", type=_unit(quantity), metavar="UNIT", help=choices(quantity)
        )
    shape.add_argument("--no-header", action="store_true", help="the first row is values")
    shape.add_argument(
        "--delimiter", type=_delimiter, default="auto", metavar="SIGN", help=", ; tab space | auto"
    )
    shape.add_argument(
        "--check-rest",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="refuse units in which a sensor at rest does not read 1 g",
    )


def run(args: argparse.Namespace) -> int:
    """Imports one file; prints what was done."""
    source: Path = args.file
    out: Path = args.output or default_output(source)
    options = ImportOptions(
        columns=dict(args.map),
        acc_unit=args.acc_unit,
        gyr_unit=args.gyr_unit,
        time_unit=args.time_unit,
        rate_hz=args.rate,
        mount=args.mount,
        side=args.side,
        activity=args.activity,
        delimiter=args.delimiter,
        no_header=args.no_header,
        acc_limit_g=args.acc_limit_g,
        gyr_limit_dps=args.gyr_limit_dps,
        check_rest=args.check_rest,
    )
    # Before a minute of reading, not after it.
    check_output(source, out, force=args.force)
    recording = _read(source, options)
    write_recording(out, recording)
    if args.json:
        print(json.dumps(record(source, out, recording), ensure_ascii=False))
    else:
        print("\n".join(lines(source, out, recording)))
    return 0


def _read(source: Path, options: ImportOptions) -> Recording:
    try:
        total = source.stat().st_size
    except OSError:
        total = None
    with tqdm(
        total=total,
        unit="B",
        unit_scale=True,
        desc="reading",
        leave=False,
        delay=1,
        disable=not sys.stderr.isatty(),
    ) as bar:
        return read_recording(source, options, lambda position: bar.update(position - bar.n))


def _unit(quantity: Quantity) -> Callable[[str], str]:
    def parse(text: str) -> str:
        unit = parse_unit(text, quantity)
        if unit is None:
            raise argparse.ArgumentTypeError(f"{text!r}: must be {choices(quantity)}")
        return unit

    return parse


def _mapping(text: str) -> tuple[str, str]:
    target, sign, column = text.partition("=")
    target = "t" if target.strip() == "time" else target.strip()
    if not sign or not column.strip():
        raise argparse.ArgumentTypeError(f"{text!r}: must be TARGET=COLUMN, e.g. acc_x=2")
    if target not in TARGETS:
        raise argparse.ArgumentTypeError(f"{target!r}: must be one of {', '.join(TARGETS)}")
    return target, column.strip()


def _delimiter(text: str) -> str:
    sign = _DELIMITERS.get(text, text)
    if len(sign) != 1 and sign not in ("auto", "whitespace"):
        raise argparse.ArgumentTypeError(
            f"{text!r}: must be one character, or comma, semicolon, tab, space, pipe"
        )
    return sign
