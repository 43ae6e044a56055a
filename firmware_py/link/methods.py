"""Every method of the link with its parameters: checked at the device, listed by `help`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from feedback.tables import setting
from firmware_py.link.protocol import BASE64, MAX_BLOCK, RAW, USUAL_BLOCK

SESSION: Final = re.compile(r"session-[0-9]{1,9}")
FILE: Final = re.compile(r"summary\.json|session\.json|trace(-[0-9]{1,6})?\.mcap(\.unreadable)?")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_TOKEN: Final = re.compile(r"[0-9a-f]{1,64}")
# 2020 and 2100: a laptop whose own clock is lost must not spoil the device's.
_EARLIEST: Final = 1_577_836_800
_LATEST: Final = 4_102_444_800


def _matching(pattern: re.Pattern[str], must: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            raise ValueError(f"must be {must}")
        return value

    return read


_session = _matching(SESSION, "a session's id, e.g. session-0012")
_file = _matching(FILE, "summary.json, session.json, trace.mcap or trace-2.mcap, trace-3.mcap, …")
_sha256 = _matching(_SHA256, "64 lower-case hexadecimal digits")
_token = _matching(_TOKEN, "the token that sha256 or verified gave")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("must be an object")
    return value


@dataclass(frozen=True, slots=True)
class Nothing:
    """No parameters."""


@dataclass(frozen=True, slots=True)
class HelloParams:
    protocol: int | None = setting("The version that the host speaks.", None, at_least=0)
    fresh: bool = setting("A program begins: live events and tokens of before are ended.", False)


@dataclass(frozen=True, slots=True)
class ListParams:
    after: str | None = setting("Only sessions after this one.", None, read=_session)
    limit: int = setting("How many at most, oldest first.", 100, at_least=1, at_most=1000)


@dataclass(frozen=True, slots=True)
class SessionParams:
    session: str = setting("The session's id.", read=_session)


@dataclass(frozen=True, slots=True)
class ReadParams:
    session: str = setting("The session's id.", read=_session)
    file: str = setting("Which of its files.", read=_file)
    offset: int = setting("First byte, from 0.", 0, at_least=0, at_most=1 << 53)
    length: int = setting("Bytes at most.", USUAL_BLOCK, at_least=1, at_most=MAX_BLOCK)
    encoding: str = setting("How the bytes come.", BASE64, one_of=(BASE64, RAW))


@dataclass(frozen=True, slots=True)
class FileParams:
    session: str = setting("The session's id.", read=_session)
    file: str = setting("Which of its files.", read=_file)


@dataclass(frozen=True, slots=True)
class VerifiedParams:
    session: str = setting("The session's id.", read=_session)
    file: str = setting("Which of its files.", read=_file)
    sha256: str = setting("Of what the host has on its disk.", read=_sha256)


@dataclass(frozen=True, slots=True)
class DeleteParams:
    session: str = setting("The session's id.", read=_session)
    token: str = setting("That sha256 or verified gave for it.", read=_token)


@dataclass(frozen=True, slots=True)
class ClockParams:
    unix_s: float = setting("Seconds since 1970-01-01 UTC.", at_least=_EARLIEST, at_most=_LATEST)


@dataclass(frozen=True, slots=True)
class ConfigParams:
    text: str = setting("The whole file, TOML.", read=_text)


@dataclass(frozen=True, slots=True)
class ProgrammeParams:
    state: Mapping[str, Any] = setting("What programme_get or an export gave.", read=_object)
    replace: bool = setting("Even if a programme is under way.", False)


@dataclass(frozen=True, slots=True)
class LiveParams:
    on: bool = setting("Whether to send them.", True)


@dataclass(frozen=True, slots=True)
class LogParams:
    lines: int = setting("The last so many.", 100, at_least=1, at_most=1000)


@dataclass(frozen=True, slots=True)
class Method:
    """One method.

    Args:
        about: a sentence.
        params: what it takes, a dataclass of settings.
    """

    about: str
    params: type[Any] = Nothing

    def usage(self) -> dict[str, str]:
        """What each parameter means, by its name."""
        return {f.name: f.metadata["help"] for f in fields(self.params)}


METHODS: Final[dict[str, Method]] = {
    "help": Method("What can be asked."),
    "hello": Method("Who this is, and how it is.", HelloParams),
    "list": Method("The sessions, oldest first.", ListParams),
    "summary": Method("What came of a session.", SessionParams),
    "read": Method("A block of a file.", ReadParams),
    "sha256": Method("A file's SHA-256, and a token to delete its session.", FileParams),
    "verified": Method("The host has a file, whole and on its disk.", VerifiedParams),
    "delete": Method("Removes a session of which every file was verified.", DeleteParams),
    "set_clock": Method("The time; sessions of this boot get their date by it.", ClockParams),
    "config_get": Method("The configuration file."),
    "config_put": Method("Checks and replaces the configuration file.", ConfigParams),
    "programme_get": Method("Where the runner stands in the programme."),
    "programme_put": Method("Goes on with another device's programme.", ProgrammeParams),
    "live": Method("Events as they happen, as notifications.", LiveParams),
    "logs": Method("The last lines of the log.", LogParams),
    "start": Method("Starts a session, as the button does."),
    "stop": Method("Ends the session."),
    "pause": Method("No coaching for now; the recording goes on."),
    "resume": Method("Coaching again."),
    "silence": Method("No more coaching in this session, or again."),
}
CONTROLS: Final = ("start", "stop", "pause", "resume", "silence")
