"""A person goes through a programme: every run of it, with pain and runs that are broken off."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from dsp.block import Mount
from feedback.programmes.history import pain, record
from feedback.programmes.planning import plan_next
from feedback.programmes.prescription import Programme
from feedback.programmes.reading import BUILT_IN, built_in, parse
from feedback.programmes.state import ProgrammeState, Where, start
from feedback.settings import FeedbackSettings
from tests.closed_loop.course import Part, course, flat
from tests.closed_loop.person import Person
from tests.closed_loop.running import Habit, Running
from tests.closed_loop.session import Ran, ran

BOTH: Final = """
name = "both"
cadence = "metronome"
cadence_percent = 6
ramp_percent = 3
impact_percent = 10

[[sessions]]
run_min = 12
probe_min = [[6, 8]]

[[sessions]]
run_min = 15
probe_min = [[5, 7], [10, 11]]

[[sessions]]
run_min = 15
feedback_min = [[0, 5], [8, 12]]
probe_min = [[9, 10]]
"""
"""A prescription with beats, words and probes: no built-in programme has all."""
NO_PROGRAMME: Final = "(none)"
NAMES: Final = (*BUILT_IN, "both", NO_PROGRAMME)
PAIN: Final = 0.08
"""Share of the runs after which pain is told."""
BROKEN_OFF: Final = 0.08
OPEN_S: Final = (600.0, 1200.0)
"""How long somebody runs when nobody says."""


@dataclass(slots=True)
class Went:
    """What came of a programme: its runs with the state before each, and the last state."""

    person: Person
    name: str
    habit: Habit = field(default_factory=Habit)
    runs: list[Ran] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    """Of each run, whether it was not broken off."""
    state: ProgrammeState | None = None


def programme_named(name: str) -> Programme | None:
    """A built-in one, `both`, or none."""
    if name == NO_PROGRAMME:
        return None
    return parse(BOTH, "both.toml") if name == "both" else built_in(name)


def went(
    person: Person,
    name: str,
    count: int,
    settings: FeedbackSettings | None = None,
    *,
    eventful: bool = True,
) -> Went:
    """So many runs of a programme.

    Args:
        name: of `NAMES`. eventful: stops, hills, pain; False: even running, all of it.
    """
    programme, coach = programme_named(name), settings or FeedbackSettings()
    out = Went(person, name)
    mount = Mount.SHOE if name == "soft-shoe" or _at_shoe(name, person) else Mount.WAIST
    out.state = None if programme is None else start(programme)
    for number in range(count):
        rng = np.random.default_rng([11, person.seed, number])
        plan = None
        if programme is not None and out.state is not None:
            plan = plan_next(programme, out.state)
        planned = None if plan is None else plan.run_s
        seconds = planned or float(rng.uniform(*OPEN_S))
        broken = eventful and bool(rng.random() < BROKEN_OFF)
        way: Iterator[Part] = course(rng) if eventful else flat()
        length = seconds * float(rng.uniform(0.2, 0.55)) if broken else seconds
        running = Running(person, mount, out.habit, number)
        done = ran(running, plan, way, length, coach, mount)
        out.habit.rise *= person.keeps
        out.habit.soft *= person.keeps
        out.runs.append(done)
        out.whole.append(not broken)
        if programme is not None and plan is not None and out.state is not None:
            out.state = record(programme, out.state, plan, done.result())
            if eventful and rng.random() < PAIN:
                out.state = _hurts(programme, out.state, rng)
    return out


def _hurts(programme: Programme, state: ProgrammeState, rng: np.random.Generator) -> ProgrammeState:
    where = tuple(Where)[int(rng.integers(len(Where)))]
    return pain(programme, state, int(rng.integers(1, 8)), where, later=bool(rng.random() < 0.3))


def _at_shoe(name: str, person: Person) -> bool:
    """A third of the runners wear it there, where the programme allows it."""
    return name != "soft-waist" and person.seed % 3 == 2
