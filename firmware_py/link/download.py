"""A file over the link without the port: several blocks asked for ahead, broken ones again."""

import hashlib
from collections.abc import Callable
from typing import Final

from firmware_py.link.client import Client, Reply
from firmware_py.link.protocol import MAX_BLOCK, RAW, Code, LinkError

_AHEAD: Final = 3


class Download:
    """Asks for a file block by block, `ahead` of them at a time, and hands them on in order.

    Args:
        client: makes the requests; what it receives for them is to be given to `take`.
        session: whose file.
        file: its name.
        write: takes the bytes, in order, each once.
        offset: where to begin: what a broken download already has.
        block: bytes a request.
        ahead: requests under way.
    """

    def __init__(
        self,
        client: Client,
        session: str,
        file: str,
        write: Callable[[bytes], object],
        *,
        offset: int = 0,
        block: int = MAX_BLOCK,
        ahead: int = _AHEAD,
    ) -> None:
        self._client = client
        self._what = {"session": session, "file": file}
        self._write = write
        self._block = block
        self._ahead = ahead
        self._asked: dict[str | int | None, int] = {}
        self._next = offset
        self.offset = offset
        self.size: int | None = None
        self.sha256 = hashlib.sha256()
        """Of what was written here; the whole file's only if it began at 0."""

    @property
    def done(self) -> bool:
        """Whether all of it was written."""
        return self.size is not None and self.offset >= self.size

    def ask(self) -> bytes:
        """Requests to send now."""
        out = []
        while len(self._asked) < self._ahead and (self.size is None or self._next < self.size):
            id, line = self._client.request(
                "read", **self._what, offset=self._next, length=self._block, encoding=RAW
            )
            self._asked[id] = self._next
            self._next += self._block
            out.append(line)
        return b"".join(out)

    def again(self) -> bytes:
        """After a break and `resync`: requests from the last good byte on."""
        self._asked.clear()
        self._next = self.offset
        return self.ask()

    def take(self, reply: Reply) -> bytes:
        """Takes an answer; returns the next requests to send.

        Raises:
            LinkError: the device refuses, or the block is broken: resync, then `again`.
        """
        at = self._asked.pop(reply.id, None)
        if at is None:
            return b""
        said = reply.checked()
        if reply.block == b"" and at > self.offset:
            # Asked beyond the end, before the size was known.
            return b""
        size = said.get("size")
        if (
            reply.block is None
            or not isinstance(size, int)
            or said.get("offset") != at
            or at != self.offset
        ):
            raise LinkError(Code.BROKEN, f"{self._what['file']}: an answer out of its order")
        self.size = size
        self._write(reply.block)
        self.sha256.update(reply.block)
        self.offset += len(reply.block)
        if len(reply.block) < min(self._block, size - at):
            raise LinkError(Code.BROKEN, f"{self._what['file']}: a block is too short")
        return self.ask()
