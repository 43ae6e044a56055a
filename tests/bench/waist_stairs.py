"""How well stairs are told at the waist: `python -m tests.bench.waist_stairs`.

People on the level: how much their vertical speed changes from stride to stride, and whether that
was taken for stairs. Synthetic people of both generators, who do climb.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from dsp.activity.stairs import Stairs
from dsp.block import Mount, SampleBlock, Stream, recut
from dsp.events import Activity, Segment
from dsp.grid import Grid
from dsp.pipeline import Pipeline
from dsp.synth import Motion, Phase, Sensor, random_rotation, synthesize
from dsp.waist.mount import WaistMount
from dsp.wearer import UNKNOWN
from firmware_py.evaluate.table import markdown
from tests.bench.second.activities import ACTIVITIES
from tests.bench.second.sensor import record, worn
from tests.dsp.test_activities import share
from tests.real_data import found, name_of, real

PEOPLE: Final = 8
RATE_HZ: Final = 200.0
STAIRS: Final = ((0.15, 80.0, 0.4), (0.17, 96.0, 0.5), (0.17, 110.0, 0.55), (0.20, 90.0, 0.45))
"""Height of a stair, m; steps a minute; speed, m/s."""
STAND: Final = Phase(Motion.STAND, 3.0)
WALK: Final = Phase(Motion.WALK, 8.0)
ON_S: Final = 16.0
FEW: Final = 8
"""Samples at a time: no two steps are decided in them."""
LATE_S: Final = 2.0
"""From the first stair on; the stride that is under way is not asked for."""


def judged(stream: Stream, block: SampleBlock) -> tuple[list[tuple[float, float]], int]:
    """Every change that was judged, (time, s; size, m/s), and how often stairs began or ended."""
    grid, mount = Grid(stream), WaistMount(stream, UNKNOWN)
    changes: dict[float, float] = {}
    edges = 0
    for part in recut(block, range(FEW, len(block), FEW)):
        pieces, _ = grid.push(part)
        edges += sum(isinstance(e, Stairs) for piece in pieces for e in mount.push(piece))
        if (last := mount._stairs.judged) is not None:
            changes[last[0]] = last[1]
    return sorted(changes.items()), edges


def segments(stream: Stream, block: SampleBlock) -> list[Segment]:
    """Of a recording."""
    return [e for e in Pipeline(stream).push(block) if isinstance(e, Segment)]


def people() -> Iterator[tuple[str, ...]]:
    """A row for each real walk on the level."""
    for path in found("waist-walking/*.csv.gz"):
        recording = real(name_of(path))
        changes, edges = judged(recording.header.stream, recording.block)
        sizes = [abs(size) for _, size in changes] or [float("nan")]
        p50, p95 = np.percentile(sizes, [50, 95])
        row = len(changes), f"{p50:.3f}", f"{p95:.3f}", f"{max(sizes):.3f}", edges
        yield (name_of(path), *(str(v) for v in row))


def synthetic() -> Iterator[tuple[str, ...]]:
    """Rows of our own generator: how many of those who climb are told so, to their end."""
    for name, before in (("out of a walk", (STAND, WALK)), ("out of a stand", (STAND,))):
        for way in (1.0, -1.0):
            told = []
            for rise_m, cadence_spm, speed in STAIRS:
                for seed in range(2):
                    on = Phase(Motion.STAIRS, ON_S, cadence_spm, speed=speed, rise_m=way * rise_m)
                    told.append(_climbed([*before, on, STAND], seed + round(cadence_spm)))
            whole = sum(t == 1.0 for t in told)
            yield name, "up" if way > 0.0 else "down", f"{whole} of {len(told)}"


def _climbed(phases: list[Phase], seed: int) -> float:
    sensor = replace(
        Sensor(rate_hz=RATE_HZ),
        mounting=random_rotation(np.random.default_rng(seed)),
        acc_bias=(0.2, -0.2, 0.1),
        gyr_bias=(0.01, -0.01, 0.01),
    )
    run = synthesize(phases, mount=Mount.WAIST, sensor=sensor, seed=seed)
    begin = sum(p.duration_s for p in phases[:-2])
    told = segments(run.stream, run.block)
    return share(told, Activity.OTHER, begin + LATE_S, begin + ON_S - LATE_S)


def second() -> Iterator[tuple[str, ...]]:
    """Rows of the second generator: shares of the time that are `other` and `walk`."""
    stream = Stream(Mount.WAIST, RATE_HZ)
    for name in (n for n in ACTIVITIES if n.startswith(("walking", "stairs"))):
        shares = []
        for seed in range(PEOPLE):
            rng = np.random.default_rng([11, len(name), seed])
            block = record(ACTIVITIES[name](rng), worn(rng), rng, RATE_HZ)
            told, end = segments(stream, block), float(block.t[-1]) - 3.0
            shares.append([share(told, k, 4.0, end) for k in (Activity.OTHER, Activity.WALK)])
        other, walk = np.mean(shares, axis=0)
        yield name, f"{other:.2f}", f"{walk:.2f}"


def main() -> None:
    """Prints the tables."""
    head = "people on the level", "changes", "p50", "p95", "largest, m/s", "stairs"
    print(markdown(people(), head))
    print("\n" + markdown(synthetic(), ("synthetic stairs", "", "other to their end")))
    print("\n" + markdown(second(), ("second generator", "other", "walk")))


if __name__ == "__main__":
    main()
