"""Every fault of the stream is named, with a figure and what to do: rate and losses."""

import pytest

from drivers.catalog import part_named
from drivers.part import setup_for
from drivers.sim.catalog import sim_chip
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.oscillator import Oscillator
from drivers.sim.wire import Fault, FaultPlan
from dsp.block import Mount
from firmware_py.doctor.check import Result
from tests.doctor.patients import Setting, is_fault, sensor


@pytest.mark.parametrize(("error", "result"), [(0.04, Result.OK), (0.07, Result.WARNING)])
def test_the_true_rate_is_told_and_5_percent_off_is_a_warning(error: float, result: Result) -> None:
    checks = Setting(chips=(SimLsm6dso(0x6A, oscillator=Oscillator(error)),)).checks()
    assert checks["rate"].result is result
    off = checks["rate"].figures["off_percent"]
    assert isinstance(off, float)
    assert off == pytest.approx(100 * error, abs=0.1)


def test_a_host_that_stalls_loses_samples_and_they_are_counted() -> None:
    checks = Setting(stalls=((106.0, 1.5),)).checks()
    is_fault(checks["losses"], "longest wait 15", "end other programs")
    lost = checks["losses"].figures["lost"]
    assert isinstance(lost, int)
    assert 300 < lost < 700


def test_a_short_loss_is_a_warning() -> None:
    checks = Setting(stalls=((106.0, 0.615),)).checks()
    assert checks["losses"].result is Result.WARNING
    assert checks["losses"].figures["lost"]


def test_a_loose_contact_shows_in_retries_and_points_to_the_wires() -> None:
    faults = FaultPlan(dict.fromkeys(range(2000, 9000, 50), Fault.NACK))
    checks = Setting(faults=faults).checks(60.0)
    assert checks["losses"].result is Result.WARNING
    assert "EREMOTEIO" in checks["losses"].seen
    assert "loose plug" in checks["losses"].remedy
    assert "swapped" not in checks["losses"].remedy


@pytest.mark.parametrize("away", [(14.0, 0.4), (14.0, 5.0), (14.0, 900.0)])
def test_a_plug_that_comes_loose_in_mid_watch_points_to_plug_and_supply(
    away: tuple[float, float],
) -> None:
    checks = Setting(unplugged=away).checks(24.0)
    losses = checks["losses"]
    is_fault(losses, "", "loose plug")
    assert "supply" in losses.remedy
    assert "swapped" not in f"{losses.seen} {losses.remedy}"


def test_a_dip_of_the_supply_in_mid_watch_points_to_the_supply() -> None:
    checks = Setting(dip_s=14.0).checks(20.0)
    is_fault(checks["losses"], "", "supply holds 3.3 V")
    assert "swapped" not in checks["losses"].remedy


@pytest.mark.parametrize(
    ("name", "mount", "ms"),
    [
        ("LSM6DSO32", "waist", 614),
        ("LSM6DSV320X", "waist", 307),
        ("LSM6DSV320X", "shoe", 89),
        ("MPU-6050", "waist", 170),
        ("ICM-20948", "waist", 75),
    ],
)
def test_the_losses_say_what_this_sensors_fifo_holds(name: str, mount: str, ms: int) -> None:
    settings = sensor(part=name, mount=mount)
    chip = sim_chip(name, part_named(name).addresses[0])
    losses = Setting(chips=(chip,), settings=settings).checks(2.0)["losses"]
    assert f"(its FIFO holds {ms} ms)" in losses.seen
    assert losses.figures["fifo_s"] == pytest.approx(ms / 1e3, abs=1e-3)


@pytest.mark.parametrize(("part", "loses"), [(0.7, False), (1.2, True)])
@pytest.mark.parametrize("name", ["LSM6DSO32", "LSM6DSV320X", "MPU-6050", "ICM-20948"])
def test_a_host_may_leave_the_sensor_alone_about_as_long_as_it_says(
    name: str, part: float, loses: bool
) -> None:
    wanted = part_named(name)
    stall = part * setup_for(wanted, Mount.WAIST).fifo_s
    checks = Setting(
        chips=(sim_chip(name, wanted.addresses[0]),),
        settings=sensor(part=name),
        stalls=((106.0, stall),),
    ).checks()
    assert bool(checks["losses"].figures["lost"]) is loses
