import json
import random
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_py.link.client import Arrived, Client, Notice, Reply
from firmware_py.link.download import Download
from firmware_py.link.protocol import Code, LinkError
from tests.link.device import TRACE, Device

NONCE = "0123456789abcdef"
READ = {"session": "session-0001", "file": "trace.mcap", "encoding": "raw"}


SHARED: Final = [HealthCheck.function_scoped_fixture]


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Device:
    return Device(tmp_path_factory.mktemp("device"))


def synced(device: Device) -> Client:
    client = Client()
    (hello,) = client.receive(device.raw(client.resync(NONCE)))
    assert isinstance(hello, Reply)
    assert hello.checked()["protocol"] == 1
    return client


def only(arrived: list[Arrived]) -> Reply:
    (reply,) = arrived
    assert isinstance(reply, Reply)
    return reply


def test_a_result_an_error_and_an_event_arrive_as_such(device: Device) -> None:
    client = synced(device)
    id, line = client.request("live")
    assert only(client.receive(device.raw(line))).id == id
    device.desk.happen({"t": 1.0})
    assert client.receive(device.flush()) == [Notice("event", {"t": 1.0})]
    _, line = client.request("summary", session="session-0077")
    refused = only(client.receive(device.raw(line)))
    with pytest.raises(LinkError, match="session-0077") as caught:
        refused.checked()
    assert caught.value.code == Code.NOT_FOUND


@pytest.mark.parametrize("encoding", ["raw", "base64"])
def test_a_block_is_checked_and_handed_over_as_bytes(device: Device, encoding: str) -> None:
    client = synced(device)
    _, line = client.request("read", **READ | {"encoding": encoding, "offset": 3, "length": 999})
    assert only(client.receive(device.raw(line))).block == TRACE[3:1002]


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None, suppress_health_check=SHARED)
def test_answers_do_not_depend_on_how_the_bytes_are_cut(device: Device, cuts: list[int]) -> None:
    asking = Client()
    lines = b"".join(asking.request("read", **READ, offset=n, length=700)[1] for n in (0, 10, 11))
    stream = device.raw(lines + asking.request("list")[1])
    whole, cut = synced(device), synced(device)
    expected = whole.receive(stream)
    found: list[Arrived] = []
    at = n = 0
    while at < len(stream):
        step = cuts[n % len(cuts)]
        found += cut.receive(stream[at : at + step])
        at, n = at + step, n + 1
    assert found == expected
    assert [r.block for r in expected[:3] if isinstance(r, Reply)] == [
        TRACE[n : n + 700] for n in (0, 10, 11)
    ]


@given(st.integers(0, 5000), st.integers(1, 200), st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=SHARED)
def test_a_new_program_finds_its_place_in_whatever_was_under_way(
    device: Device, start: int, step: int, stalled: bool
) -> None:
    """Its predecessor was killed while blocks were being sent."""
    stream = device.raw(Client().request("read", **READ, length=4000)[1] * 2)[start:]
    client = Client()
    line = client.resync(NONCE)
    if stalled:
        stream = stream[:1000]
        device.core.abandon()
    stream += device.raw(line) + device.raw(client.request("list")[1])
    arrived = [
        r for at in range(0, len(stream), step) for r in client.receive(stream[at : at + step])
    ]
    hello, listed = arrived
    assert isinstance(hello, Reply)
    assert hello.checked()["device"] == "gc-0001"
    assert isinstance(listed, Reply)
    assert len(listed.checked()["sessions"]) == 2


def test_its_own_echo_is_not_taken_for_an_answer(device: Device) -> None:
    client = Client()
    line = client.resync(NONCE)
    assert client.receive(line) == []
    assert client.seeking
    assert only(client.receive(device.raw(line))).checked()["device"] == "gc-0001"


@pytest.mark.parametrize(
    "stream",
    [
        b"nonsense\n",
        b"[]\n",
        b"{}\n",
        b'{"id":[],"result":{}}\n',
        b'{"id":1,"result":{"encoding":"raw","bytes":-1}}\n',
        b'{"id":1,"result":{"encoding":"raw","bytes":1e9}}\n',
        b'{"id":1,"result":{"encoding":"raw","bytes":2,"crc32":0}}\nxx',
        b"\xff" * 17_000_000,
    ],
    ids=range(8),
)
def test_a_broken_stream_is_told_once_and_then_dropped_until_resync(
    device: Device, stream: bytes
) -> None:
    client = synced(device)
    broken = only(client.receive(stream + b'{"id":2,"result":{}}\n'))
    assert broken.error is not None
    assert broken.error.code == Code.BROKEN
    assert client.lost
    assert client.receive(b'{"id":2,"result":{}}\n') == []
    again = client.receive(device.raw(client.resync("f" * 16)))
    assert only(again).checked()["protocol"] == 1


@pytest.mark.parametrize("nonce", ["", "short", 'abcdefgh"', "x" * 65])
def test_a_nonce_must_be_one(nonce: str) -> None:
    with pytest.raises(ValueError, match="8 to 64"):
        Client().resync(nonce)


def fetched(device: Device, download: Download, client: Client, spoil: Any = None) -> None:
    """Runs a download to its end; `spoil` may change what the device sends."""
    out = download.ask()
    n = 0
    while not download.done:
        stream = device.raw(out)
        out = b""
        try:
            for arrived in client.receive(spoil(stream) if spoil else stream):
                assert isinstance(arrived, Reply)
                out += download.take(arrived)
        except LinkError as e:
            if e.code != Code.BROKEN:
                raise
            n += 1
            client.receive(device.raw(client.resync(f"nonce{n:08}")))
            out = download.again()


@pytest.mark.parametrize("block", [1000, 65536, len(TRACE), 262_144])
@pytest.mark.parametrize("ahead", [1, 5])
def test_a_download_is_the_file(device: Device, block: int, ahead: int) -> None:
    client, got = synced(device), bytearray()
    download = Download(client, "session-0001", "trace.mcap", got.extend, block=block, ahead=ahead)
    fetched(device, download, client)
    assert got == TRACE
    assert not client.lost


def test_a_download_over_a_bad_line_is_the_file_too(device: Device) -> None:
    client, got = synced(device), bytearray()
    download = Download(client, "session-0001", "trace.mcap", got.extend, block=20_000)
    dice = random.Random(4)

    def spoil(stream: bytes) -> bytes:
        if dice.random() < 0.4:
            return stream
        spoiled = bytearray(stream)
        spoiled[dice.randrange(len(stream))] ^= 1 << dice.randrange(8)
        return bytes(spoiled)

    fetched(device, download, client, spoil)
    assert got == TRACE


def test_a_download_goes_on_where_it_was_broken_off(device: Device) -> None:
    client, got = synced(device), bytearray(TRACE[:1234])
    download = Download(client, "session-0001", "trace.mcap", got.extend, offset=1234)
    fetched(device, download, client)
    assert got == TRACE


def test_a_file_that_is_not_there_ends_a_download(device: Device) -> None:
    client = synced(device)
    download = Download(client, "session-0001", "trace-9.mcap", lambda b: None)
    with pytest.raises(LinkError, match=r"trace-9\.mcap"):
        fetched(device, download, client)


def test_the_line_of_a_request_is_one_that_a_person_could_type() -> None:
    _, line = Client().request("list", limit=3)
    assert json.loads(line) == {"jsonrpc": "2.0", "id": 1, "method": "list", "params": {"limit": 3}}
