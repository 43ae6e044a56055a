"""What a coach or therapist prescribes: a programme, as its TOML file says it."""

from dataclasses import dataclass, fields
from typing import Any, Final

from feedback.plan import CadenceCue
from feedback.programmes.fade import Spans
from feedback.settings import PLAUSIBLE_SPM, FeedbackSettings
from feedback.tables import SettingError, finite, from_table, setting

CAP_PERCENT: Final = 10.0
"""No target above that: the most that was studied (Heiderscheit 2011, Bramah 2019)."""
RAMP_PERCENT: Final = 3.0
"""Most points that a target rises by from one session to the next: within the range in which
runners follow without noticing (Van Dyck 2015)."""
IMPACT_CAP_PERCENT: Final = 60.0
BAND_PERCENT: Final = FeedbackSettings().band_percent
"""Half width of the band where a programme does not say."""
LONGEST_MIN: Final = 180.0
SILENT_MIN: Final = 10.0
LEAST_SILENT_MIN: Final = 5.0
MOST_SESSIONS: Final = 60
NO_CADENCE: Final = "none"
FIRST_MINUTES: Final = "first-minutes"
OWN_RUN: Final = "run"


def _spans(value: Any) -> Spans:
    must = "must be pairs of minutes, e.g. [[0, 5], [10, 14]]"
    if not isinstance(value, list):
        raise ValueError(must)
    spans: list[tuple[float, float]] = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError(must)
        start, end = (finite(x) for x in pair)
        if not 0 <= start < end:
            raise ValueError(f"{must}, each from an earlier to a later minute")
        if spans and start < spans[-1][1]:
            raise ValueError(f"{must}, in order and not overlapping")
        spans.append((start, end))
    return tuple(spans)


def _counts(value: Any) -> tuple[int, ...]:
    must = "must be whole numbers that rise, e.g. [8, 16]"
    if not isinstance(value, list):
        raise ValueError(must)
    for n, last in zip(value, [0, *value], strict=False):
        if isinstance(n, bool) or not isinstance(n, int) or not last < n <= 999:
            raise ValueError(must)
    return tuple(value)


@dataclass(frozen=True, slots=True)
class Dose:
    """One `[[sessions]]`."""

    run_min: float = setting("Minutes of running.", at_least=1, at_most=LONGEST_MIN)
    percent: float | None = setting(
        "Cadence target above the baseline, percent; without it cadence_percent is approached by "
        "ramp_percent.",
        None,
        above=0,
        at_most=CAP_PERCENT,
    )
    impact_percent: float | None = setting(
        "Impact limit below the baseline, percent; without it the programme's.",
        None,
        above=0,
        at_most=IMPACT_CAP_PERCENT,
    )
    feedback_min: tuple[tuple[float, float], ...] | None = setting(
        "When cues may come, from-to in minutes of running; without it all the time.",
        None,
        read=_spans,
    )
    probe_min: tuple[tuple[float, float], ...] = setting(
        "When they may not, to see what stays without them; in minutes of running.",
        (),
        read=_spans,
    )


def _doses(value: Any) -> tuple[Dose, ...]:
    if not isinstance(value, list) or not all(isinstance(t, dict) for t in value):
        raise ValueError("must be tables: write [[sessions]] on a line of its own for each")
    if not 0 < len(value) <= MOST_SESSIONS:
        raise ValueError(f"must be 1 to {MOST_SESSIONS} sessions")
    doses = []
    for n, table in enumerate(value):
        _check_place(table, n)
        try:
            doses.append(from_table(Dose, table, f"session {n + 1}: "))
        except SettingError as e:
            raise SettingError(str(e), n, *e.at) from e
    return tuple(doses)


