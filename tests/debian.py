"""What this machine's apt knows, for trees of another Debian: its mirrors, and how it reaches them.

Nothing of it is written down anywhere: it is asked when it is needed.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ANY_MIRROR: Final = "http://deb.debian.org/debian"


class AbsentError(Exception):
    """What is needed is not on this machine and cannot be installed."""


class BuildError(Exception):
    """A tool is there but failed; in its own words."""


def need(package_of: Mapping[str, str]) -> None:
    """The tools are there, or are installed where this is root on a Debian.

    Args:
        package_of: from a tool, or a file that has to exist, to apt's package of it.

    Raises:
        AbsentError: neither.
    """
    missing = sorted({p for tool, p in package_of.items() if not _there(tool)})
    if not missing:
        return
    asked = f"needs {', '.join(missing)} (apt install {' '.join(missing)})"
    if shutil.which("apt-get") is None:
        raise AbsentError(f"{asked}; this machine has no apt")
    if os.geteuid() != 0:
        raise AbsentError(f"{asked}; only root can install")
    print(f"installing {' '.join(missing)} ...", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        try:
            run(["apt-get", "-qq", *words], env=quiet)
        except BuildError as e:
            raise AbsentError(f"{asked}; {e}") from e


def _there(tool: str) -> bool:
    if tool.startswith("/"):
        return bool(list(Path("/").glob(tool[1:])))
    return shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is not None


def mirror() -> str:
    """The machine's own Debian mirror, or the one that every Debian knows."""
    # apt's own placeholders.
    words = ["--format", "$(REPO_URI) $(COMPONENT)", "Created-By: Packages"]
    if shutil.which("apt-get") is not None:
        for line in run(["apt-get", "indextargets", *words]).splitlines():
            uri, _, component = line.rpartition(" ")
            if component == "main" and uri.rstrip("/").endswith("/debian"):
                return uri
    return ANY_MIRROR


def apt_options() -> str:
    """How this machine reaches its mirror: proxies, certificates, retries."""
    lines = ['Acquire::Languages "none";']
    if shutil.which("apt-config") is not None:
        dumped = run(["apt-config", "dump", "--format", '%f "%v";%n', "Acquire"])
        own = re.compile(r"Acquire::(https?|Retries|Force|Check-)")
        lines += [line for line in dumped.splitlines() if own.match(line)]
    return "\n".join(lines) + "\n"


def run(
    command: Sequence[str | Path], cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> str:
    """What a tool prints.

    Raises:
        BuildError: it failed.
    """
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, cwd=cwd, env=env, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-3:]
        raise BuildError(f"{words[0]}: {' / '.join(last)}")
    return done.stdout
