"""A simulated sensor on a simulated bus, worn by a simulated runner."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from drivers.bus import Bus
from drivers.catalog import part_named
from drivers.part import setup_for
from drivers.sim.catalog import sim_chip, sim_driver
from drivers.sim.chip import SimChip
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import Scheduler, VirtualTime
from drivers.sim.wire import SimPins, SimWire
from dsp.block import Mount, SampleBlock, Side
from dsp.errors import ConfigError
from dsp.synth import Sensor
from dsp.units import STANDARD_GRAVITY
from firmware_py.sensor.attached import Attached
from firmware_py.simulate.pacing import Pacing
from firmware_py.simulate.runner import HearingRunner
from firmware_py.simulate.scenarios import MOTION_HZ, Incident, Scenario, Trouble

START: Final = 100.0
"""What the simulated host's clock shows first, s: never 0, as no real one does."""
REFERENCE: Final = "LSM6DSO32"
OSCILLATOR: Final = Oscillator(0.013, 2e-4)
MEAN_LATE_S: Final = 1.5e-3
_SMOOTH: Final = 1000.0 * STANDARD_GRAVITY


@dataclass(frozen=True, slots=True)
class World:
    """A simulation.

    Args:
        attached: its sensor, for the real program.
        runner: who wears it; tell her the cues.
        pacing: holds virtual time until the program has caught up, and to the pace asked for.
        chip: the simulator.
        wire: the simulated bus.
        note: who or what this is, for the trace.
    """

    attached: Attached
    runner: HearingRunner
    pacing: Pacing
    chip: SimChip
    wire: SimWire
    note: str


def make_world(
    scenario: Scenario,
    mount: Mount,
    side: Side = Side.RIGHT,
    part: str | None = None,
    address: int | None = None,
    pace: float | None = 1.0,
    start: float = START,
    late_s: float = 0.0,
) -> World:
    """Sets a scenario up.

    Args:
        scenario: what happens.
        mount: where the sensor is worn; `side`: on which shoe.
        part: which sensor; None: the reference.
        address: where; None: its first.
        pace: seconds of the run per second; None: as fast as possible.
        start: when the motion begins, on the simulated host's clock, s.
        late_s: so much later than the motion the host's clock begins, s.

    Raises:
        ConfigError: no such part, or it cannot serve the mount.
    """
    wanted = part_named(part or REFERENCE)
    setup = setup_for(wanted, mount)
    block = _moved(scenario.motion, mount, side)
    runner = HearingRunner(block, start, answers=scenario.answers)
    stalls = [(start + i.at_s, i.lasts_s) for i in scenario.incidents if i.trouble is Trouble.STALL]
    pacing = Pacing(pace)
    time = VirtualTime(start + late_s, Scheduler(MEAN_LATE_S, stalls, seed=5), pacing.slept)
    where = wanted.addresses[0] if address is None else address
    if where not in wanted.addresses:
        known = " or ".join(f"0x{a:02x}" for a in wanted.addresses)
        raise ConfigError(f"sensor.address = 0x{where:02x}: an {wanted.name} sits at {known}")
    chip = sim_chip(wanted.name, where, runner, OSCILLATOR)
    wire = SimWire(time, [chip])
    for incident in scenario.incidents:
        _befall(wire, where, incident, start)
    bus = Bus(wire, time, SimPins(wire))
    driver = sim_driver(bus, where, setup)
    foot = side if mount is Mount.SHOE else Side.UNKNOWN
    attached = Attached(bus, where, driver, mount, foot)
    return World(attached, runner, pacing, chip, wire, scenario.note)


def ideal_sensor(mount: Mount) -> Sensor:
    """Finer and wider than any chip, and noisy as one: the chip quantizes and clips by itself."""
    rate = MOTION_HZ if mount is Mount.WAIST else 2 * MOTION_HZ
    return Sensor(
        rate_hz=rate, acc_scale=None, gyr_scale=None, acc_limit=_SMOOTH, gyr_limit=_SMOOTH
    )


@lru_cache(maxsize=2)
def _moved(
    motion: Callable[[Mount, Sensor, Side], SampleBlock], mount: Mount, side: Side
) -> SampleBlock:
    """Synthesizing takes as long as a quick simulation: several of the same motion share it."""
    return motion(mount, ideal_sensor(mount), side)


def _befall(wire: SimWire, address: int, incident: Incident, start: float) -> None:
    t = start + incident.at_s
    match incident.trouble:
        case Trouble.UNPLUGGED:
            wire.unplug(address, t, t + incident.lasts_s)
        case Trouble.RESET:
            wire.brown_out(address, t)
        case Trouble.STUCK:
            wire.stick(t)
        case Trouble.STALL:
            pass
