"""JSON schemas of the event channels, such that viewers plot every number.

One `type` per property, never a union: Lichtblick refuses a whole channel over one (its
parseJsonSchema.ts). A field that may be null therefore has its own type and is not `required`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from dsp.events import Event

# bool before int: a bool is an int.
_JSON_TYPES: Final = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (list | tuple, "array"),
    (Mapping, "object"),
)


def event_schema(event: Mapping[str, Any]) -> bytes:
    """JSON schema of an event's channel.

    A type that is a dataclass of `dsp.events` (or derived from `Event` elsewhere) is described by
    its fields; any other by this, its first, event.

    Args:
        event: what `Event.as_dict` gives.
    """
    properties: dict[str, Any] = {"type": {"type": "string"}}
    for cls in _event_classes(Event):
        if cls.type == event["type"]:
            hints = get_type_hints(cls)
            properties |= {f.name: _of_annotation(hints[f.name]) for f in fields(cls)}
            break
    for key, value in event.items():
        if key not in properties:
            # What may be missing is a measurement, so a null stands for a number.
            properties[key] = {"type": "number"} if value is None else _of_value(value)
    return json.dumps(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"gaitcoach.{event['type']}",
            "type": "object",
            "properties": properties,
            "required": ["type", "t"],
        }
    ).encode()


def _event_classes(cls: type[Event]) -> Iterator[type[Event]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from _event_classes(sub)


def _of_annotation(hint: Any) -> dict[str, Any]:
    if get_origin(hint) in (Union, UnionType):
        hint = next(a for a in get_args(hint) if a is not NoneType)
    base = get_origin(hint) or hint
    if issubclass(base, StrEnum):
        return {"type": "string", "description": " | ".join(base)}
    if issubclass(base, list | tuple):
        return {"type": "array", "items": _of_annotation(next(iter(get_args(hint)), float))}
    return {"type": next((name for kind, name in _JSON_TYPES if issubclass(base, kind)), "string")}


def _of_value(value: Any) -> dict[str, Any]:
    # numpy's float64 is a float; its integers and bools say themselves what they are.
    value = value.tolist() if hasattr(value, "tolist") else value
    name = next((name for kind, name in _JSON_TYPES if isinstance(value, kind)), "string")
    if name == "array":
        return {"type": name, "items": _of_value(value[0]) if value else {"type": "number"}}
    if name == "object":
        inner = {k: _of_value(v) for k, v in value.items() if v is not None}
        return {"type": name, "properties": inner}
    return {"type": name}
