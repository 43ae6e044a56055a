"""When it warns and when it shuts down: laws over made-up batteries."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_py.power.battery import PowerEvent, PowerKind, Seen
from firmware_py.power.judge import (
    CHARGING_LOOKS,
    GAUGE_EMPTY_S,
    GAUGE_LOW_S,
    NOTICE_S,
    Judge,
)
from firmware_py.power.settings import BatterySettings

GAUGE: Final = BatterySettings(source="max17048")
GPIO: Final = BatterySettings(source="gpio", shut_down_after_s=60.0)
STEP_S: Final = 5.0
FULL: Final = Seen(low=False, empty=False, fine=True, charge=0.8, volts=4.0, charging=False)
LOW: Final = Seen(low=True, empty=False, fine=False, charge=0.12, volts=3.7, charging=False)
EMPTY: Final = Seen(low=True, empty=True, fine=False, charge=0.04, volts=3.3, charging=False)
EDGE: Final = Seen(low=False, empty=False, fine=False, charge=0.16, volts=3.7, charging=False)
PLUGGED: Final = Seen(low=True, empty=True, fine=False, charge=0.04, volts=3.5, charging=True)
PIN_LOW: Final = Seen(low=True, empty=True, fine=False)
PIN_HIGH: Final = Seen(low=False, empty=False, fine=True)


def judged(
    seens: Sequence[Seen | None], config: BatterySettings = GAUGE, step_s: float = STEP_S
) -> list[PowerEvent]:
    """All events of these looks, None being one that failed."""
    judge = Judge(config)
    events = []
    for k, seen in enumerate(seens):
        t = 1000.0 + k * step_s
        events += judge.missed(t, "no answer") if seen is None else judge.look(t, seen)
    return events


def kinds(events: list[PowerEvent]) -> list[PowerKind]:
    return [e.kind for e in events]


def test_a_battery_that_runs_down_warns_warns_again_and_then_shuts_down_once() -> None:
    events = judged([FULL] * 10 + [LOW] * 100 + [EMPTY] * 100)
    assert kinds(events) == [PowerKind.LOW, PowerKind.LOW, PowerKind.EMPTY]
    first, second, end = events
    assert first.t == 1000.0 + 10 * STEP_S + GAUGE_LOW_S
    assert first.shut_down_in_s is None
    assert first.because == "battery 12 %, 3.70 V"
    assert second.shut_down_in_s == NOTICE_S
    assert "shuts down in 15 s" in second.because
    assert end.t == 1000.0 + 110 * STEP_S + GAUGE_EMPTY_S


def test_a_battery_that_is_empty_at_the_start_is_told_before_it_shuts_down() -> None:
    events = judged([EMPTY] * 40)
    assert kinds(events) == [PowerKind.LOW, PowerKind.LOW, PowerKind.EMPTY]
    assert events[2].t - events[1].t >= NOTICE_S


ANY: Final = st.sampled_from([FULL, LOW, EMPTY, EDGE, PLUGGED, None])


@given(st.lists(ANY, max_size=120))
@settings(max_examples=80, deadline=None)
def test_laws_that_hold_whatever_is_seen(seens: list[Seen | None]) -> None:
    judge = Judge(GAUGE)
    history: list[Seen | None] = []
    events: list[PowerEvent] = []
    for k, seen in enumerate(seens):
        t = 1000.0 + k * STEP_S
        history.append(seen)
        new = judge.missed(t, "no answer") if seen is None else judge.look(t, seen)
        for event in new:
            if event.kind is PowerKind.EMPTY:
                # Every look of the last minute that was one said so.
                last = [s for s in history[-int(GAUGE_EMPTY_S / STEP_S) :] if s is not None]
                assert all(s.empty for s in last)
                warning = [e for e in events if e.shut_down_in_s is not None][-1]
                assert event.t - warning.t >= NOTICE_S
                assert judge.battery is not None
                assert judge.battery.empty
            if event.kind is PowerKind.LOW:
                assert seen is not None
                assert seen.low
        events += new
        if history[-CHARGING_LOOKS:] == [PLUGGED] * CHARGING_LOOKS:
            assert judge.battery is not None
            assert not judge.battery.low
            assert not judge.battery.empty
    lost_and_back = [k for k in kinds(events) if k in (PowerKind.GAUGE_LOST, PowerKind.GAUGE_BACK)]
    for a, b in pairwise(lost_and_back):
        assert a is not b


@given(st.lists(st.tuples(st.integers(1, 20), st.sampled_from([LOW, EMPTY, PLUGGED])), max_size=30))
@settings(max_examples=40, deadline=None)
def test_single_bad_looks_never_warn_and_never_shut_down(spikes: list[tuple[int, Seen]]) -> None:
    seens: list[Seen | None] = []
    for apart, spike in spikes:
        seens += [FULL] * apart + [spike]
    assert judged(seens) == []


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 7)), min_size=15, max_size=15))
@settings(max_examples=50, deadline=None)
def test_looks_that_fail_in_between_delay_it_but_do_not_prevent_it(
    runs: list[tuple[int, int]],
) -> None:
    # No hole is so long that nothing is known any more.
    seens = [s for good, bad in runs for s in [EMPTY] * good + [None] * bad]
    assert PowerKind.EMPTY in kinds(judged([*seens, *[EMPTY] * 5]))


def test_a_spike_to_empty_in_a_low_battery_shuts_nothing_down() -> None:
    assert kinds(judged(([LOW] * 5 + [EMPTY] * 2) * 40)) == [PowerKind.LOW]


def test_two_bad_looks_with_nothing_between_say_nothing() -> None:
    for away in range(9):
        events = judged(([FULL] * 3 + [EMPTY] + [None] * away + [EMPTY]) * 5)
        assert not {PowerKind.LOW, PowerKind.EMPTY} & set(kinds(events))


def test_the_last_warning_comes_in_time_however_rarely_it_is_looked_at() -> None:
    judge = Judge(GAUGE)
    times = [0.0, 20.0, 60.0, 61.0, 64.0, 74.0, 75.0, 80.0]
    events = [e for t in times for e in judge.look(t, EMPTY)]
    assert [(e.kind, e.t) for e in events] == [(PowerKind.LOW, 60.0), (PowerKind.EMPTY, 75.0)]


def test_a_warning_is_not_repeated_because_of_a_moment_that_was_fine() -> None:
    assert kinds(judged([LOW] * 10 + ([FULL] * 5 + [LOW] * 10) * 10)) == [PowerKind.LOW]
    again = judged([LOW] * 10 + [FULL] * 14 + [LOW] * 10)
    assert kinds(again) == [PowerKind.LOW, PowerKind.LOW]


def test_a_battery_about_its_limit_is_warned_about_once() -> None:
    assert kinds(judged([LOW] * 10 + ([EDGE] * 10 + [LOW] * 10) * 20)) == [PowerKind.LOW]


def test_it_is_warned_about_again_when_it_was_charged_in_between() -> None:
    events = judged([LOW] * 10 + [PLUGGED] * 5 + [LOW] * 10)
    assert kinds(events) == [PowerKind.LOW, PowerKind.CHARGING, PowerKind.LOW]


def test_a_charger_in_the_last_seconds_takes_the_shutdown_back() -> None:
    notice = int((GAUGE_EMPTY_S - NOTICE_S) / STEP_S) + 1
    events = judged([EMPTY] * notice + [PLUGGED] * 200)
    assert kinds(events) == [PowerKind.LOW, PowerKind.LOW, PowerKind.CHARGING]
    assert "charging" in events[-1].because


def test_a_battery_is_old_news_after_a_hole() -> None:
    # Empty for 40 s, nothing for a minute: what was before does not count.
    judge = Judge(GAUGE)
    events = [e for k in range(9) for e in judge.look(1000.0 + 5 * k, EMPTY)]
    events += [e for k in range(3) for e in judge.look(1100.0 + 5 * k, EMPTY)]
    assert kinds(events) == [PowerKind.LOW]


def test_a_gauge_that_is_gone_is_told_once_and_so_is_its_return() -> None:
    events = judged([FULL, FULL] + [None] * 200 + [FULL] * 10)
    assert kinds(events) == [PowerKind.GAUGE_LOST, PowerKind.GAUGE_BACK]
    assert events[0].because == "the battery is not known: no answer"
    judge = Judge(GAUGE)
    judge.look(0.0, FULL)
    for k in range(10):
        judge.missed(5.0 + 5 * k, "no answer")
    assert judge.battery is None


@given(st.lists(st.integers(1, 3), max_size=60))
@settings(max_examples=30, deadline=None)
def test_a_low_battery_output_that_chatters_says_nothing(lengths: list[int]) -> None:
    seens: list[Seen | None] = []
    for length in lengths:
        seens += [PIN_LOW] * length + [PIN_HIGH]
    assert judged(seens, GPIO, 0.5) == []


def test_a_low_battery_output_warns_after_two_seconds_and_shuts_down_after_its_time() -> None:
    events = judged([PIN_HIGH] * 4 + [PIN_LOW] * 300, GPIO, 0.5)
    assert kinds(events) == [PowerKind.LOW, PowerKind.LOW, PowerKind.EMPTY]
    assert [e.t - 1002.0 for e in events] == [2.0, 45.0, 60.0]
    assert events[0].because == "battery low"


def test_a_low_battery_output_that_comes_back_stops_the_shutdown() -> None:
    events = judged([PIN_LOW] * 100 + [PIN_HIGH] * 1000, GPIO, 0.5)
    assert kinds(events) == [PowerKind.LOW, PowerKind.LOW]
    assert events[1].shut_down_in_s == NOTICE_S


def test_how_long_it_lasts_is_told_only_after_it_was_seen_to_fall() -> None:
    judge = Judge(GAUGE)
    for k in range(0, 3600, 5):
        charge = 0.8 - 0.3 * k / 3600
        judge.look(float(k), Seen(False, False, True, charge, 3.9, False))
        battery = judge.battery
        assert battery is not None
        if k < 600:
            assert battery.remaining_s is None
        else:
            # To 5 %, at 30 % an hour.
            assert battery.remaining_s == pytest.approx((charge - 0.05) * 12_000, rel=0.02)


def test_a_battery_is_json() -> None:
    judge = Judge(GAUGE)
    judge.look(0.0, FULL)
    assert judge.battery is not None
    assert judge.battery.as_dict() == {
        "charge": 0.8,
        "charge_is_estimate": False,
        "volts": 4.0,
        "charging": False,
        "low": False,
        "empty": False,
        "remaining_estimate_s": None,
        "source": "max17048",
    }


def test_an_event_is_json() -> None:
    (first, *_) = judged([LOW] * 10)
    assert first.as_dict() == {
        "type": "power",
        "t": 1030.0,
        "kind": "low",
        "because": "battery 12 %, 3.70 V",
        "shut_down_in_s": None,
    }
