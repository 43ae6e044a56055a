"""The configuration image without which a BMI270 measures nothing: Bosch's, not shipped here.

Either `bmi270_maximum_fifo.c` (328 bytes: no features, 6 KB of FIFO; the better choice) or
`bmi270.c` (8192 bytes) of https://github.com/boschsensortec/BMI270_SensorAPI (BSD-3-Clause), as the
C file or as raw bytes. The Python package `bmi270` 0.4.3 on PyPI holds the larger one; it is read,
never run.
"""

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from drivers.errors import ChipError

SIZES: Final = (328, 8192)
VARIABLE: Final = "GAITCOACH_BMI270_CONFIG"
PLACES: Final = (
    Path("/etc/gaitcoach/bmi270_config.bin"),
    Path("/etc/gaitcoach/bmi270_maximum_fifo.c"),
    Path("/etc/gaitcoach/bmi270.c"),
    Path("~/.config/gaitcoach/bmi270_config.bin"),
    Path("~/.config/gaitcoach/bmi270_maximum_fifo.c"),
    Path("~/.config/gaitcoach/bmi270.c"),
)
HOW: Final = (
    "take bmi270_maximum_fifo.c from https://github.com/boschsensortec/BMI270_SensorAPI (BSD-3), "
    "put it into /etc/gaitcoach/ or ~/.config/gaitcoach/, or name it in "
    f"{VARIABLE}"
)
_MAGIC: Final = bytes((0xC8, 0x2E, 0x00, 0x2E))
_PACKAGE: Final = "bmi270"
_ARRAY: Final = re.compile(rb"=\s*[\[{]((?:\s*0x[0-9a-fA-F]{1,2}\s*,?)+)\s*[\]}]")
_BYTE: Final = re.compile(rb"0x([0-9a-fA-F]{1,2})")


def load_image(environment: Mapping[str, str] = os.environ) -> bytes:
    """The image, from the first place that has one.

    Args:
        environment: may name its file in GAITCOACH_BMI270_CONFIG.

    Raises:
        ChipError: there is none, or what is there is none; says how to get it.
    """
    named = environment.get(VARIABLE)
    if named:
        return _of_file(Path(named).expanduser())
    for place in PLACES:
        try:
            path = place.expanduser()
        except RuntimeError:
            # A service may have no home.
            continue
        if path.is_file():
            return _of_file(path)
    packaged = _of_package()
    if packaged is not None:
        return packaged
    raise ChipError(f"a BMI270 needs its maker's configuration image: {HOW}")


def parse_image(data: bytes) -> bytes:
    """The image in a file's content: raw, or an array of hexadecimal bytes in C or Python.

    Raises:
        ChipError: it holds none of a known size, or more than one.
    """
    if data[:4] == _MAGIC:
        found = [data]
    else:
        arrays = [
            bytes(int(b, 16) for b in _BYTE.findall(m.group(1))) for m in _ARRAY.finditer(data)
        ]
        found = [a for a in arrays if a[:4] == _MAGIC]
    if len(found) != 1:
        raise ChipError(f"no configuration image of a BMI270; {HOW}")
    if len(found[0]) not in SIZES:
        raise ChipError(
            f"a configuration image of a BMI270 has {SIZES[0]} or {SIZES[1]} bytes, this one has "
            f"{len(found[0])}; {HOW}"
        )
    return found[0]


def _of_file(path: Path) -> bytes:
    try:
        return parse_image(path.read_bytes())
    except OSError as e:
        raise ChipError(f"{path}: {e.strerror}; {HOW}") from e
    except ChipError as e:
        raise ChipError(f"{path}: {e}") from e


def _of_package() -> bytes | None:
    """From the text of the package's `config_file.py`."""
    spec = find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "config_file.py"
        if path.is_file():
            return _of_file(path)
    return None
