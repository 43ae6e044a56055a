"""The synthetic runner beside real recordings: `python -m tests.bench.synth_vs_real` prints the
table.

Real data are read from GAITCOACH_DATA, else ../shared/data beside the repository. The synthetic
sensor is given the real one's rate, limits and bandwidth, and the synthetic runner only the real
speed and cadence.
"""

import csv
import gzip
import json
import os
import sys
from collections.abc import Iterator
from itertools import pairwise
from math import radians
from pathlib import Path

import numpy as np
from scipy.signal import butter, sosfiltfilt

from dsp.block import FloatArray, Mount
from dsp.synth import Motion, Phase, Sensor, synthesize
from dsp.units import STANDARD_GRAVITY as G

_BANDS = ((0.7, 5.0), (5.0, 10.0), (10.0, 20.0), (20.0, 40.0))
Row = dict[str, float]


def data_folder() -> Path:
    """Where the real recordings lie."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    return Path(os.environ.get("GAITCOACH_DATA", beside))


def _columns(path: Path) -> dict[str, FloatArray]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    rows = list(csv.reader(text.splitlines()))
    return dict(zip(rows[0], np.array(rows[1:], dtype=float).T, strict=True))


def _recordings(
    folder: Path, pattern: str
) -> Iterator[tuple[dict[str, FloatArray], FloatArray, Path]]:
    for path in sorted(folder.glob(pattern)):
        stem = path.name.removesuffix(".csv.gz")
        events = _columns(path.with_name(f"{stem}.events.csv"))
        yield _columns(path), np.column_stack(list(events.values())), path.with_name(f"{stem}.json")


def _bands(signal: FloatArray, rate_hz: float, name: str) -> Row:
    freq = np.fft.rfftfreq(len(signal), 1 / rate_hz)
    power = np.abs(np.fft.rfft(signal - signal.mean())) ** 2 * 2 / len(signal) ** 2
    out = {}
    for lo, hi in _BANDS:
        if hi < rate_hz / 2:
            inside = (freq >= lo) & (freq < hi)
            out[f"{name} rms {lo:g}–{hi:g} Hz"] = float(np.sqrt(power[inside].sum()))
    return out


def _per_step(t: FloatArray, signal: FloatArray, strikes: FloatArray) -> tuple[float, float]:
    edges = np.searchsorted(t, strikes)
    pieces = [signal[a:b] for a, b in pairwise(edges) if b > a]
    return (
        float(np.median([p.max() for p in pieces])),
        float(np.median([p.min() for p in pieces])),
    )


def _waist_row(
    t: FloatArray, up: FloatArray, fwd: FloatArray, strikes: FloatArray, rate_hz: float
) -> Row:
    inside = (t >= strikes[0]) & (t < strikes[-1])
    peak, low = _per_step(t, up, strikes)
    brake = _per_step(t, fwd, strikes)[1]
    return {
        "step frequency, Hz": float(1 / np.median(np.diff(strikes))),
        "vertical mean, g": float(up[inside].mean()),
        "vertical peak of a step, g": peak,
        "vertical minimum of a step, g": low,
        "forward minimum of a step, g": brake,
        **_bands(up[inside], rate_hz, "vertical"),
        **_bands(fwd[inside], rate_hz, "forward"),
    }


def running_waist(folder: Path) -> Iterator[tuple[str, Row, Row]]:
    """Level treadmill trials; both sides low-passed at 25 Hz as their authors did."""
    for real, contacts, meta_path in _recordings(folder, "sacrum-treadmill/*.csv.gz"):
        meta = json.loads(meta_path.read_text())
        if meta["slope_deg"] != 0.0:
            continue
        long = contacts[:, 1] - contacts[:, 0] > 0.1
        on, off = contacts[long].T
        step_s = float(np.median(np.diff(on)))
        row = _waist_row(real["t_s"], real["acc_vertical_g"], real["acc_forward_g"], on, 500.0)
        contact = float(np.median(off - on))
        row["contact time, ms"] = 1000 * contact
        peak_force = _per_step(real["t_s"], real["vgrf_bw"], on)[0]
        row["contact x peak force / step"] = contact * peak_force / step_s
        speed = float(meta["speed_m_s"])
        run = synthesize(
            [Phase(Motion.RUN, 40.0, 60 / step_s, speed=speed)], sensor=Sensor(rate_hz=500.0)
        )
        truth, t = run.truth, run.block.t
        sos = butter(2, 25.0, fs=500.0, output="sos")
        acc = sosfiltfilt(sos, run.block.acc / G, axis=0)
        mid = (truth.strike_t > 5) & (truth.strike_t < 35)
        made = _waist_row(t, acc[:, 2], acc[:, 0], truth.strike_t[mid], 500.0)
        contact = float(np.median((truth.toe_off_t - truth.strike_t)[mid]))
        made["contact time, ms"] = 1000 * contact
        slow = sosfiltfilt(butter(2, 12.0, fs=500.0, output="sos"), run.block.acc[:, 2] / G)
        peak_force = _per_step(t, slow, truth.strike_t[mid])[0]
        made["contact x peak force / step"] = contact * peak_force / step_s
        yield f"waist, running {speed:g} m/s", row, made


def _walk_row(
    t: FloatArray, acc: FloatArray, gyr: FloatArray, strikes: FloatArray, rate_hz: float
) -> Row:
    row = _waist_row(t, acc[:, 2], acc[:, 0], strikes, rate_hz)
    inside = (t >= strikes[0]) & (t < strikes[-1])
    row["lateral rms, g"] = float(acc[inside, 1].std())
    for axis, name in enumerate(("roll", "pitch", "yaw")):
        row[f"{name} rate rms, deg/s"] = float(gyr[inside, axis].std())
    return row


def walking_waist(folder: Path) -> Iterator[tuple[str, Row, Row]]:
    """The longest steady bout of every walking trial, averaged."""
    rows, steps = [], []
    for real, contacts, _ in _recordings(folder, "waist-walking/*.csv.gz"):
        bouts = np.split(contacts[:, 0], np.flatnonzero(np.diff(contacts[:, 0]) > 1.2) + 1)
        strikes = max(bouts, key=len)
        if len(strikes) < 8:
            continue
        # The sensor's x is up and z backward; y is to one side.
        acc = np.column_stack([-real["acc_z_g"], real["acc_y_g"], real["acc_x_g"]])
        gyr = np.column_stack([real["gyr_z_dps"], real["gyr_y_dps"], real["gyr_x_dps"]])
        rows.append(_walk_row(real["t_s"], acc, gyr, strikes, 100.0))
        steps.append(np.median(np.diff(strikes)))
    mean = {key: float(np.mean([r[key] for r in rows])) for key in rows[0]}
    run = synthesize(
        [Phase(Motion.WALK, 60.0, 60 / float(np.mean(steps)), speed=1.2)],
        sensor=Sensor(rate_hz=100.0),
    )
    strikes = run.truth.strike_t[6:-6]
    assert run.block.gyr is not None
    made = _walk_row(run.block.t, run.block.acc / G, np.degrees(run.block.gyr), strikes, 100.0)
    yield f"waist, walking ({len(rows)} trials)", mean, made


def _shoe_row(
    t: FloatArray, acc: FloatArray, gyr: FloatArray, marks: FloatArray, rate_hz: float
) -> Row:
    size = np.linalg.norm(acc, axis=1)
    inside = (t >= marks[0]) & (t < marks[-1])
    # The pitch axis is the one the foot turns most about.
    axis = np.linalg.eigh(np.cov(gyr[inside].T))[1][:, -1]
    pitch = gyr @ axis
    pitch *= np.sign(np.mean(pitch[inside] ** 3))
    high, low = _per_step(t, pitch, marks)
    peak, least = _per_step(t, size, marks)
    still = [float(np.median(size[(t > m - 0.03) & (t < m + 0.03)])) for m in marks[1:-1]]
    even = np.interp(np.arange(marks[0], marks[-1], 1 / rate_hz), t, size)
    return {
        "stride time, s": float(np.median(np.diff(marks))),
        "resultant peak of a stride, g": peak,
        "resultant minimum of a stride, g": least,
        "resultant in mid-stance, g": float(np.median(still)),
        "larger pitch-rate peak, deg/s": max(high, -low),
        "smaller pitch-rate peak, deg/s": min(high, -low),
        "gyro rms, deg/s": float(np.sqrt(np.mean(np.sum(gyr[inside] ** 2, axis=1)))),
        **_bands(even, rate_hz, "resultant"),
    }


def shoe(folder: Path) -> Iterator[tuple[str, Row, Row]]:
    """Hallway trials, averaged; the synthetic sensor saturates where the real one does."""
    for kind, motion in (("run", Motion.RUN), ("walk", Motion.WALK)):
        rows = []
        for real, marks, _ in _recordings(folder, f"shoe-hallway/{kind}-*.csv.gz"):
            acc = np.column_stack([real[f"acc_{a}_g"] for a in "xyz"])
            gyr = np.column_stack([real[f"gyr_{a}_dps"] for a in "xyz"])
            rows.append(_shoe_row(real["t_s"], acc, gyr, marks[1:-1, 0], 200.0))
        mean = {key: float(np.mean([r[key] for r in rows])) for key in rows[0]}
        cadence = 120.0 / mean["stride time, s"]
        sensor = Sensor(rate_hz=200.0, acc_limit=7.0 * G, gyr_limit=radians(530.0))
        phase = Phase(motion, 60.0, cadence, speed=2.6 if kind == "run" else 1.3)
        run = synthesize([phase], sensor=sensor, mount=Mount.SHOE)
        truth = run.truth
        mine = ~truth.left & np.isfinite(truth.toe_off_t)
        marks = (truth.strike_t + 0.4 * (truth.toe_off_t - truth.strike_t))[mine][3:-3]
        assert run.block.gyr is not None
        made = _shoe_row(run.block.t, run.block.acc / G, np.degrees(run.block.gyr), marks, 200.0)
        yield f"shoe, {motion.value} ({len(rows)} trials)", mean, made


def main() -> int:
    """Prints the table in Markdown."""
    folder = data_folder()
    if not folder.is_dir():
        print(f"no recordings in {folder}: set GAITCOACH_DATA to their folder", file=sys.stderr)
        return 1
    print("| recording | figure | real | synthetic |\n|---|---|---|---|")
    for source in (running_waist, walking_waist, shoe):
        for name, real, made in source(folder):
            for key, value in real.items():
                print(f"| {name} | {key} | {value:.3g} | {made[key]:.3g} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
