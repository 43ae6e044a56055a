"""docs/reliability.md, made from what the trials found."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from tests.guest.trial import Row, Trial

HEAD: Final = """\
# What it survives

Made by `make reliability`: a Debian trixie in an emulated machine, gaitcoach installed by its own
installer, a simulated runner with a simulated LSM6DSO32 on a real `/dev/i2c-1`
([system-test.md](system-test.md) says what is real there and what is not). Times are the guest's:
an emulated core whose instruction takes 2 ns. Not covered: real flash wear, the Pi's own I2C and
USB electronics, a real buzzer, power draw.

"""


def save(rows: Iterable[Row], into: Path) -> None:
    """Keeps the rows, in place of earlier ones of the same name."""
    held = {row["name"]: row for row in _rows(into)}
    held |= {row.name: asdict(row) for row in rows}
    _write(held, into)


def announce(trials: Iterable[Trial], into: Path) -> None:
    """A row for each trial, in this order; what was not done yet says so."""
    held = {row["name"]: row for row in _rows(into)}
    rows = {"install": held["install"]} if "install" in held else {}
    for t in trials:
        waiting = asdict(Row(t.name, t.done, t.must, "not done yet", True, {}, 0.0))
        rows[t.name] = held.get(t.name, waiting)
    _write(rows, into)


def _write(held: dict[str, dict[str, Any]], into: Path) -> None:
    into.write_text(json.dumps(list(held.values()), indent=1) + "\n")


def _rows(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text()) if path.exists() else []


def page(results: Path) -> str:
    """The page."""
    rows = _rows(results)
    return "\n".join([HEAD + "\n".join(_table(rows)), *_costs(rows)]) + "\n"


def _table(rows: Sequence[dict[str, Any]]) -> list[str]:
    out = ["| | what is done | what must be | what was found |", "|---|---|---|---|"]
    for row in rows:
        if row["must"]:
            found = row["found"] if row["ok"] else f"**failed:** {row['found']}"
            cells = (row["name"], row["done"], row["must"], found.replace("\n", " "))
            out.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return out


def _costs(rows: Sequence[dict[str, Any]]) -> list[str]:
    found = next((row["figures"] for row in rows if row["name"] == "costs"), None)
    if not found:
        return []
    bare, waist, shoe = found["bare"], found["rates"]["416"], found["rates"]["833"]
    lines = [
        "",
        "## What it costs there",
        "",
        "| | bare Python with numpy and scipy.signal | waist, 416 Hz | shoe, 833 Hz |",
        "|---|---:|---:|---:|",
        f"| start: imported / first valid sample, s | {bare['cpu_s']:.2f} | "
        f"{found['first_sample_s']:.2f} ({found['first_sample_s'] / bare['cpu_s']:.2f}) | |",
    ]
    for name, key, scale, digits in (
        ("resident memory, MB", "rss_kb", 1 / 1024, 0),
        ("share of a core, %", "cpu_share", 100.0, 1),
        ("files, MB per hour", "file_bytes_per_h", 1e-6, 1),
        ("written to the card, MB per hour", "card_bytes_per_h", 1e-6, 1),
    ):
        base = f"{bare[key] * scale:.{digits}f}" if key in bare else ""
        cells = []
        for rate in (waist, shoe):
            ratio = f" ({rate[key] / bare[key]:.2f})" if key in bare else ""
            cells.append(f"{rate[key] * scale:.{digits}f}{ratio}")
        lines.append(f"| {name} | {base} | {cells[0]} | {cells[1]} |")
    return [*lines, "", "In brackets: the ratio to the bare Python."]
