"""Tokens: a session is deleted only by who has just checked its download."""

import secrets
from collections.abc import Callable
from typing import Final

from firmware_py.link.protocol import Code, LinkError

LIFE_S: Final = 600.0
_MOST: Final = 64


class Tokens:
    """One token a session, for a while.

    Args:
        make: gives a new one.
    """

    def __init__(self, make: Callable[[], str] = lambda: secrets.token_hex(8)) -> None:
        self._make = make
        self._given: dict[str, tuple[str, float]] = {}

    def give(self, session: str, now: float) -> str:
        """A token for a session; one given before is good no more."""
        self._given.pop(session, None)
        while len(self._given) >= _MOST:
            del self._given[next(iter(self._given))]
        token = self._make()
        self._given[session] = token, now + LIFE_S
        return token

    def use(self, session: str, token: str, now: float) -> None:
        """Raises:
        LinkError: it is not this session's, or is too old.
        """
        given, until = self._given.get(session, ("", 0.0))
        if not secrets.compare_digest(given, token) or now > until:
            raise LinkError(
                Code.TOKEN,
                f"the token is not one for {session}, or is older than {LIFE_S:.0f} s; ask sha256 "
                "for one",
            )

    def clear(self) -> None:
        """None is good any more."""
        self._given.clear()
