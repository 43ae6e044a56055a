"""The figures as aligned text or Markdown."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

HEAD: Final = (
    "recording", "truth", "found", "recall", "precision", "F1", "bias", "SD", "LoA",
    "p50", "p95", "p99", "p50+batch", "p95+batch", "cadence", "cues",
)  # fmt: skip


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


def text(rows: Sequence[Sequence[str]]) -> str:
    """Columns aligned with spaces, numbers to the right."""
    lines = [HEAD, *rows]
    widths = [max(len(line[k]) for line in lines) for k in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(w) if k == 0 else cell.rjust(w)
            for k, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def markdown(rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    rule = ["---", *["---:"] * (len(HEAD) - 1)]
    return "\n".join("| " + " | ".join(line) + " |" for line in (HEAD, rule, *rows))
