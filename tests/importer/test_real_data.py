"""Recordings of others: every one imports with no option."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from dsp.block import Mount, Side
from dsp.units import STANDARD_GRAVITY
from firmware_py.importer.options import ImportOptions
from firmware_py.importer.recording import Recording
from tests.importer.csv_files import DATA, imported

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"no recordings at {DATA}; set GAITCOACH_DATA"
)
FILES = sorted(DATA.glob("*/*.csv.gz"))


def said(path: Path) -> Recording:
    return imported(path, ImportOptions())


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_recording_imports_as_its_author_meant_it(path: Path) -> None:
    got = said(path)
    with gzip.open(path, "rt") as f:
        names = f.readline().strip().split(",")
        rows = np.loadtxt(f, delimiter=",")
    assert len(got.block) == len(rows)
    np.testing.assert_array_equal(got.block.t, rows[:, names.index("t_s")])
    for name, axis in (("acc_x_g", 0), ("acc_forward_g", 0), ("acc_z_g", 2), ("acc_vertical_g", 2)):
        if name in names:
            np.testing.assert_allclose(
                got.block.acc[:, axis] / STANDARD_GRAVITY, rows[:, names.index(name)], atol=2e-6
            )
    step = np.median(np.diff(got.block.t))
    assert got.header.rate_hz * step == pytest.approx(1.0, rel=0.01)


@pytest.mark.parametrize(
    "path", sorted(DATA.glob("sacrum-treadmill/*.csv.gz")), ids=lambda p: p.name
)
def test_the_sacrum_has_two_axes_and_no_gyro(path: Path) -> None:
    h = said(path).header
    assert (h.mount, h.acc_axes, h.gyr_axes) == (Mount.WAIST, "xz", "")
    assert h.rate_hz == pytest.approx(500.0)


def test_the_hobby_board_lost_a_ninth_of_its_samples() -> None:
    path = DATA / "shoe-hobby" / "run.csv.gz"
    if not path.is_file():
        pytest.skip(f"no {path}")
    got = said(path)
    grid = np.rint(got.block.t / 0.01).astype(np.int64)
    np.testing.assert_array_equal(got.block.lost[1:], np.diff(grid) - 1)
    assert got.block.lost.sum() / (got.block.lost.sum() + len(got.block)) == pytest.approx(
        0.11, abs=0.005
    )
    assert got.header.side is Side.UNKNOWN


@pytest.mark.parametrize("path", sorted(DATA.glob("shoe-hallway/*.csv.gz")), ids=lambda p: p.name)
def test_the_hallway_shoe_jitters_but_loses_nothing_and_has_its_limits(path: Path) -> None:
    got = said(path)
    assert got.block.lost.sum() == 0
    assert got.header.side is Side.RIGHT
    assert got.header.acc_limit is not None
    assert got.header.acc_limit < 15.7 * STANDARD_GRAVITY
    assert got.header.gyr_limit == pytest.approx(np.radians(530 * 0.94))
