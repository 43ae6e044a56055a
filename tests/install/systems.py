"""Systems to install on: small trees, and a stand-in for the commands that would change them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from firmware_py.install.errors import InstallError
from firmware_py.install.program import HOME, PYTHON

STOCK_CONFIG: Final = b"""\
# For more options and information see
# http://rptl.io/configtxt
dtparam=audio=on
dtoverlay=vc4-kms-v3d
arm_64bit=1

[cm4]
otg_mode=1

[cm5]
dtoverlay=dwc2,dr_mode=host

[all]
"""
STATUS: Final = "/var/lib/dpkg/status"
"""What apt changes; no business of ours."""
SOURCE: Final = Path(__file__).parents[2]
ZERO_2: Final = "Raspberry Pi Zero 2 W Rev 1.0"


def pi_os(
    root: Path,
    release: str = "trixie",
    bits: int = 64,
    model: str = ZERO_2,
    config: bytes = STOCK_CONFIG,
) -> Path:
    """A Raspberry Pi OS, as far as an installer looks at it."""
    debian(root, release, name="raspbian" if bits == 32 else "debian")
    files = {
        "etc/rpi-issue": b"Raspberry Pi reference 2025-11-24\n",
        "proc/device-tree/model": model.encode() + b"\0",
        "boot/firmware/config.txt": config,
        "boot/firmware/cmdline.txt": b"console=tty1 root=PARTUUID=x rootwait\n",
    }
    _write(root, files)
    return root


def debian(root: Path, release: str = "trixie", name: str = "debian") -> Path:
    """A Debian without a Raspberry Pi's firmware."""
    python = {"bookworm": "python3.11"}.get(release, "python3.13")
    _write(
        root,
        {
            "etc/os-release": f'PRETTY_NAME="{name} {release}"\nID={name}\n'
            f"VERSION_CODENAME={release}\n".encode(),
            "etc/passwd": b"root:x:0:0:root:/root:/bin/bash\n",
            "etc/group": b"root:x:0:\ndialout:x:20:\n",
            "etc/machine-id": b"0123456789abcdef0123456789abcdef\n",
            "proc/sys/kernel/random/boot_id": b"boot-1\n",
            "usr/bin/true": b"",
            "var/lib/dpkg/status": b"Package: python3-numpy\nStatus: install ok installed\n"
            b"Description: x\n .\n\nPackage: gone\nStatus: deinstall ok config-files\n",
            "etc/udev/rules.d/README": b"",
            "usr/local/bin/own": b"",
            "opt/other/x": b"",
        },
    )
    (root / "etc/systemd/system").mkdir(parents=True)
    (root / "run/systemd/system").mkdir(parents=True)
    (root / "usr/bin/python3").symlink_to(python)
    return root


def _write(root: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def snapshot(root: Path, *but: str) -> dict[str, bytes | str | None]:
    """Everything in a tree: bytes of files, targets of links, None for folders."""
    found: dict[str, bytes | str | None] = {}
    for path in sorted(root.rglob("*")):
        name = f"/{path.relative_to(root)}"
        if not any(name == b or name.startswith(f"{b}/") for b in but):
            found[name] = (
                str(path.readlink())
                if path.is_symlink()
                else path.read_bytes()
                if path.is_file()
                else None
            )
    return found


@dataclass
class SimRunner:
    """Does to the tree what the commands would do to the system, and keeps their words.

    Args:
        before: called before each command; may raise.
        lacks: what the device's Python says it lacks.
        unknown: packages that apt does not know.
    """

    root: Path
    before: Callable[[str], object] = lambda what: None
    lacks: str = "gpiozero>=2.0\n"
    unknown: tuple[str, ...] = ()
    ran: list[str] = field(default_factory=list)

    def run(self, *words: str) -> None:
        self.ran.append(" ".join(words))
        self.before(self.ran[-1])
        act = {
            "apt-get": self._apt,
            "/usr/bin/python3": self._venv,
            PYTHON: self._pip,
            "systemd-sysusers": self._sysusers,
            "userdel": self._userdel,
            "groupdel": self._groupdel,
        }.get(words[0])
        if act:
            act(words)

    def ask(self, *words: str) -> str:
        self.before(" ".join(words))
        if words[0] == "apt-cache":
            return "".join(self._policy(name) for name in words[2:])
        if not (self.root / PYTHON.lstrip("/")).is_symlink():
            raise InstallError(f"{PYTHON}: not there")
        return self.lacks

    def _policy(self, name: str) -> str:
        if name in self.unknown:
            # One that only others depend on is named, without a version.
            return f"{name}:\n  Installed: (none)\n  Candidate: (none)\n" * name.endswith("4")
        return f"{name}:\n  Installed: (none)\n  Candidate: 1.0\n  Version table:\n     1.0 500\n"

    def _apt(self, words: tuple[str, ...]) -> None:
        if words[1] == "install":
            assert not set(words) & set(self.unknown), "apt-get fails"
            with (self.root / "var/lib/dpkg/status").open("a") as f:
                for name in (w for w in words[2:] if not w.startswith("-")):
                    f.write(f"\nPackage: {name}\nStatus: install ok installed\n")

    def _venv(self, words: tuple[str, ...]) -> None:
        home = self.root / HOME.lstrip("/")
        (home / "bin").mkdir(parents=True, exist_ok=True)
        version = (self.root / "usr/bin/python3").readlink().name.removeprefix("python")
        text = f"include-system-site-packages = true\nversion = {version}.2\n"
        (home / "pyvenv.cfg").write_text(text)
        python = home / "bin/python"
        python.unlink(missing_ok=True)
        python.symlink_to("/usr/bin/python3")

    def _pip(self, words: tuple[str, ...]) -> None:
        (self.root / HOME.lstrip("/") / "bin/gaitcoach").write_text("#!\n")

    def _sysusers(self, words: tuple[str, ...]) -> None:
        rules = (self.root / words[1].lstrip("/")).read_text().splitlines()
        for kind, name in (r.split()[:2] for r in rules if r[:2] in ("g ", "u ")):
            self._add("etc/group", name)
            if kind == "u":
                self._add("etc/passwd", name)

    def _userdel(self, words: tuple[str, ...]) -> None:
        self._drop("etc/passwd", words[-1])
        self._drop("etc/group", words[-1])

    def _groupdel(self, words: tuple[str, ...]) -> None:
        self._drop("etc/group", words[-1])

    def _add(self, file: str, name: str) -> None:
        path = self.root / file
        if f"{name}:" not in path.read_text():
            path.write_text(f"{path.read_text()}{name}:x:999:\n")

    def _drop(self, file: str, name: str) -> None:
        path = self.root / file
        lines = path.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(f"{name}:")]
        assert len(kept) < len(lines), f"{name} is not in {file}"
        path.write_text("".join(kept))
