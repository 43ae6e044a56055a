"""The waist detector on people that `dsp.synth` never made: `python -m tests.bench.second.report`.

Joggers young and old, and everyday activities, each with a sensor of its own on a belt of its own.
Beside ours the simple rules that are hard to beat (science 8b), from the quickest to the strictest.
Options: `--people N` (19 of each age), `--rate HZ` (200), `--worst N` recordings to name (12).
"""

import argparse
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from dsp.block import FloatArray, Mount, SampleBlock, Stream
from dsp.events import Event, FootStrike
from dsp.pipeline import Pipeline
from feedback.cue import Pattern
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from firmware_py.evaluate.matching import match
from firmware_py.evaluate.published.crossing import (
    armed_crossing,
    bare_crossing,
    confirmed_crossing,
    regular_crossing,
)
from firmware_py.evaluate.published.found import Rule
from firmware_py.evaluate.published.recordings import signals_of
from tests.bench.second.activities import ACTIVITIES
from tests.bench.second.canvas import Canvas
from tests.bench.second.joggers import Jogger, jog, old, settled, young
from tests.bench.second.sensor import record, worn
from tests.bench.second.transfers import fidget
from tests.bench.second.walking import walk, walker

JOG_S: Final = 60.0
WINDOW_S: Final = 10.0
MATCH_S: Final = 0.100
RULES: Final[dict[str, Rule]] = {
    "bare": bare_crossing,
    "armed": armed_crossing,
    "confirmed": confirmed_crossing,
    "strictest": regular_crossing,
}
METHODS: Final = ("ours", *RULES)
COACH: Final = FeedbackSettings(cadence_target_spm=180.0)
EAGER: Final = FeedbackSettings(
    cadence_target_spm=180.0, cadence_baseline_spm=170.0, warm_up_s=0.0, settle_s=0.0
)
"""Speaks after 10 s of slow running: only the recognition of the activity holds it back."""


@dataclass
class Tally:
    """What one method made of one recording, or of many."""

    windows: int = 0
    median_good: int = 0
    mean_good: int = 0
    errors: list[float] = field(default_factory=list)
    matched: int = 0
    truth: int = 0
    found: int = 0

    def add(self, other: "Tally") -> None:
        self.windows += other.windows
        self.median_good += other.median_good
        self.mean_good += other.mean_good
        self.errors += other.errors
        self.matched += other.matched
        self.truth += other.truth
        self.found += other.found

    def row(self) -> str:
        f1 = 2.0 * self.matched / max(self.truth + self.found, 1)
        error = 1e3 * float(np.median(self.errors)) if self.errors else np.nan
        of = max(self.windows, 1)
        return f"{self.median_good / of:6.3f} {self.mean_good / of:6.3f} {f1:6.3f} {error:5.1f}"


def found_by(stream: Stream, block: SampleBlock) -> tuple[dict[str, FloatArray], list[Event]]:
    """Strikes of each method, s, and our events."""
    events = Pipeline(stream).push(block)
    signals = signals_of(block, stream.mount, stream.rate_hz)
    ours = [e.t for e in events if isinstance(e, FootStrike) and not e.inferred]
    strikes = {
        "ours": np.array(ours),
        **{name: rule(signals).strike_t for name, rule in RULES.items()},
    }
    return strikes, events


def cues(events: list[Event], settings: FeedbackSettings) -> int:
    """Coaching cues that the events cause."""
    policy = Policy(settings)
    coaching = (Pattern.QUICKER, Pattern.SOFTER)
    return sum(c.pattern in coaching for e in events for c in policy.push(e))


def judge(truth: FloatArray, found: FloatArray, duration_s: float) -> Tally:
    """Windows that lie wholly in running: its true intervals are all below 0.6 s."""
    pairs = match(truth, found, MATCH_S)
    tally = Tally(matched=len(pairs), truth=len(truth), found=len(found))
    for begin in np.arange(0.0, duration_s - WINDOW_S + 0.01, WINDOW_S):
        inside = truth[(truth >= begin) & (truth < begin + WINDOW_S)]
        intervals = np.diff(inside)
        covered = len(inside) and np.ptp(inside) > WINDOW_S - 1.2
        if not covered or intervals.max() > 0.6:
            continue
        tally.windows += 1
        ours = found[(found >= begin) & (found < begin + WINDOW_S)]
        if len(ours) > 2:
            ratio = float(np.median(np.diff(ours)) / np.median(intervals))
            tally.median_good += abs(1.0 / ratio - 1.0) <= 0.02
            mean = float(np.ptp(ours) / (len(ours) - 1) / np.ptp(inside) * (len(inside) - 1))
            tally.mean_good += abs(1.0 / mean - 1.0) <= 0.02
    nearest = dict(pairs)
    for i in range(len(truth) - 1):
        if i in nearest and i + 1 in nearest and truth[i + 1] - truth[i] < 0.6:
            got = float(found[nearest[i + 1]] - found[nearest[i]])
            tally.errors.append(abs(got - float(truth[i + 1] - truth[i])))
    return tally


