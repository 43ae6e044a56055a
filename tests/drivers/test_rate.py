"""The rate that gaps are reckoned by."""

import numpy as np
import pytest

from drivers.rate import TrueRate


def drains(
    seconds: float, rate_hz: float, swing: float, seed: int = 1
) -> tuple[list[int], list[float]]:
    """(samples, host times) of drains about every 10 ms of a chip whose rate swings over 10 min."""
    t = 50.0 + np.cumsum(
        np.random.default_rng(seed).exponential(2e-3, int(seconds / 0.012)) + 0.010
    )
    omega = 2 * np.pi / 600.0
    phase = rate_hz * ((t - 50.0) + swing / omega * (1.0 - np.cos(omega * (t - 50.0))))
    n = np.diff(np.floor(phase), prepend=0.0).astype(int)
    return n.tolist(), t.tolist()


def test_nothing_is_known_before_a_second_has_passed() -> None:
    rate = TrueRate()
    for n, t in zip(*drains(0.9, 430.0, 0.0), strict=True):
        rate.push(n, t)
    assert rate(416.0) == 416.0


@pytest.mark.parametrize("seconds", [2.0, 10.0, 59.0, 61.0])
def test_the_rate_is_right_to_a_sample_over_the_time_it_was_measured(seconds: float) -> None:
    rate = TrueRate()
    for n, t in zip(*drains(seconds, 430.0, 0.0), strict=True):
        rate.push(n, t)
    assert abs(rate(416.0) - 430.0) * min(seconds * 0.95, 60.0) < 1.2


def test_a_rate_that_drifts_is_followed() -> None:
    """The mean over the whole stream would be off by three samples over a gap of five seconds."""
    rate = TrueRate()
    for n, t in zip(*drains(810.0, 430.0, 2e-3), strict=True):
        rate.push(n, t)
    now = 430.0 * (1.0 + 2e-3 * np.sin(2 * np.pi * 810.0 / 600.0))
    assert abs(rate(416.0) - now) * 5.0 < 1.5


def test_a_restart_keeps_what_was_learned_and_leaves_the_pause_out() -> None:
    rate = TrueRate()
    n, t = drains(30.0, 430.0, 0.0)
    for samples, host_time in zip(n, t, strict=True):
        rate.push(samples, host_time)
    rate.restart()
    for samples, host_time in zip(n[:50], t[:50], strict=True):
        rate.push(samples, host_time + 1000.0)
    assert rate(416.0) == pytest.approx(430.0, rel=2e-4)
