import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware_py.install.boot_config import BEGIN, END, with_block, without_block
from firmware_py.install.errors import InstallError

LINES = ("dtparam=i2c_arm=on,i2c_arm_baudrate=400000", "core_freq=250")
PIECES = st.sampled_from(
    [b"[all]", b"[cm5]", b"[pi4]\r", b"# x", b"dtparam=spi=on", b"", b" ", b"\xff\x00", b"[", END]
)
TEXTS = st.lists(PIECES | st.binary(max_size=8), max_size=8).map(b"\n".join)


def in_force(text: bytes, line: bytes) -> bytes:
    """The section that a line stands in, as the firmware reads it."""
    section = b"all"
    for each in text.splitlines():
        if each.strip().startswith(b"["):
            section = each.strip()[1:].partition(b"]")[0]
        if each == line:
            return section
    raise AssertionError(f"{line!r} is gone")


@given(TEXTS)
@example(b"")
@example(b"a")
@example(b"a\r\n[cm5]\r\nb")
def test_taken_out_again_the_file_is_what_it_was_to_the_byte(text: bytes) -> None:
    assert without_block(with_block(text, LINES)) == text


@given(TEXTS, TEXTS)
@settings(max_examples=50)
def test_a_second_block_replaces_the_first_and_the_lines_hold_on_every_board(
    text: bytes, after: bytes
) -> None:
    once = with_block(text, ("old=1",)) + after
    twice = with_block(once, LINES)
    assert with_block(twice, LINES) == twice
    assert b"old=1" not in twice
    assert twice.count(BEGIN) == 1
    assert in_force(twice, LINES[0].encode()) == b"all"
    if not after:
        assert without_block(twice) == text


@pytest.mark.parametrize("before", [b"[cm5]\nx=1\n", b"[cm5]\nx=1", b"x=1\n", b"[cm5]\n[all]\n"])
def test_what_was_added_below_the_block_still_holds_for_all_boards(before: bytes) -> None:
    text = without_block(with_block(before, LINES) + b"mine=1\n")
    assert in_force(text, b"mine=1") == b"all"
    assert in_force(text, b"x=1") == in_force(before, b"x=1") if b"x=1" in before else True


@pytest.mark.parametrize(
    "text", [BEGIN + b"\n[all]\n", with_block(b"", LINES) + with_block(b"", LINES)]
)
def test_a_block_that_somebody_tore_is_not_guessed_at(text: bytes) -> None:
    with pytest.raises(InstallError, match="by hand"):
        with_block(text, LINES)
    with pytest.raises(InstallError, match="by hand"):
        without_block(text)
