"""A recorded run through the very line that runs on the device; waits only where it is paced."""

import shlex
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dsp.block import SampleBlock
from dsp.errors import GaitCoachError, TraceError
from dsp.events import Event
from feedback.cue import Cue
from firmware_py.config import Config
from firmware_py.importer.output import default_output
from firmware_py.importer.sidecar import read_sidecar, sidecar_path
from firmware_py.line import Line
from firmware_py.session.folder import part_files
from firmware_py.tape import Tape
from firmware_py.trace.joined import Recorded, join_parts
from firmware_py.trace.reader import BLOCK_S, open_trace

PACED_BLOCK_S: Final = 0.05
LOOK_UP_S: Final = 0.2
"""How long a paced replay waits before it looks whether it should stop."""
_CSV_ENDINGS: Final = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of one trace.

    Args:
        summary: docs/summary.md, of what was replayed.
        stopped_s: where it was stopped, s after the recording's first sample; None: complete.
    """

    summary: dict[str, Any]
    stopped_s: float | None = None


def replay(
    trace: Recorded,
    config: Config,
    *,
    pace: float | None = None,
    block_s: float | None = None,
    seen: Callable[[Event | Cue, float], object] = lambda happened, start_t: None,
    advanced: Callable[[float], object] = lambda fraction: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Replayed:
    """Replays one recording.

    Args:
        trace: an open trace, or a session's traces as one.
        config: as on the device.
        pace: seconds of the run per second; None: as fast as possible.
        block_s: seconds of samples at a time, which changes no result; None: what suits the pace.
        seen: called with each event and cue as it is decided, and the recording's first time, s.
        advanced: called with the share of the file that was read.
        stopped: asked between blocks, where nothing is half done; True ends the run there.

    Raises:
        OSError: the trace cannot be read.
    """
    line = Line(trace.header, config)
    tape = Tape(line, trace)
    cut = False
    blocks = trace.blocks(block_s or (BLOCK_S if pace is None else PACED_BLOCK_S))
    for block in blocks if pace is None else _paced(blocks, pace, stopped):
        if stopped():
            cut = True
            break
        for happened in tape.push(block):
            seen(happened, tape.start_t or 0.0)
        advanced(trace.fraction_read)
    start_t, end_t = tape.start_t or 0.0, tape.end_t
    if not cut:
        for cue in tape.said_last():
            seen(cue, start_t)
    for happened in line.finish():
        seen(happened, start_t)
    tape.tell_played()
    stopped_s = (0.0 if end_t is None else end_t - start_t) if cut else None
    return Replayed(line.summary(trace.damage), stopped_s)


def _paced(
    blocks: Iterator[SampleBlock], pace: float, stopped: Callable[[], bool]
) -> Iterator[SampleBlock]:
    """The blocks, each held back until its time has come."""
    never = threading.Event()
    began: float | None = None
    for block in blocks:
        if began is None:
            began = time.monotonic() - float(block.t[0]) / pace
        due = began + float(block.t[-1]) / pace
        while not stopped() and (left := due - time.monotonic()) > 0:
            never.wait(min(left, LOOK_UP_S))
        yield block


def open_recorded(path: Path) -> Recorded:
    """The trace at `path`, or a session's folder as one recording, with a remedy where it is none.

    Raises:
        TraceError: missing, empty, a CSV, or no trace.
        OSError: it cannot be opened.
    """
    if not path.exists():
        raise TraceError(f"{path}: no such file; check the path")
    if path.is_dir():
        return join_parts(path, part_files(path))
    if path.is_file() and path.stat().st_size == 0:
        raise TraceError(f"{path}: is empty: nothing was recorded or copied; leave it out")
    if path.name.lower().endswith(_CSV_ENDINGS):
        raise TraceError(f"{path}: is a table, not a trace; first run: {_import_command(path)}")
    return open_trace(path)


def _import_command(path: Path) -> str:
    try:
        described = read_sidecar(sidecar_path(path)).mount is not None
    except GaitCoachError:
        described = False
    out = default_output(path)
    words = ["gaitcoach", "import", shlex.quote(str(path)), "-o", shlex.quote(str(out))]
    return " ".join(words if described else [*words, "--mount waist (or --mount shoe)"])
