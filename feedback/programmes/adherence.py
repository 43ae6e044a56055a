"""How much of a programme was done, in figures. Pure."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from feedback.programmes.prescription import Programme
from feedback.programmes.state import Done, Kind, ProgrammeState


@dataclass(frozen=True, slots=True)
class Adherence:
    """What was done of what was planned.

    Args:
        sessions_done, sessions_planned: that count; planned 0: the programme is open.
        broken_off: runs that did not count.
        running_s: in sessions that count; planned_s: what was planned for them, None: as liked.
        in_band: mean share of the time in the band, by running time; None: not known.
        in_band_uncued: the newest share while cues were withheld; None: not known.
        cues_per_h: coaching cues per hour of running; None: not known.
        recalls, retests: made.
        pains: how often pain above 0 was told. set_backs: targets that went back.
    """

    sessions_done: int
    sessions_planned: int
    broken_off: int
    running_s: float
    planned_s: float | None
    in_band: float | None
    in_band_uncued: float | None
    cues_per_h: float | None
    recalls: int
    retests: int
    pains: int
    set_backs: int

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def adherence(programme: Programme, state: ProgrammeState) -> Adherence:
    """The figures so far."""
    done = state.done
    planned = [d.planned_s for d in done if d.planned_s is not None]
    cued = [d for d in done if d.cues is not None and d.running_s > 0]
    cued_s = math.fsum(d.running_s for d in cued)
    probes = [d.probe for d in state.log if d.counted and d.probe is not None]
    return Adherence(
        sessions_done=len(done),
        sessions_planned=len(programme.sessions),
        broken_off=sum(not d.counted for d in state.log),
        running_s=math.fsum(d.running_s for d in done),
        planned_s=math.fsum(planned) if planned else None,
        in_band=_in_band(done),
        in_band_uncued=probes[-1] if probes else None,
        cues_per_h=3600.0 * sum(d.cues or 0 for d in cued) / cued_s if cued_s else None,
        recalls=sum(d.counted and d.kind == Kind.RECALL for d in state.log),
        retests=len(state.retests),
        pains=sum(p.score > 0 for p in state.pains),
        set_backs=len(state.set_backs),
    )


def _in_band(done: tuple[Done, ...]) -> float | None:
    known = [(d.in_band, d.running_s) for d in done if d.in_band is not None]
    total = math.fsum(s for _, s in known)
    return math.fsum(share * s for share, s in known) / total if total > 0 else None
