"""Published rules beside our detector: `python -m tests.bench.published` prints Markdown.

Recordings come from $GAITCOACH_DATA or ../shared/data; without them only the synthetic tables are
made.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from dsp.block import FloatArray, Mount, Side
from dsp.synth import SynthRun, daily_life, easy_run, overstrider, random_runner, walk
from firmware_py.evaluate.figures import WINDOW_S
from firmware_py.evaluate.published.compare import Scored, compare, found_by_all, scored
from firmware_py.evaluate.published.found import Found
from firmware_py.evaluate.published.ours import OURS, ours
from firmware_py.evaluate.published.tables import Table, by_rule, contact_rows, strike_rows
from firmware_py.evaluate.table import markdown
from firmware_py.evaluate.truth import Kind, Truth, recordings
from tests.bench.data import DATA

RUNNERS: Final = 20
SEED: Final = 20
"""As in docs/accuracy.md."""
NOBODY_RUNS: Final = Truth(Kind.WALKING, np.zeros(0))


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
    known = Truth(Kind.CONTACTS, truth.strike_t[mine], truth.toe_off_t[mine])
    strikes = known.t
    signals, all_found = found_by_all(run.stream, run.block, [ours])
    for found in all_found:
        inside = (found.strike_t >= strikes[0] - WINDOW_S) & (
            found.strike_t <= strikes[-1] + WINDOW_S
        )
        toe_off_t = None if found.toe_off_t is None else found.toe_off_t[inside]
        kept = Found(
            found.name, found.strike_t[inside], found.decision_t[inside], toe_off_t, found.causal
        )
        yield scored(name, kept, known, signals)


def on_nobody(name: str, run: SynthRun) -> Iterator[Scored]:
    """Synthetic non-running: every strike is false."""
    signals, all_found = found_by_all(run.stream, run.block, [ours])
    for found in all_found:
        yield scored(name, found, NOBODY_RUNS, signals)


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
    return _made(["recording", *grouped], rows)


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
    return _made(["rule", *(f"{n} ({minutes[n]:.1f} min)" for n in groups)], rows)


def _table(found: Table) -> str:
    return _made(*found)


def _made(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return markdown(rows, head)


def _mean_ms(errors_s: FloatArray) -> float | None:
    return float(1e3 * errors_s.mean()) if len(errors_s) else None


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def real() -> str:
    treadmill = on_data("sacrum-treadmill")
    quiet = {
        "waist-walking": on_data("waist-walking"),
        "shoe walking": on_data("shoe-hallway", "walk"),
    }
    return f"""## Waist, force treadmill (real truth)

{_table(strike_rows(treadmill))}

Ends of contact against `contact_off_s`, ms:

{_table(contact_rows(treadmill))}

Mean error of the contact time, ms:

{trials_table(treadmill)}

## Shoe, hallway running (real truth: marked strides)

{_table(strike_rows(on_data("shoe-hallway", "run")))}

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

{_table(strike_rows(waist))}

Ends of contact, ms:

{_table(contact_rows(waist))}

## Shoe, three easy runs and two overstriders (synthetic only)

{_table(strike_rows(shoe))}

Ends of contact, ms:

{_table(contact_rows(shoe))}

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
