"""The leg as a spring: peak force and stiffness from contact and step time (Morin 2005)."""

from math import pi, sqrt
from typing import Final

from dsp.units import STANDARD_GRAVITY

PEAK_SHAPE: Final = 1.75
"""Peak force over mean force in contact: 1.746 over 61 runner-by-speed means of 25 runners on a
force treadmill (tests/bench/fit_contact.py; science 1.3 has 1.733); a half sine has 1.571."""
LEG_SHARE: Final = 0.53
"""Leg length over body height (Winter; Morin 2005)."""


def peak_force_bw(step_s: float, contact_s: float) -> float:
    """Peak vertical ground reaction force, body weights.

    The mean force in contact is step over contact time: what is pushed in contact carries the
    weight for the whole step.
    """
    return PEAK_SHAPE * step_s / contact_s


def compression_m(step_s: float, contact_s: float) -> float:
    """How far the body falls in contact, m: a half sine of force (Morin 2005, equation 4)."""
    return STANDARD_GRAVITY * contact_s * (step_s / (2.0 * pi) - contact_s / 8.0)


def vertical_stiffness_bw_m(step_s: float, contact_s: float) -> float | None:
    """Body weights per meter; None without a flight, which the model needs.

    Holds on level ground only (Meyer 2023). The half sine's own peak, as published, so that the
    figure compares with others'.
    """
    down = compression_m(step_s, contact_s)
    return _peak_bw(step_s, contact_s) / down if _springs(step_s, contact_s) else None


def leg_stiffness_bw_m(
    step_s: float, contact_s: float, speed_m_s: float, height_m: float
) -> float | None:
    """Body weights per meter; None without a flight or where the leg could not reach so far."""
    leg = LEG_SHARE * height_m
    reach = speed_m_s * contact_s / 2.0
    if not _springs(step_s, contact_s) or reach >= leg:
        return None
    shorter = leg - sqrt(leg**2 - reach**2) + compression_m(step_s, contact_s)
    return _peak_bw(step_s, contact_s) / shorter


def _peak_bw(step_s: float, contact_s: float) -> float:
    return pi / 2.0 * step_s / contact_s


def _springs(step_s: float, contact_s: float) -> bool:
    return 0.0 < contact_s < step_s
