"""A session's summary: what `summary.json` holds, always to be rebuilt from the trace."""

import math
from array import array
from dataclasses import replace
from typing import Any, Final

import numpy as np

from dsp.block import Mount, SampleBlock
from dsp.events import Activity, Event, FootStrike, Gap, Segment, Step, WalkStep
from dsp.wearer import UNKNOWN, Wearer
from feedback.actuators.played import Played
from feedback.baseline import Baseline
from feedback.cadence import Cadence
from feedback.cue import Cue
from feedback.plan import SessionPlan
from feedback.target import Target
from firmware_py.plausible import Plausibility
from firmware_py.session.belt import believed, belt_doubts
from firmware_py.session.cues import by_cue, cue_figures
from firmware_py.session.dose import dose_figures
from firmware_py.session.figures import cadence_figures, impact_figures
from firmware_py.session.form import (
    CONTACT,
    FORM,
    SpeedFrom,
    distance_figures,
    foot_figures,
    medians,
    symmetry_figures,
)
from firmware_py.session.missing import not_measured, peaks_cut
from firmware_py.session.pauses import Pauses
from firmware_py.session.quality import Quality
from firmware_py.session.steps import Steps
from firmware_py.trace.header import TraceHeader

SCHEMA: Final = "gaitcoach.summary/3"
GAP_S: Final = 1.0
"""As in the policy: a longer hole makes the estimates start anew."""


