"""What is asked about sessions: list, summary, read, sha256, verified, delete."""

import base64
import json
import math
import os
import stat
import zlib
from collections.abc import Generator
from typing import Any, BinaryIO, Final

from firmware_py.link.answer import Answer, Block, Job, Result
from firmware_py.link.hashing import Hashes
from firmware_py.link.methods import (
    DeleteParams,
    FileParams,
    ListParams,
    ReadParams,
    SessionParams,
    VerifiedParams,
)
from firmware_py.link.protocol import RAW, Code, LinkError
from firmware_py.link.seams import SessionInfo, Shelf
from firmware_py.link.tokens import LIFE_S, Tokens
from firmware_py.session.folder import SUMMARY

_LONGEST_SUMMARY: Final = 4 << 20


class SessionAnswers:
    """Answers from the shelf; files are only ever opened by it.

    Args:
        shelf: the sessions.
        tokens: for deleting them.
    """

    def __init__(self, shelf: Shelf, tokens: Tokens) -> None:
        self._shelf = shelf
        self._tokens = tokens
        self._hashes = Hashes()

    def table(self) -> dict[str, Answer]:
        """The methods that it answers."""
        return {
            "list": self._list,
            "summary": self._summary,
            "read": self._read,
            "sha256": self._sha256,
            "verified": self._verified,
            "delete": self._delete,
        }

    def _list(self, params: ListParams, now: float) -> Result:
        infos = sorted(self._shelf.sessions(), key=lambda s: _number(s.id))
        if params.after is not None:
            after = _number(params.after)
            infos = [s for s in infos if _number(s.id) > after]
        shown = infos[: params.limit]
        return {"sessions": [_described(s) for s in shown], "more": len(shown) < len(infos)}

    def _summary(self, params: SessionParams, now: float) -> Result:
        with self._open(params.session, SUMMARY) as f:
            data = f.read(_LONGEST_SUMMARY + 1)
        if len(data) > _LONGEST_SUMMARY:
            raise LinkError(Code.REFUSED, f"{params.session}: its summary is too long; read it")
        try:
            summary = json.loads(data.decode("utf-8"), parse_float=_finite, parse_constant=_finite)
        except (ValueError, RecursionError) as e:
            raise LinkError(
                Code.REFUSED, f"{params.session}: its summary is damaged; rebuild it from the trace"
            ) from e
        return {"session": params.session, "summary": summary}

    def _read(self, params: ReadParams, now: float) -> Result:
        with self._open(params.session, params.file) as f:
            size = os.fstat(f.fileno()).st_size
            data = b""
            if params.offset < size:
                f.seek(params.offset)
                data = f.read(params.length)
        head: dict[str, Any] = {
            "session": params.session,
            "file": params.file,
            "offset": params.offset,
            "bytes": len(data),
            "crc32": zlib.crc32(data),
            "size": size,
            "eof": params.offset + len(data) >= size,
            "encoding": params.encoding,
        }
        if params.encoding == RAW:
            return Block(head, data)
        return head | {"data": base64.b64encode(data).decode("ascii")}

    def _sha256(self, params: FileParams, now: float) -> Job:
        sha256 = yield from self._hash(params.session, params.file)
        return {
            "session": params.session,
            "file": params.file,
            "sha256": sha256,
            **self._token(params.session, now),
        }

    def _verified(self, params: VerifiedParams, now: float) -> Job:
        sha256 = yield from self._hash(params.session, params.file)
        if sha256 != params.sha256:
            raise LinkError(
                Code.REFUSED,
                f"{params.session}: {params.file} is another here; download it again",
                {"sha256": sha256},
            )
        self._shelf.verified(params.session, params.file, sha256)
        return {
            "session": params.session,
            "file": params.file,
            **self._token(params.session, now),
        }

    def _delete(self, params: DeleteParams, now: float) -> Result:
        self._tokens.use(params.session, params.token, now)
        self._shelf.delete(params.session)
        self._hashes.forget(params.session)
        return {"deleted": params.session}

    def _token(self, session: str, now: float) -> dict[str, Any]:
        return {"token": self._tokens.give(session, now), "token_s": LIFE_S}

    def _hash(self, session: str, file: str) -> Generator[None, None, str]:
        return self._hashes.of((session, file), lambda: self._open(session, file))

    def _open(self, session: str, file: str) -> BinaryIO:
        f = self._shelf.open_file(session, file)
        if not stat.S_ISREG(os.fstat(f.fileno()).st_mode):
            f.close()
            raise LinkError(Code.NOT_FOUND, f"{session}: {file} is no file")
        return f


def _finite(text: str) -> float:
    """Raises ValueError: JSON has no word for it."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _number(session: str) -> tuple[int, str]:
    digits = session.rpartition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() else 0, session


def _described(s: SessionInfo) -> dict[str, Any]:
    return {
        "id": s.id,
        "started": s.started,
        "started_trusted": s.started_trusted,
        "duration_s": s.duration_s,
        "open": s.open,
        "files": [{"name": f.name, "size": f.size, "verified": f.verified} for f in s.files],
    }
