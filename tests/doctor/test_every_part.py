"""Every supported part is healthy in its simulator, as it serves each mount."""

import pytest

from drivers.catalog import PARTS, part_named
from drivers.sim.catalog import sim_chip
from dsp.block import Mount
from firmware_py.doctor.check import Result
from tests.doctor.patients import Setting, sensor

SERVED = [(name, mount) for name in PARTS for mount in part_named(name).modes]


@pytest.mark.parametrize(("name", "mount"), SERVED)
def test_a_sound_specimen_has_no_fault_and_no_warning_but_its_range(
    name: str, mount: Mount
) -> None:
    chip = sim_chip(name, part_named(name).addresses[0])
    settings = sensor(part=name, mount=mount.value)
    checks = Setting(chips=(chip,), settings=settings).checks(3.0)
    warned = {n for n, c in checks.items() if c.result in (Result.WARNING, Result.FAULT)}
    assert warned <= ({"sensor"} if part_named(name).modes[mount].cadence_only else set()), [
        checks[n] for n in warned
    ]
    for check in ("bus speed", "gravity", "rate", "losses"):
        assert checks[check].result is Result.OK
