"""Instructions on the device's processor, counted under qemu-user: `make arm`.

A Cortex-A53 (Pi Zero 2 W, Pi 3) is emulated with a plugin that counts (docs/performance.md).
Counts repeat to 0.1 % on any machine, unlike times. Ends with one line of JSON; exit code 1 where
the bound does not hold. Where the tools are absent it says so and counts nothing.

$ARM_SUITE: the Debian whose Python, numpy and scipy are counted (bookworm). $ARM_FOLDER: where the
tree is kept (build/arm).
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from dsp.block import Mount
from dsp.synth import SHOE_SENSOR, Motion, Phase, Runner, Sensor, synthesize
from tests.bench.arm.tree import EMULATOR, interpreter, ready_plugin, ready_tools, ready_tree
from tests.debian import AbsentError, BuildError

ROOT: Final = Path(__file__).parents[3]
BOUND: Final = 30e6
"""Instructions per second of 416 Hz signal: 3 to 6 % of one core of four, at 1 GHz."""
SPAN_S: Final = 20.0
CLOCK_HZ: Final = 1e9
CYCLES: Final = (1.0, 2.0)
"""Per instruction; a Cortex-A53 issues in order, at best two at a time. Assumed, not measured."""
_PURE: Final = ("mcap", "tqdm", "smbus2")
"""Wheels without compiled code serve any processor: the virtual environment's are taken."""
STARTS: Final = {
    "import numpy, scipy.signal": ("numpy", "scipy.signal"),
    "gaitcoach run": ("firmware_py.cli", "firmware_py.commands.run", "drivers.i2cdev"),
    "gaitcoach replay": ("firmware_py.cli", "firmware_py.commands.replay"),
}


