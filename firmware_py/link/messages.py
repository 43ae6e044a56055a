"""JSON-RPC 2.0 messages to bytes and back; lenient to people, strict to what is used."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from firmware_py.link.protocol import MAX_LINE, NOTICES, Code, LinkError

_LONGEST_ID: Final = 128
_LARGEST_ID: Final = 1 << 63
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Request:
    """What a host asks for.

    Args:
        id: comes back with the answer; None: there was none, and the answer has null.
        method: its name; need not be known.
        params: by name.
    """

    id: str | int | None
    method: str
    params: Mapping[str, Any]


def parse_request(text: bytes) -> Request | None:
    """The request on a line: an object with `method`, or for a person just the method's word.

    Returns:
        None: it is one of the device's own lines, as a terminal with echo sends them back. An
        answer to that would be echoed, too, and so on for ever.

    Raises:
        LinkError: it is none.
    """
    word = text.strip()
    if word.isalpha() or (word.replace(b"_", b"").isalpha() and len(word) < _SHOWN):
        return Request(None, word.decode("ascii"), {})
    record = parse_json(text)
    if isinstance(record, list):
        raise LinkError(Code.NO_REQUEST, "batches are not taken: send one request a line")
    if not isinstance(record, dict):
        raise LinkError(
            Code.NO_REQUEST, 'a request is an object, e.g. {"method":"hello"}; or type help'
        )
    if "method" not in record and ("result" in record or "error" in record):
        return None
    id = record.get("id")
    if not _is_id(id):
        raise LinkError(Code.NO_REQUEST, "id must be text or a whole number")
    version = record.get("jsonrpc", "2.0")
    if version != "2.0":
        raise LinkError(Code.NO_REQUEST, 'jsonrpc must be "2.0", or be left out', id=id)
    method = record.get("method")
    if not isinstance(method, str):
        raise LinkError(
            Code.NO_REQUEST, 'a request names its method, e.g. {"method":"hello"}', id=id
        )
    if method in NOTICES and "id" not in record:
        return None
    params = record.get("params")
    if params is None:
        params = {}
    if not isinstance(params, dict):
        raise LinkError(Code.WRONG_PARAMS, "params must be an object with names", id=id)
    return Request(id, method, params)


def parse_json(text: bytes) -> Any:
    """A line's JSON value.

    Raises:
        LinkError: it has none.
    """
    try:
        return json.loads(text.decode("utf-8"), parse_constant=_no_number)
    except UnicodeDecodeError as e:
        raise LinkError(
            Code.NOT_JSON, f"byte {e.start} of the line is no UTF-8", {"at": e.start}
        ) from e
    except json.JSONDecodeError as e:
        raise LinkError(
            Code.NOT_JSON, f"not JSON: {e.msg} at character {e.pos}; type help", {"at": e.pos}
        ) from e
    except (ValueError, RecursionError) as e:
        raise LinkError(Code.NOT_JSON, "not JSON: a value is too long or too deep") from e


def too_long() -> LinkError:
    """What is said about a line that was too long."""
    return LinkError(
        Code.TOO_LONG, f"a line has at most {MAX_LINE} bytes; send less", {"at_most": MAX_LINE}
    )


def request(id: str | int, method: str, params: Mapping[str, Any]) -> bytes:
    """A request's line."""
    return _line({"jsonrpc": "2.0", "id": id, "method": method, "params": dict(params)}, b"\n")


def reply(id: str | int | None, result: Mapping[str, Any], end: bytes = b"\n") -> bytes:
    """An answer's line.

    Raises:
        TypeError, ValueError: `result` is not JSON-ready.
    """
    return _line({"jsonrpc": "2.0", "id": id, "result": result}, end)


def refusal(id: str | int | None, error: LinkError, end: bytes = b"\n") -> bytes:
    """The line of an answer that is an error."""
    said: dict[str, Any] = {"code": int(error.code), "message": str(error)}
    if error.data:
        said["data"] = error.data
    return _line({"jsonrpc": "2.0", "id": id, "error": said}, end)


def notice(method: str, params: Mapping[str, Any]) -> bytes:
    """The line of what nobody asked for.

    Raises:
        TypeError, ValueError: `params` is not JSON-ready.
    """
    return _line({"jsonrpc": "2.0", "method": method, "params": params}, b"\n")


def _line(record: Mapping[str, Any], end: bytes) -> bytes:
    # ASCII: a terminal of any kind shows it, and half of a surrogate pair does no harm.
    return json.dumps(record, separators=(",", ":"), allow_nan=False).encode() + end


def _is_id(id: Any) -> bool:
    if id is None:
        return True
    if isinstance(id, str):
        return len(id) <= _LONGEST_ID
    return isinstance(id, int) and not isinstance(id, bool) and abs(id) < _LARGEST_ID


def _no_number(name: str) -> None:
    raise ValueError(name)
