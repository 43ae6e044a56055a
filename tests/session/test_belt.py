"""A treadmill speed that cannot be the runner's is told, and nothing is made of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dsp.block import Mount, Side
from dsp.synth import SHOE_SENSOR, Motion, Phase, synthesize, walk
from firmware_py.session.text import describe
from tests.commands.runs import command
from tests.session.made import check
from tests.synthetic import write_synthetic

Capture = pytest.CaptureFixture[str]


def replayed(trace: Path, kmh: float, capsys: Capture) -> dict[str, Any]:
    config = trace.with_suffix(".toml")
    config.write_text(f'[runner]\nsurface = "treadmill"\ntreadmill_speed_kmh = {kmh}\n')
    assert command("replay", trace, "--json", "--config", config) == 0
    return check(json.loads(capsys.readouterr().out))


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """10.8 km/h at either mount, and a walk."""
    folder = tmp_path_factory.mktemp("belt")
    phases = [Phase(Motion.STAND, 3.0), Phase(Motion.RUN, 24.0, 168.0, speed=3.0)]
    runs = {
        "waist": synthesize(phases, seed=5),
        "shoe": synthesize(phases, mount=Mount.SHOE, side=Side.LEFT, sensor=SHOE_SENSOR, seed=5),
        "walk": walk(24.0),
    }
    out = {name: folder / f"{name}.mcap" for name in runs}
    for name, run in runs.items():
        write_synthetic(out[name], run)
    return out


@pytest.mark.parametrize("mount", ["waist", "shoe"])
def test_the_belts_speed_is_the_distances(
    traces: dict[str, Path], mount: str, capsys: Capture
) -> None:
    got = replayed(traces[mount], 10.8, capsys)
    assert got["doubts"] == []
    assert got["distance"]["source"] == "treadmill"
    assert got["distance"]["speed_m_s"] == pytest.approx(3.0)
    assert got["distance"]["measured_share"] > 0.9


@pytest.mark.parametrize(
    ("mount", "kmh", "against", "source"),
    [
        ("waist", 25.0, "cadence and push look like", "model"),
        ("waist", 3.0, "cadence and push look like", "model"),
        ("shoe", 16.0, "the strides measure 11 km/h", "measured"),
        ("shoe", 7.0, "the strides measure 11 km/h", "measured"),
    ],
)
def test_a_speed_against_what_was_measured_is_told_and_not_used(
    traces: dict[str, Path], mount: str, kmh: float, against: str, source: str, capsys: Capture
) -> None:
    got = replayed(traces[mount], kmh, capsys)
    (said,) = got["doubts"]
    assert said.startswith(f"runner.treadmill_speed_kmh = {kmh:g}: but {against}")
    assert re.search(r"not used in (9\d|100) % of the steps; correct it$", said)
    assert got["distance"]["source"] == source
    assert f"doubts          {said}" in describe(got)


def test_nobody_walks_at_twelve_kilometers_an_hour(
    traces: dict[str, Path], capsys: Capture
) -> None:
    (said,) = replayed(traces["walk"], 12.0, capsys)["doubts"]
    assert said.startswith("runner.treadmill_speed_kmh = 12: but ")
    assert "steps were walking, which nobody does at that speed; correct it" in said


def test_a_walk_at_a_walking_speed_is_no_contradiction(
    traces: dict[str, Path], capsys: Capture
) -> None:
    assert replayed(traces["walk"], 5.0, capsys)["doubts"] == []
