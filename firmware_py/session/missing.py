"""What a reader of the summary might look for in vain, and why it is not there."""

from typing import Final

import numpy as np

from dsp.block import Mount
from dsp.shoe import impact as shoe_impact
from dsp.shoe import metrics as shoe
from dsp.waist import impact as waist_impact
from dsp.waist import metrics as waist
from firmware_py.session.steps import Steps
from firmware_py.trace.header import TraceHeader

STIFFNESS: Final = "leg stiffness: it needs runner.height_m, a speed and level ground"
LEAN: Final = "pelvis lean: it needs all axes and standing still before the run"
WANTED: Final = {
    Mount.WAIST: (
        ("speed_m_s", "distance and speed", waist.LEAST_HZ),
        ("impact_excess_g", "impact", waist_impact.LEAST_HZ),
        ("contact_s", "ground contact and flight time", waist.LEAST_HZ),
        ("vertical_oscillation_m", "vertical oscillation", waist.LEAST_HZ),
        ("lean_forward_deg", LEAN, waist.LEAST_HZ),
        ("leg_stiffness_bw_m", STIFFNESS, waist.LEAST_HZ),
    ),
    Mount.SHOE: (
        ("speed_m_s", "distance and speed", shoe.LEAST_HZ),
        ("impact_g", "impact", shoe_impact.LEAST_HZ),
        ("contact_s", "ground contact and flight time", shoe.LEAST_HZ),
        ("foot_strike_angle_deg", "foot-strike type", shoe.LEAST_HZ),
        ("leg_stiffness_bw_m", STIFFNESS, shoe.LEAST_HZ),
    ),
}
"""By mount: a step's field, how it is called where it is missing, and the least rate, Hz."""
ELSEWHERE: Final = {
    Mount.WAIST: "foot-strike type, contact time of each foot",
    Mount.SHOE: "the other foot's impact and contact",
}
MARGIN: Final = 1.05
"""A limit leaves room for sensors that are slower than they say; what is told does not."""


def peaks_cut(header: TraceHeader) -> bool:
    """Whether an impact is at least what it reads: too few samples of a shoe's shock, or axes."""
    slow = header.rate_hz < shoe_impact.SURE_HZ
    return header.mount is Mount.SHOE and (slow or header.acc_axes != "xyz")


def not_measured(header: TraceHeader, steps: Steps, *, sided: bool) -> list[str]:
    """What must not be believed to be zero, in words.

    Args:
        steps: of the running. sided: whether left and right were told.
    """
    if not len(steps):
        return ["running: no steps were found"]
    out = [
        _because(header, words, least_hz)
        for name, words, least_hz in WANTED[header.mount]
        if _nothing(steps, name)
    ]
    if peaks_cut(header) and not _nothing(steps, "impact_g"):
        slow = header.rate_hz < shoe_impact.SURE_HZ
        needs = _needs(shoe_impact.SURE_HZ) if slow else "all axes"
        out.append(f"the whole of the impact: it needs {needs}")
    if not sided:
        out.append("left and right")
    return [*out, ELSEWHERE[header.mount], "load on bones or joints"]


def _because(header: TraceHeader, words: str, least_hz: float) -> str:
    what = words.partition(":")[0]
    if header.rate_hz < least_hz:
        return f"{what}: it needs {_needs(least_hz)}"
    if what == "impact" and header.mount is Mount.WAIST and header.acc_axes != "xyz":
        return f"{what}: it needs all axes, or gravity in those that are there"
    return words


def _needs(least_hz: float) -> str:
    return f"{_round(MARGIN * least_hz)} samples a second"


def _round(hz: float) -> int:
    """To the next rate that sensors have."""
    return next((r for r in (40, 100, 200, 500) if r >= hz - 0.5), round(hz))


def _nothing(steps: Steps, name: str) -> bool:
    values = steps.unclipped(name) if name.startswith("impact") else steps[name]
    return bool(np.isnan(values).all())