class SummaryBuilder:
    """Collects blocks, events and cues in their order, in any interleaving.

    Args:
        header: of the session's trace.
        wearer: what the pipeline knew about the runner.
        plan: what the session was to be; None: nothing was planned.
    """

    def __init__(
        self, header: TraceHeader, wearer: Wearer = UNKNOWN, plan: SessionPlan | None = None
    ) -> None:
        self._header = header
        self._wearer = wearer
        self._plan = plan
        self._played: list[Played] = []
        self._quality = Quality(header)
        self._plausible = Plausibility(header)
        self._steps, self._cadence, self._baseline = Steps(), Cadence(), Baseline()
        self._segments: list[dict[str, Any]] = []
        self._parts: list[dict[str, Any]] = []
        self._seen = self._inferred = 0
        self._walk_t = array("d")
        self._sided = False
        self._coaching: list[Cue] = []
        self._status: list[Cue] = []
        self._pauses = Pauses()
        self._last_t: float | None = None

    def add_block(self, block: SampleBlock) -> None:
        """Takes the next samples, for the quality record."""
        self._quality.add(block)
        self._plausible.add(block)

    def add_note(self, text: str) -> None:
        """Takes a remark on the quality of the data."""
        self._quality.note(text)

    def add_event(self, event: Event) -> None:
        """Takes the next event of the pipeline."""
        self._last_t = event.t_decision
        match event:
            case FootStrike():
                self._seen += not event.inferred
                self._inferred += event.inferred
                self._sided |= event.side.value != "unknown"
            case Step():
                self._step(event)
            case WalkStep():
                self._walk_t.append(event.t)
                self._cadence.restart()
            case Gap() if event.duration_s > GAP_S:
                self._cadence.restart()
            case Segment() if event.t_end is not None:
                part = {"kind": event.kind.value, "start": event.t, "end": event.t_end}
                self._parts.append(part)
            case Segment():
                # Running that is found again after a moment's doubt is one part.
                if not self._segments or self._segments[-1]["kind"] != event.kind:
                    self._segments.append({"start": event.t, "kind": event.kind.value})
                self._cadence.restart()
            case _:
                pass

    def add_reception(self, coached: bool | None) -> None:
        """Takes `Policy.reception` after the newest step."""
        self._steps.mark(coached)

    def add_cue(self, cue: Cue) -> None:
        """Takes the next cue."""
        if cue.coaching:
            self._coaching.append(cue)
            self._baseline.freeze()
        else:
            self._status.append(cue)

    def pause(self, t: float) -> None:
        """The session is paused from `t` on, s."""
        self._pauses.begin(t)

    def resume(self, t: float) -> None:
        """The pause ends at `t`, s."""
        self._pauses.end(t)

    def add_played(self, played: Played) -> None:
        """Takes what became of a cue at the actuators."""
        self._played.append(played)

    def finish(self, target: Target | None = None, damage: str = "") -> dict[str, Any]:
        """The summary, JSON-ready, valid by `summary.schema.json`.

        Args:
            target: the policy's target at the end of the session.
            damage: what the trace's reader said about a damaged file.
        """
        goal = Target() if target is None else target
        shoe = self._header.mount is Mount.SHOE
        first, last = self._span()
        segments = self._closed(last)
        steps = self._of_runs(segments)
        running = [s["end"] - s["start"] for s in segments if s["kind"] == Activity.RUN]
        return {
            "schema": SCHEMA,
            "session": self._session(first),
            "duration_s": last - first,
            "running_s": math.fsum(running),
            "steps": {
                "running": int(steps["steps"].sum()),
                "walking": len(self._walk_t),
                "strikes_seen": self._seen,
                "strikes_inferred": self._inferred,
            },
            "cadence": cadence_figures(steps, goal, self._baseline, first),
            "impact": impact_figures(steps, self._baseline, shoe=shoe, cut=peaks_cut(self._header)),
            "contact": medians(steps, CONTACT),
            "form": medians(steps, FORM),
            "foot": foot_figures(steps),
            "distance": distance_figures(steps, self._speed_from(steps), self._wearer.surface),
            "symmetry": symmetry_figures(steps, shoe=shoe),
            "baseline": {
                "seconds": self._baseline.seconds,
                "complete": self._baseline.complete,
                "cadence_spm": self._baseline.cadence_spm,
            },
            "target": goal.as_dict(),
            "segments": segments,
            "parts": self._parts,
            "paused": self._pauses.record(last),
            "coaching": dose_figures(self._plan, self._coaching, steps, goal),
            "cues": cue_figures(self._coaching, steps, by_cue(self._played), shoe=shoe),
            "status": [
                {"t": c.t, "pattern": c.pattern.value, "because": c.because} for c in self._status
            ],
            "quality": self._quality.record(damage),
            "doubts": [
                *self._plausible.doubts(int(steps["steps"].sum()) + len(self._walk_t)),
                *belt_doubts(steps, len(self._walk_t), self._wearer, shoe=shoe),
            ],
            "not_measured": not_measured(self._header, steps, sided=self._sided),
        }

    def _session(self, start_t: float) -> dict[str, Any]:
        h = self._header
        return {
            "start_t": start_t,
            "mount": h.mount.value,
            "side": h.side.value,
            "source": h.source,
            "chip": h.chip,
            "software": h.software,
        }

    def _speed_from(self, steps: Steps) -> SpeedFrom:
        if believed(steps, self._wearer):
            return SpeedFrom.TREADMILL
        if self._header.mount is Mount.SHOE:
            return SpeedFrom.MEASURED
        calibrated = self._wearer.distance_factor != 1.0
        return SpeedFrom.CALIBRATED_MODEL if calibrated else SpeedFrom.MODEL

    def _step(self, step: Step) -> None:
        if self._header.cadence_only:
            # The few strikes that were not clipped are not like the others.
            step = replace(step, impact_g=None, impact_excess_g=None, clipped=False)
        self._cadence.push(step)
        self._steps.add(step, self._cadence.spm)
        if self._cadence.steady:
            self._baseline.push(step)

    def _span(self) -> tuple[float, float]:
        """First and last time, s: of the samples, or of the events where there are no blocks."""
        first, last = self._quality.first_t, self._quality.last_t
        if first is None or last is None:
            last = 0.0 if self._last_t is None else self._last_t
            starts = [s["start"] for s in self._segments[:1]] + list(self._steps["t"][:1])
            first = min(starts, default=last)
        return float(first), float(last)

    def _of_runs(self, segments: list[dict[str, Any]]) -> Steps:
        """The steps of what was believed to be running; three strikes of a jolt are none."""
        if not segments or not len(self._steps):
            return self._steps
        starts = np.array([s["start"] for s in segments])
        runs = np.array([s["kind"] == Activity.RUN for s in segments])
        k = np.searchsorted(starts, self._steps["t"], side="right") - 1
        return self._steps.only((k >= 0) & runs[np.maximum(k, 0)])

    def _closed(self, last: float) -> list[dict[str, Any]]:
        """The segments with their ends, and the steps and walking steps that began in each."""
        if not self._segments:
            return []
        starts = np.array([s["start"] for s in self._segments])
        t = np.concatenate([self._steps["t"], np.array(self._walk_t)])
        weights = np.concatenate([self._steps["steps"], np.ones(len(self._walk_t))])
        # A step whose segment is decided only later still belongs to it: by time, not by order.
        k = np.clip(np.searchsorted(starts, t, side="right") - 1, 0, None)
        counts = np.bincount(k, weights=weights, minlength=len(starts))
        ends = [*starts[1:].tolist(), max(last, float(starts[-1]))]
        return [
            {**s, "end": end, "steps": int(n)}
            for s, end, n in zip(self._segments, ends, counts, strict=True)
        ]
