"""One recording through the line, against its truth."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dsp.block import SampleBlock
from dsp.errors import RecordingError
from dsp.events import Event
from feedback.cue import Cue
from firmware_py.config import Config
from firmware_py.evaluate.figures import Result, result
from firmware_py.evaluate.truth import check_inside, read_truth
from firmware_py.importer.options import ImportOptions
from firmware_py.importer.recording import read_recording
from firmware_py.line import Line
from firmware_py.replay import open_recorded
from firmware_py.session.folder import TRACE
from firmware_py.trace.header import TraceHeader
from firmware_py.wearer import KMH


def score(
    path: Path, config: Config, batch_s: float, *, known_speed: bool = False
) -> Result | None:
    """Replays a recording and scores it; None where it has no truth.

    Args:
        known_speed: the pipeline is told the speed that the description beside it holds.

    Raises:
        RecordingError, TraceError: the recording or its truth cannot be read.
    """
    truth = read_truth(path)
    if truth is None:
        return None
    header, blocks = opened(path)
    if known_speed and truth.speed_m_s is not None:
        kmh = KMH * truth.speed_m_s
        belt = replace(config.runner, surface="treadmill", treadmill_speed_kmh=kmh)
        config = replace(config, runner=belt)
    line = Line(header, config)
    happened: list[Event | Cue] = []
    start_t, end_t = None, 0.0
    for block in blocks:
        start_t = float(block.t[0]) if start_t is None else start_t
        end_t = float(block.t[-1])
        happened += line.push(block)
    happened += line.finish()
    if start_t is None:
        raise RecordingError(f"{path.name}: holds no samples; remove it or record it again")
    check_inside(truth, path, start_t, end_t)
    if known_speed:
        # What it was told, it did not measure.
        truth = replace(truth, speed_m_s=None)
    return result(name_of(path), truth, happened, start_t, batch_s)


def name_of(path: Path) -> str:
    """A recording's name in the tables."""
    return path.name.removesuffix(".gz").removesuffix(".csv").removesuffix(".mcap")


def opened(path: Path) -> tuple[TraceHeader, Iterator[SampleBlock]]:
    """Header and samples of a CSV, a trace, or a session.

    Raises:
        RecordingError, TraceError: it cannot be read.
    """
    if path.suffix == ".mcap":
        # The first trace of a session stands for all of it.
        trace = open_recorded(path.parent if path.name == TRACE else path)
        return trace.header, trace.blocks()
    recording = read_recording(path, ImportOptions())
    return recording.header, iter([recording.block])
