"""What one session is to be: made from a programme and its state, kept in the trace."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class CadenceCue(StrEnum):
    """How a runner is asked for a quicker cadence."""

    QUICKER = "quicker"
    """One pattern, at a foot strike."""
    METRONOME = "metronome"
    """Beats at the target for half a minute."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `start_s` to `end_s` of running time, s: pauses do not count."""

    start_s: float
    end_s: float

    def holds(self, run_s: float) -> bool:
        return self.start_s <= run_s < self.end_s


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """One session of a programme. Where the settings say something else, they win.

    Args:
        programme: its name. session: 1 for the first; 0: outside the count (a baseline, a retest).
            of: how many sessions there are.
        run_s: how long to run, s; None: as the runner likes.
        coached: whether there are coaching cues at all.
        cadence: whether cadence is coached, by which cue; None: not.
        impact: whether impact is coached.
        baseline_cadence_spm: of an uncued run, steps per minute; None: this run's first minutes.
        cadence_percent: target above it, percent; cadence_target_spm: target instead of that.
        band_percent: half width of the silent band, percent; None: the settings'.
        waist_impact_limit_g, shoe_impact_limit_g: limits of the judged impact, g.
        impact_percent: limit as a share below the baseline's judged impact, percent.
        feedback: when cues may be given, in running time; None: always.
        probes: when they may not, so that it shows what stays without them, in running time.
        metronome_always: the metronome goes on all the time, not only off target.
        tempo_nudge_percent: beats so much quicker than the runner, percent; None: at the target.
    """

    programme: str
    session: int = 0
    of: int = 0
    run_s: float | None = None
    coached: bool = True
    cadence: CadenceCue | None = CadenceCue.QUICKER
    impact: bool = False
    baseline_cadence_spm: float | None = None
    cadence_percent: float | None = None
    cadence_target_spm: float | None = None
    band_percent: float | None = None
    waist_impact_limit_g: float | None = None
    shoe_impact_limit_g: float | None = None
    impact_percent: float | None = None
    feedback: tuple[Window, ...] | None = None
    probes: tuple[Window, ...] = ()
    metronome_always: bool = False
    tempo_nudge_percent: float | None = None

    def may_speak(self, run_s: float) -> bool:
        """Whether cues may be given after so much running, s."""
        if not self.coached or any(w.holds(run_s) for w in self.probes):
            return False
        return self.feedback is None or any(w.holds(run_s) for w in self.feedback)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def plan_of(record: Mapping[str, Any] | None) -> SessionPlan | None:
    """The plan that `SessionPlan.as_dict` gave; None: there was none.

    Raises:
        ValueError, TypeError: it is not such a record.
    """
    if record is None:
        return None
    known = {f.name for f in fields(SessionPlan)}
    said = {k: v for k, v in record.items() if k in known}
    for name, value in said.items():
        if not _fits(name, value):
            raise ValueError(f"{name} = {value!r}")
    if said.get("cadence") is not None:
        said["cadence"] = CadenceCue(said["cadence"])
    if said.get("feedback") is not None:
        said["feedback"] = _windows(said["feedback"])
    said["probes"] = _windows(said.get("probes", ()))
    return SessionPlan(**said)


def _fits(name: str, value: Any) -> bool:
    """Whether a value can be of that field."""
    if name in ("cadence", "feedback", "probes"):
        return True
    default = next(f.default for f in fields(SessionPlan) if f.name == name)
    if isinstance(default, bool):
        return isinstance(value, bool)
    if name == "programme":
        return isinstance(value, str)
    if isinstance(default, int):
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or (number and 0.0 <= value < 1e6)


def _windows(records: Any) -> tuple[Window, ...]:
    return tuple(Window(float(r["start_s"]), float(r["end_s"])) for r in records)
