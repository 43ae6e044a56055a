"""Published rules beside our detector: `python -m tests.bench.published` prints Markdown.

Recordings come from $GAITCOACH_DATA or ../shared/data; without them only the synthetic tables are
made.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from dsp.block import FloatArray, Mount, SampleBlock, Side, Stream
from dsp.events import FootStrike, Step
from dsp.pipeline import Pipeline
from dsp.synth import SynthRun, daily_life, easy_run, overstrider, random_runner, walk
from firmware_py.evaluate.figures import WINDOW_S, figures
from firmware_py.evaluate.published.compare import Scored, compare, found_by_all, scored
from firmware_py.evaluate.published.found import Found
from firmware_py.evaluate.truth import Kind, Truth, recordings
from tests.bench.accuracy import DATA

OURS: Final = "**ours**"
RUNNERS: Final = 20
SEED: Final = 20
"""As in docs/accuracy.md."""
NOBODY_RUNS: Final = Truth(Kind.WALKING, np.zeros(0))


def ours(stream: Stream, block: SampleBlock) -> Found:
    """Our own detector, in the rules' terms; ends of contact are those of its steps."""
    events = Pipeline(stream).push(block)
    strikes = [e for e in events if isinstance(e, FootStrike) and not e.inferred]
    ends = {e.strike_t: e.toe_off_t for e in events if isinstance(e, Step) and e.toe_off_t}
    return Found(
        OURS,
        np.array([s.t for s in strikes]),
        np.array([s.t_decision for s in strikes]),
        np.array([ends.get(s.t, np.nan) for s in strikes]),
        causal=True,
    )


def on_data(folder: str, prefix: str = "") -> list[Scored]:
    """All recordings of a folder by every rule and by ours."""
    paths = [p for p in recordings(DATA / folder) if p.name.startswith(prefix)]
    return [one for path in paths for one in compare(path, [ours])]


def on_runner(name: str, run: SynthRun) -> Iterator[Scored]:
    """A synthetic run: only what lies between its first and last running contact is held against.

    Rules that know no walking are spared the steps before and after, ours too.
    """
    truth = run.truth
    mine = truth.running.copy()
    if run.stream.mount is Mount.SHOE:
        mine &= truth.left == (run.stream.side is Side.LEFT)
    strikes, ends = truth.strike_t[mine], truth.toe_off_t[mine]
    signals, all_found = found_by_all(run.stream, run.block, [ours])
    for found in all_found:
        inside = (found.strike_t >= strikes[0] - WINDOW_S) & (
            found.strike_t <= strikes[-1] + WINDOW_S
        )
        toe_off_t = None if found.toe_off_t is None else found.toe_off_t[inside]
        kept = Found(
            found.name, found.strike_t[inside], found.decision_t[inside], toe_off_t, found.causal
        )
        yield scored(name, kept, Truth(Kind.CONTACTS, strikes), signals, ends)


def on_nobody(name: str, run: SynthRun) -> Iterator[Scored]:
    """Synthetic non-running: every strike is false."""
    signals, all_found = found_by_all(run.stream, run.block, [ours])
    for found in all_found:
        yield scored(name, found, NOBODY_RUNS, signals)


def by_rule(results: Iterable[Scored]) -> dict[str, list[Scored]]:
    grouped: dict[str, list[Scored]] = {}
    for r in results:
        grouped.setdefault(r.rule, []).append(r)
    return grouped


def strikes_table(results: Sequence[Scored]) -> str:
    """Contacts or strides found, and when."""
    rows = []
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
    return table(head.split("|"), rows)


def _latency(latency: dict[str, float] | None, q: str, group: Sequence[Scored]) -> str:
    if latency is None:
        return "–"
    return f"{latency[q]:.0f}" if group[0].causal else f"({latency[q]:.0f})"


def contact_table(results: Sequence[Scored]) -> str:
    """Toe-off and contact time of matched strikes, and of whole recordings."""
    rows = []
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
    return table(head.split("|"), rows)


