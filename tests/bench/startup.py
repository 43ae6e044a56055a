"""What starting costs: `python -m tests.bench.startup`, and in `make bench`.

Import time and peak resident memory of what a command loads, beside `import numpy, scipy.signal`:
medians of five processes each. They are taken in turn, and ratios within a turn, so that a busy
machine is busy for all. Import time is the sum of what `python -X importtime` says of each module,
wherever it was imported; memory is the kernel's VmHWM at the end (Linux). The commands really run,
for a second of signal; a real sensor's run is only imported.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from dsp.block import Mount
from dsp.synth import Motion, Phase, synthesize
from tests.synthetic import write_synthetic

REPEATS: Final = 5
BESIDE: Final = "import numpy, scipy.signal"
_SECOND: Final = 1.0
_MAIN: Final = "from firmware_py.cli import main; main({words!r})"
_PEAK: Final = "\nprint('\\nVmHWM', open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
_STATUS: Final = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Start:
    """One process.

    Args:
        import_s: in imports, s.
        peak_mb: most memory resident at once, MB.
        modules: how many were loaded.
    """

    import_s: float
    peak_mb: float
    modules: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Medians of several processes.

    Args:
        start: of each figure.
        import_ratio: of the import time to that of BESIDE in the same turn; `peak_ratio` likewise.
    """

    start: Start
    import_ratio: float
    peak_ratio: float


def started(code: str) -> Start:
    """A fresh Python that runs `code`.

    Raises:
        RuntimeError: it failed; with its last words.
    """
    command = [sys.executable, "-X", "importtime", "-c", code + _PEAK]
    # Otherwise what is imported for the first time is compiled at every repetition.
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    env["OMP_NUM_THREADS"] = "1"
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    peak = re.search(r"^VmHWM (\d+)$", done.stdout, re.MULTILINE)
    if done.returncode != 0 or peak is None:
        raise RuntimeError(f"{code}: {done.stderr[-500:]}")
    own = [int(us) for us in re.findall(r"^import time: +(\d+) \|", done.stderr, re.MULTILINE)]
    return Start(sum(own) / 1e6, int(peak[1]) / 1024.0, len(own))


def compared(codes: Mapping[str, str]) -> dict[str, Compared]:
    """Each piece of code by its name, in REPEATS turns; BESIDE is one of them."""
    for code in codes.values():
        started(code)
    turns = [{name: started(code) for name, code in codes.items()} for _ in range(REPEATS)]
    return {
        name: Compared(
            Start(
                median(turn[name].import_s for turn in turns),
                median(turn[name].peak_mb for turn in turns),
                turns[0][name].modules,
            ),
            median(turn[name].import_s / turn[BESIDE].import_s for turn in turns),
            median(turn[name].peak_mb / turn[BESIDE].peak_mb for turn in turns),
        )
        for name in codes
    }


def print_starts() -> None:
    """The table, as ratios to `import numpy, scipy.signal` of the same run."""
    if not _STATUS.exists():
        print("start-up: not measured, this system has no /proc")
        return
    with TemporaryDirectory() as folder:
        trace = Path(folder) / "short.mcap"
        write_synthetic(trace, synthesize((Phase(Motion.RUN, _SECOND),), mount=Mount.WAIST, seed=5))
        simulated = ["--simulate", "walk", "--pace", "max", "--duration", str(_SECOND), "--quiet"]
        measured = compared(
            {
                BESIDE: BESIDE,
                "import numpy": "import numpy",
                "gaitcoach run": "import firmware_py.cli, firmware_py.commands.run, drivers.i2cdev",
                "gaitcoach run --simulate": _MAIN.format(words=["run", *simulated]),
                "gaitcoach replay": _MAIN.format(words=["replay", str(trace), "--quiet"]),
            }
        )
    print("| start-up | import time | ratio | peak memory | ratio | modules |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, c in measured.items():
        print(
            f"| {name} | {c.start.import_s:.2f} s | {c.import_ratio:.2f} | "
            f"{c.start.peak_mb:.0f} MB | {c.peak_ratio:.2f} | {c.start.modules} |"
        )


if __name__ == "__main__":
    print_starts()
