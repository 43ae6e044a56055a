"""The coach's settings: one field a key of `[feedback]`, with unit, default and bounds."""

from dataclasses import dataclass

from feedback.tables import setting

PLAUSIBLE_SPM = (120.0, 240.0)
"""Cadence outside this is no running step: a missed strike halves it, a false one doubles it."""


@dataclass(frozen=True, slots=True)
class FeedbackSettings:
    """How the coach behaves. The reasons of the defaults stand in docs/policy.md."""

    coaching: bool = setting("Give coaching cues; false records a run with status cues only.", True)
    programme: str | None = setting(
        "A built-in programme's name, or the path of a prescription, relative to the configuration "
        "file.",
        None,
    )
    cadence_target_spm: float | None = setting(
        "Fixed cadence target, steps per minute; without it the programme's or this run's.",
        None,
        at_least=PLAUSIBLE_SPM[0],
        at_most=PLAUSIBLE_SPM[1],
    )
    cadence_baseline_spm: float | None = setting(
        "Your usual cadence, steps per minute; no target goes above it by more than 10 %.",
        None,
        at_least=PLAUSIBLE_SPM[0],
        at_most=PLAUSIBLE_SPM[1],
    )
    cadence_percent: float = setting(
        "Target above the baseline, percent, where neither a fixed target nor a programme is.",
        5.0,
        above=0,
        at_most=10,
    )
    band_percent: float = setting(
        "Half width of the silent band round the target, percent.", 2.5, above=0, at_most=10
    )
    persistence_s: float = setting(
        "A deviation lasts this long before a cue, s.", 10.0, above=0, at_most=600
    )
    cooldown_s: float = setting(
        "Least time between two coaching cues, s.", 30.0, above=0, at_most=3600
    )
    warm_up_s: float = setting(
        "Running time at the start of a session without coaching cues, s.",
        30.0,
        at_least=0,
        at_most=7200,
    )
    settle_s: float = setting(
        "Silence after each start of running; of impact cues after a change of slope too, s.",
        20.0,
        at_least=0,
        at_most=600,
    )
    give_up_after: int = setting(
        "Cues in a row without a response before the coach gives up.", 3, at_least=1, at_most=100
    )
    give_up_s: float = setting(
        "How long it stays silent then, before it tries again, s; doubled each time it gives up "
        "in a row.",
        180.0,
        above=0,
        at_most=7200,
    )
    soft: bool | None = setting(
        "Impact cues: false never, true also beside a fixed cadence target; unset: with a limit, "
        "or where the cadence target too comes from this run.",
        None,
    )
    waist_impact_limit_g: float | None = setting(
        "Impact limit at the waist, g of impact above the active peak (impact_excess_g).",
        None,
        above=0,
        at_most=20,
    )
    shoe_impact_limit_g: float | None = setting(
        "Impact limit at the shoe, g of peak (impact_g).", None, above=0, at_most=100
    )
