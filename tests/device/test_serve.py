"""`gaitcoach serve` as systemd starts it: the real program, in real time, a laptop at a pty."""

import json
import os
import signal
import socket
import subprocess
import sys
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dsp.errors import GaitCoachError
from firmware_py.cli import main
from firmware_py.commands.serve import power_off
from firmware_py.config import Config
from firmware_py.replay import open_recorded, replay
from firmware_py.session.files import read_summary

CODE = "import sys; from firmware_py.cli import main; sys.exit(main(sys.argv[1:]))"
LONG_S = 120.0


class Systemd:
    """What the service tells systemd."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(LONG_S)

    def wait_for(self, text: str) -> None:
        """Until it says so."""
        heard = list[str]()
        while text not in heard:
            heard.append(self.socket.recv(256).decode())
            assert len(heard) < 300, f"no {text}: {set(heard)}"


@contextmanager
def laptop() -> Iterator[tuple[int, str]]:
    """A terminal's end of a serial line, and the path of the device's."""
    near, far = os.openpty()
    tty.setraw(far)
    try:
        yield near, os.ttyname(far)
    finally:
        os.close(near)
        os.close(far)


def test_from_ready_to_the_end_of_a_session_that_a_laptop_asked_for(tmp_path: Path) -> None:
    """Killed in between, without a word."""
    systemd = Systemd(tmp_path / "notify")
    config, folder = tmp_path / "c.toml", tmp_path / "card"
    with laptop() as (near, port), systemd.socket:
        config.write_text(
            f'[link]\nport = "{port}"\n[cues]\nactuators = ["buzzer"]\nbutton = true\n'
        )
        words = [
            "serve",
            "--simulate",
            "short-run",
            "--config",
            str(config),
            "--folder",
            str(folder),
        ]

        def started() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [sys.executable, "-c", CODE, *words],
                env={
                    **os.environ,
                    "NOTIFY_SOCKET": str(tmp_path / "notify"),
                    "WATCHDOG_USEC": "400000",
                },
                stderr=subprocess.PIPE,
            )

        service = started()
        try:
            systemd.wait_for("READY=1")
            systemd.wait_for("STATUS=idle")
            os.write(near, b"start\n")
            systemd.wait_for("STATUS=running, session-0001")
            for _ in range(20):
                systemd.wait_for("WATCHDOG=1")
            os.write(near, b"pause\n")
            systemd.wait_for("STATUS=paused, session-0001")
            for _ in range(20):
                systemd.wait_for("WATCHDOG=1")
            service.kill()
            service.communicate()
            service = started()
            systemd.wait_for("READY=1")
            systemd.wait_for("STATUS=paused, session-0001")
            service.send_signal(signal.SIGTERM)
            systemd.wait_for("STOPPING=1")
            _, said = service.communicate(timeout=LONG_S)
        finally:
            service.kill()
    assert service.returncode == 0, said
    assert b"Traceback" not in said
    session = folder / "session-0001"
    summary = read_summary(session / "summary.json")
    assert len(summary["paused"]["spans"]) == 1
    patterns = [s["pattern"] for s in summary["status"]]
    assert patterns == ["started", "paused", "paused", "stopped"]
    assert sorted(p.name for p in session.glob("*.mcap")) == ["trace-2.mcap", "trace.mcap"]
    assert summary["quality"]["gaps"]["count"] == 1
    assert replay(open_recorded(session), Config()).summary == summary
    assert json.loads((session / "session.json").read_text())["ended"] == "command"


def test_a_configuration_that_cannot_be_is_exit_code_78(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "c.toml"
    config.write_text("[device]\nautostart = true\n")
    assert main(["serve", "--config", str(config)]) == 78
    assert "did you mean auto_start?" in capsys.readouterr().err
    assert main(["serve", "--config", str(tmp_path / "none.toml")]) == 78


def test_a_command_that_fails_is_told_in_one_line() -> None:
    power_off("true")
    for command in ("false", "/no/such/command"):
        with pytest.raises(GaitCoachError, match=r"power_off = .*: .*pull the plug"):
            power_off(command)
