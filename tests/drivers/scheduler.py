"""A simulated scheduler: when a process that should drain a FIFO every few ms gets to do it."""

from dataclasses import dataclass

import numpy as np

from dsp.block import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Drains:
    """What a driver would have handed over, and the truth.

    Args:
        true_t: (sum(n),) s, when each sample was taken, host time.
        n: (m,) samples in each drain.
        host_time: (m,) s, just after each drain.
    """

    true_t: FloatArray
    n: IntArray
    host_time: FloatArray


def drains(
    seed: int,
    seconds: float,
    *,
    rate_hz: float = 416.0,
    rate_error: float = 0.03,
    drift: float = 1e-3,
    batch: int = 4,
    late_s: float = 1.5e-3,
    stall_every_s: float = 20.0,
    preempted: float = 1e-3,
) -> Drains:
    """Drains of a chip whose rate is off and swings by `drift` over ten minutes.

    Polls are late by Exp(`late_s`); stalls of 80 to 350 ms come every `stall_every_s` or so; a part
    `preempted` of host times is taken another 5 to 50 ms after the drain.
    """
    rng = np.random.default_rng(seed)
    total = int(seconds * rate_hz)
    swing = 1.0 + drift * np.sin(2 * np.pi * np.arange(total) / rate_hz / 600.0 + rng.uniform(0, 6))
    true_t = 1000.0 + np.cumsum(swing / (rate_hz * (1.0 + rate_error)))
    poll_s = batch / (rate_hz * (1.0 + rate_error))
    n: list[int] = []
    host_time: list[float] = []
    wake, taken = float(true_t[batch]), 0
    stall = wake + rng.exponential(stall_every_s)
    while True:
        now = wake + rng.exponential(late_s)
        if now > stall:
            now += rng.uniform(0.08, 0.35)
            stall = now + rng.exponential(stall_every_s)
        there = int(np.searchsorted(true_t, now, side="right"))
        if there >= total:
            return Drains(true_t[:taken], np.array(n), np.array(host_time))
        done = now + 0.3e-3
        if rng.random() < preempted:
            done += rng.uniform(5e-3, 50e-3)
        if there > taken:
            n.append(there - taken)
            # A monotonic clock counts whole nanoseconds.
            host_time.append(round(done * 1e9) / 1e9)
            taken = there
        wake = max(wake + poll_s, done)
