"""A coaching cue that is decided and waits for the foot it is about to strike."""

from dataclasses import dataclass
from typing import Final

from dsp.block import Side
from dsp.events import Foot, FootStrike, Step
from feedback.cue import Cue, Pattern

PATIENCE_S: Final = 2.5
"""Two strides at the slowest cadence: no strike until then, and there is nobody to tell."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be said, and at which foot's strike.

    Args:
        t: when it was decided, s.
        pattern, because, grade: of the cue to come.
        foot, side: whose strike releases it; not known: the next one's, which is that foot's unless
            a strike is missed.
    """

    t: float
    pattern: Pattern
    because: str
    grade: int = 0
    foot: Foot | None = None
    side: Side = Side.UNKNOWN

    def about(self, strike: FootStrike) -> bool:
        """Whether this strike is the foot's that it is about."""
        if self.foot is not None and strike.foot is not None:
            return self.foot is strike.foot
        known = Side.UNKNOWN not in (self.side, strike.side)
        return self.side is strike.side if known else True


def about_any(step: Step, pattern: Pattern, because: str) -> Wish:
    """A wish that concerns both feet."""
    return Wish(step.t_decision, pattern, because)


def about_foot(step: Step, pattern: Pattern, because: str, grade: int) -> Wish:
    """A wish about how this step's foot landed."""
    return Wish(step.t_decision, pattern, because, grade, step.foot, step.side)


class Armed:
    """Holds one wish until its foot strikes."""

    def __init__(self) -> None:
        self._wish: Wish | None = None

    def __bool__(self) -> bool:
        return self._wish is not None

    def hold(self, wish: Wish) -> None:
        """From now on this one waits."""
        self._wish = wish

    def drop(self) -> None:
        """Nothing waits any more."""
        self._wish = None

    def outlived(self, *, slow: bool, hard: bool) -> bool:
        """Whether what is to be said is true no more.

        Args:
            slow: the cadence is too low. hard: the impact is too high.
        """
        wish = self._wish
        return wish is not None and not (hard if wish.pattern is Pattern.SOFTER else slow)

    def release(self, strike: FootStrike) -> tuple[Wish, Cue] | None:
        """The cue that this strike releases, with the wish that it was."""
        wish = self._wish
        if wish is None:
            return None
        now = strike.t_decision
        if now - wish.t > PATIENCE_S:
            self._wish = None
            return None
        if not wish.about(strike):
            return None
        self._wish = None
        return wish, Cue(now, now, wish.pattern, wish.because, strike.t, wish.grade)
