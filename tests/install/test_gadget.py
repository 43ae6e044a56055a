import contextlib
import errno
import os
import shutil
from pathlib import Path

import pytest

from firmware_py.install.gadget import CONFIGFS, ConfigFs, GadgetError, down, up
from firmware_py.install.identity import device_id

ATTRIBUTES = {
    "gadget": ("UDC", "idVendor", "idProduct", "bcdUSB"),
    "config": ("MaxPower", "bmAttributes"),
}


class SimConfigFs(ConfigFs):
    """configfs on an ordinary folder: attributes appear and go with their folders, a controller
    serves one gadget, and what is in use cannot go.

    Args:
        cut: the nth operation does not happen; None: all do.
    """

    def __init__(self, root: Path, cut: int | None = None) -> None:
        self.gadgets = root / CONFIGFS
        self.left = cut

    def _count(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt

    def make(self, folder: Path) -> None:
        self._count()
        super().make(folder)
        if folder.parent == self.gadgets:
            for name in ("functions", "configs", "strings"):
                (folder / name).mkdir(exist_ok=True)
            (folder / "UDC").touch()
        if folder.parent.name == "configs":
            (folder / "strings").mkdir(exist_ok=True)

    def remove(self, folder: Path) -> None:
        self._count()
        if not folder.is_dir():
            return
        for inner in folder.iterdir():
            kept = inner.is_symlink() or (inner.is_dir() and any(inner.iterdir()))
            if kept or (inner.name == "UDC" and self.read(inner)):
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(folder))
        shutil.rmtree(folder)

    def write(self, file: Path, text: str) -> None:
        self._count()
        if file.name == "UDC":
            held = {self.read(u): u.parent.name for u in self.gadgets.glob("*/UDC")}
            if text and text in held:
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
            if not text and not self.read(file):
                raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
            assert not text or list(file.parent.glob("configs/*/acm.usb0")), "a gadget of nothing"
        super().write(file, text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / CONFIGFS).mkdir(parents=True)
    (tmp_path / "sys/class/udc/20980000.usb").mkdir(parents=True)
    board = tmp_path / "proc/device-tree/serial-number"
    board.parent.mkdir(parents=True)
    board.write_bytes(b"00000000A1B2C3D4\0")
    return tmp_path


def bound(root: Path) -> str:
    return (root / CONFIGFS / "gaitcoach/UDC").read_text().strip()


def test_up_is_a_port_with_the_boards_own_serial_number(root: Path) -> None:
    assert up(root, SimConfigFs(root)) == "gc-0000a1b2c3d4 is up on 20980000.usb"
    strings = root / CONFIGFS / "gaitcoach/strings/0x409"
    assert (strings / "serialnumber").read_text() == "gc-0000a1b2c3d4\n"
    assert (strings / "manufacturer").read_text() == "gaitcoach\n"
    assert bound(root) == "20980000.usb"


def test_twice_up_is_once_up_and_twice_down_once_down(root: Path) -> None:
    fs = SimConfigFs(root)
    up(root, fs)
    assert "already" in up(root, fs)
    assert down(root, fs) == "the port is down"
    assert list((root / CONFIGFS).iterdir()) == []
    assert down(root, fs) == "no port is up"
    assert "is up on" in up(root, fs)


@pytest.mark.parametrize("cut", range(1, 20))
@pytest.mark.parametrize("verb", [up, down])
def test_cut_anywhere_either_word_goes_on(root: Path, cut: int, verb: object) -> None:
    if verb is down:
        up(root, SimConfigFs(root))
    with contextlib.suppress(KeyboardInterrupt):
        (up if verb is up else down)(root, SimConfigFs(root, cut))
    if cut % 2:
        up(root, SimConfigFs(root))
        assert bound(root) == "20980000.usb"
    down(root, SimConfigFs(root))
    assert list((root / CONFIGFS).iterdir()) == []


def test_a_controller_that_another_gadget_holds_is_told(root: Path) -> None:
    other = root / CONFIGFS / "g_serial"
    other.mkdir()
    (other / "UDC").write_text("20980000.usb\n")
    with pytest.raises(GadgetError, match=r"another gadget has it; take g_serial"):
        up(root, SimConfigFs(root))


def test_without_a_controller_it_says_what_config_txt_needs(root: Path) -> None:
    shutil.rmtree(root / "sys/class/udc")
    with pytest.raises(GadgetError, match="dtoverlay=dwc2,dr_mode=peripheral"):
        up(root, SimConfigFs(root))


def test_without_a_board_the_machine_id_gives_a_name_that_does_not_show_it(tmp_path: Path) -> None:
    assert device_id(tmp_path) == "gc-unknown"
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    name = device_id(tmp_path)
    assert name.startswith("gc-")
    assert name.removeprefix("gc-") not in "0123456789abcdef0123456789abcdef"
    (tmp_path / "etc/machine-id").write_text("0123456789abcdef0123456789abcdee\n")
    assert device_id(tmp_path) != name
