"""A summary in words: how it went first, then the numbers."""

from collections.abc import Iterator
from typing import Any, Final

from feedback.console import clock

WIDTH: Final = 16
MOST_ROWS: Final = 4
"""Of segments and cues each; the rest is counted. The whole stays within a page."""
MOST_NOTES: Final = 3
ALL_SHARE: Final = 0.95
PARTS: Final = {
    "warm_up": "warm-up",
    "interval": "intervals",
    "rest": "rests",
    "cool_down": "cool-down",
}
ROSE_PERCENT: Final = 2.0
"""Means of 10 and 20 steps differ by 0.9 % by chance alone (SD): less is no answer to a cue."""
FELL_PERCENT: Final = 10.0
"""The same for the impact at a variation of 10 to 30 % from step to step."""


def describe(summary: dict[str, Any]) -> str:
    """At most 45 lines: the run in a few sentences, aligned figures, and what was not measured."""
    lines = [*_words(summary), "", *_figures(summary), *_parts(summary), *_cues(summary)]
    lines += ["", *_quality(summary)]
    lines.append(_row("not measured", "; ".join(summary["not_measured"])))
    lines.append("Cues change mechanics; what that does for a body, this device cannot know.")
    return "\n".join(lines)


def _row(name: str, text: str) -> str:
    return f"{name:<{WIDTH}}{text}"


def _words(s: dict[str, Any]) -> Iterator[str]:
    """What a coach would say in passing."""
    mean, share, goal = s["cadence"]["mean_spm"], s["cadence"]["in_band_share"], s["target"]
    if mean is None:
        yield f"No running was found in {clock(s['duration_s'])}."
        return
    yield f"You ran {clock(s['running_s'])} at {mean:.0f} steps per minute."
    if share is not None:
        yield _in_band(s, share)
    elif goal["cadence_spm"] is None:
        yield "There was no cadence target: 3 steady minutes of running give one."
    if goal["capped"]:
        yield (
            f"The target {goal['wanted_spm']:.0f} was capped at {goal['cadence_spm']:.0f}: "
            f"no more than 10 % above your baseline {goal['baseline_spm']:.0f}."
        )
    for pattern, words in (("quicker", "cues to step quicker"), ("beat", "spells of beats")):
        asked = [c["change"]["cadence_percent"] for c in s["cues"] if c["pattern"] == pattern]
        answered = sum(c is not None and c >= ROSE_PERCENT for c in asked)
        if asked:
            yield (
                f"Your cadence rose by {ROSE_PERCENT:.0f} % or more after {answered} of "
                f"{len(asked)} {words}."
            )
    softer = [c["change"]["impact_percent"] for c in s["cues"] if c["pattern"] == "softer"]
    answered = sum(c is not None and c <= -FELL_PERCENT for c in softer)
    if softer:
        yield (
            f"Your impact fell by {FELL_PERCENT:.0f} % or more after {answered} of "
            f"{len(softer)} cues to land softer."
        )
    if not s["cues"]:
        yield "No cues were needed or allowed."


def _in_band(s: dict[str, Any], share: float) -> str:
    goal, since = s["target"], s["cadence"]["in_band_from_t"] - s["session"]["start_t"]
    band = f"{100 * share:.0f} % of the running was in your band"
    band += f" {goal['low_spm']:.0f}-{goal['high_spm']:.0f}."
    if since <= 0:
        return band
    # Before that nobody had asked for anything.
    return f"From {clock(since)} on, when your target was known, {band}"


def _figures(s: dict[str, Any]) -> Iterator[str]:
    steps, cadence, goal = s["steps"], s["cadence"], s["target"]
    # Summaries from before there were pauses have no such key.
    pauses = s.get("paused", {}).get("spans", [])
    paused = f", paused {clock(s['paused']['seconds'])}" if pauses else ""
    yield _row("duration", f"{clock(s['duration_s'])}, running {clock(s['running_s'])}{paused}")
    yield _row("steps", f"{steps['running']} running, {steps['walking']} walking")
    if cadence["mean_spm"] is not None:
        p = cadence["percentiles_spm"]
        yield _row(
            "cadence",
            f"{cadence['mean_spm']:.1f} spm, SD {cadence['sd_spm']:.1f}, "
            f"half of it {p['p25']:.0f}-{p['p75']:.0f}, p5 {p['p5']:.0f}, p95 {p['p95']:.0f}",
        )
    if goal["cadence_spm"] is not None:
        yield _row("target", f"{goal['cadence_spm']:.1f} spm, from {_source(goal['source'])}")
    if goal["baseline_spm"] is not None:
        source = _source(goal["baseline_source"])
        yield _row("baseline", f"{goal['baseline_spm']:.1f} spm, from {source}")
    yield from _programme(s)
    yield from _impact(s)
    yield from _distance(s)
    yield from _contact(s)
    yield from _form(s)
    yield from _foot(s)
    yield from _symmetry(s)


