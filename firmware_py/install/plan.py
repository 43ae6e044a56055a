"""Which steps make an installation, in which order."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.install.commands import COMMANDS, SYSUSERS, TMPFILES, Accounts, Pending
from firmware_py.install.errors import InstallError
from firmware_py.install.files import (
    CONFIG_TXT,
    BootBlock,
    FirstFile,
    Folder,
    OwnFile,
    OwnLink,
    Superseded,
)
from firmware_py.install.host import Change, Host, Step
from firmware_py.install.program import (
    HOME,
    NEEDED,
    WELCOME,
    WELCOME_PI_OS,
    WELCOME_TRIXIE,
    Packages,
    Program,
)
from firmware_py.install.system import System

UNITS: Final = "/etc/systemd/system"
CONFIG: Final = "/etc/gaitcoach/config.toml"
EXAMPLE: Final = "/etc/gaitcoach/config.example.toml"
TEMPLATE: Final = Path(__file__).with_name("config.toml")
SESSIONS: Final = "/var/lib/gaitcoach"
STARTED_AT_BOOT: Final = (
    "gaitcoach.service",
    "gaitcoach-firstboot.service",
    "gaitcoach-poweroff.path",
)
FILES: Final = {
    "gaitcoach.service": (f"{UNITS}/gaitcoach.service", ("reload", "start")),
    "gaitcoach-gadget.service": (f"{UNITS}/gaitcoach-gadget.service", ("reload",)),
    "gaitcoach-firstboot.service": (f"{UNITS}/gaitcoach-firstboot.service", ("reload",)),
    "gaitcoach-poweroff.path": (f"{UNITS}/gaitcoach-poweroff.path", ("reload", "start")),
    "gaitcoach-poweroff.service": (f"{UNITS}/gaitcoach-poweroff.service", ("reload",)),
    "60-gaitcoach.rules": ("/etc/udev/rules.d/60-gaitcoach.rules", ("udev",)),
    "modules.conf": ("/etc/modules-load.d/gaitcoach.conf", ("modules",)),
    "sysusers.conf": (SYSUSERS, ()),
    "tmpfiles.conf": (TMPFILES, ("folders",)),
}
"""What of systemd/ goes where, and what must run then."""
JOURNAL: Final = ("/etc/systemd/journald.conf.d/60-gaitcoach.conf", ("journal",))
AUDIO: Final = (f"{UNITS}/gaitcoach.service.d/audio.conf", ("reload", "start"))
NO_LOGIN: Final = f"{UNITS}/serial-getty@ttyGS0.service"
COMMAND: Final = "/usr/local/bin/gaitcoach"


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may choose.

    Args:
        boot_config: config.txt is edited.
        volatile_logs: the journal stays in memory.
        wheels: a folder of Python packages, for a device without a network.
    """

    boot_config: bool = True
    volatile_logs: bool = False
    wheels: Path | None = None


def steps(host: Host, system: System, options: Options) -> list[Step]:
    """All of them; each knows whether it is done."""
    welcome = (
        *WELCOME,
        *(WELCOME_PI_OS if system.is_pi_os else ()),
        *(WELCOME_TRIXIE if system.release == "trixie" else ()),
    )
    own = list(_own(host, options))
    there = {step.path for step in own}
    gone = [p for p in (*host.manifest.links, *host.manifest.files) if p not in there]
    boot = [BootBlock(system.boot_lines(), boot_id(host))] if _boots(host, options) else []
    accounts = (SYSUSERS,)
    return [
        Packages(NEEDED, welcome),
        *(step for step in own if step.path in accounts),
        Accounts(),
        Folder(SESSIONS, ("folders",)),
        Folder(str(Path(CONFIG).parent), ("folders",)),
        Program(system, options.wheels),
        *(step for step in own if step.path not in accounts),
        FirstFile(CONFIG, TEMPLATE.read_bytes()),
        *(Superseded(path, _then(path)) for path in gone),
        *boot,
        *(Pending(name) for name in COMMANDS),
    ]


def outline(host: Host, todo: Sequence[Step]) -> list[Change]:
    """Every change that the steps will make, before any is made."""
    found: list[Change] = []
    due = set(host.manifest.pending)
    for step in todo:
        if isinstance(step, Pending):
            if step.name in due:
                found += step.shown()
            continue
        changes = step.changes(host)
        if changes:
            then = {Accounts: ("folders",), Program: ("start",)}.get(type(step), ())
            due.update(host.will_run((*getattr(step, "then", ()), *then)))
            if isinstance(step, BootBlock):
                # The next boot starts it.
                due.discard("start")
        found += changes
    return found


def boot_id(host: Host) -> str:
    """Which start of the computer this is."""
    return (host.tree.read("/proc/sys/kernel/random/boot_id") or b"unknown").decode().strip()


def _boots(host: Host, options: Options) -> bool:
    """Whether config.txt is our business: to write the block, or to take an earlier one out."""
    return (options.boot_config or host.manifest.boot) and host.tree.read(CONFIG_TXT) is not None


def _own(host: Host, options: Options) -> Iterator[OwnFile | OwnLink]:
    for name, (path, then) in FILES.items():
        yield _shipped(host, name, path, then)
    if options.volatile_logs:
        yield _shipped(host, "journald-volatile.conf", *JOURNAL)
    if _speaks(host):
        yield _shipped(host, "audio.conf", *AUDIO)
    yield OwnFile(EXAMPLE, TEMPLATE.read_bytes())
    for unit in STARTED_AT_BOOT:
        link = f"{UNITS}/multi-user.target.wants/{unit}"
        yield OwnLink(link, f"{UNITS}/{unit}", ("reload",))
    yield OwnLink(NO_LOGIN, "/dev/null", ("reload",))
    yield OwnLink(COMMAND, f"{HOME}/bin/gaitcoach")


def _shipped(host: Host, name: str, path: str, then: tuple[str, ...]) -> OwnFile:
    try:
        return OwnFile(path, (host.source / "systemd" / name).read_bytes(), then)
    except OSError as e:
        raise InstallError(
            f"{host.source}/systemd/{name}: {e.strerror}; run this from a whole checkout"
        ) from e


def _speaks(host: Host) -> bool:
    """Whether the configuration names the loudspeaker; a damaged one is the coach's to refuse."""
    try:
        tables = tomllib.loads((host.tree.read(CONFIG) or b"").decode("utf-8-sig"))
        return "speaker" in tables["cues"]["actuators"]
    except (ValueError, KeyError, TypeError):
        return False


def _then(path: str) -> tuple[str, ...]:
    known = {**dict(FILES.values()), **dict((JOURNAL, AUDIO))}
    return known.get(path, ("reload",))
