"""What the configuration, the trace and the calibration say about who wears the sensor."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.calibration import Calibration, ChipIdentity, FootSigns
from dsp.block import Mount
from dsp.errors import ConfigError
from dsp.synth import Motion, Phase, synthesize
from firmware_py.config import load_config
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.metadata import from_metadata, to_metadata
from firmware_py.wearer import RunnerSettings, recorded, wearer_of
from tests.commands.runs import command
from tests.synthetic import write_synthetic

CHIP = ChipIdentity("LSM6DSO32", 0x6A, "")


def test_a_treadmills_speed_is_the_runners(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[runner]\nsurface = "treadmill"\ntreadmill_speed_kmh = 10.8\nheight_m = 1.8\n')
    wearer = wearer_of(load_config(path).runner)
    assert wearer.speed_m_s == pytest.approx(3.0)
    assert wearer.height_m == 1.8


def test_a_belt_speed_outdoors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("[runner]\ntreadmill_speed_kmh = 10\n")
    with pytest.raises(ConfigError, match=r'is only for runner\.surface = "treadmill"'):
        load_config(path)


@pytest.mark.parametrize(("surface", "factor"), [("outdoor", 1.04), ("treadmill", 0.97)])
def test_each_surface_has_its_own_factor(surface: str, factor: float) -> None:
    settings = RunnerSettings(surface=surface, outdoor_factor=1.04, treadmill_factor=0.97)
    assert wearer_of(settings).distance_factor == factor


def test_a_trace_keeps_what_was_set() -> None:
    settings = RunnerSettings(height_m=1.7, contact_offset_ms=-12.0)
    header = TraceHeader(Mount.WAIST, 416.0, "device", runner=settings.as_dict())
    again = from_metadata(to_metadata(header))
    assert recorded(again.runner) == settings
    assert wearer_of(recorded(again.runner)).contact_offset_s == pytest.approx(-0.012)


def test_what_a_later_version_adds_is_left_out() -> None:
    assert recorded({"height_m": 1.7, "shoe_age_km": 400}) == RunnerSettings(height_m=1.7)


def test_a_value_that_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"height_m = 17: must be <= 2\.5"):
        recorded({"height_m": 17})


def test_hops_and_standing_come_from_the_calibration() -> None:
    signs = FootSigns("gyr", (0.0, 1.0, 0.0), 0.5, -0.4, 0.1, 9.0)
    calibration = Calibration(CHIP, method=("standing", "hops"), hops=signs)
    wearer = wearer_of(RunnerSettings(), calibration.as_dict())
    assert wearer.up == (0.0, 0.0, 1.0)
    assert wearer.forward is None
    assert wearer.foot_signs is not None
    assert wearer.foot_signs.gyro
    assert (wearer.foot_signs.left, wearer.foot_signs.right) == (0.5, -0.4)


def test_without_standing_upright_is_not_known() -> None:
    calibration = Calibration(CHIP, method=("six-positions",))
    assert wearer_of(RunnerSettings(), calibration.as_dict()).up is None


BELT = RunnerSettings(surface="treadmill", treadmill_speed_kmh=10.8, treadmill_factor=0.9)


def test_what_nobody_said_is_what_the_trace_says() -> None:
    both = RunnerSettings(height_m=1.8).before(BELT)
    assert both == replace(BELT, height_m=1.8)


def test_the_usual_said_aloud_goes_before_the_trace() -> None:
    both = RunnerSettings(surface="treadmill", treadmill_factor=1.0).before(BELT)
    assert (both.treadmill_speed_kmh, both.treadmill_factor) == (10.8, 1.0)
    offset = RunnerSettings(contact_offset_ms=0.0).before(RunnerSettings(contact_offset_ms=-12.0))
    assert offset.contact_offset_ms == 0.0


def test_a_run_outdoors_after_all_had_no_belt() -> None:
    wearer = wearer_of(RunnerSettings(surface="outdoor").before(BELT))
    assert (wearer.surface, wearer.speed_m_s, wearer.distance_factor) == ("outdoor", None, 1.0)


def test_a_configurations_outdoor_unsays_the_treadmill_of_a_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace, config = tmp_path / "run.mcap", tmp_path / "c.toml"
    run = synthesize([Phase(Motion.STAND, 2.0), Phase(Motion.RUN, 12.0, 168.0)])
    write_synthetic(trace, run, runner=BELT.as_dict())
    assert command("replay", trace, "--json") == 0
    assert json.loads(capsys.readouterr().out)["distance"]["source"] == "treadmill"
    config.write_text('[runner]\nsurface = "outdoor"\n')
    assert command("replay", trace, "--json", "--config", config) == 0
    distance = json.loads(capsys.readouterr().out)["distance"]
    assert (distance["surface"], distance["source"]) == ("outdoor", "model")
