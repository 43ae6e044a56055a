"""The commands that an installation needs: one way out, so that tests can stand in for it."""

import os
import shlex
import subprocess
from typing import Final, Protocol

from firmware_py.install.errors import InstallError

ENVIRONMENT: Final = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "DEBIAN_FRONTEND": "noninteractive",
    "LC_ALL": "C.UTF-8",
}


class Runner(Protocol):
    """Runs commands as root, on the system itself."""

    def run(self, *words: str) -> None:
        """A command whose output is for the person who looks on.

        Raises:
            InstallError: it failed or is not there.
        """
        ...

    def ask(self, *words: str) -> str:
        """A command's output.

        Raises:
            InstallError: it failed or is not there.
        """
        ...


class RealRunner:
    """Runs them."""

    def run(self, *words: str) -> None:
        self._call(words, capture=False)

    def ask(self, *words: str) -> str:
        return self._call(words, capture=True)

    def _call(self, words: tuple[str, ...], *, capture: bool) -> str:
        # Output that is read must not be translated.
        environment = {**os.environ, **ENVIRONMENT}
        # Another environment's Python must not leak into the device's.
        for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
            environment.pop(name, None)
        try:
            done = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if capture else None,
                text=True,
                env=environment,
                cwd="/",
                check=False,
            )
        except OSError as e:
            raise InstallError(f"{words[0]}: {e.strerror}; then run this again") from e
        if done.returncode:
            raise InstallError(
                f"{shlex.join(words)}: failed ({done.returncode}), its reason is above; mend that "
                "and run this again, it goes on where it was"
            )
        return done.stdout or ""
