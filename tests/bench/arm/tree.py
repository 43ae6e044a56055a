"""An arm64 Debian tree with Python, numpy and scipy, and the plugin that counts in it.

The tree is unpacked, not installed: no foreign program runs, so it takes half a minute. apt's
mirror, proxy and keys are the machine's own.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

EMULATOR: Final = "qemu-aarch64"
_PACKAGE_OF: Final = {EMULATOR: "qemu-user", "mmdebstrap": "mmdebstrap", "gcc": "gcc"}
_PACKAGES: Final = ("python3", "python3-numpy", "python3-scipy", "python3-zstandard", "libc-bin")
_ANY_MIRROR: Final = "http://deb.debian.org/debian"
_LIBRARIES: Final = "usr/lib/aarch64-linux-gnu"
_LEFT_OUT: Final = ("./dev/*", "./usr/share/doc", "./usr/share/man", "./usr/share/locale")
_PER_CPU_COUNTERS: Final = 9
"""QEMU's version from which plugins count for each CPU on its own."""


class AbsentError(Exception):
    """What counting needs is not on this machine and cannot be installed."""


class BuildError(Exception):
    """A tool is there but failed; in its own words."""


def ready_tools() -> None:
    """The tools are there, or are installed where this is root on a Debian.

    Raises:
        AbsentError: neither.
    """
    missing = [p for tool, p in _PACKAGE_OF.items() if shutil.which(tool) is None]
    if not missing:
        return
    need = f"needs {', '.join(missing)} (apt install {' '.join(missing)})"
    if shutil.which("apt-get") is None:
        raise AbsentError(f"{need}; this machine has no apt")
    if os.geteuid() != 0:
        raise AbsentError(f"{need}; only root can install")
    print(f"installing {' '.join(missing)} ...", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        try:
            _run(["apt-get", "-qq", *words], env=quiet)
        except BuildError as e:
            raise AbsentError(f"{need}; {e}") from e


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
        options.write_text(_apt_options())
        _run(
            [
                "mmdebstrap",
                "--quiet",
                "--variant=extract",
                "--architectures=arm64",
                f"--include={','.join(_PACKAGES)}",
                f"--aptopt={options}",
                suite,
                str(archive),
                f"deb {_mirror()} {suite} main",
            ]
        )
        # A tar and not a folder: whoever builds it owns the files.
        left_out = [f"--exclude={pattern}" for pattern in _LEFT_OUT]
        _run(["tar", "-x", "--no-same-owner", *left_out, "-C", str(tree), "-f", str(archive)])
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
    said = _run([EMULATOR, "--version"])
    version = re.search(r"version (\d+)", said)
    api = 2 if version is not None and int(version[1]) >= _PER_CPU_COUNTERS else 1
    plugin = folder / f"instructions-{api}.so"
    if not plugin.exists() or plugin.stat().st_mtime < source.stat().st_mtime:
        compiler = ["gcc", "-shared", "-fPIC", "-O2", f"-DPLUGIN_API={api}"]
        _run([*compiler, "-o", str(plugin), str(source)])
    return plugin


def interpreter(tree: Path) -> Path:
    """The tree's Python by its full name."""
    return (tree / "usr/bin/python3").resolve()


def _mirror() -> str:
    """The machine's own Debian mirror, or the one that every Debian knows."""
    # apt's own placeholders.
    words = ["--format", "$(REPO_URI) $(COMPONENT)", "Created-By: Packages"]
    if shutil.which("apt-get") is not None:
        for line in _run(["apt-get", "indextargets", *words]).splitlines():
            uri, _, component = line.rpartition(" ")
            if component == "main" and uri.rstrip("/").endswith("/debian"):
                return uri
    return _ANY_MIRROR


def _apt_options() -> str:
    """How this machine reaches its mirror: proxies, certificates, retries."""
    lines = ['Acquire::Languages "none";']
    if shutil.which("apt-config") is not None:
        dumped = _run(["apt-config", "dump", "--format", '%f "%v";%n', "Acquire"])
        own = re.compile(r"Acquire::(https?|Retries|Force|Check-)")
        lines += [line for line in dumped.splitlines() if own.match(line)]
    return "\n".join(lines) + "\n"


def _run(command: list[str], env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-3:]
        raise BuildError(f"{command[0]}: {' / '.join(last)}")
    return done.stdout
