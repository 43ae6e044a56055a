"""What can happen to a simulated runner and her sensor, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from dsp.block import Mount, SampleBlock, Side, join
from dsp.errors import TraceError, UsageError
from dsp.synth import (
    Motion,
    Phase,
    Sensor,
    easy_run,
    intervals,
    loose_belt,
    overstrider,
    synthesize,
    walk,
)
from firmware_py.replay import open_recorded

MOTION_HZ: Final = 1666.0
"""The motion is made this finely; the chip samples it at its own rate."""


class Trouble(StrEnum):
    """What befalls the sensor."""

    UNPLUGGED = "unplugged"
    RESET = "reset"
    STUCK = "stuck"
    STALL = "stall"


@dataclass(frozen=True, slots=True)
class Incident:
    """One trouble.

    Args:
        at_s: after the start, s.
        trouble: what happens.
        lasts_s: how long, where it lasts, s.
    """

    at_s: float
    trouble: Trouble
    lasts_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A runner and what happens to the sensor.

    Args:
        help: one line.
        motion: makes the samples for a mount, an ideal sensor and a foot.
        incidents: in order of time.
        answers: whether the runner quickens when told to.
        mounts: where it makes sense.
        note: who or what this is, for the trace and the terminal.
    """

    help: str
    motion: Callable[[Mount, Sensor, Side], SampleBlock]
    incidents: tuple[Incident, ...] = ()
    answers: bool = False
    mounts: tuple[Mount, ...] = (Mount.WAIST, Mount.SHOE)
    note: str = "a simulated runner and sensor, not a person"


_MINUTE: Final = (
    Phase(Motion.STAND, 5.0),
    Phase(Motion.WALK, 15.0, 110.0, speed=1.4),
    Phase(Motion.RUN, 60.0, 162.0, speed=2.8),
    Phase(Motion.STAND, 5.0),
)
_SHORT: Final = (
    Phase(Motion.STAND, 2.0),
    Phase(Motion.WALK, 4.0, 112.0),
    Phase(Motion.RUN, 12.0, 168.0),
    Phase(Motion.STAND, 4.5),
)
_DEMO: Final = (
    Phase(Motion.STAND, 5.0),
    Phase(Motion.WALK, 25.0, 110.0, speed=1.4),
    Phase(Motion.RUN, 375.0, 160.0, speed=2.8),
    Phase(Motion.STAND, 15.0),
    Phase(Motion.RUN, 90.0, 160.0, speed=2.8),
    Phase(Motion.WALK, 25.0, 108.0, speed=1.3),
    Phase(Motion.STAND, 5.0),
)


def _minute(mount: Mount, sensor: Sensor, side: Side) -> SampleBlock:
    return synthesize(_MINUTE, sensor=sensor, mount=mount, side=side, seed=21).block


def _short(mount: Mount, sensor: Sensor, side: Side) -> SampleBlock:
    return synthesize(_SHORT, sensor=sensor, mount=mount, side=side, seed=22).block


def _demo(mount: Mount, sensor: Sensor, side: Side) -> SampleBlock:
    return synthesize(_DEMO, sensor=sensor, mount=mount, side=side, seed=11).block


_LOST_PLUG: Final = (Incident(12.0, Trouble.UNPLUGGED, 0.3),)

SCENARIOS: Final[Mapping[str, Scenario]] = {
    "easy-run": Scenario(
        "stand, walk, five minutes of easy running, walk",
        lambda mount, sensor, side: easy_run(mount=mount, sensor=sensor, side=side).block,
    ),
    "short-run": Scenario("a few seconds of everything, and one lost plug", _short, _LOST_PLUG),
    "city-run": Scenario(
        "eight minutes with a stop at a light; she quickens when told to", _demo, answers=True
    ),
    "overstrider": Scenario(
        "slow cadence, long steps, a hard heel; she quickens when told to",
        lambda mount, sensor, side: overstrider(400.0, mount=mount, sensor=sensor, side=side).block,
        answers=True,
    ),
    "intervals": Scenario(
        "fast minutes with slow jogs between",
        lambda mount, sensor, side: intervals(mount=mount, sensor=sensor, side=side).block,
    ),
    "loose-belt": Scenario(
        "an easy run with a belt that rings after every strike",
        lambda mount, sensor, side: loose_belt(sensor=sensor).block,
        mounts=(Mount.WAIST,),
    ),
    "walk": Scenario(
        "two minutes of walking: the coach stays silent",
        lambda mount, sensor, side: walk(mount=mount, sensor=sensor, side=side).block,
    ),
    "unplugged": Scenario(
        "the sensor loses its plug for 5 s",
        _minute,
        (Incident(40.0, Trouble.UNPLUGGED, 5.0),),
    ),
    "chip-reset": Scenario(
        "a dip of the supply resets the chip, which answers on as if nothing had happened",
        _minute,
        (Incident(40.0, Trouble.RESET),),
    ),
    "stuck-bus": Scenario(
        "a chip holds the data line down until it is clocked free",
        _minute,
        (Incident(40.0, Trouble.STUCK),),
    ),
    "overrun": Scenario(
        "the host stalls for 2 s and the FIFO overruns",
        _minute,
        (Incident(40.0, Trouble.STALL, 2.0),),
    ),
}


def recorded(path: Path) -> tuple[Scenario, Mount, Side]:
    """A recorded run to be felt by a simulated chip, with its mount and foot.

    Raises:
        TraceError: it is no trace, or holds no samples.
        OSError: it cannot be read.
    """
    trace = open_recorded(path)
    block = join(trace.blocks())
    if not len(block):
        raise TraceError(f"{path}: holds no samples to simulate")
    mount, side = trace.header.mount, trace.header.side
    scenario = Scenario(
        str(path),
        lambda mount, sensor, side: block,
        mounts=(mount,),
        note=f"{path.name}, felt again by a simulated sensor",
    )
    return scenario, mount, side


def scenario_named(name: str, mount: Mount) -> Scenario:
    """The scenario of that name.

    Raises:
        UsageError: there is none, or it makes no sense at `mount`.
    """
    if name not in SCENARIOS:
        known = ", ".join(SCENARIOS)
        raise UsageError(
            f"unknown scenario {name!r}; known: {known}, or the path of a trace (.mcap)"
        )
    found = SCENARIOS[name]
    if mount not in found.mounts:
        raise UsageError(f"scenario {name} is for the {found.mounts[0]} only")
    return found
