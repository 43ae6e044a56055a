"""What the link asks of the rest of the device."""

from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, Protocol


class FileInfo(Protocol):
    """A file of a session."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def verified(self) -> str | None:
        """SHA-256 of a verified download."""


class SessionInfo(Protocol):
    """A session on the card."""

    @property
    def id(self) -> str: ...
    @property
    def started(self) -> str | None:
        """ISO 8601, UTC; None: not known."""

    @property
    def started_trusted(self) -> bool: ...
    @property
    def duration_s(self) -> float | None: ...
    @property
    def open(self) -> bool:
        """It is being recorded now."""

    @property
    def files(self) -> Sequence[FileInfo]: ...


class Shelf(Protocol):
    """The sessions on the card."""

    def sessions(self) -> Sequence[SessionInfo]: ...
    def open_file(self, session: str, file: str) -> BinaryIO:
        """Raises LookupError (a GaitCoachError) if there is none."""

    def verified(self, session: str, file: str, sha256: str) -> None:
        """Notes a verified download."""

    def delete(self, session: str) -> None:
        """Raises GaitCoachError unless every file was verified, or can be made again."""


class Wall(Protocol):
    """The wall clock."""

    def now(self) -> tuple[float, bool]:
        """Seconds since 1970 UTC, and whether they can be trusted."""

    def set(self, unix_s: float, source: str) -> None: ...


class Desk(Protocol):
    """What the device answers for the link; every call from the link's thread, none may block."""

    def hello(self) -> dict[str, Any]:
        """Who it is and how it is, JSON-ready."""

    def live(self, take: Callable[[dict[str, Any]], object]) -> Callable[[], None]:
        """Hands every event to `take` as it comes; returns what ends that."""

    def reload(self) -> None:
        """Configuration or programme was replaced: used from the next session on."""

    def request(self, what: str) -> None:
        """start, stop, pause, resume or silence; GaitCoachError where it makes no sense now."""
