"""The cue player: a thread that plays cues in time and that nobody waits for."""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto

from feedback.actuators.actuator import Actuator
from feedback.actuators.conductor import Conductor, Shapes
from feedback.actuators.played import Played
from feedback.cue import Cue, Pattern

log = logging.getLogger(__name__)


class _Do(Enum):
    HUSH = auto()
    CANCEL_BEATS = auto()
    FINISH = auto()
    STOP = auto()


class Player:
    """Plays cues on a thread of its own; see `Conductor` for what is played when.

    While nothing is playing or planned the thread does not wake at all.

    Args:
        actuators: used by the thread only, and closed by it.
        patterns: the shapes of each pattern.
        clock: monotonic time on the base of the cues, s; must run with real time.
        level: how strong, 0 to 1.
        night: vibration only; without any, the quietest sound.
        silent: nothing is heard or felt.
        played: called with what became of each cue, on the player's thread.
        failed: called with name and reason when an actuator fails, on the player's thread.
        realtime: the thread's priority among the kernel's real-time threads, 1 to 99, where that
            is allowed (LimitRTPRIO of the service); 0: an ordinary thread.
    """

    def __init__(
        self,
        actuators: Sequence[Actuator],
        patterns: Mapping[Pattern, Shapes],
        clock: Callable[[], float] = time.monotonic,
        *,
        level: float = 1.0,
        night: bool = False,
        silent: bool = False,
        played: Callable[[Played], object] = lambda record: None,
        failed: Callable[[str, str], object] = lambda name, text: None,
        realtime: int = 0,
    ) -> None:
        self._clock = clock
        self._realtime = realtime
        self._last = False
        self._conductor = Conductor(actuators, patterns, clock, played=played, failed=failed)
        self._conductor.night = night
        self._conductor.silent = silent
        self.level = level
        # Unbounded: play() must never wait, and who gives cues gives few.
        self._inbox: queue.SimpleQueue[tuple[Cue, float] | _Do] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="cue player", daemon=True)
        self._thread.start()

    def play(self, cue: Cue) -> None:
        """Plays a cue now, or at its `t` where that is to come; never waits."""
        self._inbox.put((cue, self._clock()))

    @property
    def level(self) -> float:
        """How strong, 0 to 1, from the next cue on; 0 is silent."""
        return self._conductor.level

    @level.setter
    def level(self, level: float) -> None:
        self._conductor.level = min(1.0, max(0.0, level))

    @property
    def night(self) -> bool:
        """Vibration only, from the next cue on."""
        return self._conductor.night

    @night.setter
    def night(self, night: bool) -> None:
        self._conductor.night = night

    @property
    def silent(self) -> bool:
        """Nothing is heard or felt; what is playing or planned ends at once."""
        return self._conductor.silent

    @silent.setter
    def silent(self, silent: bool) -> None:
        self._conductor.silent = silent
        if silent:
            self._inbox.put(_Do.HUSH)

    def cancel_beats(self) -> None:
        """Beats that have not begun are not played."""
        self._inbox.put(_Do.CANCEL_BEATS)

    def finish(self, timeout: float = 5.0) -> bool:
        """Lets what is playing end, but no beats that wait; then as `close`."""
        self._inbox.put(_Do.FINISH)
        self._thread.join(timeout)
        return not self._thread.is_alive() or self.close()

    def close(self, timeout: float = 2.0) -> bool:
        """Ends what is playing and lets go of the actuators; whether within `timeout` s."""
        self._inbox.put(_Do.STOP)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def thread_id(self) -> int | None:
        """The kernel's number of its thread."""
        return self._thread.native_id

    def _run(self) -> None:
        conductor = self._conductor
        if self._realtime:
            self._hurry()
        conductor.prepare()
        running = True
        while running:
            try:
                running = self._once()
            except Exception:
                log.exception("the cue player failed; what was playing is dropped")
                conductor.hush()
        with suppress(queue.Empty):
            while True:
                # Who gave a cue too late is told what became of it.
                item = self._inbox.get_nowait()
                if isinstance(item, tuple):
                    conductor.take(*item)
        conductor.close()

    def _hurry(self) -> None:
        try:
            # 0 is the calling thread.
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(self._realtime))
        except (OSError, AttributeError) as e:
            log.info("cues are played without real-time priority: %s", e)

    def _once(self) -> bool:
        """Does what is due and waits for what comes next; whether to go on."""
        due = self._conductor.step()
        if due is None and self._last:
            return False
        item = self._next(due)
        while item is not None:
            if item is _Do.STOP:
                return False
            if item is _Do.FINISH:
                self._conductor.cancel_beats()
                self._last = True
            elif item is _Do.HUSH:
                self._conductor.hush()
            elif item is _Do.CANCEL_BEATS:
                self._conductor.cancel_beats()
            elif isinstance(item, tuple):
                self._conductor.take(*item)
            # All that came before anything sounds: of two cues at once the newer is played.
            item = self._next(self._clock())
        return True

    def _next(self, due: float | None) -> tuple[Cue, float] | _Do | None:
        """What was put in until `due`, s; None: nothing was."""
        if due is None:
            return self._inbox.get()
        wait = due - self._clock()
        try:
            return self._inbox.get(timeout=wait) if wait > 0.0 else self._inbox.get_nowait()
        except queue.Empty:
            return None
