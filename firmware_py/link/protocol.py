"""What both ends of the serial link agree on: version, limits, error codes, words."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final

from dsp.errors import GaitCoachError

PROTOCOL: Final = 1
MAX_LINE: Final = 1 << 20
"""Bytes of a request's line; a longer one is refused and its rest skipped."""
MAX_REPLY: Final = 16 << 20
"""Bytes of a reply's line."""
MAX_BLOCK: Final = 1 << 18
"""Bytes that one `read` may ask for."""
USUAL_BLOCK: Final = 1 << 16
RAW: Final = "raw"
BASE64: Final = "base64"
EVENT: Final = "event"
"""Notification: something happened, in the words of docs/events.md."""
DROPPED: Final = "dropped"
"""Notification: so many events were not sent, since the host did not read."""
NOTICES: Final = (EVENT, DROPPED)


class Code(IntEnum):
    """What went wrong, as JSON-RPC 2.0 numbers it; from -32000 down our own."""

    NOT_JSON = -32700
    NO_REQUEST = -32600
    UNKNOWN_METHOD = -32601
    WRONG_PARAMS = -32602
    INTERNAL = -32603
    TOO_LONG = -32000
    NOT_FOUND = -32001
    REFUSED = -32002
    TOKEN = -32003
    CONFIG = -32004
    STORAGE = -32005
    VERSION = -32006
    BROKEN = -32010
    """Only at the host: what arrived is damaged."""


class LinkError(GaitCoachError, RuntimeError):
    """A request that was not done, at either end.

    Args:
        code: its kind.
        text: one line: what, where, what to do.
        data: for programs, JSON-ready.
        id: of the request, if it is known.
    """

    def __init__(
        self,
        code: int,
        text: str,
        data: Mapping[str, Any] | None = None,
        id: str | int | None = None,
    ) -> None:
        super().__init__(text)
        self.code = code
        self.data = dict(data or {})
        self.id = id
