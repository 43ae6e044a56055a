import re
from dataclasses import fields
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.errors import ConfigError
from feedback.programmes.history import Result, record
from feedback.programmes.planning import plan_next
from feedback.programmes.prescription import Dose, Programme
from feedback.programmes.reading import parse
from feedback.programmes.state import start
from tests.feedback.programmes.prescriptions import lived, toml, valid
from tests.thorough import examples


@settings(max_examples=examples(50, 450))
@given(valid())
def test_a_valid_prescription_plans_all_its_sessions_as_it_says(table: dict[str, Any]) -> None:
    programme = parse(toml(table), "p.toml")
    state, plans = start(programme), []
    for n in range(12):
        plan = plan_next(programme, state)
        plans.append(plan)
        figures = Result(10_000.0, f"session-{n}", None, "waist", 165.0, 0.9, 166.0)
        state = record(programme, state, plan, figures)
        assert state.log[-1].counted
    sessions = [p for p in plans if p.session > 0]
    assert [p.session for p in sessions] == list(range(1, len(sessions) + 1))
    if programme.sessions:
        assert [p.run_s for p in sessions] == [60 * d.run_min for d in programme.sessions]
        assert all(p.of == len(sessions) for p in sessions)
        for p, dose in zip(sessions, programme.sessions, strict=True):
            given_s = [(w.start_s, w.end_s) for w in p.feedback or ()]
            assert given_s == [(60 * a, 60 * b) for a, b in dose.feedback_min or ()]
    else:
        assert {(p.of, p.run_s) for p in sessions} == {(0, None)}


KEYS = [f.name for f in fields(Programme)]
DOSE_KEYS = [f.name for f in fields(Dose)]
WRONG = st.one_of(
    st.sampled_from(["x", "", True, 10**400, [[5, 1]], [1, "a"], [[0, 500]], [[0, 9], [3, 12]]]),
    st.integers(-5, 300),
    st.floats(),
    st.text(
        st.characters(codec="ascii", exclude_characters='"\\', min_codepoint=32, max_codepoint=126),
        max_size=4,
    ),
)


@st.composite
def mistaken(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """A prescription with one key changed, and which."""
    table = draw(valid())
    doses = table.get("sessions", [])
    if doses and draw(st.booleans()):
        key = draw(st.sampled_from([*DOSE_KEYS, "run_mn", "zzz"]))
        draw(st.sampled_from(doses))[key] = draw(WRONG)
    else:
        key = draw(st.sampled_from([*(k for k in KEYS if k != "sessions"), "cadnce", "zzz"]))
        table[key] = draw(WRONG)
    return table, key


@settings(max_examples=examples(60, 550))
@given(mistaken())
def test_one_wrong_key_is_one_line_that_names_file_line_and_key_or_does_no_harm(
    case: tuple[dict[str, Any], str],
) -> None:
    table, changed = case
    text = toml(table)
    try:
        programme = parse(text, "p.toml")
    except ConfigError as e:
        said = str(e)
    else:
        lived(programme, [])
        return
    found = re.fullmatch(r"p\.toml: line (\d+): (.*)", said)
    assert found, said
    assert 1 <= int(found[1]) <= text.count("\n")
    assert any(key in found[2] for key in (*KEYS, *DOSE_KEYS, changed))
