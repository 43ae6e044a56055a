"""The stream as a session has it, for some seconds: true rate, losses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from drivers.bus import Bus, BusCounters
from drivers.chips.chip import Chip
from drivers.errors import BusError
from drivers.notes import SensorBack
from drivers.reader import SILENT_S
from dsp.errors import GaitCoachError
from firmware_py.calibrate.listening import Listener
from firmware_py.doctor.bus_checks import CLOCKS_PER_BYTE, CONTACT
from firmware_py.doctor.check import Check, Figures, Result, fault, from_error, ok, warning

RATE: Final = "rate"
LOSSES: Final = "losses"
RATE_TOLERANCE: Final = 0.05
"""Part of nominal; the datasheets here allow less than this, clones do not know it."""
LOSS_FAULT: Final = 0.01
"""Part of all samples from which strikes go missing."""
OVERHEAD_CLOCKS: Final = 30
"""Address twice, pointer, start, stop."""
BUSY: Final = (
    "end other programs, check the power supply and the card; the bus speed above should be near "
    "400 kHz"
)


def stream(
    bus: Bus,
    chip: Chip,
    seconds: float,
    bus_hz: float | None,
    advanced: Callable[[float], object] = lambda seconds: None,
) -> list[Check]:
    """Streams for `seconds` and judges rate and losses.

    Args:
        bus_hz: true clock of the bus, for its load; None: unknown.
        advanced: called with the seconds that passed.
    """
    listener = Listener(bus, chip)
    try:
        listener.open()
        # After the start: an ICM-42688-P may not acknowledge one of its set-up's writes.
        before = replace(bus.counters, errors=bus.counters.errors.copy())
        began = told = bus.time.now()
        for _ in listener.blocks(seconds):
            now = bus.time.now()
            advanced(now - told)
            told = now
        advanced(max(0.0, began + seconds - told))
        silent = listener.silent_s > SILENT_S
    except GaitCoachError as e:
        if isinstance(e, BusError):
            return [fault(RATE, str(e).partition("; ")[0], CONTACT)]
        return [from_error(RATE, e)]
    finally:
        listener.close()
    losses = _losses(listener, bus.counters, before, seconds, bus_hz, chip.setup.fifo_s)
    if silent:
        losses = replace(
            losses, result=Result.FAULT, seen=f"silent at the end; {losses.seen}", remedy=CONTACT
        )
    return [_rate(listener, chip), losses]


def _rate(listener: Listener, chip: Chip) -> Check:
    rate, nominal = listener.rate_hz, chip.setup.rate_hz
    if rate is None:
        return fault(RATE, "the sensor sends no samples", CONTACT)
    off = rate / nominal - 1.0
    seen = f"{rate:.1f} Hz, {100 * off:+.1f} % of nominal {nominal:.1f}"
    figures: Figures = {
        "rate_hz": round(rate, 2),
        "nominal_hz": round(nominal, 2),
        "expected_hz": round(chip.rate_hz, 2),
        "off_percent": round(100 * off, 2),
    }
    if abs(off) > RATE_TOLERANCE:
        remedy = "times stay right (the host's clock counts); if it is a clone, replace it"
        return warning(RATE, seen, remedy, **figures)
    return ok(RATE, seen, **figures)


def _losses(
    listener: Listener,
    after: BusCounters,
    before: BusCounters,
    seconds: float,
    bus_hz: float | None,
    holds_s: float,
) -> Check:
    got = listener.counters
    errors = dict(after.errors - before.errors)
    retries = after.retries - before.retries
    clocks = CLOCKS_PER_BYTE * (after.read_bytes - before.read_bytes)
    clocks += OVERHEAD_CLOCKS * (after.transfers - before.transfers)
    load = 100 * clocks / bus_hz / seconds if bus_hz else None
    lost_part = got.lost / max(1, got.samples + got.lost)
    figures: Figures = {
        "seconds": seconds,
        "samples": got.samples,
        "lost": got.lost,
        "longest_drain_s": round(listener.longest_drain_s, 5),
        "longest_wait_s": round(listener.longest_wait_s, 5),
        "fifo_s": round(holds_s, 3),
        "retries": retries,
        "bus_errors": errors,
        "restarts": got.restarts,
        "bus_load_percent": None if load is None else round(load, 1),
    }
    seen = (
        f"{got.lost} of {got.samples + got.lost} samples in {seconds:.0f} s; longest drain "
        f"{1e3 * listener.longest_drain_s:.1f} ms, longest wait "
        f"{1e3 * listener.longest_wait_s:.0f} ms (its FIFO holds {1e3 * holds_s:.0f} ms)"
        + (f", bus {load:.0f} % busy" if load is not None else "")
    )
    if errors:
        seen += "; bus errors " + ", ".join(f"{n} {e}" for e, n in sorted(errors.items()))
        seen += f", {retries} tried again"
    away = [n for n in listener.notes if not isinstance(n, SensorBack)]
    if away:
        because = away[0].because.partition("; ")[0]
        return fault(LOSSES, f"{because}; {seen}", CONTACT, **figures)
    if lost_part > LOSS_FAULT:
        return fault(LOSSES, seen, CONTACT if errors else BUSY, **figures)
    if got.lost or errors:
        return warning(LOSSES, seen, CONTACT if errors else BUSY, **figures)
    return ok(LOSSES, seen, **figures)