class Guest:
    """Runs the tree's Python and reads what was counted.

    Args:
        folder: where trees and caches are kept.
        suite: of Debian.

    Raises:
        BuildError: the tree or the plugin cannot be made.
    """

    def __init__(self, folder: Path, suite: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._tree = ready_tree(folder, suite)
        self._plugin = ready_plugin(folder)
        pure = folder / "pure"
        _link_pure(pure)
        # Nothing of the caller's: PYTHONDONTWRITEBYTECODE alone makes imports five times dearer.
        self._env = {
            "QEMU_CPU": "cortex-a53",
            "LC_ALL": "C.UTF-8",
            "OMP_NUM_THREADS": "1",
            "PYTHONHASHSEED": "0",
            "PYTHONNOUSERSITE": "1",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(pure)]),
            "PYTHONPYCACHEPREFIX": str(folder / f"pycache-{suite}"),
        }

    def versions(self) -> dict[str, str]:
        """Of what is counted."""
        code = (
            "import json, platform, numpy, scipy; print(json.dumps({'python': "
            "platform.python_version(), 'numpy': numpy.__version__, 'scipy': scipy.__version__}))"
        )
        found: dict[str, str] = json.loads(self._run([], ["-c", code]))
        return found

    def counts(self, *words: str) -> list[int]:
        """The count at each mark of guest.py, run with these words."""
        command = [str(Path(__file__).with_name("guest.py")), *words]
        with tempfile.NamedTemporaryFile("r", suffix=".log") as log:
            options = ["-plugin", str(self._plugin), "-d", "plugin", "-D", log.name]
            self._run(options, command)
            return [int(n) for n in re.findall(r"^instructions (\d+)$", log.read(), re.MULTILINE)]

    def compile(self, *modules: str) -> None:
        """Imports without counting, so that the counted run finds everything compiled."""
        self._run([], [str(Path(__file__).with_name("guest.py")), "import", *modules])

    def _run(self, options: list[str], words: list[str]) -> str:
        python = [EMULATOR, "-L", str(self._tree), *options, str(interpreter(self._tree))]
        done = subprocess.run(
            [*python, *words], env={**self._env, "PATH": os.environ["PATH"]},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise BuildError(f"{' '.join(words)}: {done.stderr.strip()[-2000:]}")
        return done.stdout


def _link_pure(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name in _PURE:
        link = folder / name
        link.unlink(missing_ok=True)
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            continue
        package = Path(next(iter(spec.submodule_search_locations)))
        if not any(package.rglob("*.so")):
            link.symlink_to(package)


def write_samples(folder: Path, mount: Mount) -> Path:
    """Twice SPAN_S of a synthetic runner: stand, walk, run."""
    phases = (
        Phase(Motion.STAND, 3.0),
        Phase(Motion.WALK, 5.0, 110.0, speed=1.4),
        Phase(Motion.RUN, 2 * SPAN_S - 8.0, 164.0, speed=2.8),
    )
    sensor = SHOE_SENSOR if mount is Mount.SHOE else Sensor()
    run = synthesize(phases, runner=Runner(), sensor=sensor, mount=mount, seed=5)
    block, rate = run.block, run.stream.rate_hz
    if block.gyr is None:
        raise BuildError(f"the synthetic {mount.value} has no gyro")
    n = round(2 * SPAN_S * rate)
    path = folder / f"{mount.value}.npz"
    np.savez(
        path, mount=mount.value, rate_hz=rate, t=block.t[:n], acc=block.acc[:n], gyr=block.gyr[:n]
    )
    return path


def count_starts(guest: Guest) -> dict[str, int]:
    """Instructions from the start of the process until all is imported."""
    counted: dict[str, int] = {}
    for name, modules in STARTS.items():
        guest.compile(*modules)
        marks = guest.counts("import", *modules)
        counted.setdefault("bare Python", marks[0])
        if modules[0] == "numpy":
            counted["import numpy"] = marks[1]
        counted[name] = marks[-1]
    return counted


def count_seconds(guest: Guest) -> dict[str, float]:
    """Instructions per second of signal, in 10 ms blocks."""
    guest.compile("firmware_py.line")
    with tempfile.TemporaryDirectory() as folder:
        paths = [write_samples(Path(folder), mount) for mount in Mount]
        marks = guest.counts("push", *map(str, paths))
    names = [f"{mount.value} {what}" for mount in Mount for what in ("pipeline", "line")]
    return {
        name: (end - middle) / SPAN_S
        for name, middle, end in zip(names, marks[::2], marks[1::2], strict=True)
    }


def show(starts: dict[str, int], seconds: dict[str, float]) -> None:
    """The table, in millions of instructions and what they may take on a Pi Zero 2 W."""
    low, high = (n / CLOCK_HZ for n in CYCLES)
    print("| | million instructions | at 1 GHz and 1–2 cycles each |\n|---|---:|---:|")
    for name, n in starts.items():
        print(f"| start: {name} | {n / 1e6:.0f} | {n * low:.2f}–{n * high:.2f} s |")
    for name, per_second in seconds.items():
        share = f"{100 * per_second * low:.1f}–{100 * per_second * high:.1f} % of a core"
        print(f"| a second of signal: {name} | {per_second / 1e6:.1f} | {share} |")


def main() -> int:
    suite = os.environ.get("ARM_SUITE", "bookworm")
    folder = Path(os.environ.get("ARM_FOLDER", ROOT / "build" / "arm")).resolve()
    out: dict[str, Any] = {"bench": "arm", "suite": suite}
    try:
        ready_tools()
        guest = Guest(folder, suite)
        versions = guest.versions()
        print(", ".join(f"{k} {v}" for k, v in versions.items()), f"(arm64 {suite})", flush=True)
        starts, seconds = count_starts(guest), count_seconds(guest)
    except AbsentError as e:
        print(f"skipped: {e}")
        print(json.dumps({**out, "skipped": str(e)}))
        return 0
    except BuildError as e:
        print(f"arm: {e}", file=sys.stderr)
        return 1
    show(starts, seconds)
    # The line, with policy and summary, is counted beside it and has no bound of its own.
    holds = seconds[f"{Mount.WAIST.value} pipeline"] <= BOUND
    verdict = "held" if holds else "EXCEEDED"
    print(f"bound: {BOUND / 1e6:.0f} million per second, pipeline at the waist: {verdict}")
    out |= versions
    out |= {"start": starts, "per_second": {k: round(v) for k, v in seconds.items()}}
    print(json.dumps({**out, "bound": BOUND, "holds": holds}))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
