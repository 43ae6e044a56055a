"""The figures as aligned text or Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from dsp.block import FloatArray
from firmware_py.evaluate.measures import MEASURES, Errors, agreement

HEAD: Final = (
    "recording", "truth", "found", "recall", "precision", "F1", "bias", "SD", "LoA",
    "p50", "p95", "p99", "p50+batch", "p95+batch", "cadence", "cues",
)  # fmt: skip


MEASURE_HEAD: Final = ("measure", "unit", "steps", "bias", "SD", "LoA", "MAE", "RMSE")


def row(name: str, f: dict[str, Any]) -> tuple[str, ...]:
    """One line of the table; times in ms, cadence error in %."""
    timing, latency, batched = f["timing"], f["latency_ms"], f["latency_with_batch_ms"]
    return (
        name,
        str(f["truth"]) if f["truth"] else "–",
        str(f["found"]),
        *(_number(f[k], "{:.3f}") for k in ("recall", "precision", "f1")),
        _number(timing and timing["bias_ms"], "{:+.1f}"),
        _number(timing and timing["sd_ms"], "{:.1f}"),
        f"{timing['loa_low_ms']:+.0f}…{timing['loa_high_ms']:+.0f}" if timing else "–",
        *(_number(latency and latency[k], "{:.0f}") for k in ("p50", "p95", "p99")),
        *(_number(batched and batched[k], "{:.0f}") for k in ("p50", "p95")),
        _number(f["cadence_error_percent"], "{:.2f}"),
        str(f["coaching_cues"]),
    )


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def text(rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD) -> str:
    """Columns aligned with spaces, numbers to the right."""
    lines = [head, *rows]
    widths = [max(len(line[k]) for line in lines) for k in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(w) if k == 0 else cell.rjust(w)
            for k, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def markdown(rows: Iterable[Sequence[str]], head: Sequence[str] = HEAD) -> str:
    """A Markdown table."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *rows))


def measure_rows(errors: Errors) -> list[Sequence[str]]:
    """A line for every measure."""
    rows: list[Sequence[str]] = []
    for measure, values in errors.items():
        if len(values) < 2:
            continue
        a, unit = agreement(values), MEASURES[measure].unit
        digits = _digits(unit)
        rows.append(
            (
                measure,
                unit,
                str(a["n"]),
                f"{a['bias']:+.{digits}f}",
                f"{a['sd']:.{digits}f}",
                f"{a['loa_low']:+.{digits}f}…{a['loa_high']:+.{digits}f}",
                f"{a['mae']:.{digits}f}",
                f"{a['rmse']:.{digits}f}",
            )
        )
    return rows


def condition_rows(groups: Mapping[str, Errors]) -> tuple[Sequence[str], list[Sequence[str]]]:
    """(head, a line for every condition): bias ± SD of every measure."""
    names = list(dict.fromkeys(name for errors in groups.values() for name in errors))
    head = ("condition", *(f"{name} {MEASURES[name].unit}" for name in names))
    rows = [
        (group, *(_bias_and_sd(errors.get(name), MEASURES[name].unit) for name in names))
        for group, errors in groups.items()
    ]
    return head, list(rows)


def _bias_and_sd(values: FloatArray | None, unit: str) -> str:
    if values is None or len(values) < 2:
        return "–"
    a, digits = agreement(values), _digits(unit)
    return f"{a['bias']:+.{digits}f} ± {a['sd']:.{digits}f}"


def _digits(unit: str) -> int:
    return 1 if unit in ("ms", "%") else 2
