"""Who wears the device: a simulated runner with a simulated sensor, in the guest's time."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.sim.catalog import sim_chip
from drivers.sim.chip import SimChip
from drivers.sim.motion import Recorded, SensorMotion, Still
from drivers.sim.oscillator import Oscillator
from drivers.sim.wire import Fault
from dsp.block import FloatArray, Mount
from dsp.synth import Motion, Phase, Truth, synthesize
from firmware_py.simulate.world import REFERENCE, ideal_sensor
from tests.guest.bus import BusServer

OSCILLATOR: Final = Oscillator(0.013, 2e-4)
ADDRESS: Final = 0x6A


@dataclass(frozen=True, slots=True)
class Outing:
    """What she does, made beforehand.

    Args:
        motion: begins at 0 s. truth: of its strikes. lasts_s: until she stands for good.
    """

    motion: Recorded
    truth: Truth
    lasts_s: float


def outing(*phases: Phase, mount: Mount = Mount.WAIST, seed: int = 31) -> Outing:
    """Makes an outing of phases."""
    made = synthesize(phases, sensor=ideal_sensor(mount), mount=mount, seed=seed)
    return Outing(Recorded(made.block, 0.0), made.truth, sum(p.duration_s for p in phases))


def run_of(seconds: float, mount: Mount = Mount.WAIST, cadence_spm: float = 165.0) -> Outing:
    """Stands for 3 s, then runs."""
    return outing(
        Phase(Motion.STAND, 3.0), Phase(Motion.RUN, seconds, cadence_spm, speed=2.9), mount=mount
    )


class Body:
    """The sensor and who wears it.

    Args:
        bus: where the sensor is.
        part: which it is.
    """

    def __init__(self, bus: BusServer, part: str = REFERENCE) -> None:
        self._bus = bus
        self._motion: SensorMotion = Still()
        self.chip: SimChip = sim_chip(part, ADDRESS, self, OSCILLATOR)
        self._began = 0.0
        bus.wire.chips[ADDRESS] = self.chip
        # It has long been ready when the guest's kernel comes to its bus.
        bus.powered = lambda now: self.chip.power_up(now - 1.0)

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `SensorMotion`."""
        return self._motion.at(t - self._began)

    def go(self, outing: Outing, now: float) -> None:
        """She begins.

        Args:
            now: guest's monotonic time, s.
        """
        with self._bus.lock:
            self._began, self._motion = now, outing.motion

    def stand(self) -> None:
        """She stands still."""
        with self._bus.lock:
            self._motion = Still()

    def plug(self) -> None:
        """The sensor gets its power, and is there."""
        with self._bus.lock:
            self.chip.power_up(self._bus.wire.time.now())
            self._bus.wire.chips[ADDRESS] = self.chip

    def unplug(self) -> None:
        """It is gone."""
        with self._bus.lock:
            self._bus.wire.chips.pop(ADDRESS, None)

    def storm(self, share: float, transfers: int, seed: int = 7) -> None:
        """Of the next transfers a share is not acknowledged."""
        wire = self._bus.wire
        rng = np.random.default_rng(seed)
        with self._bus.lock:
            hit = np.flatnonzero(rng.random(transfers) < share) + wire.transactions
            wire.faults.at.update({int(n): Fault.NACK for n in hit})