def _programme(s: dict[str, Any]) -> Iterator[str]:
    c = s["coaching"]
    if not c["programme"]:
        return
    text = c["programme"]
    if c["session"]:
        text += f", session {c['session']}" + (f" of {c['of']}" if c["of"] else "")
    if c["done_share"] is not None:
        text += f", {100 * c['done_share']:.0f} % of the planned {clock(c['planned_s'])}"
    yield _row("programme", text)
    if c["uncoached_in_band"] is not None:
        text = f"{100 * c['uncoached_in_band']:.0f} % in your band"
        if c["retained"] is not None:
            text += f", {100 * c['retained']:.0f} % of the rise kept"
        yield _row("without cues", text)


def _distance(s: dict[str, Any]) -> Iterator[str]:
    d = s["distance"]
    if d["running_m"] is None:
        return
    if d["source"] == "model":
        # A model's 15 % would be hidden by three digits (docs/metrics.md).
        length = d["running_m"]
        far = f"{length / 1000:.1f} km" if length >= 1000 else f"{round(length, -1):.0f} m"
        text = f"about {far} at {3.6 * d['speed_m_s']:.0f} km/h"
        where = "treadmill" if d["surface"] == "treadmill" else "outdoor"
        text += f" by a model, up to 30 % off, mostly too low; runner.{where}_factor calibrates it"
        yield _row("distance", text)
        return
    text = f"{d['running_m'] / 1000:.2f} km at {3.6 * d['speed_m_s']:.1f} km/h"
    if d["stride_length_m"] is not None:
        text += f", stride {d['stride_length_m']:.2f} m"
    if d["measured_share"] < ALL_SHARE:
        text += f"; speed known for {100 * d['measured_share']:.0f} % of it"
    yield _row("distance", text)


def _contact(s: dict[str, Any]) -> Iterator[str]:
    c = s["contact"]
    if c["contact_s"] is None:
        return
    text = f"{1000 * c['contact_s']:.0f} ms"
    if c["flight_s"] is not None:
        text += f", flight {1000 * c['flight_s']:.0f} ms"
    if c["duty_factor"] is not None:
        text += f", duty factor {c['duty_factor']:.2f}"
    if c["peak_force_bw"] is not None:
        text += f", peak force about {c['peak_force_bw']:.1f} body weights"
    yield _row("contact", text)


def _form(s: dict[str, Any]) -> Iterator[str]:
    f, parts = s["form"], []
    rough = s["distance"]["source"] == "model"
    if f["vertical_oscillation_m"] is not None:
        bounce = f"bounce {100 * f['vertical_oscillation_m']:.1f} cm"
        # A model's speed is too rough to divide by.
        if f["vertical_ratio_percent"] is not None and not rough:
            bounce += f" ({f['vertical_ratio_percent']:.1f} % of a step)"
        parts.append(bounce)
    if (lean := f["lean_forward_deg"]) is not None:
        where = f"{abs(lean):.0f} deg {'forward' if lean >= 0 else 'back'}"
        parts.append(f"pelvis {where if round(lean) else 'as in standing'}")
    if f["leg_stiffness_bw_m"] is not None and not rough:
        parts.append(f"leg stiffness {f['leg_stiffness_bw_m']:.0f} body weights per m")
    if parts:
        yield _row("form", ", ".join(parts))


def _foot(s: dict[str, Any]) -> Iterator[str]:
    f = s["foot"]
    if f["foot_strike_angle_deg"] is None:
        return
    text = f"{f['foot_strike_angle_deg']:+.0f} deg at the strike"
    if f["strike_type_share"] is not None:
        kind, share = max(f["strike_type_share"].items(), key=lambda item: item[1])
        text += f", {kind} in {100 * share:.0f} % of the strides"
    if f["pronation_deg"] is not None:
        text += f", rolls in by {f['pronation_deg']:.0f} deg (index)"
    yield _row("foot", text)


