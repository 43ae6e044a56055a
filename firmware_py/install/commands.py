"""The commands that must run after files have changed, and the accounts."""

from dataclasses import dataclass
from typing import Final

from firmware_py.install.errors import InstallError
from firmware_py.install.host import Change, Host

SYSUSERS: Final = "/etc/sysusers.d/gaitcoach.conf"
TMPFILES: Final = "/etc/tmpfiles.d/gaitcoach.conf"
USER: Final = "gaitcoach"
GROUPS: Final = ("i2c", "gpio", "dialout", USER)

COMMANDS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "folders": (("systemd-tmpfiles", "--create", TMPFILES),),
    "modules": (("modprobe", "--all", "i2c-dev", "u_serial"),),
    "udev": (
        ("udevadm", "control", "--reload"),
        (
            "udevadm",
            "trigger",
            "--action=add",
            "--subsystem-match=i2c-dev",
            "--subsystem-match=gpio",
            "--subsystem-match=udc",
        ),
    ),
    "journal": (("systemctl", "restart", "systemd-journald.service"),),
    "reload": (("systemctl", "daemon-reload"),),
    # Not waited for: the first start reads much from the card, and its outcome is the journal's.
    "start": (
        ("systemctl", "restart", "--no-block", "gaitcoach-poweroff.path", "gaitcoach.service"),
    ),
}
"""By name, in the order in which they run."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """The user that the coach runs as, and its groups, by systemd-sysusers."""

    def changes(self, host: Host) -> list[Change]:
        return [Change("account", a) for a in self._missing(host)]

    def apply(self, host: Host) -> None:
        host.manifest.accounts += [
            a for a in self._missing(host) if a not in host.manifest.accounts
        ]
        # Folders that wait for their owner.
        host.due("folders")
        host.save()
        host.runner.run("systemd-sysusers", SYSUSERS)

    def _missing(self, host: Host) -> list[str]:
        users, groups = (_names(host.tree.read(f)) for f in ("/etc/passwd", "/etc/group"))
        return [
            *(f"group {g}" for g in GROUPS if g not in groups),
            *([] if USER in users else [f"user {USER}"]),
        ]


@dataclass(frozen=True, slots=True)
class Pending:
    """Commands that belong together, if they are due.

    Args:
        name: a key of `COMMANDS`.
    """

    name: str

    def shown(self) -> list[Change]:
        """What it runs when it is due."""
        return [Change("run", " ".join(words)) for words in COMMANDS[self.name]]

    def changes(self, host: Host) -> list[Change]:
        return self.shown() if self.name in host.manifest.pending else []

    def apply(self, host: Host) -> None:
        for words in COMMANDS[self.name]:
            try:
                host.runner.run(*words)
            except InstallError:
                # After an upgrade without a reboot the running kernel finds none of its modules.
                if self.name != "modules":
                    raise
        host.manifest.pending.remove(self.name)
        host.save()


def _names(file: bytes | None) -> set[str]:
    lines = (file or b"").decode("utf-8", "replace").splitlines()
    return {line.partition(":")[0] for line in lines}
