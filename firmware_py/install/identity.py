"""Which device this is: a short name that stays, on every boot and after a new installation."""

import hashlib
from pathlib import Path
from typing import Final

BOARD: Final = Path("proc/device-tree/serial-number")
MACHINE: Final = Path("etc/machine-id")
PREFIX: Final = "gc-"
DIGITS: Final = 12


def device_id(root: Path = Path("/")) -> str:
    """The board's serial number, so that a card in another board is another device.

    Where there is none (no Raspberry Pi), a digest of the machine id, which by its rules must not
    be shown itself (machine-id(5)).

    Returns:
        e.g. `gc-1a2b3c4d5e6f`; `gc-unknown` where the computer has no name at all.
    """
    # The device tree ends its texts with a NUL.
    board = _text(root / BOARD).rstrip("\0").strip().lower()
    if board.strip("0") and board.isalnum() and board.isascii():
        return PREFIX + board[-DIGITS:]
    machine = _text(root / MACHINE).strip()
    if not machine or machine == "uninitialized":
        return f"{PREFIX}unknown"
    digest = hashlib.sha256(b"gaitcoach " + machine.encode()).hexdigest()
    return PREFIX + digest[:DIGITS]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
