"""`gaitcoach evaluate`: every recording with truth, replayed and scored."""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from dsp.errors import RecordingError
from firmware_py.commands.numbers import not_negative
from firmware_py.config import Config, load_config
from firmware_py.evaluate.conditions import by_condition
from firmware_py.evaluate.figures import BATCH_S, SETTLE_S, Result, figures
from firmware_py.evaluate.measures import agreement, joined
from firmware_py.evaluate.published.compare import Scored, compare
from firmware_py.evaluate.published.ours import ours
from firmware_py.evaluate.published.tables import contact_rows, strike_rows
from firmware_py.evaluate.scoring import score
from firmware_py.evaluate.table import (
    MEASURE_HEAD,
    condition_rows,
    markdown,
    measure_rows,
    row,
    text,
)
from firmware_py.evaluate.truth import recordings

HELP = """Replay every recording of a folder that has truth, and print how well it was read."""


NO_TRUTH: Final = (
    "{}: no recording with truth; put NAME.events.csv beside NAME.csv.gz "
    "(columns contact_on_s, midstance_s or initial_contact_s)"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, help="recordings (CSV or trace) with *.events.csv beside them"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration (TOML)")
    parser.add_argument(
        "--batch",
        type=not_negative,
        default=1e3 * BATCH_S,
        metavar="MS",
        help="length of a FIFO batch for the latency with batch (default 10 ms; 0: no batches)",
    )
    parser.add_argument(
        "--known-speed",
        action="store_true",
        help="tell the pipeline the speed of each recording's description, as a treadmill would",
    )
    parser.add_argument(
        "--published",
        action="store_true",
        help="put the rules of the literature beside ours (docs/accuracy.md)",
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")


def run(args: argparse.Namespace) -> int:
    if not args.folder.is_dir():
        raise RecordingError(f"{args.folder}: no such folder; name one with recordings and truth")
    config = load_config(args.config) if args.config else Config()
    paths = list(recordings(args.folder))
    if args.published:
        return _published(args.folder, paths, as_markdown=args.markdown)
    results: list[Result] = []
    for path in tqdm(paths, desc="evaluate", delay=1.0, leave=False, disable=None):
        scored = score(path, config, args.batch / 1e3, known_speed=args.known_speed)
        if scored is not None:
            results.append(scored)
    if not results:
        raise RecordingError(NO_TRUTH.format(args.folder))
    kinds = list(dict.fromkeys(r.kind for r in results))
    if args.json:
        overall = {k: _whole([r for r in results if r.kind is k]) for k in kinds}
        each = {r.name: {"truth_kind": r.kind, **_whole([r])} for r in results}
        groups = {name: _whole(group) for name, group in by_condition(results).items()}
        print(json.dumps({"recordings": each, "overall": overall, "conditions": groups}, indent=1))
        return 0
    rows = [row(r.name, figures([r])) for r in results]
    for k in kinds:
        rows.append(row(f"all: {k}", figures([r for r in results if r.kind is k])))
    for name, group in by_condition(results).items():
        rows.append(row(name, figures(group)))
    table = markdown if args.markdown else text
    print(table(rows))
    for head, lines in _measures(results):
        print()
        print(table(lines, head))
    if not args.markdown:
        print(f"Times in ms, matched within ±50 ms; +batch: FIFO batches of {args.batch:g} ms;")
        early = sum(r.settling for r in results)
        print(f"contacts in a recording's first {SETTLE_S:g} s are not asked for ({early} here);")
        print("measures: of matched steps; by condition: bias ± SD;")
        print("cadence: largest error of a recording's mean cadence, %; cues: coaching cues given.")
    return 0


def _published(folder: Path, paths: Sequence[Path], *, as_markdown: bool) -> int:
    table = markdown if as_markdown else text
    scored: list[Scored] = []
    for path in tqdm(paths, desc="evaluate", delay=1.0, leave=False, disable=None):
        scored += compare(path, [ours])
    if not scored:
        raise RecordingError(NO_TRUTH.format(folder))
    for rows in (strike_rows, contact_rows):
        head, lines = rows(scored)
        if lines:
            print(table(lines, head))
            print()
    if not as_markdown:
        print("Times in ms; in brackets: the rule also filters with hindsight; -: it needs the")
        print("whole recording. The rules are given the whole recording to find the axes.")
    return 0


def _measures(
    results: Sequence[Result],
) -> Iterator[tuple[Sequence[str], Sequence[Sequence[str]]]]:
    """Tables, each with its head: all together, then by condition."""
    rows = measure_rows(joined([r.measures for r in results]))
    if not rows:
        return
    yield MEASURE_HEAD, rows
    groups = {
        name: joined([r.measures for r in group]) for name, group in by_condition(results).items()
    }
    if groups:
        yield condition_rows(groups)


def _whole(results: Sequence[Result]) -> dict[str, Any]:
    """Strikes and measures of some recordings together."""
    errors = joined([r.measures for r in results])
    told = {name: agreement(e) for name, e in errors.items() if len(e) > 1}
    return {**figures(results), "measures": told}