def _check_place(table: dict[str, Any], n: int) -> None:
    """Keys of the whole programme are no keys of a session."""
    known, outside = ({f.name for f in fields(c)} for c in (Dose, Programme))
    for key in table:
        if key in outside and key not in known:
            own = "; a session's own target is percent" if key == "cadence_percent" else ""
            raise SettingError(
                f"session {n + 1}: {key} is for the whole programme: write it above the first "
                f"[[sessions]]{own}",
                n, key,
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme: one field a key of its file, with unit, default and bounds.

    Without `fade` and `[[sessions]]` it is open: every session is like the others.
    """

    name: str = setting("What the programme is called.")
    baseline_cadence_spm: float | None = setting(
        "Cadence of an uncued run, steps per minute.",
        None,
        at_least=PLAUSIBLE_SPM[0],
        at_most=PLAUSIBLE_SPM[1],
    )
    cadence_percent: float | None = setting(
        "Target above the baseline, percent.", None, above=0, at_most=CAP_PERCENT
    )
    cadence_target_spm: float | None = setting(
        "Target, steps per minute, instead of cadence_percent.",
        None,
        at_least=PLAUSIBLE_SPM[0],
        at_most=PLAUSIBLE_SPM[1],
    )
    waist_impact_limit_g: float | None = setting(
        "Limit of impact_excess_g at the waist, g.", None, above=0, at_most=20
    )
    shoe_impact_limit_g: float | None = setting(
        "Limit of impact_g at the shoe, g.", None, above=0, at_most=100
    )
    about: str | None = setting("What it is for, in a line.", None)
    note: str | None = setting("What the runner is to know.", None)
    mount: str | None = setting(
        "Where the sensor must be worn: waist or shoe; without it: anywhere.",
        None,
        one_of=("waist", "shoe"),
    )
    baseline: str | None = setting(
        "Where the baseline comes from if it is not given: first-minutes of session 1, or a silent "
        "run of its own before it.",
        None,
        one_of=(FIRST_MINUTES, OWN_RUN),
    )
    baseline_run_min: float = setting(
        "Minutes of a silent run: baseline or retest; no more than the longest session.",
        SILENT_MIN,
        at_least=LEAST_SILENT_MIN,
        at_most=60,
    )
    cadence: str = setting(
        "How a quicker cadence is asked for: quicker, metronome or none.",
        CadenceCue.QUICKER.value,
        one_of=(*(c.value for c in CadenceCue), NO_CADENCE),
    )
    metronome_always: bool = setting("Beats all the time, not only off target.", False)
    tempo_nudge_percent: float | None = setting(
        "Beats so much quicker than the runner's own tempo, percent, and not at the target: it is "
        "approached unnoticed.",
        None,
        at_least=1,
        at_most=3,
    )
    ramp_percent: float | None = setting(
        "Most points by which the cadence target rises from one session to the next, percent; "
        "without it 3, and an open programme begins at its target.",
        None,
        above=0,
        at_most=RAMP_PERCENT,
    )
    band_percent: float | None = setting(
        "Half width of the silent band, percent; without it the configuration's.",
        None,
        above=0,
        at_most=10,
    )
    impact: bool | None = setting("Whether impact is coached; without it: if a limit is set.", None)
    impact_percent: float | None = setting(
        "Impact limit below the baseline, percent.", None, above=0, at_most=IMPACT_CAP_PERCENT
    )
    fade: str | None = setting(
        "standard: 8 sessions with less and less feedback, instead of [[sessions]].",
        None,
        one_of=("standard",),
    )
    sessions: tuple[Dose, ...] = setting(
        "The sessions in order, one [[sessions]] each; they stand last in the file.",
        (),
        read=_doses,
    )
    retest_after_sessions: tuple[int, ...] = setting(
        "After how many sessions a silent retest comes.", (), read=_counts
    )
    retest_weeks: tuple[int, ...] = setting(
        "Weeks from the first session to the same retests, where the date is known.",
        (),
        read=_counts,
    )
    pain_limit: int = setting(
        "Pain from 0 to 10 at which the target goes back by half.", 4, at_least=1, at_most=4
    )
    sore_sessions: int = setting(
        "Sessions running with a sore calf or Achilles tendon after which it goes back.",
        2,
        at_least=1,
        at_most=2,
    )
    change_limit_percent: float = setting(
        "Cadence of a session above the baseline, and above the band asked for, at which it goes "
        "back, percent.",
        CAP_PERCENT,
        above=0,
        at_most=CAP_PERCENT,
    )

    @property
    def cue(self) -> CadenceCue | None:
        """How cadence is coached; None: not."""
        return None if self.cadence == NO_CADENCE else CadenceCue(self.cadence)

    @property
    def softens(self) -> bool:
        """Whether impact is coached."""
        limits = (self.waist_impact_limit_g, self.shoe_impact_limit_g, self.impact_percent)
        asked = any(x is not None for x in limits)
        asked = asked or any(d.impact_percent is not None for d in self.sessions)
        return asked if self.impact is None else self.impact

    @property
    def silent(self) -> bool:
        """Whether no session of it has coaching cues."""
        return self.cue is None and not self.softens

    @property
    def fixed(self) -> bool:
        """Whether a target is given as such, and not as a share of the baseline."""
        given = (self.cadence_target_spm, self.waist_impact_limit_g, self.shoe_impact_limit_g)
        return any(x is not None for x in given)
