"""Causal filters that carry their state: cutting the stream elsewhere changes no output sample."""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from dsp.block import FloatArray


@dataclass(frozen=True, slots=True)
class Biquad:
    """One second-order section: transfer function b over a, (3,) each."""

    b: FloatArray
    a: FloatArray


def lowpass(cutoff_hz: float, rate_hz: float) -> Biquad:
    """Second-order Butterworth low-pass, at most 0.4 of the rate."""
    return Biquad(*signal.butter(2, min(cutoff_hz, 0.4 * rate_hz), fs=rate_hz))


def highpass(cutoff_hz: float, rate_hz: float) -> Biquad:
    """Second-order Butterworth high-pass, at most 0.4 of the rate."""
    return Biquad(*signal.butter(2, min(cutoff_hz, 0.4 * rate_hz), "highpass", fs=rate_hz))


def bessel_lowpass(cutoff_hz: float, rate_hz: float) -> Biquad:
    """Second-order Bessel low-pass: its flat delay keeps the shape of an impact (science 2.2)."""
    return Biquad(*signal.bessel(2, min(cutoff_hz, 0.4 * rate_hz), fs=rate_hz, norm="phase"))


class Filter:
    """A section over (n,) or (n, k) samples along the first axis.

    The first sample after a start is taken as the past for all time, so there is no start-up step.
    """

    def __init__(self, section: Biquad) -> None:
        self._section = section
        self._steady: FloatArray = signal.lfilter_zi(section.b, section.a)
        self._zi: FloatArray | None = None

    def restart(self) -> None:
        """Forgets the past: the next sample is the first."""
        self._zi = None

    def push(self, x: FloatArray) -> FloatArray:
        """The filtered samples, same shape as `x`."""
        if self._zi is None:
            self._zi = self._steady * x[0] if x.ndim == 1 else np.outer(self._steady, x[0])
        # Not sosfilt: for one section the same, at a third of its cost per short block.
        y: FloatArray
        y, self._zi = signal.lfilter(self._section.b, self._section.a, x, axis=0, zi=self._zi)
        return y


class Average:
    """Exponential moving average over `tau_s`; from the start the plain mean of what there is."""

    def __init__(self, tau_s: float, rate_hz: float) -> None:
        gain = 1.0 - np.exp(-1.0 / (tau_s * rate_hz))
        self._b = np.array([gain])
        self._a = np.array([1.0, gain - 1.0])
        self._zi: FloatArray | None = None

    def restart(self) -> None:
        """Forgets the past."""
        self._zi = None

    def push(self, x: FloatArray) -> FloatArray:
        """The average up to and including each sample; (n, k) as `x`."""
        # The column of ones becomes the weight of all samples so far: an average started from zero
        # is too small by exactly that. A recursion, not a power, so that no cut changes a bit.
        weighted = np.concatenate([x, np.ones((len(x), 1))], axis=1)
        if self._zi is None:
            self._zi = np.zeros((1, weighted.shape[1]))
        y: FloatArray
        y, self._zi = signal.lfilter(self._b, self._a, weighted, axis=0, zi=self._zi)
        mean: FloatArray = y[:, :-1] / y[:, -1:]
        return mean
