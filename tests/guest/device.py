"""The device under test, as its runner, its laptop and its maker see it."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.guest.channel import Done, GuestError
from tests.guest.machine import Machine

LAPTOP: Final = ("python3", "/mnt/repo/tests/guest/inside/laptop.py")
UNIT: Final = "gaitcoach.service"
CONFIG_FILE: Final = "/etc/gaitcoach/config.toml"
SESSIONS: Final = "/var/lib/gaitcoach"
BUTTON: Final = 17
BUZZER: Final = 23
LED: Final = 27
PRESS_S: Final = 0.15
HOLD_S: Final = 2.5
CONFIG: Final = """\
[sensor]
mount = "waist"

[cues]
actuators = ["buzzer"]
button = true

[storage]
keep_free_mb = 16

[feedback]
cadence_target_spm = 178.0
cadence_baseline_spm = 170.0
persistence_s = 0.5
cooldown_s = 1.5
warm_up_s = 0.0
settle_s = 0.0
give_up_after = 100
"""
"""A coach that speaks every other second: some minutes give many cues."""


def hashes(printed: str) -> dict[str, str]:
    """File to SHA-256, from what sha256sum prints."""
    pairs = (line.split(maxsplit=1) for line in printed.splitlines())
    return {name: digest for digest, name in pairs}


class Device:
    """The installed service on one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def unit(self, *names: str) -> Mapping[str, str]:
        """Properties of the service."""
        asked = [f"-p{name}" for name in names]
        out = self.machine.hand.run("systemctl", "show", UNIT, *asked).out
        return dict(line.partition("=")[::2] for line in out.splitlines())

    def since_boot(self, stamp: str) -> float:
        """One of its monotonic time stamps, s."""
        return int(self.unit(stamp)[stamp]) / 1e6

    def pid(self) -> int:
        """Of the service; 0: it does not run."""
        return int(self.unit("MainPID")["MainPID"])

    def wait_up(self, seconds: float = 900.0) -> None:
        """Until systemd has heard that it is ready.

        Raises:
            GuestError: it is not in time.
        """
        self.machine.hand.until(f"systemctl is-active -q {UNIT}", seconds)

    def laptop(self, *words: str, timeout_s: float = 900.0) -> Any:
        """What the laptop's program finds.

        Raises:
            GuestError: it failed.
        """
        done = self.machine.hand.run(*LAPTOP, *words, timeout_s=timeout_s)
        if done.rc:
            raise GuestError(f"laptop {' '.join(words)}: {done.err[-1500:]}")
        return json.loads(done.out)

    def hello(self) -> dict[str, Any]:
        """What it says about itself."""
        said: dict[str, Any] = self.laptop("hello")
        return said

    def wait_state(self, *wanted: str, timeout_s: float = 900.0) -> dict[str, Any]:
        """Until it says that it is in one of these states.

        Raises:
            GuestError: it is not in time.
        """
        words = "|".join(wanted)
        laptop = " ".join(LAPTOP)
        grep = f"""grep -qE '"state": "({words})"'"""
        test = f'said=$({laptop} hello); echo "$said"; echo "$said" | {grep}'
        said: dict[str, Any] = json.loads(self.machine.hand.until(test, timeout_s))
        return said

    def start(self) -> dict[str, Any]:
        """A press, until a session runs."""
        self.machine.hand.press(BUTTON, PRESS_S)
        return self.wait_state("running")

    def stop(self) -> dict[str, Any]:
        """A hold, until the session is put down."""
        self.machine.hand.press(BUTTON, HOLD_S)
        return self.wait_state("idle")

    def idle(self) -> None:
        """Ends the session that goes on by itself, if one does."""
        if self.wait_state("idle", "running")["state"] != "idle":
            self.stop()

    def sessions(self) -> list[dict[str, Any]]:
        """As the laptop lists them."""
        listed: list[dict[str, Any]] = self.laptop("list")["sessions"]
        return listed

    def fetch(self, session: str, into: Path) -> Path:
        """Copies a session's folder out of the guest, by hand."""
        folder = into / session
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        hand = self.machine.hand
        for name in hand.sh(f"ls {SESSIONS}/{session}").split():
            (folder / name).write_bytes(hand.read(f"{SESSIONS}/{session}/{name}"))
        return folder

    def journal(self, lines: int = 30) -> str:
        """The service's last words."""
        return self.machine.hand.run(
            "journalctl", "-u", UNIT, "-o", "cat", "--no-pager", "-n", str(lines)
        ).out

    def configure(self, text: str = CONFIG) -> None:
        """Puts a configuration in place."""
        hand = self.machine.hand
        hand.write("/run/config.toml", text)
        owner = "-o gaitcoach -g gaitcoach"
        hand.sh(f"install -D -m 640 {owner} /run/config.toml {CONFIG_FILE}")

    def install(self, *options: str) -> Done:
        """Runs the installer from the repository's disk."""
        return self.machine.hand.run(
            "sh", "-c",
            "cd /mnt/repo && exec python3 -m firmware_py.install install --no-boot-config "
            f"--wheels /opt/wheels {' '.join(options)}",
            timeout_s=3000.0,
        )  # fmt: skip
