"""Differences of figures that may not be known."""


def difference(before: float | None, after: float | None) -> float | None:
    """After less before; None where one is not known."""
    return None if before is None or after is None else after - before


def percent(before: float | None, after: float | None, least: float = 0.0) -> float | None:
    """The change, unless `before` is `least` or less: of next to nothing it says nothing."""
    if before is None or after is None or before <= least:
        return None
    return 100.0 * (after / before - 1.0)
