"""A short synthetic run as a trace, and the commands as a user calls them."""

import io
import signal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from dsp.synth import Motion, Phase, synthesize
from firmware_py import cli
from tests.synthetic import write_synthetic


@cache
def _bytes() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.mcap"
        write_synthetic(
            path, synthesize([Phase(Motion.STAND, 2.0), Phase(Motion.RUN, 22.0, 168.0)])
        )
        return path.read_bytes()


def trace_at(path: Path) -> Path:
    """A trace of 24 s at `path`; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_bytes())
    return path


def command(*words: str | Path) -> int:
    """What `gaitcoach WORDS` exits with."""
    try:
        return cli.main([str(w) for w in words])
    except SystemExit as e:
        return e.code if isinstance(e.code, int) else 1


class ImpatientReader(io.StringIO):
    """A terminal at which somebody presses Ctrl-C `presses` times when the first line appears."""

    def __init__(self, presses: int = 1) -> None:
        super().__init__()
        self._presses = presses

    def write(self, text: str) -> int:
        n = super().write(text)
        for _ in range(self._presses):
            self._presses -= 1
            signal.raise_signal(signal.SIGINT)
        return n


class LeavingReader(io.StringIO):
    """A pipe whose reader has gone, as of `| head`."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")
