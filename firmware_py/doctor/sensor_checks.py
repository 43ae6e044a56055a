"""The sensor: which one, gravity, self-test, interrupt."""

from collections.abc import Callable
from contextlib import closing
from math import degrees
from typing import Final, Protocol

import numpy as np

from drivers.bus import Bus
from drivers.chips.chip import Chip
from drivers.errors import ChipNotFoundError
from drivers.identify import find_sensor
from drivers.part import Setup, setup_for
from drivers.reader import POLL_S, Watermark
from drivers.rest import TOLERANCE, weigh
from dsp.block import Mount, join
from dsp.errors import GaitCoachError
from firmware_py.calibrate.listening import Listener
from firmware_py.doctor.bus_checks import CONTACT, WIRES
from firmware_py.doctor.check import Check, Figures, fault, from_error, ok, skipped, warning
from firmware_py.sensor.settings import SensorSettings

REST_S: Final = 1.2
LAY_STILL: Final = "lay it still and ask again"
GYRO_REST_DPS: Final = 20.0
"""No datasheet here allows more zero-rate error."""
INTERRUPT_S: Final = 1.0
Make = Callable[[Bus, int, Setup], Chip]


class Line(Watermark, Protocol):
    """The interrupt's line at a GPIO."""

    def close(self) -> None:
        """Lets go of the pin."""
        ...


def find(bus: Bus, settings: SensorSettings, make: Make) -> tuple[Chip | None, int, Check]:
    """The sensor to use, and how it serves the mount; None with a fault where there is none."""
    name = "sensor"
    try:
        address, part = find_sensor(bus, address=settings.address, part=settings.part)
    except ChipNotFoundError as e:
        seen = str(e).partition("; check")[0]
        remedy = WIRES
        if "; seen: " in seen and "dead" not in seen:
            remedy = (
                "write what is there into sensor.part, or remove the line"
                if settings.part
                else "use a supported sensor"
            )
        return None, 0, fault(name, seen, remedy)
    except (GaitCoachError, OSError) as e:
        return None, 0, from_error(name, e)
    try:
        setup = setup_for(part, settings.worn)
        chip = make(bus, address, setup)
        chip.reset()
    except GaitCoachError as e:
        return None, 0, from_error(name, e)
    return chip, address, _described(chip, address, settings.worn)


def rest(bus: Bus, chip: Chip) -> Check:
    """Whether it measures gravity when it lies still; SKIPPED when it does not lie still."""
    name = "gravity"
    listener = Listener(bus, chip)
    try:
        listener.open()
        blocks = list(listener.blocks(REST_S))
    except GaitCoachError as e:
        return from_error(name, e)
    finally:
        listener.close()
    if not blocks:
        return fault(name, "the sensor sends no samples", CONTACT)
    block = join(blocks)
    found = weigh(block.acc)
    gyro = 0.0 if block.gyr is None else degrees(float(np.abs(block.gyr.mean(axis=0)).max()))
    figures: Figures = {"gravity_g": round(found.gravity_g, 4), "gyro_dps": round(gyro, 2)}
    # Nothing measured at all is no motion.
    if not found.still and found.gravity_g > TOLERANCE:
        return skipped(name, f"the sensor moves ({found.gravity_g:.2f} g on average)", LAY_STILL)
    seen = f"{found.gravity_g:.3f} g at rest, gyro {gyro:.1f} deg/s"
    if not found.plausible:
        remedy = "it is another part than it is taken for (sensor.part), or damaged: replace it"
        return fault(name, f"{seen}: not 1 g", remedy, **figures)
    if gyro > GYRO_REST_DPS:
        remedy = f"if it lay still: gaitcoach calibrate; if not: {LAY_STILL}"
        return warning(name, f"{seen}: the gyro is far off zero", remedy, **figures)
    return ok(name, seen, **figures)


def self_test(chip: Chip, at_rest: Check) -> Check:
    """The maker's own test; needs rest."""
    name = "self-test"
    if at_rest.remedy == LAY_STILL:
        return skipped(name, "needs the sensor at rest", LAY_STILL)
    try:
        chip.reset()
        said = chip.self_test()
        chip.reset()
    except GaitCoachError as e:
        return from_error(name, e)
    if said.passed is None:
        return skipped(name, "; ".join(said.detail) or "the maker gives no limits for this part")
    if said.passed:
        return ok(name, f"passed on {len(said.detail)} axes", detail=said.detail)
    bad = [d for d in said.detail if not d.endswith("ok")]
    remedy = "lay it still and ask again; if it fails again, the sensor is damaged: replace it"
    return fault(name, "; ".join(bad), remedy, detail=said.detail)


def interrupt(bus: Bus, chip: Chip, pin: int | None, opener: Callable[[int], Line] | None) -> Check:
    """Whether INT1 rises with the FIFO's watermark and falls with a drain.

    Args:
        pin: GPIO; None: none is wired.
        opener: the line at a GPIO; None: there are no pins (a simulation).
    """
    name = "interrupt"
    if pin is None:
        return skipped(name, "no sensor.interrupt_pin: the sensor is polled, which does as well")
    if opener is None:
        return skipped(name, "simulated: there are no pins")
    wire = f"check the wire from INT1 to GPIO{pin} and sensor.interrupt_pin"
    try:
        with closing(opener(pin)) as line:
            chip.reset()
            chip.start(max(1, round(POLL_S * chip.setup.rate_hz)))
            rises = line.wait(INTERRUPT_S)
            chip.drain()
            stays = line.wait(0.0)
            again = line.wait(INTERRUPT_S)
            chip.stop()
    except GaitCoachError as e:
        return from_error(name, e)
    if not (rises and again):
        return fault(name, f"GPIO{pin} does not rise when the FIFO has filled", wire)
    if stays:
        return fault(name, f"GPIO{pin} stays high after the FIFO was read", wire)
    return ok(name, f"GPIO{pin} rises with the FIFO and falls when it is read")


def _described(chip: Chip, address: int, mount: Mount) -> Check:
    setup = chip.setup
    mode = setup.mode
    high = f", ±{mode.high_g} g beside it" if mode.high_g else ""
    trim = chip.fingerprint()
    seen = (
        f"{setup.part.name} at 0x{address:02x}{f' ({trim})' if trim else ''}; {mount}: "
        f"{mode.rate_hz:.0f} Hz, ±{mode.acc_range_g} g{high}, ±{mode.gyr_range_dps} deg/s"
        + (f"; {mode.note}" if mode.note else "")
    )
    figures: Figures = {
        "part": setup.part.name,
        "address": f"0x{address:02x}",
        "fingerprint": trim,
        "mount": mount.value,
        "rate_hz": round(mode.rate_hz, 2),
        "acc_range_g": mode.acc_range_g,
        "gyr_range_dps": mode.gyr_range_dps,
        "high_g": mode.high_g,
        "cadence_only": mode.cadence_only,
    }
    if mode.cadence_only:
        remedy = "for impact use a sensor of ±32 g or more, or wear it at the waist"
        return warning("sensor", seen, remedy, **figures)
    return ok("sensor", seen, **figures)
