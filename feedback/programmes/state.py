"""Where a runner stands in a programme: what was done, how it felt, and what that led to."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from dsp.errors import ConfigError, GaitCoachError
from feedback.programmes.prescription import CAP_PERCENT, IMPACT_CAP_PERCENT, Programme
from feedback.programmes.reading import built_in, parse
from feedback.settings import PLAUSIBLE_SPM
from feedback.tables import SettingError, from_table, setting

SCHEMA: Final = "gaitcoach.programme-state/1"


class StateError(GaitCoachError, ValueError):
    """A record that is no state of a programme, or a damaged one."""


class NewerStateError(GaitCoachError):
    """A state of a later version: good, and not to be touched by this one."""


class Kind(StrEnum):
    """What a run in a programme is for."""

    BASELINE = "baseline"
    SESSION = "session"
    RETEST = "retest"
    RECALL = "recall"
    """After the last session: a reminder of what was learned."""


class Where(StrEnum):
    """Where it hurts."""

    CALF = "calf"
    ACHILLES = "achilles"
    KNEE = "knee"
    BACK = "back"
    OTHER = "other"


SORE: Final = frozenset({Where.CALF, Where.ACHILLES})
"""What shorter steps load more."""

_MOUNTS: Final = ("waist", "shoe")


@dataclass(frozen=True, slots=True)
class Done:
    """One run, as it is kept. Unknown figures are None."""

    kind: str = setting("What it was for.", one_of=tuple(Kind))
    session: int = setting("Its number; 0: outside the count.", at_least=0, at_most=99_999)
    counted: bool = setting("Whether it counts: enough of it was run.")
    running_s: float = setting("Running, s.", at_least=0, at_most=1e6)
    planned_s: float | None = setting("Running that was planned, s.", None, at_least=0, at_most=1e6)
    source: str | None = setting("The session's folder, so that it is counted once.", None)
    day: int | None = setting("Day, counted from 0001-01-01 as 1.", None, at_least=1, at_most=10**7)
    mount: str | None = setting("Where the sensor was.", None, one_of=_MOUNTS)
    cadence_percent: float | None = setting(
        "Cadence target above the baseline, percent.", None, at_least=0, at_most=CAP_PERCENT
    )
    impact_percent: float | None = setting(
        "Impact limit below the baseline, percent.", None, at_least=0, at_most=IMPACT_CAP_PERCENT
    )
    baseline_cadence_spm: float | None = setting(
        "Of its uncued minutes, spm.", None, at_least=PLAUSIBLE_SPM[0], at_most=PLAUSIBLE_SPM[1]
    )
    baseline_impact_g: float | None = setting(
        "Judged impact of its uncued minutes, g.", None, above=0, at_most=400
    )
    cadence_spm: float | None = setting(
        "Median, spm.", None, at_least=PLAUSIBLE_SPM[0], at_most=PLAUSIBLE_SPM[1]
    )
    in_band: float | None = setting("Share of the time in the band.", None, at_least=0, at_most=1)
    cues: int | None = setting("Coaching cues.", None, at_least=0, at_most=10**6)
    probe: float | None = setting(
        "Share of the uncued time in the band.", None, at_least=0, at_most=1
    )


@dataclass(frozen=True, slots=True)
class Pain:
    """What the runner told about one run."""

    run: int = setting("Which run of the log, from 1; 0: before the first.", at_least=0)
    score: int = setting("0 to 10.", at_least=0, at_most=10)
    where: str | None = setting("Where it hurts.", None, one_of=tuple(Where))
    later: bool = setting("Whether it is new, and came within a day after it.", False)


@dataclass(frozen=True, slots=True)
class SetBack:
    """A target that went back by half."""

    run: int = setting("After which run of the log, from 1; 0: before the first.", at_least=0)
    because: str = setting("Why.")
    cadence_percent: float | None = setting(
        "What is left of it, percent.", None, at_least=0, at_most=CAP_PERCENT
    )
    impact_percent: float | None = setting(
        "What is left of it, percent.", None, at_least=0, at_most=IMPACT_CAP_PERCENT
    )


@dataclass(frozen=True, slots=True)
class Held:
    """After a set-back: no target above these, percent, until they have grown past the plan."""

    cadence_percent: float | None = setting("Of cadence.", None, at_least=0, at_most=CAP_PERCENT)
    impact_percent: float | None = setting(
        "Of impact.", None, at_least=0, at_most=IMPACT_CAP_PERCENT
    )


def _table(cls: type[Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise ValueError("must be a table")
        return from_table(cls, value)

    return read


def _tables(cls: type[Any]) -> Callable[[Any], Any]:
    one = _table(cls)

    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError("must be a list")
        return tuple(one(v) for v in value)

    return read


@dataclass(frozen=True, slots=True)
class ProgrammeState:
    """All that is known about one runner in one programme."""

    programme: str = setting("Its name.")
    text: str | None = setting("Of a prescription, to be carried with it; None: built in.", None)
    baseline_cadence_spm: float | None = setting(
        "What cadence targets are taken from, spm.",
        None,
        at_least=PLAUSIBLE_SPM[0],
        at_most=PLAUSIBLE_SPM[1],
    )
    baseline_waist_g: float | None = setting(
        "What impact limits at the waist are taken from, g.", None, above=0, at_most=400
    )
    baseline_shoe_g: float | None = setting(
        "What impact limits at the shoe are taken from, g.", None, above=0, at_most=400
    )
    held: Held | None = setting(  # noqa: RUF009 - Held is frozen
        "None: no set-back is in force.", None, read=_table(Held)
    )
    log: tuple[Done, ...] = setting("Every run, in order.", (), read=_tables(Done))
    pains: tuple[Pain, ...] = setting("In the order they were told.", (), read=_tables(Pain))
    set_backs: tuple[SetBack, ...] = setting("In order.", (), read=_tables(SetBack))

    @property
    def sha256(self) -> str | None:
        """Of a prescription's text."""
        return None if self.text is None else hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def done(self) -> tuple[Done, ...]:
        """The sessions that count."""
        return tuple(d for d in self.log if d.counted and d.kind == Kind.SESSION)

    @property
    def retests(self) -> tuple[Done, ...]:
        """The retests that count."""
        return tuple(d for d in self.log if d.counted and d.kind == Kind.RETEST)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; what is unknown is left out."""
        record: dict[str, Any] = _known({"sha256": self.sha256, **asdict(self)})
        return {"schema": SCHEMA, **record}


def start(programme: Programme, text: str | None = None) -> ProgrammeState:
    """The state of who has done nothing yet; `text`: of a prescription, None: built in."""
    return ProgrammeState(programme.name, text, programme.baseline_cadence_spm)


def programme_of(state: ProgrammeState) -> Programme:
    """The programme that a state is of.

    Raises:
        ConfigError: this version does not know it, or its text is no prescription.
    """
    if state.text is None:
        return built_in(state.programme)
    return parse(state.text, state.programme)


def state_of(record: Any) -> ProgrammeState:
    """The state that `as_dict` gave.

    Raises:
        NewerStateError: it is of a later version.
        StateError: it is none, of another version, of a programme that is not known, or damaged.
    """
    if not isinstance(record, dict) or "schema" not in record:
        raise StateError("is no state of a programme")
    if record["schema"] != SCHEMA:
        said = repr(record["schema"])[:40]
        if _later(record["schema"]):
            raise NewerStateError(f"is of a later version ({said}): update gaitcoach")
        raise StateError(f"is of another version ({said}; this one reads {SCHEMA!r})")
    table = {k: v for k, v in record.items() if k not in ("schema", "sha256")}
    try:
        state = from_table(ProgrammeState, table)
        named = state.programme == programme_of(state).name
    except SettingError as e:
        raise StateError(f"is damaged: {e}") from e
    except ConfigError as e:
        raise StateError(f"cannot be used: {e}") from e
    if not named or record.get("sha256") != state.sha256:
        raise StateError("is damaged: the prescription in it is not the one it was made with")
    return state


def _later(schema: Any) -> bool:
    name, _, number = SCHEMA.partition("/")
    said, _, version = str(schema).partition("/")
    return said == name and version.isdigit() and int(version) > int(number)


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _known(v) for k, v in value.items() if v is not None}
    return [_known(v) for v in value] if isinstance(value, list | tuple) else value
