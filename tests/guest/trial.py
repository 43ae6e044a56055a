"""One thing that is done to the device, and what came of it: a row of docs/reliability.md."""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dsp.errors import GaitCoachError
from tests.guest.channel import GuestError


class WrongError(Exception):
    """The device did not do what it must."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a trial.

    Args:
        name: short. done: what was done to it. must: what it has to do. found: what it did.
        ok: whether it did.
        figures: by name, for other tables.
        took_s: of this machine's time.
        broke_off: the test did not get to its end, whatever the device does.
    """

    name: str
    done: str
    must: str
    found: str
    ok: bool
    figures: dict[str, Any]
    took_s: float
    broke_off: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial, not done yet.

    Args:
        run: does it; returns what it found in words and its figures. WrongError: it failed.
    """

    name: str
    done: str
    must: str
    run: Callable[[], tuple[str, dict[str, Any]]]

    def row(self) -> Row:
        """Does it, and says so on the terminal."""
        began = time.monotonic()
        print(f"{self.name} ...", flush=True)
        ok = broke_off = False
        figures: dict[str, Any] = {}
        try:
            found, figures = self.run()
            ok = True
        except (WrongError, GuestError, GaitCoachError, OSError, KeyError, ValueError) as e:
            found, broke_off = f"{type(e).__name__}: {e}", not isinstance(e, WrongError)
            traceback.print_exc()
        took = time.monotonic() - began
        said = "ok" if ok else "BROKE OFF" if broke_off else "WRONG"
        print(f"  {said}: {found} ({took:.0f} s)", flush=True)
        return Row(self.name, self.done, self.must, found, ok, figures, took, broke_off)


def insist(holds: bool, said: str) -> None:
    """Raises WrongError where it does not hold."""
    if not holds:
        raise WrongError(said)
