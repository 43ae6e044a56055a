"""Where an imported trace goes: whole or not at all, and never over a recorded session."""

from pathlib import Path

from dsp.errors import GaitCoachError, RecordingError
from firmware_py.importer.recording import Recording
from firmware_py.importer.sidecar import stem_path
from firmware_py.trace.reader import open_trace
from firmware_py.trace.writer import replace_trace


def default_output(source: Path) -> Path:
    """X.mcap beside X.csv or X.csv.gz."""
    stem = stem_path(source)
    return stem.with_name(stem.name + ".mcap")


def check_output(source: Path, out: Path, *, force: bool) -> None:
    """Makes sure that `out` may be written.

    An imported trace may be replaced: importing again, with better options, is how it is used, and
    its CSV is still there. A session that a runner recorded exists once.

    Raises:
        RecordingError: the folder is missing, `out` is a folder or the source itself, or holds
            something else than an imported trace and `force` is not given.
    """
    if str(out) == "-":
        raise RecordingError("-o -: a trace is not text for a terminal; name a file")
    if not out.parent.is_dir():
        raise RecordingError(f"{out}: there is no folder {out.parent}; create it first")
    if out.is_dir():
        raise RecordingError(f"{out}: is a directory; name a file, e.g. {out / 'trace.mcap'}")
    if not out.exists():
        return
    if not out.is_file():
        raise RecordingError(f"{out}: is not a file but a device or pipe; name a file")
    if source.exists() and out.samefile(source):
        raise RecordingError(f"{out}: is the recording itself; name another file with -o")
    if force or out.stat().st_size == 0:
        return
    try:
        replaceable = open_trace(out).header.source == "import"
    except GaitCoachError:
        replaceable = False
    if not replaceable:
        raise RecordingError(
            f"{out}: exists and is not an imported trace; add --force to replace it, or name "
            "another file with -o"
        )


def write_recording(out: Path, recording: Recording) -> None:
    """Writes the trace; on any error nothing is left behind and what was at `out` stays.

    Raises:
        RecordingError: the disk is full, the folder is not writable, ...
    """
    try:
        with replace_trace(out, recording.header) as writer:
            writer.write_samples(recording.block)
    except OSError as e:
        raise RecordingError(
            f"{out}: cannot be written ({e.strerror}); name another place with -o"
        ) from e
