"""The computer: room, laptop port, clock, power, packages."""

from pathlib import Path
from typing import Final

from firmware_py.doctor.check import Check, Figures, fault, ok, skipped, warning
from firmware_py.doctor.host import Host

BYTES_PER_HOUR: Final = 25e6
"""A trace at 833 Hz is about this large; one at 417 Hz half of it."""
LEAST_HOURS: Final = 2.0
FEW_HOURS: Final = 20.0
GADGET: Final = Path("/dev/ttyGS0")
UNDERVOLTAGE: Final = 1 << 0
SLOWED: Final = 1 << 1 | 1 << 2 | 1 << 3
"""Frequency capped, throttled, soft temperature limit; the same bits 16 higher: since boot."""
SINCE_BOOT: Final = 16
NEEDED: Final = ("smbus2",)
PINS: Final = ("gpiozero", "lgpio")
SUPPLY: Final = (
    "use a supply or converter that holds 5 V at 2.5 A and a short, thick cable; charge the battery"
)


def space(host: Host, folder: Path) -> Check:
    """Whether the next runs find room."""
    free = host.free_bytes(folder)
    if free is None:
        return fault("space", f"{folder}: cannot be read", "check the card and its folder")
    hours = free / BYTES_PER_HOUR
    figures: Figures = {"free_bytes": free, "hours": round(hours, 1), "folder": str(folder)}
    seen = f"{_size(free)} free at {folder}, about {hours:.0f} h of running"
    if hours >= FEW_HOURS:
        return ok("space", seen, **figures)
    remedy = "download the sessions to the laptop and delete them here"
    if hours >= LEAST_HOURS:
        return warning("space", seen, remedy, **figures)
    return fault("space", seen, remedy, **figures)


def usb(host: Host) -> Check:
    """The serial port that a laptop sees."""
    may = host.may_write(GADGET)
    if may is None:
        return warning(
            "usb",
            f"{GADGET} is not there: a laptop cannot download over USB",
            "switch the gadget port on (docs/doctor.md)",
        )
    if not may:
        return fault(
            "usb",
            f"{GADGET} may not be written",
            "add yourself to its group (sudo adduser $USER dialout), log in anew, and switch the "
            "login on it off (sudo systemctl disable --now serial-getty@ttyGS0)",
        )
    return ok("usb", f"{GADGET} is there and may be written")


def clock(host: Host) -> Check:
    """Whether dates can be believed; times within a run never depend on it."""
    set_right = host.clock_synchronized()
    within = "within a run CLOCK_MONOTONIC counts"
    if set_right is None:
        return skipped("clock", f"nobody says whether the date is right; {within}")
    if not set_right:
        return warning(
            "clock",
            f"not synchronized: dates of sessions are not to be trusted; {within}",
            "connect once to a network (timedatectl), or let the laptop set it at the download",
            synchronized=False,
        )
    return ok("clock", f"synchronized; {within}", synchronized=True)


def power(host: Host) -> Check:
    """What the firmware of a Raspberry Pi says about its supply."""
    bits = host.throttled()
    if bits is None:
        return skipped("power", "no Raspberry Pi: nobody tells about undervoltage")
    now, before = bits, bits >> SINCE_BOOT
    figures: Figures = {"throttled": f"0x{bits:x}"}
    if now & UNDERVOLTAGE:
        return fault("power", f"undervoltage now (0x{bits:x})", SUPPLY, **figures)
    if before & UNDERVOLTAGE:
        return warning("power", f"undervoltage since start (0x{bits:x})", SUPPLY, **figures)
    if (now | before) & SLOWED:
        return warning(
            "power",
            f"slowed down since start (0x{bits:x}): too hot, or short of power",
            "give it air",
            **figures,
        )
    return ok("power", "no undervoltage since start", **figures)


def packages(host: Host, *, pin: int | None, simulated: bool) -> Check:
    """What Python needs beyond a laptop's installation.

    Args:
        pin: the interrupt's GPIO; None: no interrupt.
        simulated: whether the real bus is not needed.
    """
    missing = [p for p in (*NEEDED, *PINS) if not host.has_package(p)]
    figures: Figures = {"missing": missing}
    if not missing:
        return ok("packages", f"{', '.join((*NEEDED, *PINS))} are installed", **figures)
    seen = f"not installed: {', '.join(missing)}"
    remedy = "pip install 'gaitcoach[pi]' (lgpio: sudo apt install python3-lgpio)"
    vital = {*NEEDED, *(PINS if pin is not None else ())}
    if vital & set(missing) and not simulated:
        return fault("packages", seen, remedy, **figures)
    use = "the bus, buzzer and vibration" if "smbus2" in missing else "buzzer, vibration and pins"
    return warning("packages", f"{seen}; on the device {use} need them", remedy, **figures)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
