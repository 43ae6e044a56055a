"""The band of cadence and the limit of impact: where they come from, how far they may go."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from feedback.baseline import Baseline
from feedback.plan import SessionPlan
from feedback.settings import PLAUSIBLE_SPM, FeedbackSettings

CAP: Final = 1.10
"""No target above +10 % of baseline: the most that was studied (Heiderscheit 2011, Bramah 2019)."""
SOFTER_WAIST: Final = 0.90
"""Of the uncued impact excess; the waist cannot fall as far as the tibia (docs/policy.md)."""
SOFTER_SHOE: Final = 0.85
"""Of the uncued shoe peak; milder than the 50-70 % of supervised ones (Crowell & Davis 2011)."""


HARD_WAIST_G: Final = 0.3
"""A smaller excess leaves nothing to soften: on level ground it is 0.3 to 1 g (docs/policy.md)."""


class Source(StrEnum):
    """Where a target or baseline comes from."""

    CONFIGURATION = "configuration"
    PROGRAMME = "programme"
    THIS_RUN = "this run"
    NONE_YET = "none yet"


@dataclass(frozen=True, slots=True)
class Target:
    """What the coach aims for at a moment.

    Args:
        source: where the cadence target comes from.
        cadence_spm: the target after the cap; low_spm and high_spm bound its silent band.
        wanted_spm: the target before the cap.
        capped: whether the cap lowered it.
        baseline_spm, baseline_source: what the cap was taken from.
        impact_limit_g, impact_source: limit of the judged impact (see feedback.impact).
    """

    source: Source = Source.NONE_YET
    cadence_spm: float | None = None
    low_spm: float | None = None
    high_spm: float | None = None
    wanted_spm: float | None = None
    capped: bool = False
    baseline_spm: float | None = None
    baseline_source: Source = Source.NONE_YET
    impact_limit_g: float | None = None
    impact_source: Source = Source.NONE_YET

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {k: v.value if isinstance(v, Source) else v for k, v in asdict(self).items()}

    @property
    def known(self) -> bool:
        """Whether there is anything to aim for."""
        return self.cadence_spm is not None or self.impact_limit_g is not None

    @property
    def cap_note(self) -> str:
        """Why the target is lower than asked for, or nothing."""
        if not self.capped or self.wanted_spm is None or self.cadence_spm is None:
            return ""
        return (
            f"target {self.wanted_spm:.0f} capped at {self.cadence_spm:.0f}, "
            f"+10 % of your baseline {self.baseline_spm:.0f}"
        )


def resolve(
    settings: FeedbackSettings, plan: SessionPlan | None, run: Baseline, *, shoe: bool
) -> Target:
    """The target now: from the configuration, else the programme, else this run."""
    baseline, base_source = _baseline(settings, plan, run)
    wanted, source = _wanted(settings, plan, run, baseline)
    limit, limit_source = _limit(settings, plan, run, shoe=shoe, cadence_source=source)
    if wanted is None:
        return Target(
            baseline_spm=baseline,
            baseline_source=base_source,
            impact_limit_g=limit,
            impact_source=limit_source,
        )
    # No beat and no runner is quicker than the highest cadence that is plausible.
    most = PLAUSIBLE_SPM[1] if baseline is None else min(CAP * baseline, PLAUSIBLE_SPM[1])
    cadence = min(wanted, most)
    band = plan.band_percent if plan is not None else None
    half = (settings.band_percent if band is None else band) / 100.0
    return Target(
        source=source,
        cadence_spm=cadence,
        low_spm=cadence * (1.0 - half),
        high_spm=cadence * (1.0 + half),
        wanted_spm=wanted,
        capped=cadence < wanted,
        baseline_spm=baseline,
        baseline_source=base_source,
        impact_limit_g=limit,
        impact_source=limit_source,
    )


def _baseline(
    settings: FeedbackSettings, plan: SessionPlan | None, run: Baseline
) -> tuple[float | None, Source]:
    if settings.cadence_baseline_spm is not None:
        return settings.cadence_baseline_spm, Source.CONFIGURATION
    if plan is not None and plan.baseline_cadence_spm is not None:
        return plan.baseline_cadence_spm, Source.PROGRAMME
    if run.cadence_spm is not None:
        return run.cadence_spm, Source.THIS_RUN
    return None, Source.NONE_YET


def _wanted(
    settings: FeedbackSettings, plan: SessionPlan | None, run: Baseline, baseline: float | None
) -> tuple[float | None, Source]:
    if settings.cadence_target_spm is not None:
        return settings.cadence_target_spm, Source.CONFIGURATION
    percent, source = settings.cadence_percent, Source.THIS_RUN
    if plan is not None:
        if plan.cadence is None:
            return None, Source.NONE_YET
        if plan.cadence_target_spm is not None:
            return plan.cadence_target_spm, Source.PROGRAMME
        if plan.cadence_percent is not None:
            percent, source = plan.cadence_percent, Source.PROGRAMME
    given = settings.cadence_baseline_spm
    if given is not None and source is Source.THIS_RUN:
        source = Source.CONFIGURATION
    if given is None and plan is not None:
        given = plan.baseline_cadence_spm
        source = Source.PROGRAMME if given is not None else source
    # A percentage of this run's own baseline waits for all of it.
    if baseline is None or (given is None and not run.complete):
        return None, Source.NONE_YET
    return baseline * (1.0 + percent / 100.0), source


def _limit(
    settings: FeedbackSettings,
    plan: SessionPlan | None,
    run: Baseline,
    *,
    shoe: bool,
    cadence_source: Source,
) -> tuple[float | None, Source]:
    if settings.soft is False:
        return None, Source.NONE_YET
    key = "shoe_impact_limit_g" if shoe else "waist_impact_limit_g"
    limit: float | None = getattr(settings, key)
    if limit is not None:
        return limit, Source.CONFIGURATION
    limit = None if plan is None else getattr(plan, key)
    if limit is not None:
        return limit, Source.PROGRAMME
    least = 0.0 if shoe else HARD_WAIST_G
    if not run.complete or run.impact_g is None or run.impact_g <= least:
        return None, Source.NONE_YET
    if plan is not None and plan.impact and plan.impact_percent is not None:
        return run.impact_g * (1.0 - plan.impact_percent / 100.0), Source.PROGRAMME
    if settings.soft or (plan is None and cadence_source is Source.THIS_RUN):
        return run.impact_g * (SOFTER_SHOE if shoe else SOFTER_WAIST), Source.THIS_RUN
    return None, Source.NONE_YET
