"""Freeing a held bus, and the pins of a Raspberry Pi without one."""

import errno
from collections.abc import Sequence
from pathlib import Path

import pytest

from drivers.pins import PinctrlPins, pins_of, run_pinctrl
from drivers.recovery import PULSES, free_bus
from drivers.sim.time import VirtualTime


class Lines:
    """Two open drain lines with a chip that holds SDA down for so many clocks.

    Args:
        holds: rising edges of SCL until it lets go.
    """

    def __init__(self, holds: int = 0) -> None:
        self.holds = holds
        self.scl_low = self.sda_low = False
        self.rises = 0
        self.stops = 0
        self.taken = 0
        self.waited = 0.0

    def take(self) -> None:
        self.taken += 1

    def give_back(self) -> None:
        assert not self.scl_low
        assert not self.sda_low
        self.taken -= 1

    def sda_is_high(self) -> bool:
        return not self.sda_low and self.rises >= self.holds

    def pull_scl(self, low: bool) -> None:
        if self.scl_low and not low:
            self.rises += 1
        self.scl_low = low

    def pull_sda(self, low: bool) -> None:
        if self.sda_low and not low and not self.scl_low and self.rises >= self.holds:
            self.stops += 1
        self.sda_low = low

    def wait(self, seconds: float) -> None:
        self.waited += seconds


@pytest.mark.parametrize("holds", range(PULSES + 1))
def test_sda_is_free_after_as_many_clocks_as_the_chip_needs_and_a_stop(holds: int) -> None:
    lines = Lines(holds)
    assert free_bus(lines)
    assert lines.rises == holds + 1
    assert lines.stops == 1
    assert lines.taken == 0
    assert lines.waited >= 10e-6 * holds


def test_a_line_that_stays_down_is_given_up_and_the_pins_are_given_back() -> None:
    lines = Lines(100)
    assert not free_bus(lines)
    assert lines.rises == PULSES + 1
    assert lines.taken == 0


class Board:
    """A `pinctrl` with two pins and a sensor that holds GPIO2 down.

    Args:
        functions: of GPIO2 and 3 at first.
        holds: rising edges of GPIO3 until it lets go.
    """

    def __init__(self, functions: tuple[str, str] = ("a0", "a0"), holds: int = 0) -> None:
        self.function = {2: functions[0], 3: functions[1]}
        self.rises = 0
        self.holds = holds

    def __call__(self, arguments: Sequence[str]) -> str:
        verb, number, *options = arguments
        pin = int(number)
        if verb == "get":
            high = self.function[pin] != "op" and (pin == 3 or self.rises >= self.holds)
            level = "hi" if high else "lo"
            drive = "dl" if self.function[pin] == "op" else "  "
            name = f"GPIO{pin} = {'SDA1' if pin == 2 else 'SCL1'}"
            return f"{pin:2}: {self.function[pin]:>2} {drive} pu | {level} // {name}\n"
        function = next(o for o in options if o in ("ip", "op") or o[0] == "a")
        # A line is never driven high.
        assert "dh" not in options
        assert function != "op" or "dl" in options
        if pin == 3 and self.function[3] == "op" and function == "ip":
            self.rises += 1
        self.function[pin] = function
        return ""


@pytest.mark.parametrize("alt", ["a0", "a3"])
def test_the_pins_get_back_the_function_they_had(alt: str) -> None:
    board = Board((alt, alt), holds=4)
    time = VirtualTime()
    assert free_bus(PinctrlPins(board, time=time))
    assert board.function == {2: alt, 3: alt}
    assert board.rises == 5
    assert time.now() > 100.0


@pytest.mark.parametrize(
    ("model", "alt"),
    [
        ("Raspberry Pi Zero 2 W Rev 1.0", "a0"),
        ("Raspberry Pi 4 Model B Rev 1.5", "a0"),
        ("Raspberry Pi 5 Model B Rev 1.0", "a3"),
        ("Raspberry Pi Compute Module 5 Rev 1.0", "a3"),
        ("", "a0"),
    ],
)
def test_pins_that_a_crash_left_as_inputs_get_the_function_of_the_board(
    model: str, alt: str
) -> None:
    board = Board(("ip", "op"))
    assert free_bus(PinctrlPins(board, model=model, time=VirtualTime()))
    assert board.function == {2: alt, 3: alt}


def test_a_line_held_for_good_is_told_and_the_pins_are_given_back() -> None:
    board = Board(holds=50)
    assert not free_bus(PinctrlPins(board, time=VirtualTime()))
    assert board.function == {2: "a0", 3: "a0"}


def test_pins_are_given_back_when_pinctrl_fails_in_between() -> None:
    board = Board(holds=50)
    calls = 0

    def shaky(arguments: Sequence[str]) -> str:
        nonlocal calls
        calls += 1
        if calls == 9:
            raise OSError(errno.ETIMEDOUT, "pinctrl hangs")
        return board(arguments)

    with pytest.raises(OSError, match="hangs"):
        free_bus(PinctrlPins(shaky, time=VirtualTime()))
    assert board.function == {2: "a0", 3: "a0"}


def test_what_pinctrl_cannot_tell_is_an_error() -> None:
    with pytest.raises(OSError, match="No GPIO chips found"):
        PinctrlPins(lambda _: "No GPIO chips found\n", time=VirtualTime()).sda_is_high()


def test_a_missing_pinctrl_is_told_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(OSError, match="raspi-utils"):
        run_pinctrl(("get", "2"))


@pytest.mark.parametrize(
    ("model", "bus", "known"),
    [
        ("Raspberry Pi Zero 2 W Rev 1.0\0", 1, True),
        ("Raspberry Pi Zero 2 W Rev 1.0\0", 3, False),
        ("Radxa ROCK 5B\0", 1, False),
        (None, 1, False),
    ],
)
def test_only_bus_1_of_a_raspberry_pi_has_known_pins(
    model: str | None, bus: int, known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model"
    if model is not None:
        path.write_text(model)
    monkeypatch.setattr("drivers.pins.MODEL", path)
    assert (pins_of(bus) is not None) is known


def test_a_pinctrl_that_refuses_is_told_with_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "pinctrl"
    tool.write_text("#!/bin/sh\necho no gpiomem for $*\nexit 255\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(OSError, match=r"no gpiomem for get 2.*group gpio"):
        run_pinctrl(("get", "2"))
