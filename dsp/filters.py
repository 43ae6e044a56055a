"""Causal filters that carry their state: cutting the stream elsewhere changes no output sample."""

import numpy as np
import numpy.typing as npt
from scipy import signal

from dsp.block import FloatArray


def lowpass(order: int, cutoff_hz: float, rate_hz: float) -> FloatArray:
    """Second-order sections of a Butterworth low-pass, at most 0.4 of the rate."""
    return _sections(signal.butter(order, min(cutoff_hz, 0.4 * rate_hz), fs=rate_hz, output="sos"))


def highpass(order: int, cutoff_hz: float, rate_hz: float) -> FloatArray:
    """Second-order sections of a Butterworth high-pass."""
    sos = signal.butter(order, min(cutoff_hz, 0.4 * rate_hz), "highpass", fs=rate_hz, output="sos")
    return _sections(sos)


def bessel_lowpass(cutoff_hz: float, rate_hz: float) -> FloatArray:
    """Second-order Bessel low-pass: flat delay, so an impact keeps its shape (science: 60 Hz)."""
    cutoff = min(cutoff_hz, 0.4 * rate_hz)
    return _sections(signal.bessel(2, cutoff, fs=rate_hz, output="sos", norm="phase"))


def _sections(sos: npt.ArrayLike) -> FloatArray:
    return np.asarray(sos, dtype=np.float64)


class Filter:
    """Second-order sections over (n,) or (n, k) samples along the first axis.

    The first sample after a start is taken as the past for all time, so there is no start-up step.
    """

    def __init__(self, sos: FloatArray) -> None:
        self._sos = sos
        self._steady: FloatArray = signal.sosfilt_zi(sos)
        self._zi: FloatArray | None = None

    def restart(self) -> None:
        """Forgets the past: the next sample is the first."""
        self._zi = None

    def push(self, x: FloatArray) -> FloatArray:
        """The filtered samples, same shape as `x`."""
        if self._zi is None:
            self._zi = self._steady * x[0] if x.ndim == 1 else self._steady[:, :, np.newaxis] * x[0]
        y: FloatArray
        y, self._zi = signal.sosfilt(self._sos, x, axis=0, zi=self._zi)
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
