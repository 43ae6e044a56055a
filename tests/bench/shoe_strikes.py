"""Figures of the shoe's trigger tier: `python -m tests.bench.shoe_strikes [name of a part]...`.

Strikes, cadence, latency and confidence on synthetic feet of every kind and on the hallway
recordings, with and without a gyro. docs/detection.md quotes it.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import radians
from time import process_time
from typing import Final

import numpy as np

from dsp.block import FloatArray, Mount, Side
from dsp.events import Event, FootStrike, Step, WalkStep
from dsp.pipeline import Pipeline
from dsp.synth import (
    SHOE_SENSOR,
    Loss,
    Motion,
    Phase,
    Runner,
    Sensor,
    SynthRun,
    daily_life,
    random_rotation,
    synthesize,
    walk,
)
from dsp.units import STANDARD_GRAVITY
from firmware_py.evaluate.matching import match
from tests.bench.shoe_hallway import print_hallway, seen
from tests.dsp.shoe_runs import shaken_pedals

WINDOW_S: Final = 0.050
STAND: Final = Phase(Motion.STAND, 2.5)


@dataclass(frozen=True)
class Read:
    """What was found in a synthetic run, paired with the foot's own running strikes."""

    run: SynthRun
    events: list[Event]
    strikes: list[FootStrike]
    truth_t: FloatArray
    pairs: list[tuple[int, int]]
    seconds: float

    @property
    def error_s(self) -> FloatArray:
        return np.array([self.strikes[j].t - self.truth_t[i] for i, j in self.pairs])

    @property
    def latency_s(self) -> FloatArray:
        """In a known rhythm: from the sixth stride on."""
        return np.array(
            [self.strikes[j].t_decision - self.truth_t[i] for i, j in self.pairs if i > 5]
        )


def read(run: SynthRun) -> Read:
    began = process_time()
    pipeline = Pipeline(run.stream)
    events: list[Event] = [*pipeline.push(run.block), *pipeline.finish()]
    seconds = process_time() - began
    strikes = seen(events)
    own = run.truth.left == (run.stream.side is Side.LEFT)
    truth_t = np.asarray(run.truth.strike_t[own & run.truth.running])
    pairs = match(truth_t, np.array([s.t for s in strikes]), WINDOW_S)
    return Read(run, events, strikes, truth_t, pairs, seconds)


def any_foot(seed: int, **changes: object) -> SynthRun:
    """20 s of any foot, shoe, sensor and mounting, from standing to standing; fixed by the seed."""
    rng = np.random.default_rng([17, seed])
    runner = Runner(
        strike_angle_deg=float(rng.uniform(-8.0, 22.0)),
        softness=float(rng.uniform(0.0, 1.0)),
        shoe_impact_g=float(rng.uniform(5.0, 15.0)),
        step_asymmetry=float(rng.uniform(-0.05, 0.05)),
        jitter=float(rng.uniform(0.008, 0.022)),
    )
    sensor = Sensor(
        rate_hz=float(rng.choice([200.0, 416.0, 833.0])),
        rate_error=float(rng.uniform(-0.03, 0.03)),
        mounting=random_rotation(rng),
        acc_limit=float(rng.choice([8.0, 16.0])) * STANDARD_GRAVITY,
        gyr_limit=radians(float(rng.choice([500.0, 2000.0]))),
        gyr_scale=radians(70e-3),
        acc_noise=float(rng.choice([1.0, 3.0])) * 110e-6 * STANDARD_GRAVITY,
        loss=Loss(single=float(rng.choice([0.0, 1e-3, 1e-2])), bursts_per_min=2.0),
    )
    cadence = float(rng.uniform(140.0, 205.0))
    speed = float(np.clip(rng.normal(3.2, 0.5) + (cadence - 168.0) * 0.02, 2.0, 5.0))
    sensor = replace(sensor, **changes)  # type: ignore[arg-type]
    return synthesize(
        [STAND, Phase(Motion.RUN, 20.0, cadence, speed=speed), STAND],
        runner=runner,
        sensor=sensor,
        mount=Mount.SHOE,
        side=Side.LEFT if seed % 2 else Side.RIGHT,
        seed=seed,
    )


def f1(reads: Sequence[Read]) -> float:
    hits = sum(len(r.pairs) for r in reads)
    return 2.0 * hits / sum(len(r.truth_t) + len(r.strikes) for r in reads)


def print_strikes_of(name: str, reads: Sequence[Read]) -> None:
    error = 1e3 * np.concatenate([r.error_s for r in reads])
    late = 1e3 * np.concatenate([r.latency_s for r in reads])
    missed = sum(len(r.truth_t) - len(r.pairs) for r in reads)
    false = sum(len(r.strikes) - len(r.pairs) for r in reads)
    print(
        f"{name:24s} n {len(error):5d}  F1 {f1(reads):.4f} (missed {missed}, false {false})  "
        f"error ms: bias {error.mean():5.1f}, MAD {np.mean(np.abs(error)):4.1f}, "
        f"SD {error.std():4.1f}  latency ms: p50 {np.median(late):5.1f},"
        f" p95 {np.percentile(late, 95):5.1f}, p99 {np.percentile(late, 99):5.1f}"
    )


