"""Measures the sample clock: `python -m tests.bench.clock` prints docs/trace-format.md's table."""

from typing import Any

import numpy as np

from drivers.clock import SampleClock
from tests.drivers.scheduler import drains

STEP_S = 0.33
SETTLED_S = 10.0

CASES: dict[str, dict[str, Any]] = {
    "416 Hz, +3 %, drained every 4 samples": {},
    "rate off by +4 %": {"rate_error": 0.04},
    "rate off by −4 %": {"rate_error": -0.04},
    "a stall every 3 s": {"stall_every_s": 3.0},
    "drift ±0.5 %": {"drift": 5e-3},
    "drained every 8 samples": {"batch": 8},
    "drained every 83 samples (5 Hz)": {"batch": 83},
    "833 Hz, every 8 samples": {"rate_hz": 833.0, "batch": 8},
    "104 Hz, every sample": {"rate_hz": 104.0, "batch": 1},
}


def main() -> None:
    print("| case | rms | worst | worst absolute |\n|---|---|---|---|")
    for name, case in CASES.items():
        rate_hz = case.get("rate_hz", 416.0)
        d = drains(1, 1200.0, **case)
        t = SampleClock(rate_hz).stamp(d.n, np.zeros_like(d.n), d.host_time)
        error = (t - d.true_t)[int(SETTLED_S * rate_hz) :] * 1e3
        step = int(STEP_S * rate_hz)
        interval = error[step:] - error[:-step]
        rms, worst = np.sqrt(np.mean(interval**2)), np.abs(interval).max()
        print(f"| {name} | {rms:.4f} ms | {worst:.3f} ms | {np.abs(error).max():.1f} ms |")


if __name__ == "__main__":
    main()
