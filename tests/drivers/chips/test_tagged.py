"""Words of a tagged FIFO in any order, cut anywhere, with any of them missing."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.chips.tag_plan import TAG_ACC, TAG_CONFIG_CHANGE, TAG_GYRO, TAG_TIMESTAMP, make_plan
from drivers.chips.tagged import BOOT_COUNTS, MAX_WAITING, Piece, TaggedFifo
from drivers.chips.ticks import TickCounter
from drivers.errors import ChipError
from tests.thorough import examples

PERIOD = 96
TICK_S = 25e-6
TAGS = (TAG_ACC, TAG_GYRO)


@dataclass(frozen=True)
class Word:
    """A word and the sample it belongs to."""

    slot: int
    data: bytes


def word(tag: int, slot: int, axes: tuple[int, int, int]) -> bytes:
    return bytes((tag << 3 | (slot & 3) << 1,)) + np.array(axes, dtype="<i2").tobytes()


def acc(i: int) -> tuple[int, int, int]:
    return i, 1000 + i, -2000 - i


def gyr(i: int) -> tuple[int, int, int]:
    return -3000 - i, 4000 + i, -5000 + i


def slot_words(i: int, order: tuple[int, ...] = (0, 1, 2)) -> list[Word]:
    """All words of sample `i`; every eighth has a timestamp."""
    words = [word(TAG_GYRO, i, gyr(i)), word(TAG_ACC, i, acc(i))]
    if i % 8 == 0:
        ticks = int((i + 0.5) * PERIOD)
        words.append(bytes((TAG_TIMESTAMP << 3 | (i & 3) << 1,)) + ticks.to_bytes(6, "little"))
    return [Word(i, words[k]) for k in order if k < len(words)]


def fifo() -> TaggedFifo:
    return TaggedFifo(TAGS, TickCounter(PERIOD, 1 << 32, TICK_S))


def hold_to_law(pieces: list[Piece]) -> int:
    """Checks every sample and its place; returns where the last one ends."""
    index = 0
    for counts, lost in pieces:
        assert lost >= 0
        index += lost
        for row in counts.tolist():
            assert tuple(row) == (*acc(index), *gyr(index))
            index += 1
    return index


def pushed(tagged: TaggedFifo, words: list[Word]) -> list[Piece]:
    """One drain; the host's clock is the one of its last word."""
    if not words:
        return []
    data = b"".join(w.data for w in words)
    return tagged.push(data, 1.0 + words[-1].slot * PERIOD * TICK_S)


orders = st.permutations([0, 1, 2]).map(tuple)
streams = st.lists(orders, min_size=1, max_size=120).map(
    lambda drawn: [w for i, order in enumerate(drawn) for w in slot_words(i, order)]
)


@given(streams, st.data())
@settings(max_examples=examples(50, 200))
def test_any_order_in_a_slot_and_any_cut_give_every_sample_once(
    words: list[Word], data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(words)))) | {0, len(words)})
    tagged = fifo()
    pieces = [p for a, b in pairwise(cuts) for p in pushed(tagged, words[a:b])]
    assert hold_to_law(pieces) == words[-1].slot + 1
    assert sum(lost for _, lost in pieces) == 0


@given(streams, st.data())
@settings(max_examples=examples(60, 300))
def test_holes_of_any_length_at_any_word_are_counted_by_the_next_timestamp(
    words: list[Word], data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(words)), max_size=12)) | {0, len(words)})
    tagged, pieces = fifo(), list[Piece]()
    for a, b in pairwise(cuts):
        if data.draw(st.booleans()):
            pieces += pushed(tagged, words[a:b])
        else:
            tagged.broken()
    hold_to_law(pieces)
    rest = [w for i in range(words[-1].slot + 1, words[-1].slot + 20) for w in slot_words(i)]
    pieces += pushed(tagged, rest)
    assert hold_to_law(pieces) == rest[-1].slot + 1


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 30)), min_size=1, max_size=12),
    st.integers(1, 9),
)
@settings(max_examples=examples(50, 200))
def test_slots_that_vanish_without_a_word_show_in_the_slot_counter(
    runs: list[tuple[int, int]], step: int
) -> None:
    slots, i = [0], 1
    for there, gone in runs:
        slots += range(i, i + there)
        # Whole turns of the counter do not show: see below.
        i += there + (gone if gone % 4 else gone + 1)
    slots += range(i, i + 20)
    tagged, pieces = fifo(), list[Piece]()
    for k in range(0, len(slots), step):
        pieces += pushed(tagged, [w for s in slots[k : k + step] for w in slot_words(s)])
    assert hold_to_law(pieces) == slots[-1] + 1


