"""One property of a jogger at a time till it breaks: `python -m tests.bench.second.stress`.

Share of 10 s windows whose median interval is within 2 %, and F1 at ±100 ms, of six plain slow
joggers of whom everything else is drawn as usual.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from dsp.block import Mount, Stream
from tests.bench.second.canvas import Canvas
from tests.bench.second.joggers import Jogger, jog, old, settled, young
from tests.bench.second.report import METHODS, Tally, found_by, judge
from tests.bench.second.sensor import Belt, record, worn

RATE_HZ: Final = 200.0
LENGTH_S: Final = 30.0
JOGGERS: Final = 6

Change = Callable[[Jogger, float], Jogger]
Wear = Callable[[Belt, float], Belt]

BODY: Final[dict[str, tuple[Change, tuple[float, ...]]]] = {
    "cadence, spm": (
        lambda j, x: replace(j, spm=x),
        (120.0, 126.0, 132.0, 138.0, 145.0, 180.0, 200.0, 215.0, 230.0),
    ),
    "oscillation, cm": (
        lambda j, x: replace(j, oscillation_m=0.01 * x, duty=0.5),
        (2.5, 3.0, 3.5, 4.0, 5.0),
    ),
    "duty factor": (lambda j, x: replace(j, duty=x), (0.25, 0.30, 0.55, 0.60, 0.65)),
    "impact, g": (lambda j, x: replace(j, impact_g=x), (0.0, 1.5, 2.5, 4.0)),
    "limbs, g": (lambda j, x: replace(j, limb_g=x), (0.1, 0.2, 0.3, 0.4)),
    "uneven, share": (lambda j, x: replace(j, uneven=x), (0.1, 0.2, 0.3)),
    "jitter, share": (lambda j, x: replace(j, jitter=x), (0.03, 0.05, 0.07)),
    "roll and yaw, deg": (
        lambda j, x: replace(j, roll_deg=x, yaw_deg=1.5 * x),
        (6.0, 10.0, 14.0),
    ),
    "sideways, g": (lambda j, x: replace(j, sway_g=x, braking_g=x), (0.3, 0.5, 0.8)),
}
BELT: Final[dict[str, tuple[Wear, tuple[float, ...]]]] = {
    "belt, Hz (damping 0.15)": (
        lambda b, x: replace(b, hz=np.full(3, x), damping=np.full(3, 0.15)),
        (4.0, 5.0, 6.0, 8.0, 12.0, 18.0),
    ),
    "buckle rocks, deg/g": (lambda b, x: replace(b, rock_deg_g=x), (5.0, 10.0, 15.0)),
    "accelerometer off, share": (lambda b, x: replace(b, scale=np.full(3, 1.0 + x)), (-0.1, 0.1)),
    "accelerometer bias, g": (lambda b, x: replace(b, bias_g=np.full(3, x)), (-0.15, 0.15)),
}


def _plain(number: int) -> tuple[Jogger, np.random.Generator]:
    rng = np.random.default_rng([3, number])
    return (old if number % 2 else young)(rng, quick=number % 3 == 0), rng


def _tried(jogger: Jogger, belt: Belt, rng: np.random.Generator) -> dict[str, Tally]:
    canvas = Canvas(LENGTH_S)
    jog(canvas, settled(jogger), 0.0, LENGTH_S, rng, from_rest=False, to_rest=False)
    block = record(canvas, belt, rng, RATE_HZ)
    found, _ = found_by(Stream(Mount.WAIST, RATE_HZ), block)
    return {m: judge(np.array(canvas.strikes), found[m], LENGTH_S) for m in METHODS}


def _row(name: str, value: float, tries: list[dict[str, Tally]]) -> None:
    text = f"{name:26}{value:7.2f}  "
    for method in METHODS:
        tally = Tally()
        for one in tries:
            tally.add(one[method])
        text += tally.row() + "  | "
    print(text)


def main() -> None:
    """Prints one line for each property and value."""
    print("each: windows by median interval | by mean interval | F1 ±100 ms | ms")
    print(f"{'':33}" + "".join(f"{m:^30}" for m in METHODS))
    for name, (change, values) in BODY.items():
        for value in values:
            tries = []
            for number in range(JOGGERS):
                jogger, rng = _plain(number)
                tries.append(_tried(change(jogger, value), worn(rng), rng))
            _row(name, value, tries)
    for name, (wear, values) in BELT.items():
        for value in values:
            tries = []
            for number in range(JOGGERS):
                jogger, rng = _plain(number)
                tries.append(_tried(jogger, wear(worn(rng), value), rng))
            _row(name, value, tries)


if __name__ == "__main__":
    main()
