"""The shoe's metrics against the synthetic runner's truth, condition by condition.

    python -m tests.bench.shoe_metrics [--quick]

Prints, for every condition and metric: strides measured of all, bias, SD, 95 % limits of agreement,
mean absolute error. Then the hallway recordings, which have no truth for any of these: how many
strides are given, and their medians. Synthetic figures are no evidence of accuracy on people.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dsp.block import FloatArray, Side
from dsp.events import Contact, Step
from dsp.pipeline import Pipeline
from dsp.synth import SHOE_SENSOR, Loss
from dsp.units import STANDARD_GRAVITY
from tests.dsp.shoe_truth import METRICS, Condition, errors
from tests.real_data import found, name_of, real


def conditions() -> Iterator[Condition]:
    """Cadence and speed, foot, sensor, one at a time from the easy runner."""
    yield Condition("easy, 833 Hz")
    yield Condition("left foot", side=Side.LEFT)
    for spm, speed in ((130.0, 2.2), (150.0, 2.6), (180.0, 3.8), (200.0, 4.4), (230.0, 5.0)):
        yield Condition(f"{spm:.0f} spm, {speed} m/s", spm, speed)
    for angle in (25.0, 20.0, 8.0, 4.0, 0.0, -5.0, -10.0):
        yield Condition(f"strike {angle:+.0f} deg", angle=angle)
    yield Condition("hard heel", softness=0.0, impact_g=14.0)
    yield Condition("soft", softness=0.8, impact_g=6.0)
    yield Condition("grounded", 152.0, 1.9, contact_fraction=1.1)
    for rate in (200.0, 416.0):
        yield Condition(f"{rate:.0f} Hz", sensor=replace(SHOE_SENSOR, rate_hz=rate))
    clips = replace(SHOE_SENSOR, acc_limit=10.0 * STANDARD_GRAVITY)
    yield Condition("clips at 10 g", sensor=clips)
    yield Condition("clips at 500 deg/s", sensor=replace(SHOE_SENSOR, gyr_limit=8.7))
    yield Condition("1 % lost", sensor=replace(SHOE_SENSOR, loss=Loss(single=0.01)))
    yield Condition("no gyro", sensor=replace(SHOE_SENSOR, gyr_axes=""))


def row(values: FloatArray) -> str:
    """Count, bias, SD, limits of agreement, mean absolute error."""
    got = values[np.isfinite(values)]
    share = f"{len(got)}/{len(values)}"
    if not len(got):
        return f"| {share} | | | | |"
    bias, sd = got.mean(), got.std()
    low, high = bias - 1.96 * sd, bias + 1.96 * sd
    mae = np.abs(got).mean()
    return f"| {share} | {bias:.2f} | {sd:.2f} | {low:.2f} … {high:.2f} | {mae:.2f} |"


def print_synthetic(seeds: int, seconds: float) -> None:
    """All conditions."""
    print("| condition | metric | measured | bias | SD | limits of agreement | MAE |")
    print("|---|---|---|---|---|---|---|")
    for c in conditions():
        every: dict[str, list[float]] = {name: [] for name in METRICS}
        classes: list[Contact | None] = []
        for seed in range(seeds):
            got, strides = errors(c, seed, seconds)
            for name, values in got.items():
                every[name] += values
            classes += [s.strike_type for s in strides[-1:]]
        for name, values in every.items():
            print(f"| {c.name} | {name} {row(np.array(values))}")
        print(f"| {c.name} | class | {' '.join(str(k) for k in classes)} |")


def print_hallway() -> None:
    """Real strides: no truth, only what is plausible."""
    print("| recording | strides | contact: n, median s, duty | speed: n, median | angle | class |")
    print("|---|---|---|---|---|---|")
    for path in found("shoe-hallway/run*.csv.gz"):
        recording = real(name_of(path))
        events = Pipeline(recording.header.stream).push(recording.block)
        strides = [e for e in events if isinstance(e, Step)]
        contact, duty, speed, angle, everted = (
            np.array([x for x in (getattr(s, name) for s in strides) if x is not None])
            for name in (
                "contact_s",
                "duty_factor",
                "speed_m_s",
                "foot_strike_angle_deg",
                "pronation_deg",
            )
        )
        print(
            f"| {name_of(path)} | {len(strides)} "
            f"| {len(contact)}, {_median(contact)} ({_range(contact)}), {_median(duty)} "
            f"| {len(speed)}, {_median(speed)} ({_range(speed)}) "
            f"| {len(angle)}, {_median(angle)} | {len(everted)}, {_median(everted)} "
            f"| {strides[-1].strike_type if strides else None} |"
        )


def _median(x: FloatArray) -> str:
    return f"{np.median(x):.3f}" if len(x) else "-"


def _range(x: FloatArray) -> str:
    return f"{x.min():.3f} to {x.max():.3f}" if len(x) else "-"


def main(seeds: int = 4, seconds: float = 25.0) -> None:
    """Prints everything."""
    print_synthetic(seeds, seconds)
    print_hallway()


if __name__ == "__main__":
    if "--quick" in sys.argv:
        main(2, 14.0)
    else:
        main()
