"""What commands that run for a while share: a terminal that may go away, and Ctrl-C."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from tqdm import tqdm

INTERRUPTED: Final = 130
"""128 + SIGINT, as of a shell."""


class Screen:
    """The terminal, or a pipe whose reader may go away (`| head`) while files are being written."""

    def __init__(self) -> None:
        self._gone: BrokenPipeError | None = None

    def say(self, text: str, *, to_err: bool = False) -> None:
        if self._gone is not None:
            return
        out = sys.stderr if to_err else sys.stdout
        try:
            tqdm.write(text, file=out)
            out.flush()
        except BrokenPipeError as e:
            self._gone = e

    def close(self) -> None:
        """Raises BrokenPipeError if the reader went away."""
        if self._gone is not None:
            raise self._gone


@contextmanager
def ctrl_c() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed, asked where nothing is half done; a second one ends at once."""
    pressed = False

    def once(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(number, signal.default_int_handler)

    try:
        before = signal.signal(signal.SIGINT, once)
    except ValueError:  # not the main thread, which alone hears signals
        yield lambda: False
        return
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)
