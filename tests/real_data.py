"""Recordings of others, where this machine has them; tests that need them skip where it has not.

They are looked for in the folder named by `GAITCOACH_DATA`, else in `../shared/data` beside the
repository. Nothing cut from them may enter the repository.
"""

from pathlib import Path

import pytest

from dsp.block import FloatArray
from firmware_py.evaluate.truth import read_truth
from firmware_py.importer.options import ImportOptions
from firmware_py.importer.recording import Recording, read_recording
from tests.importer.csv_files import DATA

WHY_SKIPPED = f"no recordings at {DATA}; set GAITCOACH_DATA to their folder"

needs_real_data = pytest.mark.skipif(not DATA.is_dir(), reason=WHY_SKIPPED)


def found(pattern: str) -> list[Path]:
    """Recordings by a glob below the data folder, in order of name; none where it is absent."""
    return sorted(DATA.glob(pattern))


def real(name: str) -> Recording:
    """One recording, e.g. "shoe-hobby/run", as the importer reads it; skips where it is absent."""
    path = DATA / f"{name}.csv.gz"
    if not path.is_file():
        pytest.skip(f"no {path}; set GAITCOACH_DATA to the recordings' folder")
    return read_recording(path, ImportOptions())


def contact_times() -> list[FloatArray]:
    """(n,) s: the force treadmill's contacts of every sacrum trial; skips where it is absent."""
    paths = found("sacrum-treadmill/*.csv.gz")
    if not paths:
        pytest.skip(WHY_SKIPPED)
    truths = [read_truth(path) for path in paths]
    return [truth.t for truth in truths if truth is not None]


def name_of(path: Path) -> str:
    """For the ids of parametrized tests: folder and recording."""
    return f"{path.parent.name}/{path.name.removesuffix('.csv.gz')}"
