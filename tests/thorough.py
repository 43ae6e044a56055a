"""How much the laws are tried: quick and the same every time by default, all of it on request.

`make thorough` (HYPOTHESIS_PROFILE=thorough) takes the large number of random examples, new ones
each time, and every case of each grid.
"""

import os
from collections.abc import Sequence
from typing import Final, TypeVar

from hypothesis import settings

PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", "default")
THOROUGH: Final = PROFILE == "thorough"
EXAMPLES: Final = 25
"""Of a law that does not say how many it needs; 100 when thorough."""

T = TypeVar("T")


def register_profiles() -> None:
    """Makes both profiles known to hypothesis and loads the one that is asked for."""
    # Without chance: a run that fails by luck says nothing about the change that it was run for.
    settings.register_profile(
        "default", max_examples=EXAMPLES, deadline=None, derandomize=True, database=None
    )
    settings.register_profile("thorough", max_examples=100, deadline=None)
    settings.load_profile(PROFILE)


def examples(usual: int, thorough: int) -> int:
    """How many random examples a law is tried on."""
    return thorough if THOROUGH else usual


def every(step: int) -> int:
    """The stride through a long row of like cases; every one of them when thorough."""
    return 1 if THOROUGH else step


def some(cases: Sequence[T], step: int, offset: int = 0) -> list[T]:
    """Every `step`-th of `cases` from `offset` (modulo `step`) on; all of them when thorough."""
    return list(cases) if THOROUGH else list(cases)[offset % step :: step]
