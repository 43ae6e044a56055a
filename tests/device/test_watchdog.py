"""The feed of systemd's watchdog."""

import socket
from pathlib import Path

import pytest

from firmware_py.device.watchdog import Watchdog, notifier, period_s


class Systemd:
    """What systemd has heard, on a clock that is set by hand."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.now = 100.0
        self.watchdog = Watchdog(self.heard.append, lambda: self.now, 10.0)

    @property
    def fed(self) -> int:
        return self.heard.count("WATCHDOG=1")


def test_fresh_work_feeds_and_not_more_often_than_needed() -> None:
    systemd = Systemd()
    for k in range(1001):
        systemd.now = 100.0 + 0.01 * k
        systemd.watchdog.worked_off(systemd.now - 0.02)
    assert systemd.fed == 5


def test_what_is_three_seconds_old_feeds_nothing() -> None:
    systemd = Systemd()
    systemd.watchdog.worked_off(systemd.now - 3.0)
    assert systemd.fed == 0
    systemd.watchdog.worked_off(systemd.now - 2.9)
    assert systemd.fed == 1


def test_without_a_watchdog_nothing_is_fed_and_a_status_is_told_once() -> None:
    heard: list[str] = []
    watchdog = Watchdog(heard.append, lambda: 0.0, period_s({}))
    watchdog.worked_off(0.0)
    watchdog.status("idle")
    watchdog.status("idle")
    assert heard == ["STATUS=idle"]


@pytest.mark.parametrize("abstract", [False, True])
def test_it_reaches_a_real_socket(tmp_path: Path, abstract: bool) -> None:
    name = f"@gaitcoach-test-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name[1:] if abstract else name)
        systemd.settimeout(5.0)
        notifier({"NOTIFY_SOCKET": name})("READY=1")
        assert systemd.recv(64) == b"READY=1"


def test_a_socket_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")})("READY=1")
    notifier({})("READY=1")


@pytest.mark.parametrize(
    ("said", "seconds"), [("10000000", 10.0), ("0", None), ("soon", None), ("", None)]
)
def test_the_period_is_the_environments(said: str, seconds: float | None) -> None:
    assert period_s({"WATCHDOG_USEC": said}) == seconds
