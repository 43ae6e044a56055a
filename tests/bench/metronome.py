"""Figures of the metronome: `python -m tests.bench.metronome [name of a part]...`.

Beats against footfalls at the runner's own tempo, on recordings and synthetic runners through the
whole pipeline; even beats with runners who follow or do not. docs/metronome.md quotes it.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from dsp import prediction
from dsp.block import FloatArray, Mount, SampleBlock, Stream
from dsp.events import FootStrike
from dsp.pipeline import Pipeline
from dsp.synth import SHOE_SENSOR, Motion, Phase, Runner, Sensor, synthesize
from feedback import steadier
from feedback.metronome import Metronome
from feedback.synchrony import LEAD_S
from firmware_py.importer.options import ImportOptions
from firmware_py.importer.recording import read_recording
from tests.bench.data import DATA
from tests.bench.waist_treadmill import trial
from tests.feedback.stepper import Stepper

NOISE_S: Final = 0.012
SETTLE_S: Final = 20.0
NEAR_S: Final = 0.1
"""A beat without a footfall this near has none (missing samples, the end): counted, not scored."""


@dataclass(frozen=True)
class Case:
    """Strikes as the pipeline told them, and the times to hold the beats against."""

    name: str
    strikes: list[FootStrike]
    truth_t: FloatArray | None = None

    @property
    def detected_t(self) -> FloatArray:
        return np.array(sorted(s.t for s in self.strikes))


def strikes_of(stream: Stream, block: SampleBlock) -> list[FootStrike]:
    return [e for e in Pipeline(stream).push(block) if isinstance(e, FootStrike)]


def synthetic() -> Iterator[Case]:
    for spm in (150.0, 165.0, 180.0):
        for mount in (Mount.WAIST, Mount.SHOE):
            run = synthesize(
                [Phase(Motion.STAND, 3.0), Phase(Motion.RUN, 180.0, spm), Phase(Motion.STAND, 2.0)],
                runner=Runner(jitter=NOISE_S * spm / 60.0),
                sensor=SHOE_SENSOR if mount is Mount.SHOE else Sensor(),
                mount=mount,
                seed=round(spm),
            )
            truth = np.asarray(run.truth.strike_t[run.truth.running])
            name = f"synthetic, {mount}, {spm:.0f} spm"
            yield Case(name, strikes_of(run.stream, run.block), truth)


def recorded() -> Iterator[Case]:
    path = DATA / "shoe-hobby" / "run.csv.gz"
    if path.exists():
        recording = read_recording(path, ImportOptions())
        yield Case("shoe-hobby", strikes_of(recording.header.stream, recording.block))
    for path in sorted((DATA / "sacrum-treadmill").glob("*.csv.gz")):
        stream, block, on_off, _ = trial(path.name[5:7])
        yield Case("sacrum-treadmill", strikes_of(stream, block), on_off[:, 0])


def errors(beats: FloatArray, reference_t: FloatArray, within_s: float = NEAR_S) -> FloatArray:
    """Of each beat to the nearest footfall, s."""
    if not len(beats) or len(reference_t) < 2:
        return np.zeros(0)
    at = np.searchsorted(reference_t, beats).clip(1, len(reference_t) - 1)
    before, after = beats - reference_t[at - 1], beats - reference_t[at]
    near = np.where(np.abs(before) < np.abs(after), before, after)
    return np.asarray(near[np.abs(near - LEAD_S) < within_s])


def own_beats(strikes: Sequence[FootStrike]) -> FloatArray:
    """After the settling that the policy waits for; at once in a recording that is too short."""
    metronome = Metronome()
    begin = strikes[0].t + SETTLE_S if strikes[-1].t - strikes[0].t > 2.0 * SETTLE_S else 0.0
    out: list[float] = []
    for strike in strikes:
        if strike.t >= begin and not metronome.sounding:
            metronome.start(strike.t, None, "own")
        out += [c.t for c in metronome.push(strike)]
    return np.array(out)


def figures(beats: Sequence[FloatArray], references: Sequence[FloatArray]) -> str:
    error = np.concatenate([errors(b, r) for b, r in zip(beats, references, strict=True)])
    ms = 1e3 * (error - LEAD_S)
    middle = ms - np.median(ms)
    return (
        f"n {len(ms):4d}, alone {sum(map(len, beats)) - len(ms):2d},"
        f" median - lead {np.median(ms):+5.1f}, SD {ms.std():4.1f},"
        f" p95 {np.percentile(np.abs(middle), 95):4.1f}"
    )


def pooled(cases: Iterable[Case]) -> dict[str, list[Case]]:
    out: dict[str, list[Case]] = {}
    for case in cases:
        out.setdefault(case.name, []).append(case)
    return out


def print_own() -> None:
    print("## own tempo: beat to footfall, ms")
    for name, cases in pooled([*recorded(), *synthetic()]).items():
        beats = [own_beats(c.strikes) for c in cases]
        print(f"{name:28s} detected: {figures(beats, [c.detected_t for c in cases])}")
        true = [c.truth_t for c in cases if c.truth_t is not None]
        if true:
            print(f"{'':28s} true:     {figures(beats, true)}")
        steps = np.concatenate([d for b in beats if len(d := np.diff(b))] or [np.zeros(1)])
        steps = steps[steps < 0.5]
        print(f"{'':28s} beats' own intervals: SD {1e3 * steps.std():.1f}")


GAINS: Final = (
    (0.6, 0.25, 0.1), (0.6, 0.25, 0.0), (0.7, 0.2, 0.05), (0.8, 0.1, 0.05), (1.0, 0.1, 0.05),
    (0.4, 0.1, 0.05), (0.4, 0.05, 0.0), (0.2, 0.02, 0.0),
)  # fmt: skip
"""The first are those of `dsp.prediction`."""


def predicted_anew(strikes: Sequence[FootStrike], gains: tuple[float, ...]) -> list[FootStrike]:
    """The same strikes as a prediction with other gains would have told them."""
    kept = prediction.FOLLOW_PHASE, prediction.FOLLOW_PERIOD, prediction.FOLLOW_FEET
    names = ("FOLLOW_PHASE", "FOLLOW_PERIOD", "FOLLOW_FEET")
    for name, value in zip(names, gains, strict=True):
        setattr(prediction, name, value)
    one = prediction.Prediction(1 if any(s.inferred for s in strikes) else 2)
    out = []
    for s in strikes:
        next_t, sd = (None, None) if s.inferred else one.strike(s.t)
        out.append(replace(s, next_t=next_t, next_sd_s=sd))
    for name, value in zip(names, kept, strict=True):
        setattr(prediction, name, value)
    return out


def print_gains() -> None:
    print("## gains of phase, period, feet: SD of beat to footfall / of the beats' intervals, ms")
    # One prediction at a time.
    name, kept = "ENOUGH", steadier.ENOUGH
    setattr(steadier, name, sys.maxsize)
    try:
        _print_gains()
    finally:
        setattr(steadier, name, kept)


def _print_gains() -> None:
    groups = pooled([*recorded(), *synthetic()])
    for gains in GAINS:
        said = []
        for name, cases in groups.items():
            error, steps = [], []
            for case in cases:
                beats = own_beats(predicted_anew(case.strikes, gains))
                error.append(errors(beats, case.detected_t))
                steps.append(np.diff(beats))
            apart = np.concatenate(steps)
            spread = 1e3 * float(np.concatenate(error).std())
            said.append(f"{name} {spread:.1f}/{1e3 * apart[apart < 0.5].std():.1f}")
        print(f"{gains}: {'; '.join(said)}")


@dataclass(frozen=True)
class Outcome:
    steps: FloatArray
    beats: FloatArray
    lead_s: float
    locked: float

    def spm(self, begin: float, end: float) -> float:
        t = self.steps[(self.steps >= begin) & (self.steps < end)]
        return 60.0 * (len(t) - 1) / float(t[-1] - t[0])


BEGIN_S: Final = 30.0
END_S: Final = 330.0
FOLLOW: Final = ((0.0, 0.0), (0.2, 0.0), (0.35, 0.0), (0.5, 0.0), (0.35, 0.05), (0.5, 0.1))
"""What is corrected of each asynchrony: in phase, in period."""


def hear(runner: Stepper, tempo: float | None, nudge: float = 0.0, seed: int = 1) -> Outcome:
    metronome = Metronome(nudge_percent=nudge)
    steps: list[float] = []
    beats: list[float] = []
    locked: list[bool] = []
    for t, cues in runner.run(metronome, END_S, seed):
        if t >= BEGIN_S and not metronome.sounding:
            metronome.start(t, tempo, "bench")
        steps.append(t)
        beats += [c.t for c in cues]
        locked.append(metronome.locked)
    share = float(np.mean(locked[len(locked) // 2 :]))
    return Outcome(np.array(steps), np.array(beats), metronome.lead_s, share)


def print_followers() -> None:
    print("## even beats, a runner of 160 spm: 300 s, four seeds each")
    print(
        "tempo | corrects phase, period | spm after 20 s, 60 s; spread of 20 s means |"
        " put back per minute | jitter ms | beat after step, ms | learned ms | locked"
    )
    for shoe in (False, True):
        print("at the shoe" if shoe else "at the waist")
        for tempo in (165.0, 168.0, 172.0, 176.0):
            for gains in FOLLOW:
                runner = Stepper(follow=gains[0], follow_period=gains[1], shoe=shoe)
                print_follower(tempo, gains, [hear(runner, tempo, seed=s) for s in range(4)])


def print_follower(tempo: float, gains: tuple[float, float], all_heard: list[Outcome]) -> None:
    period = 60.0 / tempo
    early = np.mean([o.spm(BEGIN_S + 20.0, BEGIN_S + 40.0) for o in all_heard])
    late = np.mean([o.spm(BEGIN_S + 60.0, END_S) for o in all_heard])
    means = [[o.spm(t, t + 20.0) for t in np.arange(90.0, 310.0, 20.0)] for o in all_heard]
    intervals = np.concatenate([np.diff(o.beats) for o in all_heard])
    back = np.abs(intervals - period) > 0.01
    after = np.concatenate([errors(o.beats[o.beats > 90.0], o.steps, 1.0) for o in all_heard])
    minutes = len(all_heard) * (END_S - BEGIN_S) / 60.0
    print(
        f"{tempo:.0f} | {gains[0]:.2f}, {gains[1]:.2f} | {early:.1f}, {late:.1f};"
        f" {np.mean([np.std(m) for m in means]):.2f} | {back.sum() / minutes:.1f} |"
        f" {1e3 * intervals[~back].std():.2f} | {1e3 * np.median(after):+.0f} |"
        f" {1e3 * np.mean([o.lead_s for o in all_heard]):+.0f} |"
        f" {np.mean([o.locked for o in all_heard]):.2f}"
    )


def print_nudges() -> None:
    print("## nudges and own tempo, a runner of 160 spm: spm in 30 s from each minute on")
    for nudge in (0.0, 1.0, 2.0, 3.0):
        for gains in ((0.0, 0.0), (0.35, 0.0), (0.35, 0.05)):
            runner = Stepper(follow=gains[0], follow_period=gains[1])
            heard = hear(runner, None, nudge)
            spm = [f"{heard.spm(t, t + 30.0):.0f}" for t in (0.0, 60.0, 120.0, 180.0, 240.0, 299.0)]
            jumps = [
                abs((c - b) - (b - a))
                for (a, b), (_, c) in pairwise(pairwise(heard.beats))
                if max(b - a, c - b) < 0.5
            ]
            biggest = f", biggest change {1e3 * max(jumps):.1f} ms" if nudge and gains[0] else ""
            print(f"+{nudge:.0f} %, corrects {gains[0]:.2f}, {gains[1]:.2f}: {spm}{biggest}")
    for anticipation in (-0.06, -0.04, -0.02, 0.0, 0.02):
        runner = Stepper(follow=0.3, follow_period=0.05, anticipation_s=anticipation)
        heard = hear(runner, None)
        spm = [f"{heard.spm(t, t + 30.0):.0f}" for t in (0.0, 60.0, 120.0, 180.0, 240.0, 299.0)]
        print(f"own tempo, on time at {1e3 * anticipation:+.0f} ms: {spm}")


PARTS: Final[dict[str, Callable[[], None]]] = {
    "own": print_own,
    "gains": print_gains,
    "followers": print_followers,
    "nudges": print_nudges,
}


def main(parts: Iterable[str] = PARTS) -> None:
    """Prints some parts, or all."""
    for part in parts:
        PARTS[part]()


if __name__ == "__main__":
    main(sys.argv[1:] or PARTS)
