"""Which session a new run is, and putting down what came of it."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dsp.errors import ConfigError, GaitCoachError
from feedback.plan import SessionPlan
from feedback.programmes.history import record
from feedback.programmes.planning import plan_next
from feedback.programmes.prescription import Programme
from feedback.programmes.reading import built_in
from feedback.programmes.state import ProgrammeState, programme_of, start
from firmware_py.config import Config
from firmware_py.doctor.host import ThisHost
from firmware_py.programme.result import result_of
from firmware_py.programme.state_file import StateFile

USUAL: Final = "cadence-standard"


@dataclass(frozen=True, slots=True)
class Due:
    """What a new run is to be.

    Args:
        plan: None: no programme says anything.
        file: where its result belongs; None: nowhere.
        told: what was wrong with the state's files, a line each; a run never fails because of it.
    """

    plan: SessionPlan | None
    file: StateFile | None = None
    told: tuple[str, ...] = ()


def today() -> int | None:
    """The day, counted from 0001-01-01 as 1; None: the clock was not set since the start."""
    if not ThisHost().clock_synchronized():
        return None
    return datetime.now(UTC).astimezone().date().toordinal()


def usual(config: Config) -> Programme | None:
    """What a runner trains who has chosen nothing; None: the configuration says what to aim for."""
    said = config.feedback
    fixed = said is not None and said.cadence_target_spm is not None
    return None if config.programme is not None or fixed else built_in(USUAL)


def due(
    configured: Programme | None,
    folder: Path | None,
    day: int | None = None,
    otherwise: Programme | None = None,
    mount: str | None = None,
) -> Due:
    """The session that is due in the programme under way.

    Args:
        configured: `Config.programme`; another one than that under way goes before it, and is then
            at its first session in every run.
        folder: where sessions are kept; None: nowhere, so every run is a first one.
        otherwise: begun, where no programme is configured or under way.
        mount: where the sensor is worn; None: not known.

    Raises:
        ConfigError: the configured programme is for another mount.
        day: counted from 0001-01-01 as 1; None: the clock was not set.
    """
    if configured is not None and not _fits(configured, mount):
        raise ConfigError(
            f"feedback.programme: {configured.name} is for a sensor at the {configured.mount}, "
            f"this one is at the {mount}: choose another programme or sensor.mount"
        )
    if folder is None:
        first = configured or otherwise
        return Due(None if first is None else plan_next(first, start(first)))
    file = StateFile(folder, option="--out")
    state: ProgrammeState | None = None
    told: tuple[str, ...] = ()
    try:
        loaded = file.load()
        state, told = loaded.state, loaded.told
    except GaitCoachError as e:
        # What cannot be read is not to be begun anew beside it.
        first = configured or otherwise
        plan = None if first is None else plan_next(first, start(first))
        return Due(plan, told=(f"{e}; this run does not count for a programme",))
    if state is not None and configured is not None and configured.name == state.programme:
        if configured != programme_of(state):
            told = (
                *told,
                f"{configured.name} has changed since it was begun; the old one goes on until "
                "gaitcoach programme start FILE --keep-progress",
            )
    elif state is not None and configured is not None:
        told = (
            *told,
            f"{configured.name} is configured, {state.programme} is under way: this run counts "
            "for neither",
        )
    if state is not None and configured is None and not _fits(programme_of(state), mount):
        why = f"{state.programme} is for another mount: this run is no session of it"
        first = otherwise
        return Due(None if first is None else plan_next(first, start(first)), told=(*told, why))
    if state is not None and (configured is None or configured.name == state.programme):
        return Due(plan_next(programme_of(state), state, day), file, told)
    if configured is not None:
        return Due(plan_next(configured, start(configured)), told=told)
    if otherwise is None:
        return Due(None, told=told)
    state = start(otherwise)
    if file.unsettled:
        why = "a damaged state of a programme was set aside: adopt an exported one or start again"
        return Due(plan_next(otherwise, state), told=(*told, f"{why}; this run does not count"))
    try:
        file.save(state)
    except GaitCoachError as e:
        return Due(plan_next(otherwise, state), told=(*told, str(e)))
    return Due(plan_next(otherwise, state, day), file, told)


def _fits(programme: Programme, mount: str | None) -> bool:
    return programme.mount is None or mount is None or programme.mount == mount


def claimed(due: Due, stack: ExitStack) -> Due:
    """The same, for the only run of a programme in its folder; another one at a time counts not.

    Args:
        stack: gives the folder free again.
    """
    if due.file is None:
        return due
    try:
        lock = due.file.claim()
    except GaitCoachError as e:
        return replace(due, file=None, told=(*due.told, f"{e}; this run does not count"))
    if lock is None:
        why = f"{due.file.path.parent}: another run is going on there: this one does not count"
        return replace(due, file=None, told=(*due.told, why))
    stack.callback(lock.close)
    return due


def put_down(
    due: Due, summary: dict[str, Any], source: str, day: int | None = None
) -> ProgrammeState | None:
    """Takes a run's summary into the programme's state; a second time changes nothing.

    Returns:
        The state then; None: the run belongs to no programme.

    Args:
        due: what the run was to be.
        source: the session's folder.
        day: as in `due`.

    Raises:
        GaitCoachError: the state cannot be read or written.
    """
    plan, file = due.plan, due.file
    if plan is None or file is None:
        return None
    result = result_of(summary, source, day)
    return file.change(lambda state: record(programme_of(state), state, plan, result))
