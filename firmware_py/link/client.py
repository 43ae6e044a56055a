"""The host's end of the link without the port: bytes in, answers out, no thread, no clock."""

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from firmware_py.link import messages
from firmware_py.link.protocol import BASE64, MAX_BLOCK, MAX_REPLY, PROTOCOL, RAW, Code, LinkError

_NONCE: Final = re.compile(r"[A-Za-z0-9]{8,64}")
_LONGEST_ANSWER: Final = 128
"""Bytes of an answer's beginning, with the longest nonce."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Args:
        id: of its request; None: the device could not read it.
        result: by name; empty where there is an error.
        block: of `read`, checked against its CRC.
        error: what went wrong.
    """

    id: str | int | None
    result: Mapping[str, Any]
    block: bytes | None = None
    error: LinkError | None = None

    def checked(self) -> Mapping[str, Any]:
        """The result.

        Raises:
            LinkError: there is none, but this error.
        """
        if self.error is not None:
            raise self.error
        return self.result


@dataclass(frozen=True, slots=True)
class Notice:
    """What the device tells unasked: `event` or `dropped`."""

    method: str
    params: Mapping[str, Any]


Arrived: TypeAlias = Reply | Notice


class Client:
    """Makes requests and takes the bytes that come back.

    Begin with `resync`, and again with another nonce whenever `lost`.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self._awaited: tuple[Reply, int] | None = None
        self._seeking: re.Pattern[bytes] | None = None
        self._last_id = 0
        self.lost = True

    @property
    def seeking(self) -> bool:
        """Whether the answer to `resync` has not come yet."""
        return self._seeking is not None

    def resync(self, nonce: str) -> bytes:
        """What to send first, and after any break; all that arrives before its answer is dropped.

        Args:
            nonce: never used before, 8 to 64 letters and digits.

        Raises:
            ValueError: it is none.
        """
        if _NONCE.fullmatch(nonce) is None:
            raise ValueError(f"{nonce!r}: must be 8 to 64 letters and digits")
        self._buffer.clear()
        self._searched = 0
        self._awaited = None
        # With what follows the id: a terminal with echo sends the request back.
        answer = '{"jsonrpc":"2.0","id":"' + nonce + '",'
        self._seeking = re.compile(re.escape(answer).encode() + b'"(result|error)":')
        self.lost = False
        # The line's end first: half a request may be there from before.
        return b"\n" + messages.request(nonce, "hello", {"protocol": PROTOCOL, "fresh": True})

    def request(self, method: str, /, **params: Any) -> tuple[int, bytes]:
        """A new request's id, and its line."""
        self._last_id += 1
        return self._last_id, messages.request(self._last_id, method, params)

    def receive(self, data: bytes) -> list[Arrived]:
        """Takes bytes, cut anyhow; gives what they complete, in order."""
        self._buffer += data
        arrived: list[Arrived] = []
        while not self.lost:
            if self._seeking is not None and not self._found():
                break
            one = self._block() if self._awaited is not None else self._line()
            if one is None:
                if self._awaited is None or len(self._buffer) < self._awaited[1]:
                    break
            else:
                arrived.append(one)
        if self.lost:
            self._buffer.clear()
        return arrived

    def _found(self) -> bool:
        """Cuts off everything before the answer that is sought."""
        assert self._seeking is not None
        answer = self._seeking.search(self._buffer)
        if answer is None:
            del self._buffer[: max(0, len(self._buffer) - _LONGEST_ANSWER)]
            return False
        del self._buffer[: answer.start()]
        self._seeking = None
        return True

    def _line(self) -> Arrived | None:
        """The next line's message; None: not there yet, or a block belongs to it."""
        while (end := self._buffer.find(b"\n", self._searched)) >= 0:
            text = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            self._searched = 0
            if text.strip():
                return self._message(text)
        self._searched = len(self._buffer)
        if self._searched > MAX_REPLY:
            return self._break("a line without an end")
        return None

    def _message(self, text: bytes) -> Arrived | None:
        try:
            record = messages.parse_json(text)
        except LinkError:
            return self._break("a line that is not JSON")
        if not isinstance(record, dict):
            return self._break("a line that is no answer")
        if isinstance(record.get("method"), str):
            params = record.get("params")
            return Notice(record["method"], params if isinstance(params, dict) else {})
        id, result, error = record.get("id"), record.get("result"), record.get("error")
        if id is not None and not isinstance(id, str | int):
            return self._break("an answer without its id")
        if isinstance(error, dict):
            return Reply(id, {}, error=_error(error))
        if not isinstance(result, dict):
            return self._break("a line that is no answer")
        return self._replied(Reply(id, result))

    def _replied(self, reply: Reply) -> Arrived | None:
        encoding, count = reply.result.get("encoding"), reply.result.get("bytes")
        if encoding == RAW:
            if not isinstance(count, int) or not 0 <= count <= MAX_BLOCK:
                return self._break("a block of impossible length")
            self._awaited = reply, count
            return self._block()
        if encoding == BASE64:
            try:
                data = base64.b64decode(reply.result.get("data", ""), validate=True)
            except (TypeError, ValueError, binascii.Error):
                data = b""
            return _with_block(reply, data)
        return reply

    def _block(self) -> Arrived | None:
        assert self._awaited is not None
        reply, count = self._awaited
        if len(self._buffer) < count:
            return None
        with memoryview(self._buffer) as view:
            data = bytes(view[:count])
        del self._buffer[:count]
        self._awaited = None
        checked = _with_block(reply, data)
        # The lengths cannot be trusted any more: what follows may begin anywhere.
        self.lost = checked.error is not None
        return checked

    def _break(self, what: str) -> Reply:
        self.lost = True
        return Reply(None, {}, error=LinkError(Code.BROKEN, f"the link is broken: {what} came"))


def _with_block(reply: Reply, data: bytes) -> Reply:
    said = reply.result
    if len(data) != said.get("bytes") or zlib.crc32(data) != said.get("crc32"):
        text = f"{said.get('file')}: the block at {said.get('offset')} is damaged; read it again"
        return replace(reply, error=LinkError(Code.BROKEN, text))
    return replace(reply, block=data)


def _error(record: Mapping[str, Any]) -> LinkError:
    code, text, data = record.get("code"), record.get("message"), record.get("data")
    return LinkError(
        code if isinstance(code, int) else Code.INTERNAL,
        text if isinstance(text, str) else "an error without a text",
        data if isinstance(data, dict) else None,
    )