@pytest.mark.parametrize("turns", [1, 2, 50])
@pytest.mark.parametrize("after", range(8))
def test_whole_turns_that_vanish_are_counted_at_the_next_timestamp(turns: int, after: int) -> None:
    gone = range(100 + after, 100 + after + 4 * turns)
    tagged, delivered, lost, right = fifo(), 0, 0, False
    for i in [k for k in range(300 + 4 * turns) if k not in gone]:
        for counts, before in pushed(tagged, slot_words(i)):
            lost += before
            right = delivered + lost == i
            delivered += len(counts)
        if i % 8 == 0:
            assert right, "a timestamp puts everything into its place"
    assert lost == 4 * turns


def test_words_of_the_start_up_phase_count_as_lost() -> None:
    data = [word(TAG_GYRO, i, (BOOT_COUNTS, 0, 0)) + slot_words(i)[1].data for i in range(3)]
    tagged = fifo()
    pieces = tagged.push(b"".join(data), 1.0)
    pieces += pushed(tagged, [w for i in range(3, 20) for w in slot_words(i)])
    assert hold_to_law(pieces) == 20
    assert pieces[0][1] == 3


def test_a_clipped_sample_in_mid_run_is_no_start_up_word() -> None:
    tagged = fifo()
    for i in range(100):
        pushed(tagged, slot_words(i))
    clipped = word(TAG_GYRO, 100, (32767, 32767, 32767)) + word(TAG_ACC, 100, (32767, 0, 0))
    ((counts, lost),) = tagged.push(clipped, 1.25)
    assert lost == 0
    assert counts.tolist() == [[32767, 0, 0, 32767, 32767, 32767]]


def test_a_late_first_drain_keeps_a_sample_that_clipped_long_after_the_start() -> None:
    words = [w for i in range(203) for w in slot_words(i)]
    at = next(k for k, w in enumerate(words) if w.slot == 165)
    words[at] = Word(165, word(TAG_GYRO, 165, (0x7FFF, 0x7FFF, 0x7FFF)))
    ((counts, lost),) = pushed(fifo(), words)
    assert lost == 0
    assert len(counts) == 203
    assert counts[165].tolist() == [*acc(165), 0x7FFF, 0x7FFF, 0x7FFF]


def test_a_late_first_drain_leaves_out_the_start_up_phase_alone() -> None:
    words = [w for i in range(203) for w in slot_words(i)]
    for slot in (2, 165):
        at = next(k for k, w in enumerate(words) if w.slot == slot)
        words[at] = Word(slot, word(TAG_GYRO, slot, (0x7FFF, 0, 0)))
    ((counts, lost),) = pushed(fifo(), words)
    assert lost == 3
    assert len(counts) == 200
    assert counts[165 - 3].tolist() == [*acc(165), 0x7FFF, 0, 0]


def test_config_changes_are_passed_over() -> None:
    tagged = fifo()
    change = word(TAG_CONFIG_CHANGE, 2, (7, 7, 7))
    data = b"".join(w.data + change for i in range(20) for w in slot_words(i))
    assert hold_to_law(tagged.push(data, 1.05)) == 20


@pytest.mark.parametrize("byte", [0x00, 0xFF, 0x1F << 3, 0x03 << 3])
def test_a_word_of_no_sensor_is_refused_and_the_next_stamp_finds_back(byte: int) -> None:
    tagged = fifo()
    pieces = pushed(tagged, [w for i in range(13) for w in slot_words(i)])
    with pytest.raises(ChipError, match=f"0x{byte:02x}"):
        tagged.push(slot_words(13)[0].data + bytes((byte,)) * 7, 1.03)
    pieces += pushed(tagged, [w for i in range(14, 30) for w in slot_words(i)])
    assert hold_to_law(pieces) == 30


def test_a_timestamp_that_went_back_is_refused() -> None:
    tagged = fifo()
    pushed(tagged, [w for i in range(30) for w in slot_words(i)])
    with pytest.raises(ChipError, match="went back"):
        pushed(tagged, [Word(30, w.data) for i in (14, 15, 16) for w in slot_words(i)])


def test_timestamps_that_stay_away_are_told() -> None:
    tagged = fifo()
    pushed(tagged, [w for i in range(30) for w in slot_words(i)])
    tagged.broken()
    bare = [w for i in range(31, 40 + MAX_WAITING) for w in slot_words(i, (0, 1))]
    with pytest.raises(ChipError, match="no timestamps"):
        pushed(tagged, bare)


def test_a_plan_keeps_the_words_of_an_open_slot() -> None:
    tags = bytes((TAG_GYRO << 3, TAG_ACC << 3, TAG_GYRO << 3 | 2))
    plan = make_plan(tags, TAGS)
    assert plan.whole == 2
    assert plan.places.tolist() == [[*range(8, 14), *range(1, 7)]]
    assert (plan.slots, plan.breaks, plan.stamps, plan.bad) == ((0,), (), (), "")
