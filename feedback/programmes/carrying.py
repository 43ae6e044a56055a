"""What of a runner's state outlives a new beginning or a changed prescription. Pure."""

from dataclasses import replace
from typing import Final

from dsp.errors import GaitCoachError
from feedback.programmes.planning import aim_of
from feedback.programmes.prescription import IMPACT_CAP_PERCENT, RAMP_PERCENT, Programme
from feedback.programmes.state import Held, Kind, ProgrammeState, SetBack, start

_EPS: Final = 1e-9


def begun_again(programme: Programme, text: str | None, old: ProgrammeState) -> ProgrammeState:
    """From the first session on; what a stop rule holds back stays held back.

    Args:
        programme: of the same name as the old one. text: of a prescription; None: built in.
    """
    new = start(programme, text)
    if old.held is None or programme.silent:
        return new
    last = old.set_backs[-1].because if old.set_backs else "a set-back"
    kept = SetBack(0, f"{last}, before this beginning", *_percents(old.held))
    return replace(
        new,
        baseline_cadence_spm=new.baseline_cadence_spm or old.baseline_cadence_spm,
        baseline_waist_g=old.baseline_waist_g,
        baseline_shoe_g=old.baseline_shoe_g,
        held=old.held,
        set_backs=(kept,),
    )


def gone_on(programme: Programme, text: str | None, old: ProgrammeState) -> ProgrammeState:
    """A programme that was changed in mid-course: with all that was done in it.

    No target rises by more than a session's points above what was asked for last.

    Raises:
        GaitCoachError: the runner is in another programme.
    """
    if programme.name != old.programme:
        raise GaitCoachError(
            f"{programme.name}: {old.programme} is under way, and its progress is its own: begin "
            "another one with --replace"
        )
    new = replace(
        old,
        text=text,
        baseline_cadence_spm=programme.baseline_cadence_spm or old.baseline_cadence_spm,
    )
    runs = [d for d in old.log if d.counted and d.kind in (Kind.SESSION, Kind.RECALL)]
    wanted = aim_of(programme, new, len(new.done)).cadence_percent
    if not runs or wanted is None:
        return new
    most = (runs[-1].cadence_percent or 0.0) + (programme.ramp_percent or RAMP_PERCENT)
    if wanted <= most + _EPS:
        return new
    impact = IMPACT_CAP_PERCENT if old.held is None else old.held.impact_percent
    return replace(new, held=Held(most, impact))


def _percents(held: Held) -> tuple[float | None, float | None]:
    return held.cadence_percent, held.impact_percent
