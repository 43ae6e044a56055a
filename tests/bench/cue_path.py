"""From a cue to the pin: `python -m tests.bench.cue_path`.

1. Delay from `play` to the pin over 1000 cues: alone, and beside a busy Python thread; each as an
   ordinary thread and, where that is allowed, with real-time priority.
2. Planned beats: edge against plan over 600 beats at 180 a minute, likewise.
3. CPU of the player's thread for one cue, against one bare `scipy.signal.sosfilt` pass over a
   block of 10 ms.
4. How often the thread wakes in 5 s without a cue.

The pin is gpiozero's mock: what lgpio and the kernel add on a Pi is not in it.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, Final

import numpy as np
from gpiozero.pins.mock import MockFactory, MockPWMPin
from scipy import signal

from feedback.actuators.buzzer import ActiveBuzzer
from feedback.actuators.conductor import Shapes
from feedback.actuators.played import Played
from feedback.actuators.player import Player
from feedback.cue import Cue, Pattern
from feedback.pulse import Pulse, Voice

CUES: Final = 1000
BEATS: Final = 600
SPM: Final = 180.0
SILENT_S: Final = 5.0
BEAT_SD_S: Final = 0.003
SHAPES: Final[dict[Pattern, Shapes]] = {
    Pattern.QUICKER: {Voice.BEEP: (Pulse(0.002),)},
    Pattern.SOFTER: {Voice.BEEP: (Pulse(0.001, 0.001), Pulse(0.001, 0.001), Pulse(0.001))},
    Pattern.BEAT: {Voice.BEEP: (Pulse(0.03),)},
}


class Ear:
    """Waits for what was played."""

    def __init__(self) -> None:
        self.played: list[Played] = []
        self._news = threading.Semaphore(0)

    def tell(self, played: Played) -> None:
        self.played.append(played)
        self._news.release()

    def wait(self) -> None:
        if not self._news.acquire(timeout=10.0):
            sys.exit("a cue was not played within 10 s")


def rested(seconds: float) -> None:
    threading.Event().wait(seconds)


@contextmanager
def busy_thread() -> Iterator[None]:
    """A thread like the device's main one: every 10 ms some 2 ms of Python and numpy."""
    stop = threading.Event()
    block = np.random.default_rng(1).normal(size=(400, 6))

    def work() -> None:
        while not stop.wait(0.008):
            end = time.perf_counter() + 0.002
            while time.perf_counter() < end:
                for row in block[:20].tolist():
                    sum(row)
                np.abs(block).max()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def buzzer() -> ActiveBuzzer:
    return ActiveBuzzer(23, MockFactory(pin_class=MockPWMPin))


def make(ear: Ear, **more: Any) -> Player:
    return Player([buzzer()], SHAPES, played=ear.tell, **more)


def delays() -> list[list[float]]:
    """From `play` to the pin, s, by priority; the thread sleeps before each cue."""
    pairs = both()
    for _ in range(CUES):
        for player, ear in pairs:
            rested(0.002)
            now = time.monotonic()
            player.play(Cue(now, now, Pattern.QUICKER, "bench"))
            ear.wait()
    return ended(pairs)


def beats() -> list[list[float]]:
    """From plan to the pin, s, by priority; each beat is planned two steps ahead.

    The second player's beats are half a step after the first's.
    """
    pairs = both()
    step, start = 60.0 / SPM, time.monotonic() + 1.0
    for k in range(BEATS):
        rested(max(0.0, start + (k - 2) * step - time.monotonic()))
        for j, (player, _) in enumerate(pairs):
            t = start + (k + j / 2) * step
            player.play(Cue(t, time.monotonic(), Pattern.BEAT, "bench"))
    for _, ear in pairs:
        for _ in range(BEATS):
            ear.wait()
    return ended(pairs)


def both() -> list[tuple[Player, Ear]]:
    """An ordinary player and one with priority."""
    out = []
    for realtime in (0, 1):
        ear = Ear()
        out.append((make(ear, realtime=realtime), ear))
    return out


def ended(pairs: list[tuple[Player, Ear]]) -> list[list[float]]:
    for player, _ in pairs:
        player.close()
    return [[p.late_s for p in ear.played if p.late_s is not None] for _, ear in pairs]


def cpu_of(player: Player) -> float:
    """User and system time of the player's thread so far, s."""
    text = Path(f"/proc/self/task/{player.thread_id}/schedstat").read_text(encoding="ascii")
    return int(text.split()[0]) / 1e9


def switches_of(player: Player) -> int:
    """How often the player's thread went to sleep by itself."""
    text = Path(f"/proc/self/task/{player.thread_id}/status").read_text(encoding="ascii")
    line = next(n for n in text.splitlines() if n.startswith("voluntary_ctxt_switches"))
    return int(line.split()[1])


def sosfilt_s() -> float:
    """CPU of one pass over a block of 10 ms, s."""
    sos = signal.butter(2, 50.0, fs=416.0, output="sos")
    block, zi = np.zeros((4, 6)), np.zeros((1, 2, 6))
    n, began = 3000, time.thread_time()
    for _ in range(n):
        _, zi = signal.sosfilt(sos, block, axis=0, zi=zi)
    return (time.thread_time() - began) / n


def cpu_per_cue(player: Player, ear: Ear, pattern: Pattern, ahead_s: float) -> float:
    n, before = 300, cpu_of(player)
    for _ in range(n):
        now = time.monotonic()
        player.play(Cue(now + ahead_s, now, pattern, "bench"))
        ear.wait()
        rested(0.012)
    return (cpu_of(player) - before) / n


def shown(what: str, late: list[float], asked: int) -> None:
    ms = sorted(1e3 * v for v in late)
    p50, p95 = ms[len(ms) // 2], ms[len(ms) * 95 // 100]
    print(
        f"{what:46} p50 {p50:7.3f}  p95 {p95:7.3f}  max {ms[-1]:7.3f}  mean {fmean(ms):7.3f}  "
        f"SD {stdev(ms):6.3f} ms  {len(ms)} of {asked}"
    )


def measured(kind: str, run: Callable[[], list[list[float]]], asked: int) -> list[list[float]]:
    late = run()
    for priority, each in zip(("ordinary", "real-time"), late, strict=True):
        shown(f"{kind}, {priority}", each, asked)
    return late


def main() -> int:
    measured("queue to pin", delays, CUES)
    with busy_thread():
        measured("queue to pin beside a busy thread", delays, CUES)
    planned = measured("beats", beats, BEATS)
    with busy_thread():
        planned += measured("beats beside a busy thread", beats, BEATS)

    ear = Ear()
    player = make(ear)
    one, many = sosfilt_s(), cpu_per_cue(player, ear, Pattern.SOFTER, 0.0)
    beat = cpu_per_cue(player, ear, Pattern.QUICKER, 0.010)
    print(
        f"{'CPU of the thread':46} {1e6 * many:.0f} us a cue of three pulses, {1e6 * beat:.0f} us "
        f"a planned pulse; one sosfilt pass {1e6 * one:.0f} us: {many / one:.1f} and "
        f"{beat / one:.1f}"
    )
    rested(0.1)
    before, cpu = switches_of(player), cpu_of(player)
    rested(SILENT_S)
    woke, used = switches_of(player) - before, cpu_of(player) - cpu
    print(f"{'in silence':46} {woke} wake-ups and {1e6 * used:.0f} us of CPU in {SILENT_S:g} s")
    player.close()
    # The ordinary thread's depend on what else the machine does.
    return 0 if all(stdev(each) <= BEAT_SD_S for each in planned[1::2]) and woke == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
