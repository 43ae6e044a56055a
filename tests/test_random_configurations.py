"""Configurations that hypothesis makes up: right ones run, wrong ones are one clear line."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsp.errors import ConfigError
from dsp.events import Event
from feedback.policy import Policy
from feedback.programmes.reading import BUILT_IN
from feedback.settings import FeedbackSettings
from feedback.tables import as_toml
from firmware_py.coaching import Coaching, configured, recorded
from firmware_py.config import load_config
from firmware_py.ear.settings import ACTUATORS, CueSettings
from firmware_py.power.settings import SOURCES, BatterySettings
from tests.feedback.runner import Runner
from tests.thorough import examples

TABLES: Final = {"feedback": FeedbackSettings, "cues": CueSettings, "battery": BatterySettings}
LISTED: Final = {
    "programme": st.sampled_from(BUILT_IN),
    "patterns": st.just("mine.toml"),
    "speaker": st.just("default"),
    "haptic_motor": st.sampled_from(["lra", "erm"]),
    "actuators": st.lists(
        st.sampled_from([a for a in ACTUATORS if a != "haptic"]), unique=True, max_size=4
    ),
    "pins": st.fixed_dictionaries({}, optional={"piezo": st.just(5), "motor": st.just(6)}),
    # Bound to each other: chosen so that they agree.
    "haptic_rated_v": st.floats(0.5, 2.0),
    "haptic_clamp_v": st.floats(2.0, 5.6),
    "warn_percent": st.floats(15.0, 90.0),
    "shut_down_percent": st.floats(0.0, 14.0),
    "source": st.sampled_from(SOURCES),
    "address": st.just(0x36),
}
BEYOND: Final = 1e6


def valid(name: str, rules: Any, default: Any) -> st.SearchStrategy[Any]:
    """What a key may be."""
    if name in LISTED:
        return LISTED[name]
    if isinstance(default, bool) or name == "soft":
        return st.booleans()
    low = rules["at_least"] if rules["at_least"] is not None else (rules["above"] or 0.0)
    high = rules["at_most"] if rules["at_most"] is not None else 100.0
    if isinstance(default, int):
        return st.integers(int(low), int(high))
    return st.floats(low, high, exclude_min=rules["above"] is not None)


def wrong(name: str, rules: Any, default: Any) -> st.SearchStrategy[Any]:
    """What it may not be."""
    if name in ("programme", "patterns", "speaker", "source"):
        return st.sampled_from([3, True, ""])
    if isinstance(default, bool) or name == "soft":
        return st.sampled_from([1, "yes", 0.5])
    if name in ("actuators", "pins"):
        return st.sampled_from([["bell"], 3, "piezo", [["piezo"]]])
    if name == "haptic_motor":
        return st.sampled_from(["servo", 3])
    return st.sampled_from([-BEYOND, BEYOND, "3", True, float("nan"), [3]])


@st.composite
def configurations(draw: st.DrawFn) -> tuple[str, str | None]:
    """A file's text, and the key that is wrong in it, if one is."""
    said: dict[str, dict[str, Any]] = {}
    for section, cls in TABLES.items():
        known = {f.name: f for f in fields(cls)}
        names = draw(st.lists(st.sampled_from(sorted(known)), unique=True, max_size=6))
        said[section] = {
            n: draw(valid(n, known[n].metadata, known[n].default)) for n in sorted(names)
        }
    bad = None
    if draw(st.booleans()):
        section = draw(st.sampled_from(sorted(TABLES)))
        known = {f.name: f for f in fields(TABLES[section])}
        bad = draw(st.sampled_from([*sorted(known), "cooldwn_s"]))
        f = known.get(bad)
        said[section][bad] = 1 if f is None else draw(wrong(bad, f.metadata, f.default))
    if said["feedback"].get("soft") is False:
        # These contradict each other, which has a test of its own.
        for limit in ("waist_impact_limit_g", "shoe_impact_limit_g"):
            if bad != limit:
                said["feedback"].pop(limit, None)
    if bad != "address" and said["battery"].get("source") != "max17048":
        said["battery"].pop("address", None)
    return "".join(_table(name, table) for name, table in said.items()), bad


def _table(name: str, table: dict[str, Any]) -> str:
    inner = {k: v for k, v in table.items() if isinstance(v, dict)}
    lines = [f"{k} = {as_toml(v)}" for k, v in table.items() if k not in inner]
    rest = [_table(f"{name}.{k}", v) for k, v in inner.items()]
    return "\n".join([f"[{name}]", *lines, "", *rest])


EVENTS: Final[list[Event]] = Runner().run(45.0, 160.0)


@given(configurations())
@settings(
    max_examples=examples(100, 1000), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_right_ones_run_and_the_wrong_ones_are_one_line_that_names_the_key(
    tmp_path: Path, made: tuple[str, str | None]
) -> None:
    text, bad = made
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "mine.toml").write_text("", encoding="utf-8")
    if bad is not None:
        with pytest.raises(ConfigError) as caught:
            load_config(path)
        assert bad in str(caught.value), text
        assert "\n" not in str(caught.value)
        return
    config = load_config(path)
    coaching = configured(config)
    # A trace keeps all of it but where the programme lies.
    kept = replace(coaching.settings, programme=None)
    assert recorded(coaching.as_dict()) == Coaching(kept, coaching.plan)
    policy = Policy(coaching.settings, coaching.plan)
    cues = [c for e in EVENTS for c in policy.push(e)]
    assert coaching.settings.coaching or not any(c.coaching for c in cues)
    assert config.cues.pin_map
    assert (config.battery.at is None) == (config.battery.source in ("none", "gpio"))
