"""What commands that run for a while share: a terminal that may go away, and Ctrl-C."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

SIGNALED: Final = 128
"""Plus the signal's number: the exit code, as of a shell."""


class Screen:
    """The terminal, or a pipe whose reader may go away (`| head`) while files are being written.

    A terminal that is gone never ends what is under way; `close` tells of it.

    Args:
        write: prints a line to `file`; tqdm.write where there may be a progress bar.
    """

    def __init__(self, write: Callable[..., object] = print) -> None:
        self._write = write
        self._gone: OSError | None = None

    def say(self, text: str, *, to_err: bool = False) -> None:
        """Prints a line, if there is anywhere to print it."""
        # None: the program was started without the stream.
        out = sys.stderr if to_err else sys.stdout
        if self._gone is not None or out is None:
            return
        try:
            self._write(text, file=out)
            out.flush()
        except OSError as e:
            self._gone = e

    def close(self) -> None:
        """Raises what went wrong with the terminal, BrokenPipeError if its reader went away."""
        if self._gone is not None:
            raise self._gone


class Asked:
    """Whether a signal asked for the end; true once it did."""

    def __init__(self) -> None:
        self.signal: int | None = None
        """Which one did."""

    def __call__(self) -> bool:
        return self.signal is not None


@contextmanager
def undisturbed() -> Iterator[None]:
    """Signals that ask for the end are not heard meanwhile: what was run is being put down."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    before: dict[int, Any] = {}
    try:
        for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
            before[number] = signal.signal(number, signal.SIG_IGN)
    except ValueError:  # not the main thread, which alone hears signals
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def ctrl_c() -> Iterator[Asked]:
    """Whether Ctrl-C was pressed, or the program told to end (SIGTERM, or its terminal closed).

    Asked where nothing is half done; a second one ends at once.
    """
    asked = Asked()

    def once(number: int, frame: FrameType | None) -> None:
        asked.signal = number
        for again in before:
            signal.signal(again, signal.default_int_handler)

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before: dict[int, Any] = {}
    try:
        for number in numbers:
            before[number] = signal.signal(number, once)
    except ValueError:  # not the main thread, which alone hears signals
        yield asked
        return
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
