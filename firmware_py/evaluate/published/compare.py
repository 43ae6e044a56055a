"""Every applicable rule on one recording, scored as our own detector is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from dsp.block import FloatArray, SampleBlock, Side, Stream, join
from dsp.events import FootStrike
from firmware_py.evaluate.figures import NOTHING, SETTLE_S, WINDOW_S, Result, result
from firmware_py.evaluate.matching import match, running_strides
from firmware_py.evaluate.published.found import Found, Signals
from firmware_py.evaluate.published.recordings import signals_of
from firmware_py.evaluate.published.rules import applicable
from firmware_py.evaluate.scoring import name_of, opened
from firmware_py.evaluate.truth import Kind, Truth, check_inside, read_truth

Detector = Callable[[Stream, SampleBlock], Found]
"""One that sees the recording as it is, in sensor axes."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One rule on one recording.

    Args:
        rule: its name. causal: whether its latency is one.
        result: as for our own detector (docs/accuracy.md); without latency where the rule needs
            the whole recording.
        minutes: length of the recording.
        toe_off_error_s: (k,) found minus true end of contact, of matched strikes that have both.
        contact_error_s: (k,) the same of the contact time.
    """

    rule: str
    causal: bool
    result: Result
    minutes: float
    toe_off_error_s: FloatArray = field(default_factory=lambda: NOTHING)
    contact_error_s: FloatArray = field(default_factory=lambda: NOTHING)

    @property
    def per_minute(self) -> float:
        """Strikes per minute: false ones where nobody runs."""
        return self.result.found / self.minutes if self.minutes > 0.0 else 0.0


def compare(path: Path, others: Sequence[Detector] = ()) -> list[Scored]:
    """All applicable rules, then `others`, on one recording; empty where it has no truth.

    Marked strides none of which is a running one are walking: every strike found is false.

    Raises:
        RecordingError: the recording or its truth cannot be read, or has no vertical axis.
    """
    truth = read_truth(path)
    if truth is None:
        return []
    if truth.kind is Kind.MIDSTANCES and not len(running_strides(np.diff(truth.t))):
        truth = Truth(Kind.WALKING, truth.t)
    header, blocks = opened(path)
    block = join(blocks)
    check_inside(truth, path, float(block.t[0]), float(block.t[-1]))
    signals, all_found = found_by_all(header.stream, block, others)
    return [scored(name_of(path), found, truth, signals) for found in all_found]


def found_by_all(
    stream: Stream, block: SampleBlock, others: Sequence[Detector] = ()
) -> tuple[Signals, list[Found]]:
    """The signals of a whole recording, and what all applicable rules, then `others`, find in it.

    Raises:
        RecordingError: no vertical axis, or too short.
    """
    signals = signals_of(block, stream.mount, stream.rate_hz)
    found = [rule(signals) for rule in applicable(stream.mount, signals)]
    return signals, [*found, *(detect(stream, block) for detect in others)]


def scored(name: str, found: Found, truth: Truth, signals: Signals) -> Scored:
    """Scores what a rule found."""
    order = np.argsort(found.strike_t, kind="stable")
    strike_t, decision_t = found.strike_t[order], found.decision_t[order]
    strikes = [
        FootStrike(float(t), float(d), Side.UNKNOWN, 0.0)
        for t, d in zip(strike_t, decision_t, strict=True)
    ]
    start_t = float(signals.t[0])
    got = result(name, truth, strikes, start_t, 0.0)
    if not np.isfinite(decision_t).all():
        got = replace(got, latency_s=NOTHING, batch_latency_s=NOTHING)
    minutes = float(signals.t[-1] - start_t) / 60.0
    ends = truth.off
    if ends is None or found.toe_off_t is None or truth.kind is not Kind.CONTACTS:
        return Scored(found.name, found.causal, got, minutes)
    toe_off_t = found.toe_off_t[order]
    pairs = [p for p in match(truth.t, strike_t, WINDOW_S) if truth.t[p[0]] >= start_t + SETTLE_S]
    off = np.array([toe_off_t[j] - ends[i] for i, j in pairs])
    contact = np.array([toe_off_t[j] - strike_t[j] - (ends[i] - truth.t[i]) for i, j in pairs])
    known = np.isfinite(off)
    return Scored(found.name, found.causal, got, minutes, off[known], contact[known])
