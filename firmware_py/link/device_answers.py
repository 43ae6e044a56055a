"""What is asked of the device itself: hello, clock, configuration, programme, events, logs."""

from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from dsp.errors import ConfigError, GaitCoachError
from feedback.programmes.state import StateError, state_of
from firmware_py.link.answer import Answer, Result
from firmware_py.link.bounds import check_toml_text
from firmware_py.link.config_file import ConfigFile
from firmware_py.link.feed import Feed
from firmware_py.link.log_ring import LogRing
from firmware_py.link.methods import (
    CONTROLS,
    METHODS,
    ClockParams,
    ConfigParams,
    HelloParams,
    LiveParams,
    LogParams,
    Nothing,
    ProgrammeParams,
)
from firmware_py.link.protocol import MAX_BLOCK, MAX_LINE, PROTOCOL, Code, LinkError
from firmware_py.link.seams import Desk, Wall
from firmware_py.link.tokens import Tokens
from firmware_py.programme.state_file import StateFile

_SOURCE: Final = "link"


class DeviceAnswers:
    """Answers that are about the device.

    Args:
        desk: the device.
        wall: the wall clock.
        config: the configuration's file.
        folder: where sessions, and the programme's state, are kept.
        feed: events on their way to the host.
        tokens: forgotten when another program begins.
        logs: the last lines.
    """

    def __init__(
        self,
        desk: Desk,
        wall: Wall,
        config: Path,
        folder: Path,
        feed: Feed,
        tokens: Tokens,
        logs: LogRing,
    ) -> None:
        self._desk = desk
        self._wall = wall
        self._config = ConfigFile(config)
        self._programme = StateFile(folder)
        self._feed = feed
        self._tokens = tokens
        self._logs = logs
        self._software = version("gaitcoach")

    def table(self) -> dict[str, Answer]:
        """The methods that it answers."""
        asked: dict[str, Answer] = {what: self._control(what) for what in CONTROLS}
        return asked | {
            "help": self._help,
            "hello": self._hello,
            "set_clock": self._set_clock,
            "config_get": self._config_get,
            "config_put": self._config_put,
            "programme_get": self._programme_get,
            "programme_put": self._programme_put,
            "live": self._live,
            "logs": self._log_lines,
        }

    def _help(self, params: Nothing, now: float) -> Result:
        return {
            "try": '{"method":"list"} or just: list',
            "methods": {name: {"about": m.about, **m.usage()} for name, m in METHODS.items()},
        }

    def _hello(self, params: HelloParams, now: float) -> Result:
        if params.protocol is not None and params.protocol != PROTOCOL:
            raise LinkError(
                Code.VERSION,
                f"this device speaks version {PROTOCOL} of the protocol, not {params.protocol}; "
                "bring both to the same version of gaitcoach",
                {"protocol": PROTOCOL, "software": self._software},
            )
        if params.fresh:
            self._feed.end()
            self._tokens.clear()
        return self._desk.hello() | {
            "protocol": PROTOCOL,
            "software": self._software,
            "clock": self._clock(),
            "programme": self._standing(),
            "max_line": MAX_LINE,
            "max_block": MAX_BLOCK,
        }

    def _clock(self) -> dict[str, Any]:
        unix_s, trusted = self._wall.now()
        return {"unix_s": unix_s, "trusted": trusted}

    def _standing(self) -> dict[str, Any] | None:
        """The programme in a line; None: none is under way, or its file cannot be read."""
        try:
            state = self._programme.load().state
        except GaitCoachError:
            return None
        return None if state is None else {"name": state.programme, "done": len(state.done)}

    def _set_clock(self, params: ClockParams, now: float) -> Result:
        before = self._clock()
        self._wall.set(params.unix_s, _SOURCE)
        return {"before": before, "clock": self._clock()}

    def _config_get(self, params: Nothing, now: float) -> Result:
        return self._config.get()

    def _config_put(self, params: ConfigParams, now: float) -> Result:
        said = self._config.put(params.text)
        self._desk.reload()
        return said

    def _programme_get(self, params: Nothing, now: float) -> Result:
        loaded = self._programme.load()
        state = None if loaded.state is None else loaded.state.as_dict()
        return {"state": state, "told": list(loaded.told)}

    def _programme_put(self, params: ProgrammeParams, now: float) -> Result:
        prescription = params.state.get("text")
        if isinstance(prescription, str):
            check_toml_text(prescription, Code.WRONG_PARAMS)
        try:
            state = state_of(params.state)
        except (StateError, ConfigError) as e:
            raise LinkError(
                Code.WRONG_PARAMS, f"state: {e}; export it again on the other device"
            ) from e
        old = self._programme.load().state
        if old is not None and old.log and not params.replace:
            raise LinkError(
                Code.REFUSED,
                f"{old.programme} is under way, {len(old.done)} sessions done; add replace to "
                "begin another, its state is kept",
            )
        kept = self._programme.replace(state)
        self._desk.reload()
        return {
            "programme": state.programme,
            "done": len(state.done),
            "kept": None if kept is None else kept.name,
        }

    def _live(self, params: LiveParams, now: float) -> Result:
        if params.on:
            self._feed.begin(self._desk.live)
        else:
            self._feed.end()
        return {"live": self._feed.on, "dropped": self._feed.dropped}

    def _log_lines(self, params: LogParams, now: float) -> Result:
        return {"lines": self._logs.last(params.lines)}

    def _control(self, what: str) -> Answer:
        def ask(params: Nothing, now: float) -> Result:
            self._desk.request(what)
            return {"asked": what}

        return ask
