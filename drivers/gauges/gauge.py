"""What every battery gauge answers, and what no battery can be."""

from dataclasses import dataclass
from typing import Final, Protocol

from drivers.errors import ImplausibleError

LEAST_CELL_V: Final = 2.5
MOST_CELL_V: Final = 4.5
"""No lithium cell that feeds a Pi is outside: protection opens at 2.5 to 3.0 V, and high-voltage
cells are charged to 4.4 V."""
OVERFULL: Final = 1.10
"""A gauge may count a little past full; more is no charge."""
_NEARLY_EMPTY: Final = 0.01
_NEARLY_FULL: Final = 0.90
_NEVER_EMPTY_V: Final = 3.8
_NEVER_FULL_V: Final = 3.4
"""Charge and volts that exclude each other, at any load a Pi makes."""


@dataclass(frozen=True, slots=True)
class GaugeReading:
    """One look at a battery.

    Args:
        volts: of the whole battery, V.
        charge: 0 to 1; None: the gauge does not know.
        amps: out of the battery; None: not measured.
        charging: whether it is charged now; None: the gauge cannot tell.
        estimated: whether `charge` is guessed from the voltage by a typical cell's curve.
    """

    volts: float
    charge: float | None
    amps: float | None = None
    charging: bool | None = None
    estimated: bool = False


class Gauge(Protocol):
    """One gauge on a bus."""

    name: str
    address: int

    def open(self) -> None:
        """Makes sure who it is and sets it up.

        Raises:
            BusError: it does not answer.
            ChipNotFoundError: something else is at its address.
            ChipError: it does not take what is written.
        """
        ...

    def read(self) -> GaugeReading:
        """A look; a few transactions.

        Raises:
            BusError: it does not answer.
            ChipResetError: it has lost its setup; `open` it again.
            ImplausibleError: what it says no battery can be.
        """
        ...


def plausible(where: str, reading: GaugeReading, cells: int = 1) -> GaugeReading:
    """The reading, its charge not above 1.

    Args:
        where: the gauge, for the message.
        cells: in series.

    Raises:
        ImplausibleError: no battery can be so; a bus that reads all ones or zeros is none.
    """
    cell_v = reading.volts / cells
    if not LEAST_CELL_V <= cell_v <= MOST_CELL_V:
        raise ImplausibleError(
            f"{where}: {cell_v:.2f} V is no lithium cell's voltage; check its wires to the battery"
        )
    charge = reading.charge
    if charge is None:
        return reading
    if not 0.0 <= charge <= OVERFULL:
        raise ImplausibleError(
            f"{where}: a charge of {100 * charge:.0f} % cannot be; check wiring and address"
        )
    if (charge <= _NEARLY_EMPTY and cell_v > _NEVER_EMPTY_V) or (
        charge >= _NEARLY_FULL and cell_v < _NEVER_FULL_V
    ):
        raise ImplausibleError(
            f"{where}: a charge of {100 * charge:.0f} % at {cell_v:.2f} V cannot be; take the "
            "battery off the gauge for a moment, so that it begins anew"
        )
    if charge <= 1.0:
        return reading
    return GaugeReading(
        reading.volts, 1.0, reading.amps, reading.charging, estimated=reading.estimated
    )
