"""Recordings grouped by how fast and how steep they were."""

from collections.abc import Sequence

from firmware_py.evaluate.figures import Result


def by_condition(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Groups by slope, then by speed, slow to fast; empty where fewer than two are told apart."""
    groups: dict[str, list[Result]] = {}
    slopes = sorted({r.slope_deg for r in results if r.slope_deg is not None})
    speeds = sorted({r.speed_m_s for r in results if r.speed_m_s is not None})
    if len(slopes) > 1:
        for slope in slopes:
            groups[f"slope {slope:+g}°"] = [r for r in results if r.slope_deg == slope]
    if len(speeds) > 1:
        for speed in speeds:
            groups[f"{speed:g} m/s"] = [r for r in results if r.speed_m_s == speed]
    return groups
