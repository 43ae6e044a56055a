import base64
import json
import os
import zlib
from pathlib import Path

import pytest

from firmware_py.link.protocol import MAX_BLOCK, Code
from firmware_py.link.tokens import LIFE_S
from firmware_py.store.holding import Hold
from tests.link.device import SUMMARY, TRACE, Device, sha

ONE = "session-0001"
FILES = ("summary.json", "trace.mcap")


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def verify(device: Device, session: str = ONE) -> str:
    """Tells the device that every file was downloaded; the last token."""
    token = ""
    for file in FILES:
        data = (device.folder / session / file).read_bytes()
        token = device.ask("verified", session=session, file=file, sha256=sha(data))["token"]
    return token


def test_the_list_has_every_session_with_its_files(device: Device) -> None:
    said = device.ask("list")
    assert not said["more"]
    assert [s["id"] for s in said["sessions"]] == [ONE, "session-0002"]
    assert said["sessions"][0]["files"][1] == {
        "name": "trace.mcap",
        "size": len(TRACE),
        "verified": None,
    }


@pytest.mark.parametrize("number", ["1e300", "NaN", "1" * 400, "-1e14", '"x"'])
def test_a_session_with_damaged_records_is_listed_all_the_same(device: Device, number: str) -> None:
    record = {"schema": "gaitcoach.session/1", "boot_id": "one", "state": "closed"}
    text = json.dumps(record | {"began_monotonic": 3.0, "wall": 0}).replace("0}", number + "}")
    (device.folder / ONE / "session.json").write_text(text)
    summary = json.dumps(SUMMARY).replace("60.0", number)
    (device.folder / ONE / "summary.json").write_text(summary)
    said = device.ask("list")["sessions"]
    assert [s["id"] for s in said] == [ONE, "session-0002"]
    assert said[0]["started"] is None
    assert said[1]["duration_s"] == 60.0


def test_a_long_list_comes_in_pieces(tmp_path: Path) -> None:
    device = Device(tmp_path, sessions=12)
    device.keep("session-10000")
    ids: list[str] = []
    more = True
    while more:
        said = device.ask("list", limit=5, **({"after": ids[-1]} if ids else {}))
        ids += [s["id"] for s in said["sessions"]]
        more = said["more"]
    assert ids == [*(f"session-{n:04d}" for n in range(1, 13)), "session-10000"]


def test_a_summary_is_the_files_content(device: Device) -> None:
    assert device.ask("summary", session=ONE)["summary"] == SUMMARY


@pytest.mark.parametrize(
    "damaged", [b"", b"{", b"\xff", b"[" * 100_000, b"1" * 5000, b"[1e999]", b"[NaN]"]
)
def test_a_damaged_summary_is_told(device: Device, damaged: bytes) -> None:
    (device.folder / ONE / "summary.json").write_bytes(damaged)
    assert device.ask("summary", session=ONE)["code"] == Code.REFUSED


def test_a_block_for_a_person_is_base64(device: Device) -> None:
    said = device.ask("read", session=ONE, file="trace.mcap", offset=100, length=10)
    data = base64.b64decode(said["data"])
    assert data == TRACE[100:110]
    assert (said["bytes"], said["crc32"]) == (10, zlib.crc32(data))
    assert (said["size"], said["eof"]) == (len(TRACE), False)


def test_a_raw_block_follows_its_line_with_exactly_so_many_bytes(device: Device) -> None:
    params = {"session": ONE, "file": "trace.mcap", "offset": 5, "length": 70_000}
    line = json.dumps({"id": 1, "method": "read", "params": params | {"encoding": "raw"}})
    answer = device.raw(line.encode() + b"\n" + b'{"id":2,"method":"list"}\n')
    head, _, rest = answer.partition(b"\n")
    result = json.loads(head)["result"]
    assert result["bytes"] == 70_000
    assert rest[:70_000] == TRACE[5:70_005]
    assert zlib.crc32(rest[:70_000]) == result["crc32"]
    assert json.loads(rest[70_000:])["id"] == 2


@pytest.mark.parametrize("offset", [len(TRACE), len(TRACE) + 1, 2**50])
def test_beyond_the_end_there_is_nothing(device: Device, offset: int) -> None:
    said = device.ask("read", session=ONE, file="trace.mcap", offset=offset)
    assert (said["bytes"], said["eof"], said["data"]) == (0, True, "")


def test_blocks_are_bounded(device: Device) -> None:
    said = device.ask("read", session=ONE, file="trace.mcap", length=MAX_BLOCK + 1)
    assert said["code"] == Code.WRONG_PARAMS


@pytest.mark.parametrize(
    ("session", "file"),
    [
        ("session-0009", "trace.mcap"),
        (ONE, "trace-2.mcap"),
    ],
)
def test_what_is_not_there_is_not_found(device: Device, session: str, file: str) -> None:
    for method in ("read", "sha256"):
        assert device.ask(method, session=session, file=file)["code"] == Code.NOT_FOUND


