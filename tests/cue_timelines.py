"""The pictures of docs/cues.md, from the shipped patterns: `python -m tests.cue_timelines`."""

import math
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from feedback.cue import Pattern
from feedback.patterns import LONGEST_S, MEANING, Shape, load_patterns
from feedback.pulse import Voice

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "cues"

LEFT, PER_S = 52, 150
WIDTH = LEFT + round(LONGEST_S * PER_S) + 16
BEEP_FLOOR, BEEP_ROOM = 52, 42
BUZZ_FLOOR, BUZZ_ROOM = 88, 22
AXIS = 96
HEIGHT = 120
LOW_HZ, HIGH_HZ = 1000.0, 3600.0

# What comes first is for viewers that know no media query: legible on white and on black.
STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #7d848c }
.line { stroke: #7d848c; stroke-opacity: .45 }
.beep { fill: #e8590c }
.buzz { fill: #1c8ae0 }
@media (prefers-color-scheme: light) {
  text { fill: #57606a }
  .beep { fill: #d9480f }
  .buzz { fill: #1864ab }
}
@media (prefers-color-scheme: dark) {
  text { fill: #adb5bd }
  .beep { fill: #ff922b }
  .buzz { fill: #4dabf7 }
}
"""


def picture(pattern: Pattern) -> str:
    """A pattern as SVG: time to the right, a beep's pitch upwards."""
    voices = load_patterns()[pattern]
    label = escape(f"{pattern}: {MEANING[pattern]}")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" role="img">',
            f"<title>{label}</title>",
            f"<style>\n{STYLE}</style>",
            *_axis(),
            f'<text x="2" y="{BEEP_FLOOR - 4}">beep</text>',
            *_bars(voices[Voice.BEEP], Voice.BEEP),
            f'<text x="2" y="{BUZZ_FLOOR - 4}">buzz</text>',
            *_bars(voices[Voice.BUZZ], Voice.BUZZ),
            "</svg>",
            "",
        ]
    )


def _axis() -> Iterator[str]:
    right = LEFT + round(LONGEST_S * PER_S)
    for floor in (BEEP_FLOOR, BUZZ_FLOOR):
        yield f'<line class="line" x1="{LEFT}" y1="{floor}" x2="{right}" y2="{floor}"/>'
    for half in range(round(2 * LONGEST_S) + 1):
        x = LEFT + half * PER_S // 2
        top = AXIS - 4 if half % 2 else BUZZ_FLOOR
        yield f'<line class="line" x1="{x}" y1="{top}" x2="{x}" y2="{AXIS}"/>'
        if half % 2 == 0:
            unit = " s" if half else ""
            yield f'<text x="{x}" y="{AXIS + 16}" text-anchor="middle">{half // 2}{unit}</text>'


def _bars(shape: Shape, voice: Voice) -> Iterator[str]:
    begin = 0.0
    for pulse in shape:
        if voice is Voice.BEEP:
            share = math.log(pulse.pitch_hz / LOW_HZ) / math.log(HIGH_HZ / LOW_HZ)
            floor, height = BEEP_FLOOR, BEEP_ROOM * min(max(share, 0.1), 1.0)
        else:
            floor, height = BUZZ_FLOOR, float(BUZZ_ROOM)
        x, width = LEFT + begin * PER_S, pulse.on_s * PER_S
        yield (
            f'<rect class="{voice}" x="{x:.1f}" y="{floor - height:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}" fill-opacity="{0.35 + 0.65 * pulse.strength:.2f}"/>'
        )
        begin += pulse.on_s + pulse.off_s


def main() -> None:
    """Writes one file for every pattern."""
    FOLDER.mkdir(exist_ok=True)
    for pattern in Pattern:
        (FOLDER / f"{pattern}.svg").write_text(picture(pattern), encoding="utf-8")


if __name__ == "__main__":
    main()
