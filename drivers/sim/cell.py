"""The battery that simulated gauges look at."""

from dataclasses import dataclass


@dataclass(slots=True)
class SimCell:
    """A battery as it is; set its fields to let it run down.

    Args:
        volts: at its terminals, V.
        charge: 0 to 1.
        amps: out of it; negative: it is charged.
        plugged: whether a charger is plugged in.
        charge_per_hour: how the charge changes, share of the full one per hour.
    """

    volts: float = 3.9
    charge: float = 0.7
    amps: float = 0.2
    plugged: bool = False
    charge_per_hour: float = -0.15
