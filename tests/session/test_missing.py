"""What a sensor could not measure is named with what it would need."""

from dataclasses import replace
from typing import Any

import pytest

from dsp.block import Mount
from dsp.events import Event, Step
from firmware_py.session.text import describe
from firmware_py.trace.header import TraceHeader
from tests.feedback.runner import Runner
from tests.session.made import summed


def ran(header: TraceHeader, impact_g: float | None = 5.0) -> dict[str, Any]:
    """A minute; the steps hold an impact, or none."""
    r = Runner()
    events: list[Event] = [
        replace(
            e, impact_g=impact_g, impact_excess_g=None if impact_g is None else 1.0, clipped=False
        )
        if isinstance(e, Step)
        else e
        for e in r.run(60, 170)
    ]
    return summed(events, r.t, header)


@pytest.mark.parametrize(
    ("mount", "rate_hz", "axes", "needs"),
    [
        (Mount.SHOE, 208.0, "xyz", "500 samples a second"),
        (Mount.SHOE, 416.0, "xz", "500 samples a second"),
        (Mount.SHOE, 833.0, "xz", "all axes"),
        (Mount.SHOE, 833.0, "xyz", None),
        (Mount.SHOE, 480.0, "xyz", None),
        (Mount.WAIST, 208.0, "xyz", None),
    ],
)
def test_a_shoes_peak_that_may_be_higher_is_at_least_what_it_reads(
    mount: Mount, rate_hz: float, axes: str, needs: str | None
) -> None:
    s = ran(TraceHeader(mount, rate_hz, "synthetic", acc_axes=axes))
    assert s["impact"]["at_least"] is (needs is not None)
    assert ("at least 5.00 g" in describe(s)) is (needs is not None)
    said = f"the whole of the impact: it needs {needs}"
    assert (said in s["not_measured"]) is (needs is not None)


@pytest.mark.parametrize(
    ("mount", "rate_hz", "axes", "says"),
    [
        (Mount.SHOE, 100.0, "xyz", "impact: it needs 200 samples a second"),
        (Mount.SHOE, 62.5, "xyz", "foot-strike type: it needs 100 samples a second"),
        (Mount.SHOE, 62.5, "xyz", "distance and speed: it needs 100 samples a second"),
        (Mount.WAIST, 50.0, "xyz", "impact: it needs 100 samples a second"),
        (Mount.WAIST, 31.0, "xyz", "ground contact and flight time: it needs 40 samples a second"),
        (Mount.WAIST, 208.0, "xz", "impact: it needs all axes, or gravity in those that are there"),
        (Mount.WAIST, 208.0, "xyz", "impact"),
    ],
)
def test_what_a_slow_or_poor_sensor_did_not_measure_says_what_it_needs(
    mount: Mount, rate_hz: float, axes: str, says: str
) -> None:
    s = ran(TraceHeader(mount, rate_hz, "synthetic", acc_axes=axes), impact_g=None)
    assert says in s["not_measured"]
    assert not s["impact"]["at_least"] or mount is Mount.SHOE
