"""An arm64 Debian tree with Python, numpy and scipy, and the plugin that counts in it.

The tree is unpacked, not installed: no foreign program runs, so it takes half a minute. apt's
mirror, proxy and keys are the machine's own.
"""

import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

from tests.debian import apt_options, mirror, need, run

EMULATOR: Final = "qemu-aarch64"
_PACKAGE_OF: Final = {EMULATOR: "qemu-user", "mmdebstrap": "mmdebstrap", "gcc": "gcc"}
_PACKAGES: Final = ("python3", "python3-numpy", "python3-scipy", "python3-zstandard", "libc-bin")
_LIBRARIES: Final = "usr/lib/aarch64-linux-gnu"
_LEFT_OUT: Final = ("./dev/*", "./usr/share/doc", "./usr/share/man", "./usr/share/locale")
_PER_CPU_COUNTERS: Final = 9
"""QEMU's version from which plugins count for each CPU on its own."""


def ready_tools() -> None:
    """The tools are there, or are installed where this is root on a Debian.

    Raises:
        AbsentError: neither.
    """
    need(_PACKAGE_OF)


def ready_tree(folder: Path, suite: str) -> Path:
    """The tree of a Debian suite below `folder`, built where it is not there yet.

    Raises:
        BuildError: it cannot be downloaded or unpacked.
    """
    recipe = f"{suite} {' '.join(_PACKAGES)}\n"
    tree = folder / f"tree-{suite}"
    stamp = tree / "recipe"
    if stamp.is_file() and stamp.read_text() == recipe:
        return tree
    print(f"building {tree} ...", flush=True)
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        archive, options = Path(scratch) / "tree.tar", Path(scratch) / "apt.conf"
        options.write_text(apt_options())
        run(
            [
                "mmdebstrap",
                "--quiet",
                "--variant=extract",
                "--architectures=arm64",
                f"--include={','.join(_PACKAGES)}",
                f"--aptopt={options}",
                suite,
                str(archive),
                f"deb {mirror()} {suite} main",
            ]
        )
        # A tar and not a folder: whoever builds it owns the files.
        left_out = [f"--exclude={pattern}" for pattern in _LEFT_OUT]
        run(["tar", "-x", "--no-same-owner", *left_out, "-C", str(tree), "-f", str(archive)])
    for name in ("blas", "lapack"):
        # update-alternatives would have made these.
        (tree / _LIBRARIES / f"lib{name}.so.3").symlink_to(f"{name}/lib{name}.so.3")
    stamp.write_text(recipe)
    return tree


def ready_plugin(folder: Path) -> Path:
    """The counting plugin, compiled for the emulator that is there.

    Raises:
        BuildError: the compiler refuses it.
    """
    source = Path(__file__).with_name("instructions.c")
    said = run([EMULATOR, "--version"])
    version = re.search(r"version (\d+)", said)
    api = 2 if version is not None and int(version[1]) >= _PER_CPU_COUNTERS else 1
    plugin = folder / f"instructions-{api}.so"
    if not plugin.exists() or plugin.stat().st_mtime < source.stat().st_mtime:
        compiler = ["gcc", "-shared", "-fPIC", "-O2", f"-DPLUGIN_API={api}"]
        run([*compiler, "-o", str(plugin), str(source)])
    return plugin


def interpreter(tree: Path) -> Path:
    """The tree's Python by its full name."""
    return (tree / "usr/bin/python3").resolve()
