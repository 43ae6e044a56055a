"""What a session's summary says to its programme."""

from typing import Any

from feedback.programmes.history import Result


def result_of(summary: dict[str, Any], source: str, day: int | None = None) -> Result:
    """The figures that a programme keeps of a session (docs/summary.md).

    Args:
        source: the session's folder, so that it is counted once.
        day: counted from 0001-01-01 as 1; None: the clock was not set.
    """
    mount = summary["session"]["mount"]
    baseline = summary["baseline"]
    impact = summary["impact"]["peak" if mount == "shoe" else "excess"] or {}
    percentiles = summary["cadence"]["percentiles_spm"] or {}
    dose = summary.get("coaching") or {}
    whole = bool(baseline["complete"])
    return Result(
        running_s=float(summary["running_s"]),
        source=source,
        day=day,
        mount=mount,
        baseline_cadence_spm=baseline["cadence_spm"] if whole else None,
        baseline_impact_g=impact.get("baseline_g") if whole else None,
        cadence_spm=percentiles.get("p50"),
        in_band=dose.get("coached_in_band", summary["cadence"]["in_band_share"]),
        cues=dose.get("cues", len(summary["cues"])),
        probe=dose.get("uncoached_in_band"),
    )
