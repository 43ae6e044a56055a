"""The serial port that a laptop sees: a USB gadget made in configfs, with this device's own serial.

    python -m firmware_py.install.gadget up|down

Twice up is once up, and after a cut in the middle either word goes on from there.
"""

import errno
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dsp.errors import GaitCoachError
from firmware_py.install.identity import device_id

NAME: Final = "gaitcoach"
CONFIGFS: Final = Path("sys/kernel/config/usb_gadget")
CONTROLLERS: Final = Path("sys/class/udc")
VENDOR: Final = "0x1d6b"
PRODUCT: Final = "0x0104"
"""The Linux Foundation's multifunction composite gadget; the laptop goes by the manufacturer."""
ENGLISH: Final = Path("strings/0x409")
FUNCTION: Final = Path("functions/acm.usb0")
CONFIGURATION: Final = Path("configs/c.1")
POWER_MA: Final = 500


class GadgetError(GaitCoachError, OSError):
    """The port cannot be set up; says what stands in the way."""


class ConfigFs:
    """The kernel's configfs: folders are things, files in them their attributes."""

    def make(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)

    def remove(self, folder: Path) -> None:
        """Gone with its attributes; nothing if it is not there."""
        if folder.is_dir():
            folder.rmdir()

    def write(self, file: Path, text: str) -> None:
        with file.open("w", encoding="ascii") as f:
            f.write(text + "\n")

    def read(self, file: Path) -> str:
        try:
            return file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""


def up(root: Path = Path("/"), configfs: ConfigFs | None = None) -> str:
    """Sets the port up.

    Returns:
        What was done, in words.

    Raises:
        GadgetError: no configfs, no controller, or another gadget has it.
    """
    fs = configfs or ConfigFs()
    if not (root / CONFIGFS).is_dir():
        raise GadgetError(
            f"/{CONFIGFS}: not there; this kernel lacks libcomposite (modprobe libcomposite)"
        )
    controllers = sorted(p.name for p in (root / CONTROLLERS).glob("*"))
    if not controllers:
        raise GadgetError(
            f"/{CONTROLLERS}: no USB device controller; it needs dtoverlay=dwc2,dr_mode=peripheral "
            "in config.txt (sudo make install writes it) and a reboot"
        )
    gadget = root / CONFIGFS / NAME
    serial = device_id(root)
    if held := fs.read(gadget / "UDC"):
        return f"{serial} is up on {held} already"
    _describe(gadget, serial, fs)
    return f"{serial} is up on {_bind(gadget, controllers, fs)}"


def down(root: Path = Path("/"), configfs: ConfigFs | None = None) -> str:
    """Takes the port away; returns what was done, in words."""
    fs = configfs or ConfigFs()
    gadget = root / CONFIGFS / NAME
    if not gadget.is_dir():
        return "no port is up"
    if fs.read(gadget / "UDC"):
        fs.write(gadget / "UDC", "")
    (gadget / CONFIGURATION / FUNCTION.name).unlink(missing_ok=True)
    for folder in (CONFIGURATION / ENGLISH, CONFIGURATION, FUNCTION, ENGLISH, Path()):
        fs.remove(gadget / folder)
    return "the port is down"


def _describe(gadget: Path, serial: str, fs: ConfigFs) -> None:
    fs.make(gadget)
    for name, text in (("idVendor", VENDOR), ("idProduct", PRODUCT), ("bcdUSB", "0x0200")):
        fs.write(gadget / name, text)
    fs.make(gadget / ENGLISH)
    strings = {"manufacturer": NAME, "product": "running coach", "serialnumber": serial}
    for name, text in strings.items():
        fs.write(gadget / ENGLISH / name, text)
    fs.make(gadget / CONFIGURATION)
    fs.write(gadget / CONFIGURATION / "MaxPower", str(POWER_MA))
    fs.make(gadget / CONFIGURATION / ENGLISH)
    fs.write(gadget / CONFIGURATION / ENGLISH / "configuration", "serial port")
    fs.make(gadget / FUNCTION)
    link = gadget / CONFIGURATION / FUNCTION.name
    if not link.is_symlink():
        link.symlink_to(gadget / FUNCTION)


def _bind(gadget: Path, controllers: Sequence[str], fs: ConfigFs) -> str:
    """The first controller that is free; a kernel may have several."""
    for controller in controllers:
        try:
            fs.write(gadget / "UDC", controller)
        except OSError as e:
            if e.errno != errno.EBUSY:
                raise GadgetError(f"{controller}: {e.strerror}; look at dmesg") from e
            continue
        return controller
    raise GadgetError(
        f"{', '.join(controllers)}: another gadget has it; take g_serial, g_ether or the like out "
        "of cmdline.txt and config.txt, and reboot"
    )


def main(words: Sequence[str]) -> int:
    """The command line; returns its exit code."""
    verbs = {"up": up, "down": down}
    if len(words) != 1 or words[0] not in verbs:
        sys.stderr.write("usage: python -m firmware_py.install.gadget up|down\n")
        return 2
    try:
        sys.stdout.write(f"gaitcoach-gadget: {verbs[words[0]]()}\n")
    except (GaitCoachError, OSError) as e:
        sys.stderr.write(f"gaitcoach-gadget: {e}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
