"""The coach in a closed loop with simulated runners: `make loop`. Exits 1 if a law is broken.

More than 2000 sessions of every built-in programme, of a prescription and of no programme, run by
those who answer and by those who ignore every cue (docs/policy.md says what comes out). Then what
the policy costs, beside the pipeline.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from statistics import median
from typing import Final

from dsp.block import Mount
from dsp.events import Event
from dsp.pipeline import Pipeline
from feedback.plan import SessionPlan
from feedback.policy import Policy
from feedback.programmes.planning import plan_next
from feedback.programmes.reading import built_in
from feedback.programmes.state import start
from feedback.settings import FeedbackSettings
from tests.bench.bench import batches, hour
from tests.closed_loop.course import flat
from tests.closed_loop.laws import fastest_beat, faults
from tests.closed_loop.person import Person, anybody
from tests.closed_loop.programme import NAMES, Went, went
from tests.closed_loop.running import Habit, Running
from tests.closed_loop.session import ran

RUNNERS: Final = 16
RUNS: Final = 12
IGNORE_EVERY: Final = 4
"""One of so many runners ignores all cues."""
IN_BAND: Final = 0.8
MOST_IGNORED_PER_H: Final = 45.0
MOST_PER_H: Final = 60.0
"""Of a whole programme: a cue a minute is the most that runners like (docs/policy.md)."""
PIPELINE_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Course:
    """What is left of a runner's programme.

    Args:
        end: share of usual running that is as it should be, in the last third of the feedback.
        retained: of the newest run with times without cues. per_hour: cues per hour of running.
        highest, beats: target and beats over the baseline.
    """

    name: str
    person: Person
    sessions: int
    hours: float
    per_hour: float
    highest: float
    beats: float
    end: float | None
    retained: float | None
    habit: Habit
    set_backs: int
    faults: list[str]


def course_of(task: tuple[str, int, bool, int]) -> Course:
    name, seed, answers, runs = task
    done = went(anybody(seed, answers=answers), name, runs)
    usual, good = (sum(x) for x in zip(*(r.end() for r in done.runs), strict=True))
    hours = sum(r.run_s for r in done.runs) / 3600.0
    kept = [r.retained() for r in done.runs]
    return Course(
        name,
        done.person,
        len(done.runs),
        hours,
        sum(len(r.told()) for r in done.runs) / hours,
        max(r.highest for r in done.runs),
        max(fastest_beat(r) for r in done.runs),
        good / usual if usual else None,
        next((k for k in reversed(kept) if k is not None), None),
        done.habit,
        _set_backs(done),
        faults(done),
    )


def _set_backs(done: Went) -> int:
    return 0 if done.state is None else len(done.state.set_backs)


def _row(name: str, some: Sequence[Course]) -> str:
    answer = [c for c in some if c.person.answers]
    ignore = [c for c in some if not c.person.answers]
    ends = [c.end for c in answer if c.end is not None]
    kept = [c.retained for c in answer if c.retained is not None]
    rise, soft = (median(c.habit.rise for c in answer), median(c.habit.soft for c in answer))
    cells = (
        name,
        str(len(some)),
        str(sum(c.sessions for c in some)),
        str(sum(c.set_backs for c in some)),
        _over([c.highest for c in some]),
        _over([c.beats for c in some]),
        _rates(answer),
        _rates(ignore),
        f"{median(ends):.2f}, {sum(e < IN_BAND for e in ends)}" if ends else "-",
        f"{median(kept):.2f}" if kept else "-",
        f"{100 * rise:.1f} / {100 * soft:.0f} %",
        str(sum(len(c.faults) for c in some)),
    )
    return f"| {' | '.join(cells)} |"


def _over(ratios: Sequence[float]) -> str:
    return f"{100 * (max(ratios) - 1):+.1f} %" if any(ratios) else "-"


def _rates(courses: Sequence[Course]) -> str:
    rates = [c.per_hour for c in courses]
    return f"{median(rates):.0f} / {max(rates):.0f}" if any(rates) else "-"


HEAD: Final = (
    "| programme | runners | sessions | set back | highest target | quickest beats "
    "| cues an hour: median / most | who ignores | in the end in band: median, below 0.8 "
    "| retained | habit: cadence / impact | faults |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def loop(runners: int, runs: int) -> bool:
    """Prints the table; whether every law held."""
    tasks = [(n, s, s % IGNORE_EVERY != 0, runs) for n in NAMES for s in range(1, runners + 1)]
    with Pool(os.cpu_count()) as pool:
        coming = pool.imap(course_of, tasks)
        print(HEAD, flush=True)
        courses: list[Course] = []
        for name in NAMES:
            some = [next(coming) for _ in range(runners)]
            print(_row(name, some), flush=True)
            for fault in (f for c in some for f in c.faults):
                print(f"BROKEN: {fault}", flush=True)
            courses += some
    broken = _loop_faults(courses)
    print(f"{sum(c.sessions for c in courses)} sessions, {sum(c.hours for c in courses):.0f} h")
    _why(courses)
    for fault in broken:
        print(f"BROKEN: {fault}")
    return not broken and not any(c.faults for c in courses)


def _loop_faults(some: Sequence[Course]) -> list[str]:
    out = []
    for c in some:
        most = MOST_PER_H if c.person.answers else MOST_IGNORED_PER_H
        if c.per_hour > most:
            out.append(f"{c.name}, runner {c.person.seed}: {c.per_hour:.0f} cues an hour")
    middle = median(c.end or 0.0 for c in _followers(some))
    if middle < IN_BAND:
        out.append(f"half of those who answer end at {middle:.2f} in the band or less")
    return out


def _cadence(c: Course) -> bool:
    return c.highest > 0 and c.name not in ("both", "(none)")


def _followers(courses: Sequence[Course]) -> list[Course]:
    """Who answers, in the programmes that coach cadence alone."""
    return [c for c in courses if _cadence(c) and c.person.answers and c.end is not None]


def _why(courses: Sequence[Course]) -> None:
    """Who of those that answer ends outside the band."""
    known = _followers(courses)
    for what, some in (
        ("inside", [c for c in known if (c.end or 0.0) >= IN_BAND]),
        ("outside", [c for c in known if (c.end or 0.0) < IN_BAND]),
    ):
        if some:
            print(
                f"cadence programmes, {what}: {len(some)} runners; medians: gain "
                f"{median(c.person.gain for c in some):.2f}, forgets in "
                f"{median(c.person.lapse_s for c in some):.0f} s, period "
                f"{median(c.person.period for c in some):.3f}, wander "
                f"{100 * median(c.person.wander for c in some):.1f} %"
            )


def cost() -> None:
    """What the policy takes of one core, beside the pipeline."""
    waist = hour(Mount.WAIST, PIPELINE_S)
    pipeline = Pipeline(waist.stream)
    began = time.process_time()
    for block in batches(waist.block, waist.stream.rate_hz):
        pipeline.push(block)
    pipeline_s = (time.process_time() - began) * 3600.0 / PIPELINE_S
    standard = built_in("cadence-standard")
    plan = plan_next(standard, start(standard))
    for what, session in (("words", None), ("beats", plan)):
        took, steps = _policy(session)
        print(
            f"policy, {what}: {1e6 * took / steps:.0f} us a step, an hour {took:.2f} s, "
            f"{100 * took / pipeline_s:.2f} % of the pipeline's {pipeline_s:.0f} s"
        )


def _policy(plan: SessionPlan | None) -> tuple[float, int]:
    tape: list[Event] = []
    person = anybody(4, answers=False)
    settings = FeedbackSettings()
    done = ran(Running(person, Mount.WAIST, Habit()), plan, flat(), 3600.0, settings, tape=tape)
    policy = Policy(settings, plan)
    began = time.process_time()
    for event in tape:
        policy.push(event)
    return time.process_time() - began, len(done.moments)


def main() -> None:
    parser = argparse.ArgumentParser(description="the coach in a closed loop")
    parser.add_argument("--runners", type=int, default=RUNNERS, help="of each programme")
    parser.add_argument("--runs", type=int, default=RUNS, help="of each runner")
    args = parser.parse_args()
    held = loop(args.runners, args.runs)
    cost()
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
