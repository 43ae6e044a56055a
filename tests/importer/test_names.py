"""Column names: what is understood, and what is not guessed."""

import pytest

from firmware_py.importer.names import meaning_of
from firmware_py.importer.units import Quantity, parse_unit


@pytest.mark.parametrize(
    ("name", "quantity", "axis", "unit"),
    [
        ("t_s", "time", "", "s"),
        ("time_ms", "time", "", "ms"),
        ("timestamp_us", "time", "", "us"),
        ("Time (s)", "time", "", "s"),
        ("seconds_elapsed", "time", "", "s"),
        ("millis", "time", "", "ms"),
        ("Timestamp", "time", "", None),
        ("acc_x_g", "acc", "x", "g"),
        ("acc_vertical_g", "acc", "z", "g"),
        ("acc_forward_g", "acc", "x", "g"),
        ("acc_lateral_g", "acc", "y", "g"),
        ("ax", "acc", "x", None),
        ("aZ", "acc", "z", None),
        ("AccelX", "acc", "x", None),
        ("accel_x (m/s^2)", "acc", "x", "m/s2"),
        ("Acceleration x (m/s^2)", "acc", "x", "m/s2"),
        ("Accelerometer Y [m/s²]", "acc", "y", "m/s2"),
        ("acc_y_m_s2", "acc", "y", "m/s2"),
        ("acc_y_ms2", "acc", "y", "m/s2"),
        ("acc_z_mg", "acc", "z", "mg"),
        ("gyr_x_dps", "gyr", "x", "deg/s"),
        ("gyr_z_rad_s", "gyr", "z", "rad/s"),
        ("Gyroscope x (rad/s)", "gyr", "x", "rad/s"),
        ("gyroY (°/s)", "gyr", "y", "deg/s"),
        ("gyroscope_x", "gyr", "x", None),
        ("wx", "gyr", "x", None),
        ("x-axis (g)", "acc", "x", "g"),
        ("y-axis (deg/s)", "gyr", "y", "deg/s"),
    ],
)
def test_a_name_tells_quantity_axis_and_unit(
    name: str, quantity: str, axis: str, unit: str | None
) -> None:
    m = meaning_of(name)
    assert m is not None
    assert (m.quantity, m.axis, m.unit) == (quantity, axis, unit)
    assert not m.derived


@pytest.mark.parametrize(
    "name",
    [
        "vgrf_bw",
        "steps",
        "heart_rate",
        "latitude",
        "acc_peak_g",
        "Absolute acceleration (m/s^2)",
        "",
    ],
)
def test_other_columns_mean_nothing(name: str) -> None:
    assert meaning_of(name) is None


@pytest.mark.parametrize(
    "name", ["Linear Acceleration x (m/s^2)", "userAcceleration.x", "gravity_acc_z", "acc_x_mean"]
)
def test_what_no_accelerometer_measures_is_marked_as_derived(name: str) -> None:
    m = meaning_of(name)
    assert m is None or m.derived


@pytest.mark.parametrize(
    ("text", "quantity", "unit"),
    [
        ("m/s²", Quantity.ACC, "m/s2"),
        ("m s^-2", Quantity.ACC, "m/s2"),
        ("m/(s^2)", Quantity.ACC, "m/s2"),
        ("M/S2", Quantity.ACC, "m/s2"),
        ("g", Quantity.ACC, "g"),
        ("furlong", Quantity.ACC, None),
        ("dps", Quantity.GYR, "deg/s"),
        ("°/s", Quantity.GYR, "deg/s"),
        ("rad/s", Quantity.GYR, "rad/s"),
        ("µs", Quantity.TIME, "us"),
        ("μs", Quantity.TIME, "us"),
        ("g", Quantity.TIME, None),
    ],
)
def test_a_unit_goes_by_many_names(text: str, quantity: Quantity, unit: str | None) -> None:
    assert parse_unit(text, quantity) == unit
