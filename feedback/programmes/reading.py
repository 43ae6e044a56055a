"""From a prescription's text to a programme whose every session is known, or one clear line."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from dsp.errors import ConfigError
from feedback.plan import CadenceCue
from feedback.programmes.fade import STANDARD
from feedback.programmes.lines import line_of
from feedback.programmes.prescription import (
    LEAST_SILENT_MIN,
    LONGEST_MIN,
    RAMP_PERCENT,
    Dose,
    Programme,
)
from feedback.tables import SettingError, from_table, parse_toml, read_text, unknown

BUILT_IN: Final = (
    "baseline",
    "cadence-easy",
    "cadence-standard",
    "soft-waist",
    "soft-shoe",
    "back-comfort",
    "haptic",
    "metronome-only",
    "silent",
)
"""Programmes that come with the program; the third is the usual one."""
_CADENCE: Final = (
    "cadence_percent",
    "cadence_target_spm",
    "metronome_always",
    "ramp_percent",
    "tempo_nudge_percent",
)
_IMPACT: Final = ("impact_percent", "waist_impact_limit_g", "shoe_impact_limit_g")
_EPS: Final = 1e-9


def built_in(name: str) -> Programme:
    """A programme that comes with the program.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in BUILT_IN:
        raise ConfigError(unknown(name, BUILT_IN).replace("key", "programme", 1))
    text = (files("feedback.programmes") / "data" / f"{name}.toml").read_text(encoding="utf-8")
    return parse(text, f"{name}.toml")


def load_programme(path: Path) -> Programme:
    """Reads and checks a prescription.

    Raises:
        ConfigError: unreadable, or something in it is wrong: file, line, key, what to do.
    """
    return prescribed(read_text(path, "programme"), str(path))


def prescribed(text: str, name: str) -> Programme:
    """As `parse`, of a prescription that is handed in: it is not called like a built-in one.

    Raises:
        ConfigError: as `load_programme`.
    """
    programme = parse(text, name)
    if programme.name in BUILT_IN:
        raise ConfigError(
            f'{name}: line {line_of(text, ("name",))}: name = "{programme.name}": is a built-in '
            "programme's: give yours another one"
        )
    return programme


def parse(text: str, name: str) -> Programme:
    """A programme from TOML text; `name` stands in front of what is wrong.

    Raises:
        ConfigError: as `load_programme`.
    """
    table = parse_toml(text, name)
    try:
        programme = from_table(Programme, table)
        _check(programme, table)
        return _resolved(programme)
    except SettingError as e:
        raise ConfigError(f"{name}: line {line_of(text, e.at)}: {e}") from e


def _check(p: Programme, table: dict[str, Any]) -> None:
    """What each key alone does not show.

    Raises:
        SettingError: two keys contradict each other, or one is missing.
    """
    _one_of_two(table, "cadence_percent", "cadence_target_spm")
    _one_of_two(table, "fade", "sessions")
    _one_of_two(table, "baseline_cadence_spm", "baseline")
    for limit in _IMPACT[1:]:
        _one_of_two(table, "impact_percent", limit)
    if p.cue is None:
        _without(p, table, 'cadence = "none"', _CADENCE, "percent")
    if p.impact is False:
        _without(p, table, "impact = false", _IMPACT, "impact_percent")
    target, base = p.cadence_target_spm, p.baseline_cadence_spm
    if target is not None and base is not None and target < base:
        raise SettingError(
            f"cadence_target_spm = {target:g}: is below baseline_cadence_spm = {base:g}; fewer "
            "steps are never asked for: correct one of them",
            "cadence_target_spm",
        )
    longest = max((d.run_min for d in p.sessions), default=LONGEST_MIN)
    if "baseline_run_min" in table and p.baseline_run_min > max(longest, LEAST_SILENT_MIN):
        raise SettingError(
            f"baseline_run_min = {p.baseline_run_min:g}: is more than the longest session, "
            f"{longest:g}: lower it to {max(longest, LEAST_SILENT_MIN):g}",
            "baseline_run_min",
        )
    if p.metronome_always and p.cue is not CadenceCue.METRONOME:
        raise SettingError(
            'metronome_always = true: write cadence = "metronome", or remove it',
            "metronome_always",
        )
    if p.tempo_nudge_percent is not None and p.cue is not CadenceCue.METRONOME:
        raise SettingError(
            'tempo_nudge_percent: write cadence = "metronome", or remove it', "tempo_nudge_percent"
        )
    if p.impact and not any(k in table for k in _IMPACT) and not _each(p, "impact_percent"):
        raise SettingError("impact = true: set impact_percent or an impact limit", "impact")
    aims = {*_CADENCE[:2], *_IMPACT} & set(table) or _any(p, "percent", "impact_percent")
    if not aims and "cadence" not in table:
        raise SettingError(
            "nothing to aim for: set cadence_percent, cadence_target_spm or an impact limit; a "
            'silent programme says cadence = "none"'
        )
    if not aims and p.cue is not None:
        raise SettingError(
            f'cadence = "{p.cadence}": set cadence_percent or cadence_target_spm', "cadence"
        )
    if p.ramp_percent is not None and p.cadence_percent is None and not _any(p, "percent"):
        raise SettingError("ramp_percent: is for cadence_percent: set that", "ramp_percent")
    if p.retest_weeks and len(p.retest_weeks) != len(p.retest_after_sessions):
        raise SettingError(
            "retest_weeks: give as many as retest_after_sessions has; they are the same retests",
            "retest_weeks",
        )
    for key in ("name", "about"):
        if not (getattr(p, key) or "x").isprintable():
            raise SettingError(f"{key}: must be on one line: leave out line breaks and tabs", key)
    for n, dose in enumerate(p.sessions):
        _check_dose(p, n, dose)


