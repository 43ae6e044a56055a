"""docs/session-life.md, drawn from the table: `python -m firmware_py.device.diagram` prints it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from firmware_py.device.led import CODES, MEANING, cycle_s
from firmware_py.device.machine import ENDS, TABLE, Event, State, Transition

HEAD: Final = """# The life of a session

What `gaitcoach serve` does with the button, the laptop, the sensor and the battery: one small
table of states (`firmware_py/device/machine.py`), from which this page is drawn
(`python -m firmware_py.device.diagram`; a test holds the two equal).
What is not shown changes nothing.
"""

PRESSES: Final = """## The button

| gesture | in idle | in a session |
|---|---|---|
| press | begins a session | pauses it, and goes on |
| two presses | | the coach is silent for this session, or speaks again |
| three presses | | the metronome, or none |
| hold, 2 s | | ends the session |
| very long hold, 5 s | switches the computer off | the same, after the session has ended |

A hold is answered while the button is still down: at 2 s you hear `stopped`, and let go. Who holds
on hears it again at 5 s, and the computer is switched off. In a pause everything is recorded as
before; only the coach is silent.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## States", "", *_mermaid(), "", "## Every row", "", *_rows(), "", PRESSES]
    parts += ["## The LED", "", *_led(), ""]
    return "\n".join(parts)


def _mermaid() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in State:
        yield f'    state "{state}" as {state.name}'
    yield f"    [*] --> {State.WAKING.name}"
    for (of, to), rows in _arrows().items():
        yield f"    {of.name} --> {to.name}: {', '.join(dict.fromkeys(map(_label, rows)))}"
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


def _label(row: Transition) -> str:
    return f"{row.on}" + (f" [{row.when}]" if row.when else "")


def _rows() -> Iterator[str]:
    yield "| in | on | if | do | then |"
    yield "|---|---|---|---|---|"
    for row in sorted(TABLE, key=lambda r: (list(State).index(r.of), list(Event).index(r.on))):
        do = ", then ".join(row.do)
        yield f"| {row.of} | {row.on} | {row.when or ''} | {do} | {row.to} |"


def _led() -> Iterator[str]:
    yield "Of what holds the first is shown."
    yield ""
    yield "| means | on, s | off, s |"
    yield "|---|---|---|"
    for code, (on_s, off_s) in CODES.items():
        lit = "always" if not off_s else f"{on_s:g}"
        yield f"| {MEANING[code]} | {lit} | {f'{off_s:g}' if cycle_s(code) else ''} |"


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
