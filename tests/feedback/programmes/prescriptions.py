"""Random prescriptions, and any history in them."""

from typing import Any

from hypothesis import strategies as st

from feedback.plan import SessionPlan
from feedback.programmes.history import Result, pain, record
from feedback.programmes.planning import plan_next
from feedback.programmes.prescription import Programme
from feedback.programmes.state import ProgrammeState, Where, start


def toml(table: dict[str, Any]) -> str:
    """As a person would write it: keys first, sessions last."""
    lines = [f"{k} = {_value(v)}" for k, v in table.items() if k != "sessions"]
    for dose in table.get("sessions", []):
        lines += ["", "[[sessions]]", *(f"{k} = {_value(v)}" for k, v in dose.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(v) for v in value)}]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _some(draw: st.DrawFn, table: dict[str, Any], key: str, values: st.SearchStrategy[Any]) -> None:
    if draw(st.booleans()):
        table[key] = draw(values)


@st.composite
def spans(draw: st.DrawFn, run_min: float) -> list[list[float]]:
    edges = sorted(
        draw(st.lists(st.integers(0, int(run_min)), min_size=2, max_size=6, unique=True))
    )
    return [[a, b] for a, b in zip(edges[::2], edges[1::2], strict=False)]


@st.composite
def valid(draw: st.DrawFn) -> dict[str, Any]:
    """The table of a prescription that is right."""
    table: dict[str, Any] = {"name": draw(st.sampled_from(["mine", "Läufer 7", "cadence-x"]))}
    kind = draw(st.sampled_from(["percent", "each", "fixed", "soft", "limit", "both", "silent"]))
    form = draw(st.sampled_from(["open", "sessions"]))
    if kind in ("percent", "both"):
        table["cadence_percent"] = draw(st.floats(0.5, 10))
        _some(draw, table, "ramp_percent", st.floats(0.5, 3))
    if kind == "each":
        form = "sessions"
    if kind == "fixed":
        table["cadence_target_spm"] = draw(st.floats(150, 200))
    if kind in ("soft", "both"):
        table["impact_percent"] = draw(st.floats(1, 60))
    if kind == "limit":
        table["waist_impact_limit_g"] = draw(st.floats(0.1, 3))
    if kind in ("soft", "silent"):
        table["cadence"] = "none"
    elif kind not in ("limit",):
        table["cadence"] = draw(st.sampled_from(["quicker", "metronome"]))
        if table["cadence"] == "metronome":
            _some(draw, table, "metronome_always", st.booleans())
            _some(draw, table, "tempo_nudge_percent", st.floats(1.0, 3.0))
    if draw(st.booleans()):
        table["baseline"] = draw(st.sampled_from(["run", "first-minutes"]))
    else:
        most = min(190.0, table.get("cadence_target_spm", 190.0))
        _some(draw, table, "baseline_cadence_spm", st.floats(140, most))
    _some(draw, table, "band_percent", st.floats(1, 5))
    _some(draw, table, "pain_limit", st.integers(1, 4))
    _some(draw, table, "sore_sessions", st.integers(1, 2))
    _some(draw, table, "retest_after_sessions", st.sampled_from([[3], [2, 5]]))
    if "retest_after_sessions" in table and draw(st.booleans()):
        table["retest_weeks"] = [4, 12][: len(table["retest_after_sessions"])]
    if form == "sessions":
        if kind not in ("each", "silent") and draw(st.booleans()):
            table["fade"] = "standard"
        else:
            table["sessions"] = draw(doses(kind))
    return table


@st.composite
def doses(draw: st.DrawFn, kind: str) -> list[dict[str, Any]]:
    out, last = [], 0.0
    for _ in range(draw(st.integers(1, 6))):
        dose: dict[str, Any] = {"run_min": draw(st.integers(1, 60))}
        if kind == "each":
            last = min(10.0, draw(st.floats(max(0.1, last - 5), last + 3)))
            dose["percent"] = last
        if kind != "silent":
            _some(draw, dose, "feedback_min", spans(dose["run_min"]))
            _some(draw, dose, "probe_min", spans(dose["run_min"]))
        out.append(dose)
    return out


results = st.builds(
    Result,
    running_s=st.sampled_from([0.0, 100.0, 400.0, 900.0, 4000.0]),
    day=st.none() | st.integers(700_000, 700_100),
    mount=st.none() | st.sampled_from(["waist", "shoe"]),
    baseline_cadence_spm=st.none() | st.floats(100, 250),
    baseline_impact_g=st.none() | st.floats(0, 30),
    cadence_spm=st.none() | st.floats(100, 250),
    in_band=st.none() | st.floats(0, 1),
    cues=st.none() | st.integers(0, 50),
    probe=st.none() | st.floats(0, 1),
)
pains = st.tuples(st.integers(0, 10), st.none() | st.sampled_from(list(Where)), st.booleans())
histories = st.lists(results | pains, max_size=14)


def lived(programme: Programme, history: list[Any]) -> list[tuple[ProgrammeState, SessionPlan]]:
    """Every state on the way, with the plan that came from it; the last too."""
    state = start(programme)
    out = []
    for what in history:
        plan = plan_next(programme, state)
        out.append((state, plan))
        if isinstance(what, Result):
            state = record(programme, state, plan, what)
        else:
            score, where, later = what
            state = pain(programme, state, score, where, later=later)
    return [*out, (state, plan_next(programme, state))]