FEET: Final = 36


def print_strikes() -> None:
    print(f"## synthetic feet: {FEET} of any kind")
    reads = [read(any_foot(seed)) for seed in range(FEET)]
    print_strikes_of("all", reads)
    kinds: dict[str, Callable[[Read], bool]] = {
        "200 Hz": lambda r: r.run.sensor.rate_hz == 200.0,
        "416 Hz": lambda r: r.run.sensor.rate_hz == 416.0,
        "833 Hz": lambda r: r.run.sensor.rate_hz == 833.0,
        "8 g": lambda r: r.run.sensor.acc_limit < 10.0 * STANDARD_GRAVITY,
        "16 g": lambda r: r.run.sensor.acc_limit > 10.0 * STANDARD_GRAVITY,
        "500 deg/s": lambda r: r.run.sensor.gyr_limit < 10.0,
        "rearfoot": lambda r: r.run.truth.strike_angle_deg.max() > 8.0,
        "midfoot": lambda r: 0.0 < r.run.truth.strike_angle_deg.max() <= 8.0,
        "forefoot": lambda r: r.run.truth.strike_angle_deg.max() <= 0.0,
    }
    for name, belongs in kinds.items():
        some = [r for r in reads if belongs(r)]
        if some:
            print_strikes_of(name, some)
    print_strikes_of("no gyro", [read(any_foot(seed, gyr_axes="")) for seed in range(FEET)])
    print_strikes_of("gyro y only", [read(any_foot(seed, gyr_axes="y")) for seed in range(FEET)])
    print_strikes_of("acc z only", [read(any_foot(seed, acc_axes="z")) for seed in range(FEET)])
    print_confidence(reads)
    signal_s = sum(float(r.run.block.t[-1]) for r in reads)
    print(f"{signal_s / sum(r.seconds for r in reads):.0f} times real time, one block")


def print_confidence(reads: Sequence[Read]) -> None:
    """How often strikes of each confidence are wrong."""
    sure, right = [], []
    for r in reads:
        hit = {j for _, j in r.pairs}
        sure += [s.confidence for s in r.strikes]
        right += [j in hit for j in range(len(r.strikes))]
    level, ok = np.array(sure), np.array(right)
    for low, high in ((0.0, 0.3), (0.3, 0.6), (0.6, 0.9), (0.9, 1.01)):
        here = (level >= low) & (level < high)
        if here.any():
            print(
                f"confidence {low:.1f}–{high:.1f}: {here.sum():5d}, wrong {1 - ok[here].mean():.4f}"
            )


def print_walking() -> None:
    print("## walking with a heel strike, 60 s each: false strikes, walk steps")
    for gyro in (True, False):
        for spm, speed in ((90, 1.0), (112, 1.35), (126, 1.8), (134, 2.0), (142, 2.1), (150, 2.2)):
            sensor = SHOE_SENSOR if gyro else replace(SHOE_SENSOR, gyr_axes="")
            r = read(walk(60.0, mount=Mount.SHOE, cadence_spm=spm, speed=speed, sensor=sensor))
            walked = sum(isinstance(e, WalkStep) for e in r.events)
            print(f"{'gyro' if gyro else 'no gyro':8s} {spm} spm {speed} m/s: strikes"
                  f" {len(r.strikes)}, walk steps {walked} of {spm // 2}")  # fmt: skip
    print("## jogging, 40 s each: strikes found of those made, false ones")
    for gyro in (True, False):
        for spm, speed, share in ((130, 2.0, None), (136, 2.0, None), (140, 2.0, 1.05),
                                  (145, 1.9, 1.1), (154, 1.9, 1.2), (160, 2.2, None)):  # fmt: skip
            sensor = SHOE_SENSOR if gyro else replace(SHOE_SENSOR, gyr_axes="")
            run = Phase(Motion.RUN, 40.0, spm, speed=speed, contact_fraction=share)
            phases = [Phase(Motion.STAND, 2.0), run, Phase(Motion.STAND, 3.0)]
            r = read(synthesize(phases, sensor=sensor, mount=Mount.SHOE, seed=spm))
            print(f"{'gyro' if gyro else 'no gyro':8s} {spm} spm {speed} m/s contact/step {share}:"
                  f" {len(r.pairs)} of {len(r.truth_t)},"
                  f" false {len(r.strikes) - len(r.pairs)}")  # fmt: skip


def print_others() -> None:
    print("## not running: false strikes")
    for gyro in (True, False):
        sensor = SHOE_SENSOR if gyro else replace(SHOE_SENSOR, gyr_axes="")
        count: dict[str, int] = {}
        for seed in range(6):
            day = read(daily_life(seed=seed, mount=Mount.SHOE, sensor=sensor))
            count["a day"] = count.get("a day", 0) + len(day.strikes)
            for kind in (Motion.SHAKE, Motion.STAIRS, Motion.JUMP, Motion.CYCLE):
                phases = [Phase(Motion.STAND, 2.0), Phase(kind, 60.0)]
                other = read(synthesize(phases, sensor=sensor, mount=Mount.SHOE, seed=seed))
                count[kind.value] = count.get(kind.value, 0) + len(other.strikes)
            pedals = read(shaken_pedals(60.0 + 8.0 * seed, sensor, road_g=0.1 + 0.05 * seed))
            count["shaken pedals"] = count.get("shaken pedals", 0) + len(pedals.strikes)
        print(f"{'gyro' if gyro else 'no gyro':8s} {count}")


