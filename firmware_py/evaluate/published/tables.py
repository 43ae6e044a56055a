"""The rules side by side, as (head, lines) of a table."""

from collections.abc import Iterable, Sequence

import numpy as np

from dsp.block import FloatArray
from firmware_py.evaluate.figures import figures
from firmware_py.evaluate.published.compare import Scored

Table = tuple[Sequence[str], Sequence[Sequence[str]]]


def by_rule(results: Iterable[Scored]) -> dict[str, list[Scored]]:
    """The results of each rule, in order."""
    grouped: dict[str, list[Scored]] = {}
    for r in results:
        grouped.setdefault(r.rule, []).append(r)
    return grouped


def strike_rows(results: Sequence[Scored]) -> Table:
    """Contacts or strides found, and when."""
    rows: list[Sequence[str]] = []
    for rule, group in by_rule(results).items():
        f = figures([r.result for r in group])
        timing, latency = f["timing"], f["latency_ms"]
        rows.append(
            (
                rule,
                str(len(group)),
                str(f["truth"]),
                str(f["found"]),
                _number(f["recall"], "{:.3f}"),
                _number(f["precision"], "{:.3f}"),
                _number(f["f1"], "{:.3f}"),
                _number(timing and timing["bias_ms"], "{:+.1f}"),
                _number(timing and timing["sd_ms"], "{:.1f}"),
                f"{timing['loa_low_ms']:+.0f}…{timing['loa_high_ms']:+.0f}" if timing else "–",
                _latency(latency, "p50", group),
                _latency(latency, "p95", group),
            )
        )
    head = "rule|recordings|truth|found|recall|precision|F1|bias|SD|LoA|p50|p95"
    return head.split("|"), rows


def _latency(latency: dict[str, float] | None, q: str, group: Sequence[Scored]) -> str:
    if latency is None:
        return "–"
    return f"{latency[q]:.0f}" if group[0].causal else f"({latency[q]:.0f})"


def contact_rows(results: Sequence[Scored]) -> Table:
    """Toe-off and contact time of matched strikes, and of whole recordings."""
    rows: list[Sequence[str]] = []
    for rule, group in by_rule(results).items():
        off, contact = (
            1e3 * np.concatenate([getattr(r, name) for r in group])
            for name in ("toe_off_error_s", "contact_error_s")
        )
        if not len(off):
            continue
        means = _means(group)
        rows.append(
            (
                rule,
                str(len(off)),
                f"{off.mean():+.1f}",
                f"{off.std(ddof=1):.1f}",
                f"{contact.mean():+.1f}",
                f"{contact.std(ddof=1):.1f}",
                f"{_rms(contact):.1f}",
                f"{_rms(means):.1f}",
                f"{means[np.argmax(np.abs(means))]:+.1f}",
            )
        )
    head = (
        "rule|toe-offs|toe-off bias|SD|contact time bias|SD|RMSE per step|"
        "RMSE of recordings' means|worst recording"
    )
    return head.split("|"), rows


def _means(group: Sequence[Scored]) -> FloatArray:
    return np.array([1e3 * r.contact_error_s.mean() for r in group if len(r.contact_error_s)])


def _rms(x: FloatArray) -> float:
    return float(np.sqrt(np.mean(x**2)))


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)