def trials_table(results: Sequence[Scored]) -> str:
    """Mean contact-time error of every recording."""
    grouped = {
        rule: {r.result.name.removesuffix(".csv.gz"): r.contact_error_s for r in group}
        for rule, group in by_rule(results).items()
        if any(len(r.contact_error_s) for r in group)
    }
    names = list(dict.fromkeys(n for group in grouped.values() for n in group))
    rows = [
        (n, *(_number(_mean_ms(group[n]), "{:+.0f}") for group in grouped.values())) for n in names
    ]
    return table(["recording", *grouped], rows)


def false_table(groups: Mapping[str, Sequence[Scored]]) -> str:
    """Strikes per minute where nobody runs."""
    rules = list(dict.fromkeys(r.rule for results in groups.values() for r in results))
    minutes = {
        name: sum(r.minutes for r in results if r.rule == OURS) for name, results in groups.items()
    }
    rows = []
    for rule in rules:
        cells = []
        for results in groups.values():
            group = [r for r in results if r.rule == rule]
            span = sum(r.minutes for r in group)
            cells.append(f"{sum(r.result.found for r in group) / span:.1f}" if span else "–")
        rows.append((rule, *cells))
    return table(["rule", *(f"{n} ({minutes[n]:.1f} min)" for n in groups)], rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; numbers to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *rows))


def _means(group: Sequence[Scored]) -> FloatArray:
    return np.array([1e3 * r.contact_error_s.mean() for r in group if len(r.contact_error_s)])


def _mean_ms(errors_s: FloatArray) -> float | None:
    return float(1e3 * errors_s.mean()) if len(errors_s) else None


def _rms(x: FloatArray) -> float:
    return float(np.sqrt(np.mean(x**2)))


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def real() -> str:
    treadmill = on_data("sacrum-treadmill")
    quiet = {
        "waist-walking": on_data("waist-walking"),
        "shoe walking": on_data("shoe-hallway", "walk"),
    }
    return f"""## Waist, force treadmill (real truth)

{strikes_table(treadmill)}

Ends of contact against `contact_off_s`, ms:

{contact_table(treadmill)}

Mean error of the contact time, ms:

{trials_table(treadmill)}

## Shoe, hallway running (real truth: marked strides)

{strikes_table(on_data("shoe-hallway", "run"))}

## Strikes per minute in real walking

{false_table(quiet)}
"""


def synthetic() -> str:
    rng = np.random.default_rng(SEED)
    waist = [r for k in range(RUNNERS) for r in on_runner(f"runner {k}", random_runner(rng))]
    shoes = [
        *(easy_run(60.0, seed=s, mount=Mount.SHOE) for s in (1, 2, 3)),
        *(overstrider(60.0, seed=s, mount=Mount.SHOE) for s in (4, 5)),
    ]
    shoe = [r for run in shoes for r in on_runner("shoe", run)]
    quiet = {
        f"{name}, {mount.value}": list(on_nobody(name, make(mount=mount)))
        for mount in Mount
        for name, make in (("walk", walk), ("daily life", daily_life))
    }
    return f"""## Waist, {RUNNERS} random runners (synthetic only)

{strikes_table(waist)}

Ends of contact, ms:

{contact_table(waist)}

## Shoe, three easy runs and two overstriders (synthetic only)

{strikes_table(shoe)}

Ends of contact, ms:

{contact_table(shoe)}

## Strikes per minute where nobody runs (synthetic only)

{false_table(quiet)}
"""


def document() -> str:
    """Everything, as Markdown."""
    head = """# Published rules beside ours

Times in ms, matched one to one within ±50 ms; p50, p95: from the true contact to the last sample
that decided, without FIFO batch; in brackets: the end of the window, for a rule that also filters
with hindsight; –: needs the whole recording. The rules are given the whole recording to find the
axes. Contacts in a recording's first 1.5 s are not asked for.
"""
    parts = [head, *([real()] if DATA.is_dir() else []), synthetic()]
    return "\n".join(parts)


def main() -> None:
    sys.stdout.write(document())


if __name__ == "__main__":
    main()