def jogging(jogger: Jogger, kind: str, rng: np.random.Generator) -> Canvas:
    """Round a building: quarter turns, and pauses as people make them."""
    canvas = Canvas(JOG_S)
    t = 0.0
    while t < JOG_S:
        t += rng.uniform(8.0, 25.0)
        canvas.turn(t, rng.uniform(1.0, 2.5), 90.0)
    if kind == "whole":
        jog(canvas, jogger, 0.0, JOG_S, rng, from_rest=False, to_rest=False)
    elif kind == "ends":
        fidget(canvas, 0.0, 3.0, rng)
        jog(canvas, jogger, 3.0, JOG_S - 4.0, rng)
        walk(canvas, walker(rng, quick=False), JOG_S - 3.8, JOG_S, rng)
    else:
        jog(canvas, jogger, 0.0, 30.0, rng, from_rest=False)
        walk(canvas, walker(rng, quick=True), 30.2, 37.0, rng)
        jog(canvas, jogger, 37.2, JOG_S, rng, to_rest=False)
    return canvas


def report_jogging(people: int, rate_hz: float, worst: int) -> None:
    """The table of the joggers."""
    stream = Stream(Mount.WAIST, rate_hz)
    groups: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    poor: list[tuple[float, str]] = []
    for number in range(4 * people):
        rng = np.random.default_rng([1, number])
        quick, aged, loose = bool(number % 2), bool(number // 2 % 2), rng.random() < 0.2
        kind = str(rng.choice(["whole", "ends", "break"], p=[0.6, 0.3, 0.1]))
        jogger = settled((old if aged else young)(rng, quick=quick))
        canvas = jogging(jogger, kind, rng)
        block = record(canvas, worn(rng, loose=loose), rng, rate_hz)
        strikes, _ = found_by(stream, block)
        bounce = next(k for k, x in BOUNCE.items() if jogger.oscillation_m < x)
        names = (
            "all",
            f"{'old' if aged else 'young'}, {'quick' if quick else 'slow'}",
            f"oscillation {bounce}",
            "grounded (duty 0.48 and more)" if jogger.duty >= 0.48 else "with flight",
            "loose belt" if loose else "firm belt",
            f"recording: {kind}",
        )
        truth = np.array(canvas.strikes)
        for method in METHODS:
            tally = judge(truth, strikes[method], JOG_S)
            for name in names:
                groups[name][method].add(tally)
            if method == "ours":
                lost = tally.truth + tally.found - 2 * tally.matched
                missed = tally.windows - tally.median_good
                poor.append(
                    (
                        missed + 0.01 * lost,
                        f"#{number}: {tally.row()}  {_told(jogger)} {kind}{' loose' * loose}",
                    )
                )
    print(f"jogging at the waist, {rate_hz:g} Hz: {4 * people} recordings of {JOG_S:g} s")
    print(
        "share of 10 s windows within 2 % by median interval | by mean interval | F1 ±100 ms | ms"
    )
    print(f"{'':34}" + "".join(f"{m:^30}" for m in METHODS))
    for name in sorted(groups, key=lambda n: (n != "all", n)):
        print(f"{name:34}" + "  | ".join(groups[name][m].row() for m in METHODS))
    print("worst of ours:")
    for _, text in sorted(poor, reverse=True)[:worst]:
        print("  " + text)


BOUNCE: Final = {"below 4.5 cm": 0.045, "4.5 to 6 cm": 0.06, "6 cm and more": np.inf}


def _told(j: Jogger) -> str:
    return (
        f"{j.spm:.0f} spm duty {j.duty:.2f} VO {100 * j.oscillation_m:.1f} cm "
        f"impact {j.impact_g:.1f} g {j.impact_hz:.0f} Hz limb {j.limb_g:.2f} g "
        f"uneven {j.uneven:.2f}"
    )


def report_activities(people: int, rate_hz: float) -> None:
    """The table of everything else."""
    stream = Stream(Mount.WAIST, rate_hz)
    print(f"\nother activities, {2 * people} people each: false strikes per minute, cues")
    heads = "".join(f"{m:>10}" for m in METHODS)
    print(f"{'':24}{'min':>6}{heads}{'in':>5}{'cues':>6}{'eager':>7}")
    total: dict[str, float] = defaultdict(float)
    for name, make in ACTIVITIES.items():
        sums: dict[str, float] = defaultdict(float)
        at: list[int] = []
        for person in range(2 * people):
            rng = np.random.default_rng([2, len(name), person])
            canvas = make(rng)
            block = record(canvas, worn(rng, loose=rng.random() < 0.2), rng, rate_hz)
            strikes, events = found_by(stream, block)
            sums["min"] += float(canvas.t[-1]) / 60.0
            for method in METHODS:
                sums[method] += len(strikes[method])
            sums["cues"] += cues(events, COACH)
            sums["eager"] += cues(events, EAGER)
            if len(strikes["ours"]):
                sums["in"] += 1
                at.append(person)
        print(_activity_row(name, sums) + f"   {at[:8]}")
        for key, value in sums.items():
            total[key] += value
    print(_activity_row("all", total))


def _activity_row(name: str, sums: dict[str, float]) -> str:
    rates = "".join(f"{sums[m] / sums['min']:10.3f}" for m in METHODS)
    counts = f"{sums['in']:5.0f}{sums['cues']:6.0f}{sums['eager']:7.0f}"
    return f"{name:24}{sums['min']:6.1f}{rates}{counts}"


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=19)
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--worst", type=int, default=12)
    args = parser.parse_args()
    report_jogging(args.people, args.rate, args.worst)
    report_activities(args.people, args.rate)


if __name__ == "__main__":
    main()
