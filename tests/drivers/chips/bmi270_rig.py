"""A reader on a simulated BMI270."""

from collections.abc import Callable

from drivers.chips.bmi270 import BMI270, Bmi270
from drivers.part import setup_for
from drivers.reader import Reader
from drivers.sim.bmi270 import SimBmi270
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import Scheduler
from drivers.sim.wire import FaultPlan
from dsp.block import Mount
from tests.drivers.chips.rig import Rig, Telltale, make_rig


def rig_of(
    mount: Mount = Mount.WAIST,
    make: Callable[..., SimBmi270] = SimBmi270,
    *,
    error: float = 0.0,
    late_s: float = 0.0,
    faults: FaultPlan | None = None,
    clock_hz: float = 400_000.0,
) -> Rig:
    """A reader on the specimen that `make` makes."""
    setup = setup_for(BMI270, mount)
    sim = make(0x68, Telltale(setup), Oscillator(error, 1e-4))
    scheduler = Scheduler(late_s)
    return make_rig(setup, sim=sim, scheduler=scheduler, faults=faults, clock_hz=clock_hz)


def opened(
    mount: Mount = Mount.WAIST,
    error: float = 0.0,
    *,
    make: Callable[..., SimBmi270] = SimBmi270,
    late_s: float = 0.0,
    faults: FaultPlan | None = None,
    clock_hz: float = 400_000.0,
) -> Rig:
    """Of `rig_of`, streaming."""
    rig = rig_of(mount, make, error=error, late_s=late_s, faults=faults, clock_hz=clock_hz)
    rig.reader.open()
    return rig


def with_image(image: bytes, mount: Mount = Mount.WAIST, error: float = 0.0) -> Rig:
    """A rig whose driver has this image."""
    rig = rig_of(mount, error=error)
    rig.chip = Bmi270(rig.bus, 0x68, rig.setup, lambda: image)
    rig.reader = Reader(rig.bus, rig.chip, rig.got.append)
    return rig
