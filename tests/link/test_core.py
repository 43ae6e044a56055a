import json
import logging
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_py.link.framing import LineReader
from firmware_py.link.methods import CONTROLS, METHODS
from firmware_py.link.protocol import MAX_LINE, Code
from tests.link.device import NOON, Device

HELLO = b'{"jsonrpc":"2.0","id":"x","method":"hello"}\n'


SHARED: Final = [HealthCheck.function_scoped_fixture]


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def test_every_method_is_answered(device: Device) -> None:
    for method in METHODS:
        assert device.ask(method).get("code") != Code.INTERNAL, method
        assert device.ask(method).get("code") != Code.UNKNOWN_METHOD, method


def test_hello_says_who_it_is_and_what_it_speaks(device: Device) -> None:
    said = device.ask("hello", protocol=1)
    assert said["device"] == "gc-0001"
    assert said["protocol"] == 1
    assert said["clock"] == {"unix_s": 12.0, "trusted": False}
    assert said["programme"] is None


def test_another_version_of_the_protocol_is_refused_with_the_one_that_is_spoken(
    device: Device,
) -> None:
    said = device.ask("hello", protocol=2)
    assert said["code"] == Code.VERSION
    assert said["data"]["protocol"] == 1


@pytest.mark.parametrize("typed", [b'{"method":"hello"}', b"hello", b"  hello "])
@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_a_person_at_a_terminal_gets_an_answer(device: Device, typed: bytes, end: bytes) -> None:
    answer = device.raw(typed + end)
    assert json.loads(answer)["result"]["device"] == "gc-0001"
    # A terminal that sends CR does not return to the left edge by itself.
    assert answer.endswith(b"\r\n" if end[:1] == b"\r" else b"}\n")


def test_help_names_every_method_and_parameter(device: Device) -> None:
    said = device.ask("help")["methods"]
    assert set(said) == set(METHODS)
    assert {"session", "offset", "encoding"} < set(said["read"])


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        (b"{", Code.NOT_JSON, "not JSON"),
        (b"AT+GMI!", Code.NOT_JSON, "help"),
        (b"\xff\xfe{}", Code.NOT_JSON, "byte 0 of the line is no UTF-8"),
        (b"[" * 200_000, Code.NOT_JSON, "too deep"),
        (b'{"method":"hello","id":' + b"9" * 5000 + b"}", Code.NOT_JSON, "too long or too deep"),
        (b'{"method":"hello","params":{"protocol":NaN}}', Code.NOT_JSON, "too long or too deep"),
        (b"[]", Code.NO_REQUEST, "one request a line"),
        (b"3", Code.NO_REQUEST, "help"),
        (b"{}", Code.NO_REQUEST, "method"),
        (b'{"method":3}', Code.NO_REQUEST, "method"),
        (b'{"method":"hello","id":[1]}', Code.NO_REQUEST, "id must be"),
        (b'{"method":"hello","id":1e999}', Code.NO_REQUEST, "id must be"),
        (b'{"method":"hello","jsonrpc":"1.0"}', Code.NO_REQUEST, "2.0"),
        (b'{"method":"hello","params":[1]}', Code.WRONG_PARAMS, "object"),
        (b'{"method":"helo"}', Code.UNKNOWN_METHOD, "did you mean hello?"),
        (b'{"method":"read","params":{"sesion":"x"}}', Code.WRONG_PARAMS, "mean session?"),
        (b'{"method":"' + b"l" * 500_000 + b'"}', Code.UNKNOWN_METHOD, "no method of that name"),
        (b'{"method":"read","params":{"' + b"x" * 500_000 + b'":1}}', Code.WRONG_PARAMS, "known:"),
        (b'{"method":"read"}', Code.WRONG_PARAMS, "session is missing"),
        (b'{"method":"set_clock","params":{"unix_s":0}}', Code.WRONG_PARAMS, "must be >="),
        (b'{"method":"logs","params":{"lines":1e999}}', Code.WRONG_PARAMS, "lines"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    device: Device, line: bytes, code: Code, says: str
) -> None:
    error = device.line(line + b"\n")["error"]
    assert error["code"] == code
    assert says in error["message"]
    assert "\n" not in error["message"]
    assert device.ask("hello")["device"] == "gc-0001"


def test_an_error_names_the_parameter_and_what_else_there_is(device: Device) -> None:
    data = device.ask("read", session="session-0001", file="trace.mcap", length=0)["data"]
    assert data["param"] == "length"
    assert "offset" in data["takes"]


def test_the_id_comes_back_also_with_an_error(device: Device) -> None:
    assert device.line(b'{"id":"a","method":"none"}\n')["id"] == "a"
    assert device.line(b'{"id":5,"params":3,"method":"hello"}\n')["id"] == 5
    assert device.line(b"{\n")["id"] is None


def test_megabytes_without_an_end_are_one_error_and_not_kept(device: Device) -> None:
    for _ in range(48):
        device.core.receive(b"x" * 65536)
        assert device.flush() == b""
        assert device.core.hungry
    assert device.line(b"\n")["error"]["code"] == Code.TOO_LONG
    assert device.ask("hello")["device"] == "gc-0001"


