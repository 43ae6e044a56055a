"""The straight line: samples in, events and cues out, a summary at the end. Live and in replay."""

from collections.abc import Sequence
from typing import Any

from dsp.block import SampleBlock
from dsp.events import Event, Step
from dsp.pipeline import Pipeline
from feedback.actuators.played import Played
from feedback.console import clock
from feedback.cue import Cue
from firmware_py.coaching import Coaching, replayed
from firmware_py.config import Config
from firmware_py.session.status import Request, Status
from firmware_py.session.summary import SummaryBuilder
from firmware_py.trace.header import TraceHeader
from firmware_py.wearer import recorded, wearer_of


class Line:
    """One session: pipeline, policy and summary in step with each other.

    Args:
        header: of the trace; what it says about the runner holds where `config` says nothing.
        config: whom to coach, and how.
        coaching: how, where a programme had a say; None: as `config` says, or the trace.
    """

    def __init__(
        self, header: TraceHeader, config: Config, coaching: Coaching | None = None
    ) -> None:
        said = config.runner.before(recorded(header.runner))
        coaching = coaching or replayed(config, header)
        wearer = wearer_of(said, header.calibration)
        self._pipeline = Pipeline(header.stream, wearer)
        self._policy = coaching.policy(header)
        self._summary = SummaryBuilder(header, wearer, coaching.plan)
        self._t = 0.0

    def push(self, block: SampleBlock) -> list[Event | Cue]:
        """Events in order of decision, each followed by the cues that it caused."""
        if len(block):
            self._t = float(block.t[-1])
            self._summary.add_block(block)
        return self._coached(self._pipeline.push(block))

    def finish(self) -> list[Event | Cue]:
        """Ends the session."""
        out = self._coached(self._pipeline.finish())
        return [*out, *self._given(self._policy.finish(self._t))]

    def status(self, status: Status, start_t: float | None) -> Sequence[Cue]:
        """The device's own remark: its cue, and a note in the summary.

        Args:
            start_t: the session's first time, s; None: it has not begun.
        """
        # Before the first sample there is no time to count from, live; nor later, in replay.
        since = 0.0 if start_t is None else max(0.0, status.t - start_t)
        self._summary.add_note(f"at {clock(since)}: {status.text}")
        match status.request:
            case Request.SILENCE:
                return self._given(self._policy.silence(status.t))
            case Request.METRONOME:
                return self._given(self._policy.metronome(status.t))
            case Request.PAUSE:
                self._summary.pause(status.t)
                told = status.pattern is not None
                return self._given(self._policy.pause(status.t, status.text, told=told))
            case Request.RESUME:
                self._summary.resume(status.t)
                told = status.pattern is not None
                return self._given(self._policy.resume(status.t, status.text, told=told))
            case None:
                pass
        if status.pattern is None:
            return ()
        return self._given(self._policy.status(status.pattern, status.t, status.text))

    def played(self, played: Played) -> None:
        """What became of a cue at the actuators."""
        self._summary.add_played(played)

    def summary(self, damage: str | None = None) -> dict[str, Any]:
        """The session's summary (docs/summary.md); `damage`: what could not be read, in words."""
        return self._summary.finish(self._policy.target, damage or "")

    def _coached(self, events: Sequence[Event]) -> list[Event | Cue]:
        out: list[Event | Cue] = []
        for event in events:
            self._summary.add_event(event)
            out.append(event)
            out += self._given(self._policy.push(event))
            if isinstance(event, Step):
                self._summary.add_reception(self._policy.reception)
        return out

    def _given(self, cues: Sequence[Cue]) -> Sequence[Cue]:
        for cue in cues:
            self._summary.add_cue(cue)
        return cues
