"""Signals whose contacts are known exactly, for the published rules."""

import numpy as np

from dsp.block import FloatArray
from firmware_py.evaluate.published.found import Signals

RATE_HZ = 500.0
STEP_S = 0.36
CONTACT_S = 0.24
STRIKES = np.arange(1.0, 9.0, STEP_S)
SPIKE_S = 0.030
"""From the strike to the deepest fore-aft acceleration; a whole number of samples."""
SECOND_S = 0.22


def runner(peak_g: float = 2.4, flight_g: float = 0.0, end_s: float = 10.0) -> Signals:
    """Free flight, half-sine contacts from each of `STRIKES`, a braking spike and a second one.

    Before the first and after the last contact the runner stands.
    """
    t = np.arange(round(end_s * RATE_HZ)) / RATE_HZ
    vertical = np.ones(len(t))
    forward = np.zeros(len(t))
    running = (t >= STRIKES[0] - (STEP_S - CONTACT_S)) & (t < STRIKES[-1] + CONTACT_S)
    vertical[running] = flight_g
    for strike in STRIKES:
        phase = (t - strike) / CONTACT_S
        inside = (phase >= 0.0) & (phase < 1.0)
        vertical[inside] = flight_g + (peak_g - flight_g) * np.sin(np.pi * phase[inside])
        forward -= _bump(t, strike + SPIKE_S, 0.012)
        forward -= 0.6 * _bump(t, strike + SECOND_S, 0.030)
    return Signals(t, RATE_HZ, vertical, forward - forward.mean(), np.zeros(len(t)))


def rise_t(level_g: float, peak_g: float = 2.4) -> float:
    """From the strike to where the half-sine passes a level, s."""
    return float(np.arcsin(level_g / peak_g) / np.pi * CONTACT_S)


def until(signals: Signals, t: float) -> Signals:
    """The same recording, broken off after the sample at `t`."""
    n = int(np.searchsorted(signals.t, t, "right"))
    parts = (signals.vertical_g, signals.forward_g, signals.lateral_g, signals.pitch_rate)
    vertical, forward, lateral, pitch = (None if x is None else x[:n] for x in parts)
    assert vertical is not None
    return Signals(signals.t[:n], signals.rate_hz, vertical, forward, lateral, pitch)


def foot(
    end_s: float = 10.0, stride_s: float = 0.72, dips: tuple[float, float] = (5.0, 7.0)
) -> tuple[Signals, FloatArray, FloatArray]:
    """A foot's pitch rate: swings of 8 rad/s, `dips` (rad/s) at contact and toe-off.

    Returns:
        The signals, contacts and toe-offs, s.
    """
    t = np.arange(round(end_s * RATE_HZ)) / RATE_HZ
    rate = np.zeros(len(t))
    swings = np.arange(1.0, end_s - 1.0, stride_s)
    for swing in swings:
        rate += 8.0 * _bump(t, swing, 0.06)
    contacts, toe_offs = swings[:-1] + 0.2, swings[:-1] + 0.48
    for contact, toe_off in zip(contacts, toe_offs, strict=True):
        rate -= dips[0] * _bump(t, contact, 0.02) + dips[1] * _bump(t, toe_off, 0.04)
    resultant = np.ones(len(t))
    for contact in contacts:
        resultant += 9.0 * _bump(t, contact + 0.01, 0.006)
    return Signals(t, RATE_HZ, resultant, pitch_rate=rate), contacts, toe_offs


def _bump(t: FloatArray, center: float, width_s: float) -> FloatArray:
    bump: FloatArray = np.exp(-0.5 * ((t - center) / width_s) ** 2)
    return bump
