"""config.txt of the Raspberry Pi: one marked block under `[all]`, taken out again exactly."""

import re
from collections.abc import Sequence
from typing import Final

from firmware_py.install.errors import InstallError

BEGIN: Final = b'# >>> gaitcoach: "sudo make uninstall" takes these lines out again'
JOINED: Final = b"; the line before them had no end"
END: Final = b"# <<< gaitcoach"
_BLOCK: Final = re.compile(
    rb"^" + re.escape(BEGIN) + rb"(?P<joined>" + re.escape(JOINED) + rb")?\n.*?^"
    rb"" + re.escape(END) + rb"\n",
    re.DOTALL | re.MULTILINE,
)
_SECTION: Final = re.compile(rb"^[ \t]*\[([^\]\r\n]*)\]", re.MULTILINE)
_SAYS: Final = re.compile(rb"^[ \t]*[^#\s]", re.MULTILINE)


def with_block(text: bytes, lines: Sequence[str]) -> bytes:
    """The file with the block, replaced where it was, else at the end.

    Raises:
        InstallError: there is a block without an end.
    """
    found = _found(text)
    joined = bool(found["joined"]) if found else bool(text) and not text.endswith(b"\n")
    block = BEGIN + (JOINED if joined else b"") + b"\n[all]\n"
    block += "".join(f"{line}\n" for line in lines).encode("ascii") + END + b"\n"
    if found:
        return text[: found.start()] + block + text[found.end() :]
    return text + (b"\n" if joined else b"") + block


def without_block(text: bytes) -> bytes:
    """The file as it was before; what others have written since stays and keeps its meaning.

    Raises:
        InstallError: there is a block without an end.
    """
    found = _found(text)
    if not found:
        return text
    before, after = text[: found.start()], text[found.end() :]
    sections = _SECTION.findall(before)
    own = _SAYS.search(after)
    if own and sections and sections[-1].strip().lower() != b"all":
        # Lines that were added below the block stood under its [all].
        return before + b"[all]\n" + after
    if found["joined"] and not after:
        return before[:-1]
    return before + after


def _found(text: bytes) -> re.Match[bytes] | None:
    found = _BLOCK.search(text)
    rest = text if not found else text[: found.start()] + text[found.end() :]
    if re.search(rb"^" + re.escape(BEGIN), rest, re.MULTILINE):
        raise InstallError(
            "config.txt: a gaitcoach block has no end, or there are two; take the lines from "
            f'"{BEGIN.decode()[:13]}" on out by hand'
        )
    return found
