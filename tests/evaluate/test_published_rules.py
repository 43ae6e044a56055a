"""Every published rule finds what it describes, where it describes it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from dsp.block import Mount
from dsp.synth import random_runner
from firmware_py.evaluate.published.auvinet import auvinet
from firmware_py.evaluate.published.crossing import (
    armed_crossing,
    bare_crossing,
    confirmed_crossing,
    reenalda,
    regular_crossing,
)
from firmware_py.evaluate.published.fore_aft import lee, wixted
from firmware_py.evaluate.published.found import Rule, Signals, next_after
from firmware_py.evaluate.published.highest import highest
from firmware_py.evaluate.published.patoz import patoz
from firmware_py.evaluate.published.pitch import falbriard, swing_peak
from firmware_py.evaluate.published.recordings import signals_of
from firmware_py.evaluate.published.rules import RULES, applicable
from tests.evaluate.made_runs import (
    CONTACT_S,
    RATE_HZ,
    SECOND_S,
    SPIKE_S,
    STEP_S,
    STRIKES,
    foot,
    rise_t,
    runner,
    until,
)

SAMPLE_S = 1.0 / RATE_HZ
WAIST = RULES[Mount.WAIST]
CAUSAL = [
    bare_crossing,
    armed_crossing,
    confirmed_crossing,
    regular_crossing,
    wixted,
    lee,
    highest,
]


def named(rule: Rule) -> str:
    return getattr(rule, "__name__", "rule")


@pytest.mark.parametrize("rule", [bare_crossing, armed_crossing, reenalda])
def test_a_crossing_is_found_where_the_vertical_passes_1_g(rule: Rule) -> None:
    found = rule(runner())
    assert found.strike_t == pytest.approx(STRIKES + rise_t(1.0), abs=1e-4)
    late = found.decision_t - found.strike_t
    assert ((late >= 0.0) & (late < SAMPLE_S)).all()
    assert found.causal
    assert found.toe_off_t is None


def test_only_the_armed_crossing_ignores_a_body_that_was_not_unloaded() -> None:
    brisk = runner(flight_g=0.7)
    assert len(bare_crossing(brisk).strike_t) == len(STRIKES)
    assert len(armed_crossing(brisk).strike_t) == 0


def test_a_ring_after_the_impact_is_not_a_second_strike() -> None:
    made = runner()
    ringing = made.vertical_g.copy()
    for strike in STRIKES:
        ringing[(made.t >= strike + 0.05) & (made.t < strike + 0.06)] = 0.4
    for rule in (bare_crossing, armed_crossing, reenalda):
        found = rule(replace(made, vertical_g=ringing))
        assert found.strike_t == pytest.approx(STRIKES + rise_t(1.0), abs=1e-4)


def test_a_crossing_in_the_refractory_time_does_not_disarm_the_next() -> None:
    t = np.arange(1000) / RATE_HZ
    vertical = np.full(len(t), 1.5)
    vertical[100:150] = 0.5  # strike at 0.3 s
    vertical[200:210] = 0.5  # crossing at 0.42 s: too early
    vertical[300:310] = 0.9  # crossing at 0.62 s: armed by the dip before
    found = armed_crossing(Signals(t, RATE_HZ, vertical))
    assert found.decision_t == pytest.approx([0.3, 0.62])


def test_an_armed_crossing_is_disarmed_by_its_strike() -> None:
    t = np.arange(1000) / RATE_HZ
    vertical = np.full(len(t), 1.5)
    vertical[100:150] = 0.5  # strike at 0.3 s
    vertical[300:310] = 0.9  # crossing at 0.62 s: no flight since
    assert armed_crossing(Signals(t, RATE_HZ, vertical)).decision_t == pytest.approx([0.3])


def test_a_crossing_is_confirmed_by_the_sample_that_reaches_the_peak() -> None:
    found = confirmed_crossing(runner())
    assert found.strike_t == pytest.approx(STRIKES + rise_t(1.0), abs=1e-4)
    late = found.decision_t - (STRIKES + rise_t(1.8))
    assert ((late >= 0.0) & (late < SAMPLE_S)).all()
    assert found.causal
    assert len(confirmed_crossing(runner(peak_g=1.7)).strike_t) == 0


@pytest.mark.parametrize(("peak_s", "strikes"), [(0.14, 1), (0.16, 0)])
def test_a_peak_later_than_150_ms_confirms_nothing(peak_s: float, strikes: int) -> None:
    t = np.arange(1000) / RATE_HZ
    vertical = np.full(len(t), 1.2)
    vertical[100:150] = 0.5  # strike at 0.3 s
    vertical[t >= 0.3 + peak_s] = 1.9
    assert len(confirmed_crossing(Signals(t, RATE_HZ, vertical)).strike_t) == strikes


def test_the_strictest_crossing_reports_the_fifth_of_a_regular_row_and_none_before() -> None:
    found = regular_crossing(runner())
    assert found.strike_t == pytest.approx(STRIKES[4:] + rise_t(1.0), abs=1e-4)
    assert (found.decision_t - found.strike_t < 0.150).all()
    assert found.causal


def test_one_irregular_interval_costs_the_strictest_crossing_four_strikes() -> None:
    made = runner()
    lost = made.vertical_g.copy()
    lost[(made.t >= STRIKES[9]) & (made.t < STRIKES[9] + CONTACT_S)] = 0.0
    found = regular_crossing(replace(made, vertical_g=lost))
    kept = [*STRIKES[4:9], *STRIKES[14:]]
    assert found.strike_t == pytest.approx(np.array(kept) + rise_t(1.0), abs=1e-4)


def test_reenalda_ignores_a_crossing_of_a_rising_pelvis() -> None:
    made = runner()
    push_off = made.vertical_g.copy()
    for strike in STRIKES:
        push_off[(made.t >= strike + 0.17) & (made.t < strike + 0.18)] = 0.9
    dipped = replace(made, vertical_g=push_off)
    # Without a refractory time this crossing comes 0.18 s after the strike and 0.18 s before it.
    ups = np.count_nonzero((push_off[:-1] < 1.0) & (push_off[1:] >= 1.0))
    assert ups >= 2 * len(STRIKES)
    first = int(np.searchsorted(made.t, STRIKES[0] + 0.05))
    cut = replace(dipped, t=made.t[first:], vertical_g=push_off[first:])
    assert reenalda(cut).strike_t == pytest.approx(STRIKES[1:] + rise_t(1.0), abs=1e-4)


def carried(*spikes: tuple[float, float], loaded: tuple[float, float]) -> Signals:
    """A body carried (1.5 g) for a while, with fore-aft spikes (time s, depth g) 2 samples wide."""
    t = np.arange(1000) / RATE_HZ
    vertical = np.where((t >= loaded[0]) & (t < loaded[1]), 1.5, 0.2)
    forward = np.zeros(len(t))
    for at, depth in spikes:
        forward -= depth * np.exp(-0.5 * ((t - at) / 0.003) ** 2)
    return Signals(t, RATE_HZ, vertical, forward)


def test_wixted_waits_for_the_deeper_of_two_spikes() -> None:
    both = carried((0.5, 0.6), (0.508, 0.9), loaded=(0.45, 0.7))
    assert wixted(both).strike_t == pytest.approx([0.508], abs=SAMPLE_S)


def test_wixted_has_one_strike_in_a_contact_and_none_within_the_shortest_step() -> None:
    long = carried((0.5, 0.9), (0.8, 0.9), loaded=(0.45, 0.9))
    assert wixted(long).strike_t == pytest.approx([0.5], abs=SAMPLE_S)
    short = carried((0.5, 0.9), (0.68, 0.9), loaded=(0.45, 0.60))
    again = replace(short, vertical_g=np.where(short.t > 0.65, 1.5, short.vertical_g))
    assert wixted(again).strike_t == pytest.approx([0.5], abs=SAMPLE_S)


def test_lee_takes_a_deeper_spike_shortly_after_instead() -> None:
    both = carried((0.5, 0.6), (0.6, 0.9), loaded=(0.45, 0.8))
    assert lee(both).strike_t == pytest.approx([0.6], abs=SAMPLE_S)


def test_lee_leaves_at_the_deepest_of_several_smaller_spikes() -> None:
    t = np.arange(2000) / RATE_HZ
    forward = -2.0 * np.exp(-0.5 * ((t - 1.0) / 0.004) ** 2)
    forward -= 0.5 * np.exp(-0.5 * ((t - 1.10) / 0.012) ** 2)
    forward -= 0.9 * np.exp(-0.5 * ((t - 1.19) / 0.012) ** 2)
    found = lee(Signals(t, RATE_HZ, np.ones(len(t)), forward))
    assert found.strike_t == pytest.approx([1.0], abs=SAMPLE_S)
    assert found.toe_off_t == pytest.approx([1.19], abs=0.02)


def test_wixted_strikes_at_the_braking_spike_and_leaves_at_the_fall_through_1_g() -> None:
    found = wixted(runner())
    assert found.strike_t == pytest.approx(STRIKES + SPIKE_S, abs=SAMPLE_S)
    assert found.decision_t == pytest.approx(found.strike_t + 0.010)
    assert found.toe_off_t == pytest.approx(STRIKES + CONTACT_S - rise_t(1.0), abs=1e-4)


def test_wixted_ignores_a_spike_while_nothing_carries_the_body() -> None:
    made = runner()
    assert made.forward_g is not None
    spikes = np.minimum(made.forward_g + 0.5, 0.0)
    assert len(wixted(replace(made, forward_g=spikes)).strike_t) == len(STRIKES)
    early = np.roll(spikes, -round(0.06 * RATE_HZ))  # braking in the flight
    assert len(wixted(replace(made, forward_g=early)).strike_t) == 0


def test_lee_takes_the_deepest_spike_and_the_smaller_one_after_it() -> None:
    found = lee(runner())
    assert found.strike_t == pytest.approx(STRIKES + SPIKE_S, abs=SAMPLE_S)
    assert found.decision_t == pytest.approx(found.strike_t + 1.0 / 4.75, abs=SAMPLE_S)
    assert found.toe_off_t is not None
    assert found.toe_off_t == pytest.approx(STRIKES + SECOND_S, abs=0.015)


def test_auvinet_lies_between_the_vertical_minimum_and_the_start_of_braking() -> None:
    found = auvinet(runner())
    assert len(found.strike_t) == len(STRIKES)
    assert not found.causal
    # The minimum lies in the flight, braking starts within 40 ms before its spike.
    offset = found.strike_t - STRIKES
    assert (offset > -(STEP_S - CONTACT_S)).all()
    assert (offset < 0.0).all()
    assert found.toe_off_t == pytest.approx(STRIKES + CONTACT_S, abs=2 * SAMPLE_S)


def test_auvinet_takes_the_lowest_sample_where_there_is_no_free_fall() -> None:
    found = auvinet(runner(flight_g=0.3))
    assert found.toe_off_t is not None
    assert (np.abs(found.toe_off_t[:-1] - (STRIKES + CONTACT_S)[:-1]) < 0.12).all()


def test_patoz_gives_a_contact_and_a_flight_of_the_right_length() -> None:
    found = patoz(runner())
    assert found.strike_t == pytest.approx(STRIKES, abs=0.020)
    assert found.toe_off_t is not None
    assert found.toe_off_t[:-1] == pytest.approx((STRIKES + CONTACT_S)[:-1], abs=0.020)
    assert np.isnan(found.toe_off_t[-1])  # the runner stands on it
    assert np.isnan(found.decision_t).all()


def test_patoz_drops_a_contact_shorter_than_95_ms() -> None:
    made = runner()
    bump = 1.2 * np.exp(-0.5 * ((made.t - 0.5) / 0.02) ** 2)
    quiet = replace(made, vertical_g=np.where(made.t < 0.8, bump, made.vertical_g))
    assert patoz(quiet).strike_t[0] > 0.7


def test_the_highest_sample_is_known_375_ms_later_and_misses_the_other_foot() -> None:
    made = runner(peak_g=4.0)
    # Steps of 360 ms lie within the wait; all are equal (to the last bit only when rounded), so
    # every second one is another's.
    found = highest(replace(made, vertical_g=made.vertical_g.round(9)))
    assert found.strike_t == pytest.approx(STRIKES[::2] + CONTACT_S / 2, abs=SAMPLE_S)
    assert found.decision_t - found.strike_t == pytest.approx(0.375, abs=SAMPLE_S)
    assert len(highest(runner(peak_g=2.9)).strike_t) == 0


def test_the_highest_sample_of_a_foot_is_every_impact() -> None:
    signals, contacts, _ = foot()
    assert highest(signals).strike_t == pytest.approx(contacts + 0.01, abs=SAMPLE_S)


@pytest.mark.parametrize("dips", [(5.0, 7.0), (7.0, 5.0)])
def test_falbriard_finds_the_dips_between_two_swings(dips: tuple[float, float]) -> None:
    signals, contacts, toe_offs = foot(dips=dips)
    found = falbriard(signals)
    assert found.strike_t == pytest.approx(contacts, abs=2 * SAMPLE_S)
    assert found.toe_off_t == pytest.approx(toe_offs, abs=2 * SAMPLE_S)
    assert found.decision_t == pytest.approx(contacts - 0.2 + 0.72, abs=0.02)
    assert not found.causal


def test_falbriard_sees_no_stride_in_a_stand_between_two_swings() -> None:
    signals, contacts, _ = foot(stride_s=1.8)
    assert len(contacts) > 2
    assert len(falbriard(signals).strike_t) == 0


def test_a_swing_is_one_peak_over_200_deg_s() -> None:
    signals, contacts, _ = foot()
    assert signals.pitch_rate is not None
    found = swing_peak(signals)
    assert found.strike_t[:-1] == pytest.approx(contacts - 0.2, abs=SAMPLE_S)
    weak = replace(signals, pitch_rate=0.4 * signals.pitch_rate)  # 3.2 rad/s: 183 deg/s
    assert len(swing_peak(weak).strike_t) == 0


@pytest.mark.parametrize("rule", [*WAIST, falbriard, swing_peak], ids=named)
def test_a_rule_finds_nothing_in_a_stand(rule: Rule) -> None:
    t = np.arange(2000) / RATE_HZ
    still = Signals(t, RATE_HZ, np.ones(len(t)), 0.0 * t, 0.0 * t, 0.0 * t)
    found = rule(still)
    assert len(found.strike_t) == len(found.decision_t) == 0


@pytest.mark.parametrize("rule", CAUSAL, ids=named)
def test_a_causal_rule_needs_nothing_after_its_decision(rule: Rule) -> None:
    run = random_runner(np.random.default_rng(3), 12.0)
    signals = signals_of(run.block, Mount.WAIST, run.stream.rate_hz)
    found = rule(signals)
    assert found.causal
    assert len(found.strike_t) > 5
    for strike, decision in list(zip(found.strike_t, found.decision_t, strict=True))[:8]:
        assert strike in rule(until(signals, decision)).strike_t
        before = float(np.nextafter(decision, -np.inf))
        assert strike not in rule(until(signals, before)).strike_t


def test_a_causal_rule_of_the_shoe_needs_nothing_after_its_decision() -> None:
    signals, _, _ = foot()
    found = swing_peak(signals)
    for strike, decision in zip(found.strike_t, found.decision_t, strict=True):
        assert strike in swing_peak(until(signals, decision)).strike_t


@pytest.mark.parametrize("rule", [wixted, lee, auvinet, falbriard, swing_peak], ids=named)
def test_a_rule_without_its_signal_says_so(rule: Callable[[Signals], object]) -> None:
    bare = Signals(np.arange(100) / RATE_HZ, RATE_HZ, np.ones(100))
    with pytest.raises(ValueError, match="needs the"):
        rule(bare)
    assert rule not in applicable(Mount.WAIST, bare)
    assert rule not in applicable(Mount.SHOE, bare)


def test_an_end_of_contact_belongs_to_the_strike_before_it_only() -> None:
    ends = next_after(np.array([1.2, 1.3, 3.3]), np.array([1.0, 2.0, 3.0]), 0.25)
    assert ends[[0, 2]].tolist() == [1.3, 3.3]
    assert np.isnan(ends[1])
