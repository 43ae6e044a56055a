"""On which line of a TOML text a key stands, so that who wrote it finds the mistake."""

import re
from collections.abc import Sequence
from typing import Final

_HEADER: Final = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY: Final = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*[=.]""")
_STRINGS: Final = re.compile(
    r'''("""|\'\'\')|"(?:[^"\\]|\\.)*"|'[^']*'|(#.*)|([\[{])|([\]}])''',
)


def line_of(text: str, at: Sequence[str | int]) -> int:
    """The line, from 1, of a key, or of the nearest thing around it that stands on a line.

    Args:
        text: valid TOML.
        at: `("name",)`, or `("sessions", 2, "run_min")` for one in the third `[[sessions]]`.
    """
    places = _places(text)
    way = tuple(at)
    while way and way not in places:
        way = way[:-1]
    return places.get(way, 1)


def _places(text: str) -> dict[tuple[str | int, ...], int]:
    places: dict[tuple[str | int, ...], int] = {}
    counts: dict[str, int] = {}
    table: tuple[str | int, ...] = ()
    quote, depth = "", 0
    for n, line in enumerate(text.split("\n"), 1):
        if not quote and depth == 0:
            if header := _HEADER.match(line):
                name = _bare(header[1])
                table = (name,)
                if line.lstrip().startswith("[["):
                    counts[name] = counts.get(name, -1) + 1
                    places.setdefault(table, n)
                    table = (name, counts[name])
                places.setdefault(table, n)
                continue
            if key := _KEY.match(line):
                places.setdefault((*table, _bare(key[1])), n)
        quote, depth = _after(line, quote, depth)
    return places


def _after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """Whether a text of several lines is open after this one, and how many brackets are."""
    i = 0
    while i < len(line):
        if quote:
            end = line.find(quote, i)
            # In a basic string a quote may be escaped.
            while quote == '"""' and end > 0 and _escaped(line, end):
                end = line.find(quote, end + 1)
            if end < 0:
                return quote, depth
            i, quote = end + 3, ""
            continue
        found = _STRINGS.search(line, i)
        if found is None:
            break
        i = found.end()
        if found[1]:
            quote = found[1]
        elif found[2]:
            break
        elif found[3]:
            depth += 1
        elif found[4]:
            depth -= 1
    return quote, max(depth, 0)


def _escaped(line: str, at: int) -> bool:
    before = line[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _bare(key: str) -> str:
    return key[1:-1] if key[:1] in "\"'" else key
