"""The waist's metrics on the force treadmill: real truth, one runner, 13 trials of 5 s."""

import csv
import gzip
import json
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import numpy as np

from dsp.block import FloatArray, SampleBlock, Stream, plain_block
from dsp.events import Step
from dsp.pipeline import Pipeline
from dsp.wearer import UNKNOWN, Wearer
from firmware_py.importer.options import ImportOptions
from firmware_py.importer.recording import read_recording
from tests.importer.csv_files import DATA

BASELINE_S: Final = 90.0
CHANGED_S: Final = 40.0
AFTER_S: Final = 60.0
CHANGES: Final = (
    ("05", "08"), ("05", "15"), ("05", "11"), ("05", "20"), ("05", "24"), ("06", "13"),
    ("06", "18"), ("02", "22"), ("28", "29"), ("05", "02"), ("05", "06"), ("02", "05"),
    ("06", "02"),
)  # fmt: skip
"""Trials of one session (the sensor sat alike), the first of either pair on the level."""


def steps_of(stream: Stream, block: SampleBlock, wearer: Wearer = UNKNOWN) -> list[Step]:
    return [e for e in Pipeline(stream, wearer).push(block) if isinstance(e, Step)]


def line(name: str, error: Iterable[float], unit: str) -> None:
    e = np.array(list(error))
    if not len(e):
        print(f"  {name:34s} nothing measured")
        return
    low, high = e.mean() - 1.96 * e.std(), e.mean() + 1.96 * e.std()
    print(
        f"  {name:34s} n {len(e):5d}  bias {e.mean():+8.2f}  SD {e.std():7.2f}  LoA {low:+8.2f} to "
        f"{high:+8.2f}  MAE {np.abs(e).mean():7.2f}  RMSE {np.sqrt((e**2).mean()):7.2f} {unit}"
    )


def trial(name: str) -> tuple[Stream, SampleBlock, FloatArray, dict[str, float]]:
    """Stream, samples, (n, 2) true contacts, and what is known about the trial."""
    path = DATA / "sacrum-treadmill" / f"trial{name}.csv.gz"
    recording = read_recording(path, ImportOptions())
    with (path.parent / f"trial{name}.events.csv").open() as file:
        rows = [[float(x) for x in row.values()] for row in csv.DictReader(file)]
    on_off = np.array(rows)
    known = json.loads((path.parent / f"trial{name}.json").read_text())
    return recording.header.stream, recording.block, on_off[np.ptp(on_off, axis=1) > 0.1], known


def treadmill_contact() -> None:
    print("\ncontact time on the force treadmill, per trial: means, ms (one runner, 5 s each)")
    names = sorted(p.name[5:7] for p in (DATA / "sacrum-treadmill").glob("*.csv.gz"))
    free, known, force = [], [], []
    for name in names:
        stream, block, on_off, about = trial(name)
        truth = on_off[1:-1]
        want = float((truth[:, 1] - truth[:, 0]).mean())
        got = []
        for wearer in (UNKNOWN, Wearer(speed_m_s=about["speed_m_s"])):
            found = steps_of(stream, block, wearer)
            mean = np.mean([s.contact_s for s in found if s.contact_s is not None])
            got.append(float(mean) - want)
        free.append((about["slope_deg"], 1000.0 * got[0]))
        known.append((about["slope_deg"], 1000.0 * got[1]))
        print(
            f"  trial{name} {about['speed_m_s']:.2f} m/s {about['slope_deg']:+3.0f} deg: true "
            f"{1000.0 * want:.0f}, error {free[-1][1]:+.0f}, with speed {known[-1][1]:+.0f}"
        )
        force.append(np.mean([s.peak_force_bw for s in found if s.peak_force_bw]) - true_peak(name))
    line("peak force, speed known", (float(e) for e in force), "body weights")
    for title, errors in (("speed unknown", free), ("speed known", known)):
        line(f"all trials, {title}", (e for _, e in errors), "ms")
        line(f"level trials, {title}", (e for slope, e in errors if slope == 0.0), "ms")


def true_peak(name: str) -> float:
    """Mean peak of the force plate's contacts, body weights."""
    path = DATA / "sacrum-treadmill" / f"trial{name}.csv.gz"
    with gzip.open(path, "rt") as file:
        rows = list(csv.DictReader(file))
    t, force = (np.array([float(row[k]) for row in rows]) for k in ("t_s", "vgrf_bw"))
    on = np.searchsorted(t, trial(name)[2][:, 0])
    return float(np.mean([force[a:b].max() for a, b in pairwise(on)]))


def treadmill_forward() -> None:
    """Fore-aft sign: held upright, the sensor of these trials leaned forward by 13 to 40 deg."""
    names = sorted(p.name[5:7] for p in (DATA / "sacrum-treadmill").glob("*.csv.gz"))
    right = wrong = 0
    for name in names:
        stream, block, _, _ = trial(name)
        lean = [s.lean_forward_deg for s in steps_of(stream, block, Wearer(up=(0.0, 0.0, 1.0)))]
        said = [x > 0.0 for x in lean if x is not None]
        right, wrong = right + said.count(True), wrong + said.count(False)
    print(f"\nforward axis: right in {right} steps, wrong in {wrong}, of {len(names)} trials")


def repeated(name: str, seconds: float) -> FloatArray:
    """(n, 3) specific force of whole strides of a trial, over and over."""
    _, block, on_off, _ = trial(name)
    on = np.searchsorted(block.t, on_off[:, 0])
    strides = (len(on) - 1) // 2 * 2
    acc = block.acc[on[0] : on[strides]]
    times = int(np.ceil(seconds * 500.0 / len(acc)))
    return np.tile(acc, (times, 1))


def treadmill_slopes() -> None:
    print("\nslope and speed changes on joined treadmill trials (level first, change, back)")
    found = 0
    for level, changed in CHANGES:
        pieces = [
            repeated(level, BASELINE_S),
            repeated(changed, CHANGED_S),
            repeated(level, AFTER_S),
        ]
        edges = np.cumsum([len(p) for p in pieces]) / 500.0
        acc = np.concatenate(pieces)
        stream = trial(level)[0]
        steps = steps_of(stream, plain_block(np.arange(len(acc)) / 500.0, acc))
        early = any(s.level_ground is False and s.t < edges[0] for s in steps)
        off = [s.t for s in steps if s.level_ground is False and edges[0] <= s.t < edges[1]]
        back = [s.t for s in steps if s.level_ground and s.t > edges[1]]
        found += bool(off) and not early
        a, b = trial(level)[3], trial(changed)[3]
        print(
            f"  {a['speed_m_s']:.2f} m/s {a['slope_deg']:+.0f} deg to {b['speed_m_s']:.2f} m/s "
            f"{b['slope_deg']:+3.0f} deg: "
            + (f"known after {off[0] - edges[0]:4.1f} s" if off else "not recognized")
            + (f", level again after {back[0] - edges[1]:.0f} s" if back else ", never level again")
            + (", FALSE ALARM before" if early else "")
        )
    print(f"  {found} of {len(CHANGES)} recognized")
