"""Wrong units and wrong mounts are told, and never where nothing is wrong."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.block import Mount, SampleBlock, Side, join, recut
from dsp.synth import SHOE_SENSOR, Motion, Phase, Sensor, synthesize, walk
from dsp.units import STANDARD_GRAVITY
from firmware_py.config import Config
from firmware_py.evaluate.scoring import opened
from firmware_py.plausible import Plausibility
from firmware_py.replay import replay
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.reader import open_trace
from tests.commands.runs import command
from tests.real_data import found, name_of, needs_real_data
from tests.thorough import examples

GOLDEN = sorted((Path(__file__).parent / "traces").glob("*.mcap"))
Capture = pytest.CaptureFixture[str]


@cache
def worn(mount: Mount, *, gyro: bool = True, rests: bool = True) -> tuple[TraceHeader, SampleBlock]:
    """A run at 208 Hz; `rests`: it begins with a rest."""
    sensor = replace(SHOE_SENSOR if mount is Mount.SHOE else Sensor(), rate_hz=208.0)
    run = synthesize(
        [Phase(Motion.STAND, 5.0), Phase(Motion.RUN, 16.0, 168.0)],
        mount=mount,
        side=Side.LEFT if mount is Mount.SHOE else Side.UNKNOWN,
        sensor=sensor if gyro else replace(sensor, gyr_axes=""),
        seed=4,
    )
    header = TraceHeader(mount, 208.0, "import", gyr_axes="xyz" if gyro else "")
    block = run.block if rests else run.block[round(5.5 * 208) :]
    return header, block


def doubts(header: TraceHeader, block: SampleBlock, steps: int | None = None) -> list[str]:
    looked = Plausibility(header)
    looked.add(block)
    return looked.doubts(steps)


def scaled(block: SampleBlock, acc: float = 1.0, gyr: float = 1.0) -> SampleBlock:
    turning = None if block.gyr is None else gyr * block.gyr
    return replace(block, acc=acc * block.acc, gyr=turning)


@pytest.mark.parametrize("mount", Mount)
@pytest.mark.parametrize("gyro", [True, False])
def test_what_is_right_is_not_doubted(mount: Mount, gyro: bool) -> None:
    header, block = worn(mount, gyro=gyro)
    assert doubts(header, block, 40) == []


@pytest.mark.parametrize("rests", [True, False])
@pytest.mark.parametrize("mount", Mount)
@pytest.mark.parametrize(
    ("acc", "gyr", "says"),
    [
        (1 / STANDARD_GRAVITY, 1.0, "g taken as m/s2; import it again with --acc-unit g"),
        (STANDARD_GRAVITY, 1.0, "m/s2 taken as g; import it again with --acc-unit m/s2"),
        (1e-4, 1.0, "no unit fits: check the columns"),
        (1.0, np.radians(1.0), "rad/s taken as deg/s; import it again with --gyr-unit rad/s"),
        (1.0, np.degrees(1.0), "deg/s taken as rad/s; import it again with --gyr-unit deg/s"),
    ],
)
def test_a_wrong_unit_is_told_with_the_right_one(
    mount: Mount, rests: bool, acc: float, gyr: float, says: str
) -> None:
    header, block = worn(mount, rests=rests)
    (said,) = doubts(header, scaled(block, acc, gyr), 0)
    assert says in said


def test_a_walk_in_the_wrong_unit_is_told_too() -> None:
    run = walk(20.0, sensor=Sensor(rate_hz=100.0))
    header = TraceHeader(Mount.WAIST, 100.0, "import")
    assert doubts(header, run.block, 30) == []
    (said,) = doubts(header, scaled(run.block, 1 / STANDARD_GRAVITY), 0)
    assert "--acc-unit g" in said


@pytest.mark.parametrize("mount", Mount)
def test_a_wrong_mount_is_told_with_the_other_one(mount: Mount) -> None:
    other = Mount.SHOE if mount is Mount.WAIST else Mount.WAIST
    header, block = worn(mount)
    (said,) = doubts(replace(header, mount=other), block, 12)
    assert f"import it again with --mount {mount}" in said
    (said,) = doubts(replace(header, mount=other, source="device"), block, 12)
    assert f'set sensor.mount = "{mount}"' in said


def test_what_repeats_itself_like_steps_and_gives_none_is_told() -> None:
    header, block = worn(Mount.WAIST, gyro=False)
    (said,) = doubts(header, block, 0)
    assert "the signal repeats itself 16" in said
    assert "no steps were found: check mount, axes and units" in said


def pieces(block: SampleBlock, edges: list[int]) -> Iterator[SampleBlock]:
    return recut(block, edges)


@settings(max_examples=examples(8, 20))
@given(st.lists(st.integers(0, 4000), max_size=12))
def test_cutting_the_samples_changes_nothing(edges: list[int]) -> None:
    header, block = worn(Mount.WAIST)
    wrong = scaled(block, 1.0, np.radians(1.0))
    looked = Plausibility(header)
    for piece in pieces(wrong, edges):
        looked.add(piece)
    assert looked.doubts(0) == doubts(header, wrong, 0)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
def test_no_recording_of_ours_is_doubted(path: Path) -> None:
    assert replay(open_trace(path), Config()).summary["doubts"] == []


@needs_real_data
@pytest.mark.parametrize("path", found("*/*.csv.gz"), ids=name_of)
def test_no_recording_of_people_is_doubted(path: Path) -> None:
    header, blocks = opened(path)
    block = join(list(blocks))
    # Of the walks and runs here all have steps; how many is held elsewhere.
    assert doubts(header, block, round(block.t[-1] - block.t[0])) == []


@needs_real_data
@pytest.mark.parametrize("path", found("shoe-*/*.csv.gz"), ids=name_of)
def test_a_persons_foot_is_no_waist(path: Path) -> None:
    header, blocks = opened(path)
    (said,) = doubts(replace(header, mount=Mount.WAIST), join(list(blocks)), 10)
    assert "--mount shoe" in said


def csv_of(path: Path, block: SampleBlock, unit: str, *, rests: bool) -> None:
    """As a user has it: acceleration in g under a name that says `unit`."""
    rows = block if rests else block[round(5.5 * 208) :]
    acc = rows.acc / STANDARD_GRAVITY
    lines = [f"{t:.6f},{x:.5f},{y:.5f},{z:.5f}" for t, (x, y, z) in zip(rows.t, acc, strict=True)]
    names = ",".join(f"acc_{a} ({unit})" for a in "xyz")
    path.write_text(f"t_s,{names}\n" + "\n".join(lines) + "\n")


def test_import_and_replay_both_say_it_in_one_line(tmp_path: Path, capsys: Capture) -> None:
    source, trace = tmp_path / "run.csv", tmp_path / "run.mcap"
    csv_of(source, worn(Mount.WAIST)[1], "m/s2", rests=False)
    assert command("import", source, "--mount", "waist") == 0
    said = capsys.readouterr().out
    assert said.count("doubt: acceleration averages 0.1") == 1
    assert "no vertical axis" not in said
    assert command("replay", trace, "--quiet") == 0
    shown = [s for s in capsys.readouterr().out.splitlines() if s.startswith("doubts")]
    assert len(shown) == 1
    assert "values look like g taken as m/s2; import it again with --acc-unit g" in shown[0]
    assert command("import", source, "--mount", "waist", "--acc-unit", "g", "--json") == 0
    assert json.loads(capsys.readouterr().out)["doubts"] == []
