"""What it is installed on: recognized exactly, or refused."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.install.errors import InstallError

RELEASES: Final = ("bookworm", "trixie")
CONFIG_TXT: Final = Path("boot/firmware/config.txt")
PI_OS: Final = Path("etc/rpi-issue")
MODEL: Final = Path("proc/device-tree/model")


@dataclass(frozen=True, slots=True)
class Board:
    """A Raspberry Pi.

    Args:
        name: how the firmware's model name begins.
        core_mhz: the core clock, held there because I2C's is divided from it; None: it is not.
        gadget: whether a socket of it can be a USB device; where the same controller carries the
            hub or Ethernet it must stay a host.
        lines: what this board's config.txt needs besides.
    """

    name: str
    core_mhz: int | None
    gadget: bool
    lines: tuple[str, ...] = ()


# The first that fits counts: "Zero 2 W" begins as "Zero" does.
BOARDS: Final = (
    Board("Raspberry Pi Zero 2 W", 250, True),
    Board("Raspberry Pi Zero", 250, True),
    Board("Raspberry Pi 3 Model A Plus", 250, True),
    Board("Raspberry Pi 3 Model B", 250, False),
    # otg_mode=1 would give the USB-C socket to the other controller, which is a host only.
    Board("Raspberry Pi 4 Model B", 500, True, ("otg_mode=0",)),
    # Its I2C is in the RP1, with a clock of its own.
    Board("Raspberry Pi 5 Model B", None, True),
)


@dataclass(frozen=True, slots=True)
class System:
    """Where it goes.

    Args:
        release: bookworm or trixie.
        bits: of Raspberry Pi OS, 32 or 64; None: Debian, which has several.
        board: None: boot configuration is left alone.
        python: of the system, e.g. (3, 11).
    """

    release: str
    bits: int | None
    board: Board | None
    python: tuple[int, int]

    @property
    def is_pi_os(self) -> bool:
        return self.bits is not None

    def __str__(self) -> str:
        os = f"Raspberry Pi OS, {self.bits} bit" if self.is_pi_os else "Debian"
        on = f" on a {self.board.name}" if self.board else ", boot configuration left alone"
        return f"{os}, {self.release}{on}"

    def boot_lines(self) -> tuple[str, ...]:
        """What config.txt gets."""
        if self.board is None:
            return ()
        mhz = self.board.core_mhz
        return (
            "dtparam=i2c_arm=on,i2c_arm_baudrate=400000",
            *((f"core_freq={mhz}", f"core_freq_min={mhz}") if mhz else ()),
            *(("dtoverlay=dwc2,dr_mode=peripheral",) if self.board.gadget else ()),
            *self.board.lines,
        )


def recognize(root: Path, *, boot_config: bool) -> System:
    """The system under `root`.

    Args:
        boot_config: whether config.txt is to be changed; else Debian without a Pi's firmware
            will do.

    Raises:
        InstallError: it is none that this installer was made for.
    """
    release = _os_release(root)
    name, codename = release.get("ID", ""), release.get("VERSION_CODENAME", "")
    known = f"Raspberry Pi OS {' or '.join(RELEASES)}"
    seen = release.get("PRETTY_NAME", name or "a system without /etc/os-release")
    if name not in ("debian", "raspbian") or codename not in RELEASES:
        raise InstallError(f"{seen}: not a system this installer knows; it needs {known}")
    pi_os = (root / PI_OS).is_file()
    bits = None if not pi_os else 32 if name == "raspbian" else 64
    if not boot_config:
        return System(codename, bits, None, _python(root))
    if not pi_os:
        raise InstallError(
            f"{seen} without /{PI_OS}: not {known}; --no-boot-config installs all but the boot "
            "configuration"
        )
    board = _board(root)
    if not (root / CONFIG_TXT).is_file():
        raise InstallError(
            f"/{CONFIG_TXT}: no such file; mount the boot partition, or --no-boot-config"
        )
    return System(codename, bits, board, _python(root))


def _os_release(root: Path) -> dict[str, str]:
    try:
        text = (root / "etc/os-release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}


def _board(root: Path) -> Board:
    try:
        model = (root / MODEL).read_text(encoding="utf-8", errors="replace").rstrip("\0\n")
    except OSError:
        model = "a computer without a device tree"
    for board in BOARDS:
        if model.startswith(board.name):
            return board
    known = ", ".join(b.name.removeprefix("Raspberry Pi ") for b in BOARDS)
    raise InstallError(
        f"{model}: not a board this installer knows ({known}); --no-boot-config installs all but "
        "the boot configuration (docs/install.md has its lines)"
    )


def _python(root: Path) -> tuple[int, int]:
    """From the file that /usr/bin/python3 leads to."""
    link = root / "usr/bin/python3"
    name = link.readlink().name if link.is_symlink() else ""
    major, _, minor = name.removeprefix("python").partition(".")
    if not (name.startswith("python") and major.isdigit() and minor.isdigit()):
        raise InstallError("/usr/bin/python3: not the system's Python; apt-get install python3")
    if (int(major), int(minor)) < (3, 11):
        raise InstallError(f"/usr/bin/{name}: too old; 3.11 or newer is needed")
    return int(major), int(minor)
