"""The device's end of the link without the port: bytes in, bytes out, no thread, no clock."""

import logging
from collections.abc import Callable, Generator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from dsp.errors import GaitCoachError
from feedback.tables import SettingError, from_table
from firmware_py.link.answer import Answer, Block, Job, Result
from firmware_py.link.feed import Feed
from firmware_py.link.framing import Line, LineReader
from firmware_py.link.messages import Request, parse_request, refusal, reply, too_long
from firmware_py.link.methods import METHODS
from firmware_py.link.protocol import MAX_LINE, Code, LinkError

log = logging.getLogger(__name__)

_HELD: Final = MAX_LINE + 65536
"""Bytes that may wait here; beyond them the kernel holds what the host sends."""
_NAME: Final = 60
_EVENTS: Final = 16
"""So many events go out between two answers: a download does not stop them, nor they it."""


class Core:
    """Answers requests in their order, and sends events in between.

    Args:
        answers: one of every method.
        feed: events to be sent.
        forget: called when the host is gone.
    """

    def __init__(
        self, answers: Mapping[str, Answer], feed: Feed, forget: Callable[[], object]
    ) -> None:
        self._answers = answers
        self._feed = feed
        self._forget = forget
        self._lines = LineReader()
        self._job: tuple[Request, bytes, Job] | None = None
        self._more = False
        self._cut = False
        self.refused = 0
        self.echoed = 0

    @property
    def hungry(self) -> bool:
        """Whether more may be received now."""
        return len(self._lines) < _HELD

    @property
    def busy(self) -> bool:
        """Whether `send` has more to do at once: a long answer, or the next request."""
        return self._job is not None or self._more

    def receive(self, data: bytes) -> None:
        """Takes bytes from the host, cut anyhow."""
        self._lines.push(data)

    def send(self, now: float) -> bytes:
        """What is to be sent next, whole messages; empty: nothing now.

        Args:
            now: any steady time, s.
        """
        out = self._answer(now) + self._feed.take(_EVENTS)
        if out and self._cut:
            # What was cut off may have ended anywhere; this begins on a line of its own.
            self._cut = False
            out = b"\n" + out
        return out

    def abandon(self) -> None:
        """The host does not read: drops what it asked for, and what was not sent to the end."""
        self._end_job()
        self._lines.reset()
        self._more = False
        self._feed.drop()
        self._cut = True

    def reset(self) -> None:
        """The host is gone; another one begins from nothing."""
        self.abandon()
        self._forget()

    def _answer(self, now: float) -> bytes:
        if self._job is not None:
            return self._go_on(*self._job)
        line = self._lines.next()
        self._more = line is not None
        if line is None:
            return b""
        end = b"\r\n" if line.typed else b"\n"
        try:
            request = _request(line)
        except LinkError as e:
            self.refused += 1
            return refusal(e.id, e, end)
        if request is None:
            self.echoed += 1
            return b""
        return self._told(request, end, lambda: self._start(request, end, now))

    def _start(self, request: Request, end: bytes, now: float) -> bytes:
        method = METHODS.get(request.method)
        if method is None:
            near = get_close_matches(request.method[:_NAME], METHODS, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else "help lists them"
            raise LinkError(
                Code.UNKNOWN_METHOD,
                f"there is no method of that name; {hint}",
                {"nearest": near[0] if near else None, "known": sorted(METHODS)},
            )
        params = from_table(method.params, request.params)
        result = self._answers[request.method](params, now)
        if isinstance(result, Generator):
            self._job = request, end, result
            return b""
        return _answered(request, result, end)

    def _go_on(self, request: Request, end: bytes, job: Job) -> bytes:
        def step() -> bytes:
            try:
                next(job)
            except StopIteration as e:
                self._job = None
                return _answered(request, e.value, end)
            return b""

        return self._told(request, end, step)

    def _told(self, request: Request, end: bytes, act: Callable[[], bytes]) -> bytes:
        """What `act` gives, or its error as an answer."""
        try:
            return act()
        except Exception as e:  # noqa: BLE001 - whatever it is, the link must go on
            self._end_job()
            self.refused += 1
            return refusal(request.id, _as_link_error(e, request.method), end)

    def _end_job(self) -> None:
        if self._job is not None:
            job, self._job = self._job[2], None
            job.close()


def _request(line: Line) -> Request | None:
    if line.text is None:
        raise too_long()
    return parse_request(line.text)


def _answered(request: Request, result: Result, end: bytes) -> bytes:
    if isinstance(result, Block):
        return reply(request.id, result.head, end) + result.data
    return reply(request.id, result, end)


def _as_link_error(error: Exception, method: str) -> LinkError:
    if isinstance(error, LinkError):
        return error
    if isinstance(error, SettingError):
        takes = METHODS[method].usage()
        data: dict[str, Any] = {"takes": takes}
        if error.at:
            data = {"param": error.at[0]} | data
        return LinkError(Code.WRONG_PARAMS, str(error), data)
    if isinstance(error, GaitCoachError):
        code = Code.NOT_FOUND if isinstance(error, LookupError) else Code.REFUSED
        return LinkError(code, str(error))
    if isinstance(error, FileNotFoundError):
        return LinkError(Code.NOT_FOUND, "there is no such file; list says what there is")
    if isinstance(error, OSError):
        why = error.strerror or type(error).__name__
        return LinkError(Code.STORAGE, f"the card: {why}", {"errno": error.errno})
    log.error("link: %s failed", method, exc_info=error)
    return LinkError(Code.INTERNAL, f"{method} failed: {type(error).__name__}; logs says more")