def _symmetry(s: dict[str, Any]) -> Iterator[str]:
    """Only what chance does not explain."""
    told = []
    for key, words in (("step_time", "step time"), ("impact", "impact")):
        found = s["symmetry"][key]
        if found is None or not found["significant"]:
            continue
        first = s["symmetry"]["first"]
        more, less = ("left", "right") if first == "left" else ("foot A", "foot B")
        if found["index_percent"] < 0:
            more, less = less, more
        half = (found["high_percent"] - found["low_percent"]) / 2
        told.append(
            f"{words} {abs(found['index_percent']):.1f} ± {half:.1f} % more {more} than {less}"
        )
    if told:
        yield _row("symmetry", "; ".join(told))


def _source(source: str) -> str:
    return source if source.startswith(("this", "none")) else f"the {source}"


def _impact(s: dict[str, Any]) -> Iterator[str]:
    for name, key in (("impact peak", "peak"), ("over active", "excess")):
        spread = s["impact"][key]
        if spread is None:
            continue
        least = "at least " if s["impact"]["at_least"] else ""
        text = f"{least}{spread['median_g']:.2f} g median, {spread['p90_g']:.2f} g p90"
        if (change := _impact_change(spread["change_g"], spread["change_percent"])) is not None:
            text += f", {change} against your first steady minutes"
        yield _row(name, text)
    left_out = s["impact"]["steps_clipped"], s["impact"]["steps_incomplete"]
    if s["impact"]["steps_used"] and any(left_out):
        yield _row("", f"without {left_out[0]} clipped and {left_out[1]} incomplete steps")


def _impact_change(change_g: float | None, percent: float | None) -> str | None:
    """In percent; in g where the impact before was next to nothing."""
    if percent is not None:
        return f"{round(percent):+d} %"
    return None if change_g is None else f"{change_g:+.2f} g"


def _parts(s: dict[str, Any]) -> Iterator[str]:
    start, segments = s["session"]["start_t"], s["segments"]
    for k, part in enumerate(segments[:MOST_ROWS]):
        a, b = clock(part["start"] - start), clock(part["end"] - start)
        yield _row("" if k else "parts", f"{a} to {b}  {part['kind']:<6} {part['steps']} steps")
    if len(segments) > MOST_ROWS:
        yield _row("", f"and {len(segments) - MOST_ROWS} more")
    for kind, words in PARTS.items():
        found = [p for p in s["parts"] if p["kind"] == kind]
        if found:
            total = clock(sum(p["end"] - p["start"] for p in found))
            count = f"{len(found)} x, " if len(found) > 1 else ""
            yield _row(words, f"{count}{total}")


def _cues(s: dict[str, Any]) -> Iterator[str]:
    start, cues = s["session"]["start_t"], s["cues"]
    for k, cue in enumerate(cues[:MOST_ROWS]):
        then = _then(cue["change"], softer=cue["pattern"] == "softer")
        # The sentence on the cap stands at the top already.
        why = cue["because"].split(" (")[0]
        text = f"{clock(cue['t'] - start)}  {cue['pattern']}  {why}; {then}"
        yield _row("" if k else "cues", text)
    if len(cues) > MOST_ROWS:
        yield _row("", f"and {len(cues) - MOST_ROWS} more")


def _then(change: dict[str, Any], *, softer: bool) -> str:
    if softer:
        impact = _impact_change(change["impact_g"], change["impact_percent"])
        return "then not known" if impact is None else f"then impact {impact}"
    percent = change["cadence_percent"]
    return "then not known" if percent is None else f"then cadence {percent:+.1f} %"


def _quality(s: dict[str, Any]) -> Iterator[str]:
    q = s["quality"]
    true = q["true_rate_hz"]
    rate = "unknown" if true is None else f"{true:.1f} Hz"
    yield _row(
        "samples",
        f"{q['samples']} at {rate} (nominal {q['nominal_rate_hz']:.1f}), {q['lost']} lost",
    )
    if q["gaps"]["count"]:
        yield _row("gaps", f"{q['gaps']['count']}, longest {q['gaps']['longest_s']:.2f} s")
    if q["acc_clipped"] or q["gyr_clipped"]:
        yield _row("clipped", f"{q['acc_clipped']} accelerometer, {q['gyr_clipped']} gyro samples")
    for k, doubt in enumerate(s["doubts"]):
        yield _row("" if k else "doubts", doubt)
    if q["damage"]:
        yield _row("damage", q["damage"])
    for k, note in enumerate(q["notes"][:MOST_NOTES]):
        yield _row("" if k else "notes", note)
