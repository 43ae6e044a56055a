"""What docs/session-life.md shows: `python -m firmware_py.device.diagram` draws it."""

from collections import defaultdict
from collections.abc import Iterator

from firmware_py.device.led import CODES, MEANING, cycle_s
from firmware_py.device.machine import ENDS, TABLE, Event, State, Transition


def drawn() -> tuple[str, str, str]:
    """The diagram, the table of all rows, and the LED's codes, in Markdown."""
    return "\n".join(_mermaid()), "\n".join(_rows()), "\n".join(_led())


def _mermaid() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in State:
        yield f'    state "{state}" as {state.name}'
    yield f"    [*] --> {State.WAKING.name}"
    for (of, to), rows in _arrows().items():
        yield f"    {of.name} --> {to.name}: {_labels(rows)}"
    for state in State:
        if state in ENDS:
            yield f"    {state.name} --> [*]"
    yield "```"


def _arrows() -> dict[tuple[State, State], list[Transition]]:
    arrows = defaultdict[tuple[State, State], list[Transition]](list)
    for row in TABLE:
        if row.of is not row.to:
            arrows[row.of, row.to].append(row)
    return arrows


def _labels(rows: list[Transition]) -> str:
    """What leads there; a guard only where nothing without one does."""
    always = {row.on for row in rows if row.when is None}
    said = (f"{r.on} [{r.when}]" if r.when and r.on not in always else str(r.on) for r in rows)
    return ", ".join(dict.fromkeys(said))


def _rows() -> Iterator[str]:
    yield "| in | on | if | do | then |"
    yield "|---|---|---|---|---|"
    for row in sorted(TABLE, key=lambda r: (list(State).index(r.of), list(Event).index(r.on))):
        do = ", then ".join(row.do)
        yield f"| {row.of} | {row.on} | {row.when or ''} | {do} | {row.to} |"


def _led() -> Iterator[str]:
    yield "| means | on, s | off, s |"
    yield "|---|---|---|"
    for code, (on_s, off_s) in CODES.items():
        lit = "always" if not off_s else f"{on_s:g}"
        yield f"| {MEANING[code]} | {lit} | {f'{off_s:g}' if cycle_s(code) else ''} |"


if __name__ == "__main__":
    import sys

    sys.stdout.write("\n\n".join(drawn()) + "\n")
