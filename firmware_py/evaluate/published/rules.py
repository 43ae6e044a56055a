"""All rules, by where they are worn."""

from typing import Final

from dsp.block import Mount
from firmware_py.evaluate.published.auvinet import auvinet
from firmware_py.evaluate.published.crossing import (
    armed_crossing,
    bare_crossing,
    confirmed_crossing,
    reenalda,
    regular_crossing,
)
from firmware_py.evaluate.published.fore_aft import lee, wixted
from firmware_py.evaluate.published.found import Rule, Signals
from firmware_py.evaluate.published.highest import highest
from firmware_py.evaluate.published.patoz import patoz
from firmware_py.evaluate.published.pitch import falbriard, swing_peak

RULES: Final[dict[Mount, tuple[Rule, ...]]] = {
    Mount.WAIST: (
        wixted,
        lee,
        auvinet,
        reenalda,
        patoz,
        highest,
        bare_crossing,
        armed_crossing,
        confirmed_crossing,
        regular_crossing,
    ),
    Mount.SHOE: (falbriard, swing_peak, highest),
}
NEEDS_FORWARD: Final = (wixted, lee, auvinet)
NEEDS_PITCH: Final = (falbriard, swing_peak)


def applicable(mount: Mount, signals: Signals) -> list[Rule]:
    """The rules of a mount whose signals there are."""
    return [
        rule
        for rule in RULES[mount]
        if not (rule in NEEDS_FORWARD and signals.forward_g is None)
        and not (rule in NEEDS_PITCH and signals.pitch_rate is None)
    ]
