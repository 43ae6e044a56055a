"""The pictures of docs/cues.md are those of the shipped patterns."""

import re
from xml.etree import ElementTree

import pytest

from feedback.cue import Pattern
from feedback.patterns import MEANING, load_patterns
from tests.cue_timelines import FOLDER, PER_S, picture

PAGE = FOLDER.parent / "cues.md"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("pattern", Pattern)
def test_a_picture_is_up_to_date(pattern: Pattern) -> None:
    """Else: `python -m tests.cue_timelines`."""
    assert (FOLDER / f"{pattern}.svg").read_text(encoding="utf-8") == picture(pattern)


def test_there_is_no_picture_of_what_there_is_not() -> None:
    assert {p.stem for p in FOLDER.iterdir()} == set(Pattern)


@pytest.mark.parametrize("pattern", Pattern)
def test_a_picture_has_a_bar_for_every_pulse_as_long_as_it_lasts(pattern: Pattern) -> None:
    root = ElementTree.fromstring(picture(pattern))
    assert root.findtext(f"{SVG}title") == f"{pattern}: {MEANING[pattern]}"
    for voice, shape in load_patterns()[pattern].items():
        bars = [r for r in root.iter(f"{SVG}rect") if r.get("class") == voice]
        widths = [float(r.get("width", "0")) / PER_S for r in bars]
        assert widths == pytest.approx([p.on_s for p in shape], abs=0.001)
        lefts = [float(r.get("x", "0")) for r in bars]
        assert lefts == sorted(lefts)
        assert max(x + w * PER_S for x, w in zip(lefts, widths, strict=True)) < float(
            root.get("width", "0")
        )


def test_the_page_shows_every_pattern_once_in_the_order_of_the_command() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"!\[(\w+)\]\(cues/\1\.svg\)", page) == [p.value for p in MEANING]


def test_a_picture_can_be_read_on_white_and_on_black() -> None:
    """Contrast at least 3 to 1, as WCAG asks of graphics, also without media queries."""
    style = picture(Pattern.GOOD).partition("<style>")[2].partition("</style>")[0]
    plain, _, media = style.partition("@media (prefers-color-scheme: light)")
    light, _, dark = media.partition("@media")
    for rules, grounds in ((plain, (1.0, 0.0)), (light, (1.0,)), (dark, (0.0,))):
        for color in re.findall(r"fill: (#\w{6})", rules):
            for ground in grounds:
                high, low = sorted([_luminance(color), ground], reverse=True)
                assert (high + 0.05) / (low + 0.05) >= 3.0, f"{color} on {ground}"


def _luminance(color: str) -> float:
    parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
