"""The guest's file system: a Debian trixie as on the device's card, before anything of ours.

Packages come from this machine's own mirrors. `python3-lgpio` is in Raspberry Pi's archive only:
it is built here from its source, into an archive of its own inside the guest.
"""

import hashlib
import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

from tests.debian import apt_options, mirror, run
from tests.guest.recipe import digest, made

SUITE: Final = "trixie"
PYTHON: Final = "3.13"
LGPIO: Final = "0.2.2.0"
PACKAGES: Final = (
    "systemd,systemd-sysv,udev,dbus,kmod,procps,iproute2,adduser",
    "python3,python3-venv,python3-numpy,python3-scipy,python3-serial",
    "i2c-tools,gpiod",
)
DEVELOPMENT: Final = f"libpython{PYTHON}-dev"
WHEELS: Final = ("mcap", "zstandard", "lz4", "tqdm", "smbus2", "gpiozero>=2", "hatchling")
"""What the installer takes from PyPI, and what builds our own wheel; with what they need."""
_LEFT_OUT: Final = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")
ARCHIVE: Final = "opt/archive"
WHEEL_FOLDER: Final = "opt/wheels"


def ready_tree(folder: Path) -> Path:
    """The file system as a folder: Debian alone."""
    recipe = digest(SUITE, DEVELOPMENT, *PACKAGES, *_LEFT_OUT)
    return made(folder / "tree", recipe, lambda tree: _debian(tree, folder))


def ready_extras(folder: Path, tree: Path) -> Path:
    """What goes on top: python3-lgpio in an archive for apt, and wheels for pip."""
    recipe = digest(folder / "tree.recipe", LGPIO, *WHEELS, Path(__file__))
    return made(folder / "extras", recipe, lambda extras: _extras(extras, tree))


def _debian(tree: Path, folder: Path) -> None:
    options = folder / "apt.conf"
    options.write_text(apt_options())
    run(
        [
            "mmdebstrap",
            "--quiet",
            "--variant=minbase",
            f"--include={','.join([*PACKAGES, DEVELOPMENT])}",
            f"--aptopt={options}",
            '--aptopt=APT::Install-Recommends "false"',
            "--dpkgopt=force-unsafe-io",
            *(f"--dpkgopt=path-exclude={pattern}" for pattern in _LEFT_OUT),
            '--customize-hook=rm -f "$1"/etc/apt/sources.list',
            SUITE,
            str(tree),
            f"deb {mirror()} {SUITE} main",
        ]
    )
    for static in tree.glob("usr/lib/**/libpython*.a"):
        static.unlink()


def _extras(extras: Path, tree: Path) -> None:
    _wheels(extras / WHEEL_FOLDER)
    with tempfile.TemporaryDirectory(dir=extras) as scratch:
        _archive(extras / ARCHIVE, tree, Path(scratch))


def _wheels(folder: Path) -> None:
    folder.mkdir(parents=True)
    wanted = [
        "--quiet",
        "--only-binary=:all:",
        f"--python-version={PYTHON}",
        "--platform=manylinux2014_x86_64",
        "--platform=manylinux_2_28_x86_64",
        "--platform=any",
        "--dest",
        str(folder),
    ]
    run(["python3", "-m", "pip", "download", *wanted, *WHEELS])


def _archive(archive: Path, tree: Path, scratch: Path) -> None:
    """An archive for apt with python3-lgpio, compiled against the tree's own Python."""
    package = scratch / "package"
    modules = package / "usr/lib/python3/dist-packages"
    modules.mkdir(parents=True)
    source = _lgpio_source(scratch)
    # Of the tree's headers only Python's: the compiler is this machine's, and so is its library.
    include = source / "include"
    for place in ("", "x86_64-linux-gnu"):
        headers = Path(place) / f"python{PYTHON}"
        shutil.copytree(tree / "usr/include" / headers, include / headers)
    run(["swig", "-python", "lgpio.i"], cwd=source)
    run(
        [
            "gcc", "-O2", "-shared", "-fPIC", "-pthread", "-I", "src",
            "-I", include, "-I", include / f"python{PYTHON}",
            "lgpio_wrap.c", *sorted((source / "src").glob("lg*.c")), "src/rgpiod.c",
            "-o", modules / "_lgpio.so", "-lrt", "-ldl",
        ],
        cwd=source,
    )  # fmt: skip
    shutil.copy(source / "lgpio.py", modules)
    control = package / "DEBIAN/control"
    control.parent.mkdir()
    about = (
        f"Package: python3-lgpio\nVersion: {LGPIO}\nArchitecture: amd64\nMaintainer: nobody\n"
        "Depends: python3\nDescription: GPIO through the kernel's character device\n"
    )
    control.write_text(about)
    archive.mkdir(parents=True)
    deb = archive / f"python3-lgpio_{LGPIO}_amd64.deb"
    run(["dpkg-deb", "--root-owner-group", "--build", package, deb])
    content = deb.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    entry = f"{about}Filename: ./{deb.name}\nSize: {len(content)}\nSHA256: {sha256}\n"
    (archive / "Packages").write_text(entry)


def _lgpio_source(scratch: Path) -> Path:
    wanted = ["--quiet", "--no-deps", "--no-binary=lgpio", "--dest", str(scratch)]
    run(["python3", "-m", "pip", "download", *wanted, f"lgpio=={LGPIO}"])
    source = scratch / "source"
    source.mkdir()
    archive = next(p for p in scratch.iterdir() if re.match(r"lgpio-.*\.tar\.gz", p.name))
    run(["tar", "-x", "--strip-components=1", "-C", source, "-f", archive])
    return source
