"""The table of docs/sensors.md, from the drivers' own: `python -m tests.sensor_table`."""

from drivers.catalog import PARTS
from drivers.part import Mode, Part
from dsp.block import Mount

HEAD = (
    "| sensor | I2C | FIFO | waist | shoe | to know |",
    "|---|---|---|---|---|---|",
)


def sensor_table() -> list[str]:
    """One line a part."""
    return [*HEAD, *(_row(part) for part in PARTS.values())]


def _row(part: Part) -> str:
    address = "/".join(f"0x{a:02x}" for a in part.addresses)
    waist, shoe = (part.modes.get(m) for m in (Mount.WAIST, Mount.SHOE))
    notes = dict.fromkeys(m.note for m in (waist, shoe) if m is not None and m.note)
    fields = (
        part.name,
        address,
        f"{part.fifo_samples} samples",
        _mode(waist),
        _mode(shoe),
        "; at the shoe: ".join(notes) if waist and waist.note else "; ".join(notes),
    )
    return f"| {' | '.join(fields)} |"


def _mode(mode: Mode | None) -> str:
    if mode is None:
        return "refused"
    high = f", ±{mode.high_g} g" if mode.high_g else ""
    only = ", cadence only" if mode.cadence_only else ""
    return f"{mode.rate_hz:.0f} Hz, ±{mode.acc_range_g} g{high}, ±{mode.gyr_range_dps}°/s{only}"


if __name__ == "__main__":
    print("\n".join(sensor_table()))  # noqa: T201 - its only job