def test_a_line_of_the_longest_length_is_read(device: Device) -> None:
    line = b'{"method":"hello"}'
    assert "result" in device.line(line.ljust(MAX_LINE) + b"\n")
    assert device.line(line.ljust(MAX_LINE + 1) + b"\n")["error"]["code"] == Code.TOO_LONG


def test_a_terminal_that_echoes_does_not_make_the_device_talk_to_itself(device: Device) -> None:
    device.ask("live")
    device.desk.happen({"type": "gap", "t": 1.0})
    said = device.flush() + device.raw(b"nonsense!\n" + HELLO)
    for _ in range(3):
        said = device.raw(said)
    assert said == b""


def test_requests_that_wait_are_answered_in_their_order(device: Device) -> None:
    lines = [json.dumps({"id": n, "method": "list"}).encode() for n in range(50)]
    answers = device.raw(b"\n".join(lines) + b"\n")
    assert [json.loads(x)["id"] for x in answers.splitlines()] == list(range(50))


def test_a_host_that_only_writes_is_not_listened_to_for_ever(device: Device) -> None:
    written = 0
    while device.core.hungry:
        device.core.receive(HELLO * 1000)
        written += len(HELLO) * 1000
    assert written < 4 << 20


def test_controls_do_what_the_button_does(device: Device) -> None:
    refused = device.ask("stop")
    assert refused["code"] == Code.REFUSED
    assert "start one first" in refused["message"]
    for what in CONTROLS:
        device.ask(what)
    assert device.desk.asked == ["start", "stop", "pause", "resume", "silence"]


def test_the_clock_is_set_by_the_host(device: Device) -> None:
    said = device.ask("set_clock", unix_s=NOON)
    assert said["before"] == {"unix_s": 12.0, "trusted": False}
    assert device.ask("hello")["clock"] == {"unix_s": NOON, "trusted": True}


def test_live_events_come_until_they_are_ended(device: Device) -> None:
    device.desk.happen({"type": "gap", "t": 0.0})
    device.ask("live")
    device.desk.happen({"type": "gap", "t": 1.0})
    line = json.loads(device.flush())
    assert line == {"jsonrpc": "2.0", "method": "event", "params": {"type": "gap", "t": 1.0}}
    device.ask("live", on=False)
    assert device.desk.takers == []


def test_events_that_nobody_reads_are_dropped_and_counted(device: Device) -> None:
    device.ask("live")
    for n in range(10_000):
        device.desk.happen({"type": "gap", "t": float(n)})
    lines = [json.loads(x) for x in device.flush().splitlines()]
    assert lines[0]["method"] == "dropped"
    assert lines[0]["params"]["count"] + len(lines) - 1 == 10_000
    assert lines[-1]["params"]["t"] == 9999.0
    assert len(lines) < 1000


def test_an_event_that_is_no_json_is_dropped_and_counted(device: Device) -> None:
    device.ask("live")
    device.desk.happen({"t": float("nan")})
    device.desk.happen({"t": 1.0})
    event, dropped = (json.loads(x) for x in device.flush().splitlines())
    assert event["params"] == {"t": 1.0}
    assert dropped["params"] == {"count": 1, "total": 1}


def test_a_download_does_not_hold_up_events(device: Device) -> None:
    device.ask("live")
    device.core.receive(HELLO * 10)
    device.desk.happen({"type": "gap", "t": 1.0})
    assert b'"event"' in device.core.send(0.0)


def test_a_host_that_is_gone_leaves_nothing_behind(device: Device) -> None:
    device.ask("live")
    device.core.receive(HELLO + b'{"method":"hel')
    device.core.reset()
    assert device.desk.takers == []
    answer = device.raw(HELLO)
    assert answer.startswith(b"\n"), "what was cut off ends before the next answer"
    assert json.loads(answer)["id"] == "x"


def test_logs_are_the_last_lines(device: Device) -> None:
    logger = logging.getLogger("tests.link.logs")
    logger.propagate = False
    logger.addHandler(device.logs)
    for n in range(2000):
        logger.warning("line %d", n)
    logger.warning("two\nlines")
    logger.removeHandler(device.logs)
    said = device.ask("logs", lines=3)["lines"]
    assert said == ["WARNING tests.link.logs: line 1999", "WARNING tests.link.logs: two", "lines"]
    assert len(device.ask("logs", lines=1000)["lines"]) == 1000


@given(st.lists(st.binary(max_size=40), max_size=8), st.data())
@settings(max_examples=60, deadline=None)
def test_lines_do_not_depend_on_how_the_bytes_are_cut(
    lines: list[bytes], data: st.DataObject
) -> None:
    stream = b"\n".join(lines) + b"\n"
    whole, cut = LineReader(20), LineReader(20)
    whole.push(stream)
    expected = [line.text for line in iter(whole.next, None)]
    found, at = [], 0
    while at < len(stream):
        n = data.draw(st.integers(1, 30))
        cut.push(stream[at : at + n])
        at += n
        found += [line.text for line in iter(cut.next, None)]
    assert found == expected
    assert all(x is None or len(x) <= 20 for x in found)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None, suppress_health_check=SHARED)
def test_after_any_bytes_the_next_request_is_answered(device: Device, garbage: bytes) -> None:
    answers = device.raw(garbage + b"\n" + HELLO)
    assert json.loads(answers.splitlines()[-1])["id"] == "x"