# --- starts, cadence, the other foot ----------------------------------------------------------

BEFORE: Final = {"standing": (), "walking": (Phase(Motion.WALK, 12.0, 112.0),)}


def print_starts() -> None:
    print("## starts: strikes missed among the first four of a run, and false ones, 24 runs each")
    for gyro in (True, False):
        for name, before in BEFORE.items():
            missed = np.zeros(4, dtype=int)
            false = 0
            for seed in range(24):
                rng = np.random.default_rng(seed)
                spm = float(rng.uniform(140.0, 190.0))
                phases = [Phase(Motion.STAND, 3.0), *before, Phase(Motion.RUN, 10.0, spm)]
                runner = Runner(strike_angle_deg=float(rng.uniform(-8.0, 22.0)))
                sensor = SHOE_SENSOR if gyro else replace(SHOE_SENSOR, gyr_axes="")
                r = read(
                    synthesize(phases, sensor=sensor, mount=Mount.SHOE, seed=seed, runner=runner)
                )
                hit = {i for i, _ in r.pairs}
                missed += [i not in hit for i in range(4)]
                false += len(r.strikes) - len(r.pairs)
            print(f"{'gyro' if gyro else 'no gyro':8s} from {name}: {missed.tolist()},"
                  f" false {false}")  # fmt: skip


def print_cadence() -> None:
    print("## cadence of steps against the true one, 20 s windows, 130–230 spm, %")
    for gyro in (True, False):
        worst: dict[int, float] = {}
        for spm in range(130, 231, 10):
            speed = float(np.clip(3.2 + (spm - 168) * 0.02, 2.0, 5.0))
            sensor = SHOE_SENSOR if gyro else replace(SHOE_SENSOR, gyr_axes="")
            run = Phase(Motion.RUN, 64.0, float(spm), speed=speed)
            phases = [Phase(Motion.STAND, 2.0), run]
            r = read(synthesize(phases, sensor=sensor, mount=Mount.SHOE, seed=spm))
            errors = [abs(window_error(r, start)) for start in (5.0, 25.0, 45.0)]
            worst[spm] = round(max(errors), 3)
        print(f"{'gyro' if gyro else 'no gyro':8s} worst window {worst}")


def window_error(r: Read, start: float) -> float:
    """Median cadence of the steps in 20 s against the median of the true strides, %."""
    steps = [e for e in r.events if isinstance(e, Step) and start <= e.t < start + 20.0]
    true = r.truth_t[(r.truth_t >= start - 0.03) & (r.truth_t < start + 21.0)]
    if not steps:
        return float("nan")
    spm = float(np.median(120.0 / np.diff(true)))
    return float(100.0 * (np.median([s.cadence_spm for s in steps]) / spm - 1.0))


def print_inferred() -> None:
    print("## the other foot, inferred: error against its true strikes, by step asymmetry")
    for percent in (0.0, 1.0, 2.0, 3.0, 5.0):
        error: list[float] = []
        lost = made = 0
        for seed in range(6):
            runner = Runner(step_asymmetry=percent / 100.0 * (1 if seed % 2 else -1))
            phases = [Phase(Motion.STAND, 2.0), Phase(Motion.RUN, 40.0, 150.0 + 8.0 * seed)]
            r = read(
                synthesize(phases, sensor=SHOE_SENSOR, mount=Mount.SHOE, seed=seed, runner=runner)
            )
            other = r.run.truth.left != (r.run.stream.side is Side.LEFT)
            truth = np.asarray(r.run.truth.strike_t[other & r.run.truth.running])
            t = np.array([e.t for e in r.events if isinstance(e, FootStrike) and e.inferred])
            pairs = match(truth, t, WINDOW_S)
            error += [1e3 * (t[j] - truth[i]) for i, j in pairs]
            lost, made = lost + len(truth) - len(pairs), made + len(t) - len(pairs)
        e = np.array(error) if error else np.array([np.nan])
        print(
            f"asymmetry {percent:.0f} %: n {len(error)}, missed {lost}, false {made}, ms: MAD"
            f" {np.mean(np.abs(e)):.1f}, p95 {np.percentile(np.abs(e), 95):.1f}"
        )


PARTS: Final[dict[str, Callable[[], None]]] = {
    "hallway": print_hallway,
    "strikes": print_strikes,
    "walking": print_walking,
    "others": print_others,
    "starts": print_starts,
    "cadence": print_cadence,
    "inferred": print_inferred,
}


def main(parts: Iterable[str] = PARTS) -> None:
    """Prints some parts, or all."""
    for part in parts:
        PARTS[part]()


if __name__ == "__main__":
    main(sys.argv[1:] or PARTS)