def _check_dose(p: Programme, n: int, dose: Dose) -> None:
    if p.cadence_target_spm is not None and dose.percent is not None:
        raise SettingError(
            f"session {n + 1}: percent: cadence_target_spm is set too: remove one of them",
            "sessions", n, "percent",
        )  # fmt: skip
    if any(getattr(p, k) is not None for k in _IMPACT[1:]) and dose.impact_percent is not None:
        raise SettingError(
            f"session {n + 1}: impact_percent: a limit in g is set too: remove one of them",
            "sessions", n, "impact_percent",
        )  # fmt: skip
    for key in ("feedback_min", "probe_min"):
        spans = getattr(dose, key)
        if spans and spans[-1][1] > dose.run_min:
            raise SettingError(
                f"session {n + 1}: {key} goes to minute {spans[-1][1]:g}, the run to "
                f"{dose.run_min:g}: end it earlier or raise run_min",
                "sessions", n, key,
            )  # fmt: skip
        if spans and p.silent:
            raise SettingError(
                f"session {n + 1}: {key}: this programme has no cues: remove it, or set "
                "cadence_percent",
                "sessions", n, key,
            )  # fmt: skip


def _one_of_two(table: dict[str, Any], one: str, other: str) -> None:
    if one in table and other in table:
        raise SettingError(f"{one} and {other} are both set: remove one of them", other)


def _without(
    p: Programme, table: dict[str, Any], said: str, keys: tuple[str, ...], dose_key: str
) -> None:
    for key in keys:
        if key in table:
            raise SettingError(f"{key} is set but {said}: remove one of them", key)
    for n, dose in enumerate(p.sessions):
        if getattr(dose, dose_key) is not None:
            raise SettingError(
                f"session {n + 1}: {dose_key} is set but {said}: remove one of them",
                "sessions", n, dose_key,
            )  # fmt: skip


def _any(p: Programme, *keys: str) -> bool:
    return any(getattr(d, k) is not None for d in p.sessions for k in keys)


def _each(p: Programme, key: str) -> bool:
    return bool(p.sessions) and all(getattr(d, key) is not None for d in p.sessions)


def _resolved(p: Programme) -> Programme:
    """With every session's own percentages.

    Raises:
        SettingError: one is missing, or rises by too much.
    """
    doses = p.sessions
    if p.fade is not None:
        doses = tuple(Dose(run, feedback_min=spans) for run, spans in STANDARD)
        if p.silent:
            raise SettingError(
                'fade = "standard": this programme has no cues to fade: remove it, or set '
                "cadence_percent",
                "fade",
            )
    ramp = RAMP_PERCENT if p.ramp_percent is None else p.ramp_percent
    last = 0.0
    out = []
    in_percent = p.cadence_percent is not None or _any(p, "percent")
    for n, dose in enumerate(doses):
        percent, impact = dose.percent, dose.impact_percent
        if p.cue is not None and in_percent:
            if percent is None and p.cadence_percent is None:
                raise SettingError(
                    f"session {n + 1}: percent is missing: give it, or cadence_percent for all",
                    "sessions", n,
                )  # fmt: skip
            if percent is None and p.cadence_percent is not None:
                percent = min(p.cadence_percent, last + ramp)
            last = _risen(n, percent or 0.0, last, ramp)
        if p.softens and impact is None:
            impact = p.impact_percent
            if impact is None and _any(p, "impact_percent"):
                raise SettingError(
                    f"session {n + 1}: impact_percent is missing: give it, or one for all",
                    "sessions", n,
                )  # fmt: skip
        out.append(replace(dose, percent=percent, impact_percent=impact))
    # What was left to us is no longer than the sessions; what was given was checked.
    longest = max((d.run_min for d in doses), default=LONGEST_MIN)
    silent_min = min(p.baseline_run_min, max(longest, LEAST_SILENT_MIN))
    return replace(p, sessions=tuple(out), baseline_run_min=silent_min)


def _risen(n: int, percent: float, last: float, ramp: float) -> float:
    if percent > last + ramp + _EPS:
        before = "the baseline" if n == 0 else f"session {n} has {last:g}"
        raise SettingError(
            f"session {n + 1}: percent = {percent:g}: is more than {ramp:g} points above "
            f"{before}; rise by at most {ramp:g} a session",
            "sessions", n, "percent",
        )  # fmt: skip
    return percent
