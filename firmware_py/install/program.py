"""Steps that bring the packages of the system and the program itself."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.install.errors import InstallError
from firmware_py.install.host import Change, Host
from firmware_py.install.system import System

HOME: Final = "/opt/gaitcoach"
PYTHON: Final = f"{HOME}/bin/python"
STAMP: Final = f"{HOME}/.installed"
STATUS: Final = "/var/lib/dpkg/status"
CONTENTS: Final = ("dsp", "drivers", "feedback", "firmware_py", "companion")
NEEDED: Final = ("python3-venv", "python3-numpy", "python3-scipy")
"""On a small board none of it could be compiled, and for the oldest pip has nothing ready."""
WELCOME: Final = (
    "python3-lgpio",
    "python3-smbus2",
    "python3-zstandard",
    "python3-lz4",
    "python3-tqdm",
)
"""pip brings what apt does not know: lgpio is in Raspberry Pi's archive only."""
WELCOME_PI_OS: Final = ("python3-gpiozero",)
"""Debian's is too old."""
WELCOME_TRIXIE: Final = ("python3-hatchling",)
"""Builds our own wheel; bookworm's is too old for our pyproject.toml, pip brings one there."""
PROBE: Final = """\
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
for name, need in (("smbus2", "smbus2>=0.4.2"), ("lgpio", "lgpio>=0.2.2")):
    if find_spec(name) is None:
        print(need)
try:
    enough = int(version("gpiozero").split(".")[0]) >= 2
except (PackageNotFoundError, ValueError):
    enough = False
if not enough:
    print("gpiozero>=2.0")
"""
"""Asked of the device's Python: what of the pins and the bus apt has not brought. By import, since
a package of apt need not tell pip of itself."""


@dataclass(frozen=True, slots=True)
class Packages:
    """What apt has ready made.

    Args:
        needed: without one of these it does not go on.
        welcome: those of them that apt knows.
    """

    needed: tuple[str, ...]
    welcome: tuple[str, ...]

    def changes(self, host: Host) -> list[Change]:
        missing = self._missing(host)
        return [Change("apt-get", f"install {' '.join(missing)}")] if missing else []

    def apply(self, host: Host) -> None:
        missing = self._missing(host)
        host.runner.run("apt-get", "update")
        known = set(_known(host.runner.ask("apt-cache", "policy", *missing)))
        lost = [p for p in missing if p in self.needed and p not in known]
        if lost:
            raise InstallError(
                f"apt-get: it knows no {', '.join(lost)}; check network and /etc/apt, and run this "
                "again"
            )
        wanted = [p for p in missing if p in known]
        host.manifest.packages += [p for p in wanted if p not in host.manifest.packages]
        host.manifest.unknown = [p for p in missing if p not in known]
        host.save()
        if wanted:
            host.runner.run("apt-get", "install", "--yes", "--no-install-recommends", *wanted)

    def _missing(self, host: Host) -> list[str]:
        there = set(_installed(host.tree.read(STATUS) or b""))
        if host.tree.read(STAMP) is not None:
            # Without them it went well; else they are asked for again, as pip may have none either.
            there.update(host.manifest.unknown)
        return [p for p in (*self.needed, *self.welcome) if p not in there]


@dataclass(frozen=True, slots=True)
class Program:
    """gaitcoach in a virtual environment of its own that sees the packages of apt.

    Args:
        wheels: a folder to take everything else from; None: from the package index.
    """

    system: System
    wheels: Path | None = None

    def changes(self, host: Host) -> list[Change]:
        if self._stamp(host) == host.tree.read(STAMP) and not self._unsound(host):
            return []
        found: list[Change] = []
        if self._unsound(host):
            found.append(Change("create", f"{HOME}/, a virtual environment"))
        origin = str(self.wheels) if self.wheels else "the package index"
        what = f"install {host.source}, and from {origin} what apt has not"
        return [*found, Change("pip", what)]

    def apply(self, host: Host) -> None:
        home = host.tree.at(HOME)
        if not host.manifest.program and home.is_dir() and any(home.iterdir()):
            raise InstallError(f"{HOME}: something else is there; move it away")
        host.manifest.program = True
        host.due("start")
        host.save()
        host.make_folders(HOME)
        host.tree.remove(STAMP)
        if self._unsound(host):
            host.runner.run(
                "/usr/bin/python3", "-m", "venv", "--system-site-packages", "--clear", HOME
            )
        where = ("--no-index", "--find-links", str(self.wheels)) if self.wheels else ()
        needs = host.runner.ask(PYTHON, "-c", PROBE).split()
        pip = (PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
        built = ("--no-build-isolation",) if self._has_builder(host) else ()
        host.runner.run(*pip, "--no-cache-dir", *built, *where, str(host.source), *needs)
        host.tree.write(STAMP, self._stamp(host))

    def _stamp(self, host: Host) -> bytes:
        said = {"source": source_digest(host.source), "python": _dotted(self.system)}
        return (json.dumps(said) + "\n").encode()

    def _has_builder(self, host: Host) -> bool:
        there = set(_installed(host.tree.read(STATUS) or b""))
        return self.system.release == "trixie" and there.issuperset(WELCOME_TRIXIE)

    def _unsound(self, host: Host) -> bool:
        """No environment, or one of another Python: a new release of the system has come."""
        text = (host.tree.read(f"{HOME}/pyvenv.cfg") or b"").decode("utf-8", "replace")
        pairs = (line.partition("=") for line in text.splitlines())
        said = {key.strip(): value.strip() for key, _, value in pairs}
        return (
            said.get("include-system-site-packages") != "true"
            or not f"{said.get('version', '')}.".startswith(f"{_dotted(self.system)}.")
            or host.tree.target(PYTHON) is None
        )


def source_digest(source: Path) -> str:
    """Of everything that makes the program."""
    total = hashlib.sha256()
    for file in sorted(_files(source)):
        total.update(str(file.relative_to(source)).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def _files(source: Path) -> Iterator[Path]:
    yield source / "pyproject.toml"
    for name in CONTENTS:
        for file in (source / name).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file


def _installed(status: bytes) -> Iterator[str]:
    for entry in status.decode("utf-8", "replace").split("\n\n"):
        fields = dict(
            (key, value.strip())
            for key, colon, value in (line.partition(":") for line in entry.splitlines())
            if colon and not key.startswith(" ")
        )
        if fields.get("Status", "").endswith(" ok installed"):
            yield fields.get("Package", "")


def _known(policy: str) -> Iterator[str]:
    """The packages that `apt-cache policy` can install."""
    name = ""
    for line in policy.splitlines():
        if not line.startswith(" "):
            name = line.rstrip(":")
        elif line.strip().startswith("Candidate:") and "(none)" not in line:
            yield name


def _dotted(system: System) -> str:
    return ".".join(map(str, system.python))
