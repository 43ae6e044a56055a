"""What caution costs: ours beside the simple rules, `python -m tests.bench.false_alarms`.

False strikes per minute where nobody runs, and how soon a run is seen to begin, of the synthetic
people of both generators. `--first N` takes other people: seeds from N on.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np

from dsp.block import FloatArray, Mount, SampleBlock, Stream
from dsp.synth import (
    Motion,
    Phase,
    SynthRun,
    daily_life,
    random_runner,
    stop_and_go,
    synthesize,
    walk,
)
from firmware_py.evaluate.matching import match
from firmware_py.evaluate.published.found import Found
from firmware_py.evaluate.published.ours import ours
from firmware_py.evaluate.published.recordings import signals_of
from firmware_py.evaluate.table import markdown
from tests.bench.second.activities import ACTIVITIES
from tests.bench.second.canvas import Canvas
from tests.bench.second.joggers import jog, old, settled, young
from tests.bench.second.report import METHODS, RULES
from tests.bench.second.sensor import record, worn
from tests.bench.second.transfers import fidget

Recorded = tuple[Stream, SampleBlock]
RATE_HZ: Final = 200.0
MATCH_S: Final = 0.100
PAUSE_S: Final = 1.5
"""Between two strikes of different runs."""
BEGIN: Final = 10
"""Strikes of a run that are its beginning."""
BRISK: Final = ((134.0, 2.0), (142.0, 2.1), (150.0, 2.2))


def found_by_each(stream: Stream, block: SampleBlock) -> dict[str, Found]:
    """Strikes of every method."""
    signals = signals_of(block, stream.mount, stream.rate_hz)
    return {
        "ours": ours(stream, block),
        **{name: rule(signals) for name, rule in RULES.items()},
    }


def _made(run: SynthRun) -> Recorded:
    return run.stream, run.block


def _alone(kind: Motion, seed: int) -> Recorded:
    return _made(synthesize([Phase(Motion.STAND, 3.0), Phase(kind, 60.0)], seed=seed))


def _brisk(seed: int) -> Recorded:
    spm, speed = BRISK[seed % 3]
    return _made(walk(60.0, seed=seed, cadence_spm=spm, speed=speed))


def _second(name: str, seed: int) -> Recorded:
    # Another key than the report's: these people are not those.
    rng = np.random.default_rng([7, len(name), seed])
    canvas = ACTIVITIES[name](rng)
    belt = worn(rng, loose=rng.random() < 0.2)
    return Stream(Mount.WAIST, RATE_HZ), record(canvas, belt, rng, RATE_HZ)


def quiet_groups() -> dict[str, Callable[[int], Recorded]]:
    """Where nobody runs, by what is done: a recording for every seed."""
    groups: dict[str, Callable[[int], Recorded]] = {
        "days": lambda s: _made(daily_life(seed=s)),
        "vigorous shaking": lambda s: _alone(Motion.SHAKE, s),
        "single jumps": lambda s: _alone(Motion.JUMP, s),
        "brisk walks": _brisk,
    }
    for name in ACTIVITIES:
        groups[f"second: {name}"] = partial(_second, name)
    return groups


def false_strikes(seeds: range) -> None:
    """The table of false strikes per minute."""
    total: dict[str, float] = dict.fromkeys(("min", *METHODS), 0.0)
    rows = []
    for group, make in quiet_groups().items():
        sums = dict.fromkeys(total, 0.0)
        for seed in seeds:
            stream, block = make(seed)
            sums["min"] += float(block.t[-1] - block.t[0]) / 60.0
            for method, found in found_by_each(stream, block).items():
                sums[method] += len(found.strike_t)
        rows.append(_row(group, sums))
        print(rows[-1], file=sys.stderr, flush=True)
        for key, value in sums.items():
            total[key] += value
    rows.append(_row("all", total))
    print(markdown(rows, ["nobody runs", "min", *METHODS]) + "\n")


def _row(name: str, sums: Mapping[str, float]) -> tuple[str, ...]:
    rates = (sums[m] / sums["min"] for m in METHODS)
    return (name, f"{sums['min']:.0f}", *(f"{x:.3f}" for x in rates))


@dataclass
class Starts:
    """How one method saw runs begin: wait from the first strike to the first decision, s."""

    waits: list[float] = field(default_factory=list)
    asked: int = 0
    reported: int = 0
    never: int = 0
    truth: int = 0
    found: int = 0
    matched: int = 0

    def take(self, truth: FloatArray, found: Found) -> None:
        """Scores one recording with those true strikes."""
        order = np.argsort(found.strike_t, kind="stable")
        t, decided = found.strike_t[order], found.decision_t[order]
        near = (t > truth[0] - MATCH_S) & (t < truth[-1] + MATCH_S)
        t, decided = t[near], decided[near]
        pairs = dict(match(truth, t, MATCH_S))
        self.truth, self.found = self.truth + len(truth), self.found + len(t)
        self.matched += len(pairs)
        begins = np.flatnonzero(np.diff(truth, prepend=-np.inf) > PAUSE_S)
        for begin, end in zip(begins, [*begins[1:], len(truth)], strict=True):
            seen = [pairs[i] for i in range(begin, end) if i in pairs]
            first = range(begin, min(begin + BEGIN, end))
            self.asked += len(first)
            self.reported += sum(i in pairs for i in first)
            if seen:
                self.waits.append(float(min(decided[j] for j in seen) - truth[begin]))
            else:
                self.never += 1

    def row(self) -> tuple[str, ...]:
        p50, p95 = np.percentile(self.waits, [50, 95]) if self.waits else (np.nan, np.nan)
        return (
            str(len(self.waits) + self.never),
            f"{p50:.2f} / {p95:.2f}",
            f"{self.reported / max(self.asked, 1):.3f}",
            str(self.never),
            f"{2 * self.matched / max(self.truth + self.found, 1):.3f}",
        )


def _joggers(seeds: range) -> Iterator[tuple[FloatArray, Recorded]]:
    """From standing, a jog, a stand, a jog."""
    for seed in seeds:
        rng = np.random.default_rng([8, seed])
        make = old if seed % 2 else young
        jogger = settled(make(rng, quick=bool(seed // 2 % 2)))
        canvas = Canvas(36.0)
        fidget(canvas, 0.0, 3.0, rng)
        jog(canvas, jogger, 3.0, 16.0, rng)
        jog(canvas, jogger, 19.5, 34.0, rng)
        belt = worn(rng, loose=rng.random() < 0.2)
        block = record(canvas, belt, rng, RATE_HZ)
        yield np.array(canvas.strikes), (Stream(Mount.WAIST, RATE_HZ), block)


def _synthetic(
    make: Callable[[int], SynthRun], seeds: range
) -> Iterator[tuple[FloatArray, Recorded]]:
    for seed in seeds:
        run = make(seed)
        yield run.truth.run_strike_t, _made(run)


def starts(seeds: range) -> None:
    """The table of run starts."""
    groups = {
        "random runners, out of a walk": _synthetic(
            lambda s: random_runner(np.random.default_rng([9, s]), 15.0), seeds
        ),
        "traffic lights, out of a stand": _synthetic(lambda s: stop_and_go(4, seed=s), seeds),
        "second: joggers, out of a stand": _joggers(seeds),
    }
    rows = []
    for group, made in groups.items():
        by_method = {m: Starts() for m in METHODS}
        for truth, (stream, block) in made:
            for method, found in found_by_each(stream, block).items():
                by_method[method].take(truth, found)
        rows += [(group, m, *s.row()) for m, s in by_method.items()]
    head = ["runs begin", "rule", "starts", "first decision p50 / p95, s"]
    print(markdown(rows, [*head, f"of the first {BEGIN} reported", "never", "F1"]))


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=1000)
    parser.add_argument("--people", type=int, default=20)
    args = parser.parse_args()
    seeds = range(args.first, args.first + args.people)
    false_strikes(seeds)
    starts(seeds)


if __name__ == "__main__":
    main()