@pytest.mark.parametrize(
    ("session", "file"),
    [
        ("../etc", "trace.mcap"),
        ("session-0001/../..", "trace.mcap"),
        (".", "trace.mcap"),
        ("", "trace.mcap"),
        ("session-٣", "trace.mcap"),
        ("session-0001\n", "trace.mcap"),
        ("session-0001\0", "trace.mcap"),
        (ONE, "../../etc/config.toml"),
        (ONE, "/etc/passwd"),
        (ONE, "programme.json"),
        (ONE, "trace.mcap/"),
        (ONE, "trace-٣.mcap"),
        (ONE, "trace.mcap\0"),
        (ONE, "TRACE.MCAP"),
    ],
)
def test_only_a_sessions_own_files_can_be_named(device: Device, session: str, file: str) -> None:
    for method in ("read", "sha256"):
        assert device.ask(method, session=session, file=file)["code"] == Code.WRONG_PARAMS


def test_what_is_no_file_or_lies_elsewhere_is_not_read(device: Device, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    os.mkfifo(device.folder / ONE / "trace-2.mcap")
    (device.folder / ONE / "trace-3.mcap").symlink_to(tmp_path / "secret")
    (device.folder / ONE / "trace-4.mcap").mkdir()
    (device.folder / "session-0007").symlink_to(tmp_path)
    (tmp_path / "trace.mcap").write_bytes(b"secret")
    for session, file in [
        (ONE, "trace-2.mcap"),
        (ONE, "trace-3.mcap"),
        (ONE, "trace-4.mcap"),
        ("session-0007", "trace.mcap"),
    ]:
        said = device.ask("read", session=session, file=file)
        assert said["code"] in (Code.NOT_FOUND, Code.STORAGE)


def test_a_hash_is_made_in_steps_between_which_the_host_is_heard(device: Device) -> None:
    big = os.urandom(3 << 20)
    device.keep("session-0003", big)
    device.core.receive(
        b'{"method":"sha256","params":{"session":"session-0003","file":"trace.mcap"}}\n'
    )
    steps = 0
    while not (answer := device.core.send(0.0)):
        steps += 1
        assert device.core.busy
    assert json.loads(answer)["result"]["sha256"] == sha(big)
    assert steps >= 12


def test_a_hash_is_made_once_unless_the_file_has_changed(device: Device) -> None:
    path = device.folder / ONE / "trace.mcap"
    ask = b'{"method":"sha256","params":{"session":"session-0001","file":"trace.mcap"}}\n'
    first = device.line(ask)["result"]["sha256"]
    device.core.receive(ask)
    device.core.send(0.0)
    assert json.loads(device.core.send(0.0))["result"]["sha256"] == first == sha(TRACE)
    path.write_bytes(b"x")
    assert device.line(ask)["result"]["sha256"] == sha(b"x")


def test_a_session_is_deleted_after_a_verified_download_with_its_token(device: Device) -> None:
    token = verify(device)
    assert device.ask("delete", session=ONE, token=token) == {"deleted": ONE}
    assert [s["id"] for s in device.ask("list")["sessions"]] == ["session-0002"]


def test_a_session_that_was_not_verified_is_kept(device: Device) -> None:
    token = device.ask("sha256", session=ONE, file="trace.mcap")["token"]
    said = device.ask("delete", session=ONE, token=token)
    assert said["code"] == Code.REFUSED
    assert "trace.mcap" in said["message"]
    assert (device.folder / ONE / "trace.mcap").read_bytes() == TRACE


def test_a_token_is_for_one_session_and_one_program_and_not_for_long(device: Device) -> None:
    for session in (ONE, "session-0002"):
        verify(device, session)
    one = device.ask("sha256", session=ONE, file="trace.mcap")["token"]
    assert device.ask("delete", session="session-0002", token=one)["code"] == Code.TOKEN
    assert device.ask("delete", session=ONE, token="0")["code"] == Code.TOKEN
    device.now += LIFE_S + 1
    assert device.ask("delete", session=ONE, token=one)["code"] == Code.TOKEN
    again = device.ask("sha256", session=ONE, file="trace.mcap")["token"]
    device.ask("hello", fresh=True)
    assert device.ask("delete", session=ONE, token=again)["code"] == Code.TOKEN
    assert (device.folder / ONE).exists()


def test_a_host_with_other_bytes_has_verified_nothing(device: Device) -> None:
    said = device.ask("verified", session=ONE, file="trace.mcap", sha256="0" * 64)
    assert said["code"] == Code.REFUSED
    assert said["data"]["sha256"] == sha(TRACE)
    assert device.ask("list")["sessions"][0]["files"][1]["verified"] is None


def test_a_session_that_is_being_recorded_cannot_be_verified(device: Device) -> None:
    recording = Hold(device.folder / ONE)
    said = device.ask("verified", session=ONE, file="trace.mcap", sha256=sha(TRACE))
    recording.release()
    assert said["code"] == Code.REFUSED
    assert "still being recorded" in said["message"]
