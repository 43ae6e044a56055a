"""Which files somebody has proven to hold a copy of: their sha256, in the session's folder."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from firmware_py.disk import Disk
from firmware_py.store.errors import NotVerifiedError

LEDGER: Final = "verified.json"
_PIECE: Final = 1 << 20


def sha256_of(path: Path) -> str:
    """Of a file as it is now, in hex.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def entries(folder: Path, disk: Disk) -> dict[str, str]:
    """File names and the sha256 of their verified downloads, as far as they still are of a file of
    the same size; a damaged ledger proves nothing."""
    try:
        record: Any = json.loads(disk.read(folder / LEDGER) or b"{}")
        return {
            name: str(entry["sha256"])
            for name, entry in record.items()
            if (folder / name).stat().st_size == entry["size"]
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def enter(folder: Path, name: str, sha256: str, disk: Disk) -> None:
    """Notes a verified download.

    Raises:
        NotVerifiedError: it is not what is in the file.
        OSError: the ledger cannot be written.
    """
    own = sha256_of(folder / name)
    if own != sha256.lower():
        raise NotVerifiedError(
            f"{folder.name}/{name}: its sha256 is {own[:12]}..., not {sha256[:12]}...: "
            "download it again"
        )
    kept = {**entries(folder, disk), name: own}
    record = {n: {"sha256": s, "size": (folder / n).stat().st_size} for n, s in kept.items()}
    disk.put_whole(folder / LEDGER, (json.dumps(record, indent=1) + "\n").encode())


def proven(folder: Path, name: str, disk: Disk) -> bool:
    """Whether the file is, byte for byte, one that was verified; reads it whole.

    Raises:
        OSError: it cannot be read.
    """
    said = entries(folder, disk).get(name)
    return said is not None and said == sha256_of(folder / name)
