"""`[battery]`: what contradicts itself or the sensor is one line before anything starts."""

from pathlib import Path

import pytest

from dsp.errors import ConfigError
from firmware_py.config import load_config
from firmware_py.power.settings import ADDRESSES, BatterySettings, conflict


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[battery]\nsource = "max17043"', "did you mean max17048?"),
        ("[battery]\nwarn_percent = 5", "battery.shut_down_percent = 5: must be below"),
        ('[battery]\nsource = "gpio"\naddress = 0x36', 'battery.source = "gpio" has none'),
        ('[battery]\nsource = "max17048"\naddress = 0x40', "a MAX17048 is always at 0x36"),
        ('[battery]\nsource = "ina219"\naddress = 0x36', "an INA219 is at 0x40 to 0x4f"),
        (
            '[sensor]\naddress = 0x68\n[battery]\nsource = "pisugar3"',
            "the clock of a PiSugar 3 is at 0x68, too; set the sensor to 0x69",
        ),
        (
            '[sensor]\naddress = 0x36\n[battery]\nsource = "max17048"',
            "battery gauge and sensor are both at 0x36",
        ),
    ],
)
def test_what_cannot_be_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as e:
        load_config(path)
    assert says in str(e.value)
    assert str(e.value).startswith(f"{path}: ")
    assert "\n" not in str(e.value)


def test_a_gauge_is_where_it_usually_is_unless_it_was_moved(tmp_path: Path) -> None:
    for source, address in ADDRESSES.items():
        assert BatterySettings(source=source).at == address
    assert BatterySettings(source="gpio").at is None
    path = tmp_path / "c.toml"
    path.write_text('[battery]\nsource = "ina219"\naddress = 0x43\nshunt_ohm = 0.01')
    assert load_config(path).battery.at == 0x43


def test_a_pisugar_and_a_sensor_at_0x69_or_an_lsm6_get_along() -> None:
    pisugar = BatterySettings(source="pisugar3")
    assert conflict(pisugar, 0x69) is None
    assert conflict(pisugar, 0x6A) is None
    assert conflict(pisugar, None) is None
    assert conflict(BatterySettings(source="max17048"), 0x68) is None
