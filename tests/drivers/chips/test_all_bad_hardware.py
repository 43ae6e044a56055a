"""Chips that are other ones, dead or mad, and wires that send anything: an error or a gap."""

import pytest

from drivers.errors import ChipError, ChipNotFoundError
from drivers.notes import SensorLost, SensorRestarted
from drivers.reader import ReaderState
from drivers.sim.oscillator import Oscillator
from drivers.sim.wire import Fault, FaultPlan, SimWire
from dsp.errors import GaitCoachError
from tests.drivers.chips.rig import Rig, distinct, hold_to_law, make_rig, part_setups
from tests.soak.noise import noise
from tests.thorough import THOROUGH, some

PARTS = part_setups()
DISTINCT = PARTS if THOROUGH else distinct(PARTS)
NOISE_BYTES = 30_000
NEARLY_STILL = -1.0 + 1e-6
"""Relative error of the clock of a chip that answers and does nothing."""
SPELLS = {
    Fault.NOISE: (0.005, 0.04, 0.7, 3.5),
    Fault.ONES: (0.02, 1.2),
    Fault.ZEROS: (0.02, 1.2),
}
"""s"""


def opened(name: str) -> Rig:
    rig = make_rig(PARTS[name], oscillator=Oscillator(-0.015))
    rig.reader.open()
    return rig


def spoil(rig: Rig, fault: Fault | None, at: float) -> None:
    """From host time `at` on every transaction has this fault."""

    def now() -> None:
        rig.wire.faults.always = fault

    rig.wire.at(at, now)


STRANGERS = [
    (name, other)
    for name, setup in PARTS.items()
    for other, another in PARTS.items()
    # Some of a family answer alike; those are told apart in test_identify.py.
    if setup.part.family != another.part.family
]


@pytest.mark.parametrize(("name", "other"), STRANGERS)
def test_another_chip_is_refused_by_its_id(name: str, other: str) -> None:
    setup, another = PARTS[name], PARTS[other]
    rig = make_rig(setup)
    stranger = make_rig(another).sim
    stranger.address = rig.sim.address
    rig.wire.chips = {stranger.address: stranger}
    with pytest.raises((ChipNotFoundError, ChipError), match=f"0x{stranger.address:02x}"):
        rig.reader.open()


@pytest.mark.parametrize("fault", [Fault.ONES, Fault.ZEROS, Fault.NACK, Fault.TIMEOUT, Fault.CUT])
@pytest.mark.parametrize("name", DISTINCT)
def test_a_wire_that_is_dead_from_the_start_is_told(name: str, fault: Fault) -> None:
    rig = make_rig(PARTS[name], faults=FaultPlan(always=fault))
    with pytest.raises(GaitCoachError, match=f"0x{rig.sim.address:02x}"):
        rig.reader.open()
    assert rig.got == []
    rig.wire.faults.always = None
    rig.reader.open()
    rig.run(0.3)
    assert rig.reader.counters.samples > 0


@pytest.mark.parametrize("name", PARTS)
def test_an_address_where_nobody_is_is_told(name: str) -> None:
    rig = make_rig(PARTS[name])
    rig.wire.chips = {}
    with pytest.raises(GaitCoachError, match="nobody answers"):
        rig.reader.open()


@pytest.mark.parametrize("name", DISTINCT)
def test_noise_in_start_up_is_refused_again_and_again(name: str) -> None:
    rig = make_rig(PARTS[name], faults=FaultPlan(always=Fault.NOISE, seed=3))
    refused = 0
    while rig.bus.counters.read_bytes < 3000:
        with pytest.raises(GaitCoachError):
            rig.reader.open()
        refused += 1
    assert refused > 5
    assert rig.got == []


@pytest.mark.parametrize("name", distinct(PARTS))
def test_noise_never_passes_for_samples(name: str) -> None:
    drains, delivered = noise(PARTS[name], NOISE_BYTES)
    assert drains > 5
    assert delivered == 0


@pytest.mark.parametrize("fault", SPELLS)
@pytest.mark.parametrize("name", DISTINCT)
def test_a_spell_of_garbage_costs_samples_and_no_truth(name: str, fault: Fault) -> None:
    for k, spell_s in some([*enumerate(SPELLS[fault])], 2, list(DISTINCT).index(name)):
        rig = opened(name)
        rig.wire.faults.seed = k
        begin = rig.time.now() + 3.0 + 0.0031 * k
        spoil(rig, fault, begin)
        spoil(rig, None, begin + spell_s)
        rig.run(5.5 + spell_s)
        account = hold_to_law(rig, early_s=0.3)
        assert account.delivered > 3.0 * rig.setup.rate_hz
        assert rig.time.now() - rig.chunks[-1].host_time < 0.05
        assert rig.reader.state is ReaderState.STREAMING


@pytest.mark.parametrize("name", PARTS)
def test_a_chip_that_never_samples_is_refused_or_restarted(name: str) -> None:
    rig = make_rig(PARTS[name], oscillator=Oscillator(NEARLY_STILL))
    try:
        rig.reader.open()
    except ChipError:
        return
    rig.run(4.0)
    assert rig.chunks == []
    assert any(isinstance(n, SensorRestarted | SensorLost) for n in rig.got)


class Short:
    """A wire whose answers are cut short or too long every so often."""

    def __init__(self, wire: SimWire, by: int) -> None:
        self._wire, self._by, self._n = wire, by, 0

    def transfer(self, address: int, out: bytes, count: int) -> bytes:
        """See `drivers.host.Wire`."""
        self._n += 1
        data = self._wire.transfer(address, out, count)
        if self._n > 200 and self._n % 41 == 0 and count > 1:
            return data[: self._by] if self._by < 0 else data + bytes(self._by)
        return data

    def close(self) -> None:
        """See `drivers.host.Wire`."""
        self._wire.close()

    def reopen(self) -> None:
        """See `drivers.host.Wire`."""
        self._wire.reopen()


@pytest.mark.parametrize("by", [-1, -7, 3])
@pytest.mark.parametrize("name", DISTINCT)
def test_answers_of_a_wrong_length_are_a_bus_error(name: str, by: int) -> None:
    rig = make_rig(PARTS[name], wrap=lambda wire: Short(wire, by))
    rig.reader.open()
    rig.run(4.0)
    account = hold_to_law(rig)
    assert account.delivered > 3.0 * PARTS[name].rate_hz
    assert rig.bus.counters.errors["EIO"] > 5
