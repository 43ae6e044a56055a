"""The interrupt line at a GPIO, on gpiozero's mock pins."""

import sys
import threading

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from drivers.watermark import GpioWatermark
from dsp.errors import ConfigError

PIN = 17


def line() -> tuple[GpioWatermark, MockPin]:
    factory = MockFactory()
    return GpioWatermark(PIN, pin_factory=factory), factory.pin(PIN)


def test_a_line_that_is_high_already_is_not_waited_for() -> None:
    watermark, pin = line()
    pin.drive_high()
    assert watermark.wait(1.0)
    assert watermark.wait(1.0)
    watermark.close()


def test_an_edge_wakes_the_one_who_waits() -> None:
    watermark, pin = line()
    woke: list[bool] = []
    thread = threading.Thread(target=lambda: woke.append(watermark.wait(30.0)))
    thread.start()
    # Again and again until it is seen: whether the thread waits already nobody can tell.
    while thread.is_alive():
        pin.drive_high()
        pin.drive_low()
    assert woke == [True]
    watermark.close()


def test_a_line_that_never_rises_is_waited_for_no_longer_than_told() -> None:
    watermark, _ = line()
    assert not watermark.wait(0.001)
    watermark.close()


def test_an_edge_of_the_past_is_none_of_now() -> None:
    watermark, pin = line()
    pin.drive_high()
    pin.drive_low()
    assert not watermark.wait(0.001)
    watermark.close()


def test_a_loose_wire_reads_low() -> None:
    watermark, pin = line()
    assert pin.pull == "down"
    watermark.close()


def test_a_pin_that_does_not_exist_is_a_setting_to_correct() -> None:
    with pytest.raises(ConfigError, match="GPIO999"):
        GpioWatermark(999, pin_factory=MockFactory())


def test_without_gpiozero_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gpiozero", None)
    with pytest.raises(ConfigError, match=r"gaitcoach\[pi\]"):
        GpioWatermark(PIN)


def test_drivers_import_without_gpiozero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gpiozero", None)
    monkeypatch.delitem(sys.modules, "drivers.watermark")
    import drivers.watermark  # noqa: F401
