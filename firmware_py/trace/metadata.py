"""The trace header as MCAP metadata: a map of strings, each a JSON value."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from typing import Any, Final

from drivers.calibration import from_dict
from dsp.block import Mount, Side
from dsp.errors import TraceError
from firmware_py.coaching import recorded as recorded_coaching
from firmware_py.trace.header import TraceHeader
from firmware_py.wearer import recorded

METADATA_NAME: Final = "gaitcoach"
FORMAT_MAJOR: Final = 1
"""Raised when an older reader would read a newer trace wrongly."""
FORMAT_MINOR: Final = 3
"""Raised when something was added that an older reader may leave out."""


class NewerFormatError(TraceError):
    """A trace of a major version that this gaitcoach does not know."""


def to_metadata(header: TraceHeader) -> dict[str, str]:
    """The header's fields, the format version and a checksum over all (MCAP has none there)."""
    record = {"format": json.dumps(f"{FORMAT_MAJOR}.{FORMAT_MINOR}")}
    record |= {key: json.dumps(value) for key, value in asdict(header).items()}
    return record | {"crc32": json.dumps(_checksum(record))}


def from_metadata(record: Mapping[str, str], source: str = "trace") -> TraceHeader:
    """The header of a metadata record.

    Args:
        record: as `to_metadata` writes it; keys of later minor versions are left out.
        source: the file, for error messages.

    Raises:
        TraceError: a newer major version, a damaged record, a missing or impossible value.
    """
    try:
        major = int(json.loads(record["format"]).split(".")[0])
    except (KeyError, ValueError, AttributeError):
        raise TraceError(f"{source}: its header is damaged: no format version") from None
    # The checksum stays as it is in every version: a damaged digit must not pass for a newer
    # format.
    if record.get("crc32") != json.dumps(_checksum(record)):
        raise TraceError(f"{source}: its header is damaged: the checksum does not fit")
    if major > FORMAT_MAJOR:
        raise NewerFormatError(
            f"{source}: written in trace format {major}, this gaitcoach reads up to "
            f"{FORMAT_MAJOR}: update gaitcoach"
        )
    for field in fields(TraceHeader):
        if field.name not in record and field.default is MISSING:
            raise TraceError(f"{source}: its header has no {field.name}")
    try:
        known: dict[str, Any] = {
            f.name: json.loads(record[f.name]) for f in fields(TraceHeader) if f.name in record
        }
        known["mount"] = Mount(known["mount"])
        known["side"] = Side(known.get("side", Side.UNKNOWN))
        if known.get("calibration") is not None:
            from_dict(known["calibration"])
        recorded(known.get("runner"))
        known["notes"] = tuple(known.get("notes", ()))
        try:
            recorded_coaching(known.get("coaching"))
        except ValueError as e:
            # Another version coaches otherwise; what was recorded is there all the same.
            known["coaching"] = None
            known["notes"] += (f"how the run was coached cannot be read here: {e}",)
        return TraceHeader(**known)
    except (ValueError, TypeError) as e:
        raise TraceError(f"{source}: its header cannot be used: {e}") from e


def _checksum(record: Mapping[str, str]) -> int:
    text = json.dumps({k: v for k, v in record.items() if k != "crc32"}, sort_keys=True)
    return zlib.crc32(text.encode())
