"""Steps of the build that are done again only when what they are made from has changed."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path


def digest(*made_from: str | Path) -> str:
    """Of words, and of files by their contents."""
    out = hashlib.sha256()
    for one in made_from:
        out.update(one.read_bytes() if isinstance(one, Path) else one.encode())
        out.update(b"\0")
    return out.hexdigest()


def made(folder: Path, recipe: str, make: Callable[[Path], object]) -> Path:
    """`folder`, made anew where its recipe is another one than it was made by.

    Args:
        make: fills the empty folder it is given.
    """
    stamp = folder.with_name(f"{folder.name}.recipe")
    if stamp.is_file() and stamp.read_text() == recipe:
        return folder
    print(f"building {folder.name} ...", flush=True)
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make(folder)
    stamp.write_text(recipe)
    return folder
