"""The power fails: the machine boots again; and the card alone, at many other instants."""

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from dsp.errors import TraceError
from tests.debian import run
from tests.guest.body import run_of
from tests.guest.card import cut_after, entries_of
from tests.guest.device import SESSIONS, Device, hashes
from tests.guest.recordings import recording
from tests.guest.trial import Trial, WrongError, insist

LOSS_S: Final = 2.0
LOOK_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Instant:
    """How far the log of the card's writes had come.

    Args:
        t: guest's time, s. entries: of the log.
    """

    t: float
    entries: int


class Watch:
    """Notes, on a thread, which write came when.

    Args:
        device: whose card.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._end = threading.Event()
        self.instants: list[Instant] = []
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        machine = self._device.machine
        while not self._end.wait(LOOK_S):
            t = machine.bus.wire.time.now()
            entries = entries_of(machine.card_log)
            if not self.instants or entries != self.instants[-1].entries:
                self.instants.append(Instant(t, entries))


class Cuts:
    """Power cuts of one device.

    Args:
        device: installed and up, idle.
        folder: for what is fetched from it.
        seed: of the instants, and of what becomes of unflushed writes.
    """

    def __init__(self, device: Device, folder: Path, seed: int = 20) -> None:
        self._device = device
        self._folder = folder
        self._rng = np.random.default_rng(seed)
        self._outing = run_of(120.0)

    def real(self, count: int) -> Trial:
        """The machine is cut off so many times while it records, and booted again."""
        return Trial(
            "power cut",
            f"the machine is cut off at {count} random instants of a run; unflushed writes are "
            "lost, torn or there",
            "up again by itself; earlier sessions unchanged; the running one to within 2 s",
            lambda: self._real(count),
        )

    def _real(self, count: int) -> tuple[str, dict[str, Any]]:
        losses, boots = [], []
        for _ in range(count):
            loss, boot = self._once()
            losses.append(loss)
            boots.append(boot)
        found = (
            f"{count} of {count}: up again, earlier sessions unchanged, the running one lost "
            f"{np.median(losses):.1f} s (median), {max(losses):.1f} s at most"
        )
        return found, {"lost_s": losses, "boot_to_ready_s": boots}

    def _once(self) -> tuple[float, float]:
        device, machine = self._device, self._device.machine
        before = self._hashes()
        device.start()
        name = device.hello()["recording"]
        now = machine.hand.now()
        machine.body.go(self._outing, now)
        machine.hand.sleep(float(self._rng.uniform(2.5, 9.0)))
        off = machine.bus.wire.time.now()
        machine.power_cut(int(self._rng.integers(1 << 31)))
        machine.body.stand()
        machine.boot()
        device.wait_up()
        ready = device.since_boot("ActiveEnterTimestampMonotonic")
        closed = f"""grep -q '"state": "closed"' {SESSIONS}/{name}/session.json"""
        machine.hand.until(closed)
        after = self._hashes()
        changed = [file for file, hash in before.items() if after.get(file) != hash]
        insist(not changed, f"changed by a power cut: {', '.join(changed)}")
        seen = recording(device.fetch(str(name), self._folder))
        insist(seen.damage is None, f"{name}: {seen.damage}")
        loss = off - seen.last
        insist(loss <= LOSS_S, f"{name}: the last {loss:.2f} s are lost")
        return loss, ready

    def _hashes(self) -> dict[str, str]:
        """Of every file of the sessions that are closed."""
        closed = f'cd {SESSIONS} && grep -l \'"state": "closed"\' session-*/session.json || true'
        folders = " ".join(
            Path(p).parent.name for p in self._device.machine.hand.sh(closed).split()
        )
        if not folders:
            return {}
        out = self._device.machine.hand.sh(
            f"cd {SESSIONS} && find {folders} -type f -exec sha256sum {{}} +"
        )
        return hashes(out)

    def on_the_card(self, count: int, seconds: float = 20.0) -> Trial:
        """One run's writes, cut at many instants, and only the card looked at."""
        return Trial(
            "card after a cut",
            f"the card as {count} cuts within one run may have left it",
            "mounts, fsck finds nothing after the journal, the run to within 2 s",
            lambda: self._on_the_card(count, seconds),
        )

    def _on_the_card(self, count: int, seconds: float) -> tuple[str, dict[str, Any]]:
        device, machine = self._device, self._device.machine
        watch = Watch(device)
        device.start()
        name = str(device.hello()["recording"])
        began = machine.hand.now()
        machine.body.go(self._outing, began)
        machine.hand.sleep(seconds)
        watch.stop()
        usable = [k for k in range(1, len(watch.instants)) if watch.instants[k].t > began + 3.0]
        losses = []
        for k in self._rng.choice(usable, size=count, replace=len(usable) < count):
            # All that is known is that the cut came before the next look.
            latest = watch.instants[min(k + 1, len(watch.instants) - 1)].t
            losses.append(self._looked_at(watch.instants[k].entries, latest, name))
        device.stop()
        found = (
            f"{count} of {count} mount and are sound; {np.median(losses):.1f} s of the run lost "
            f"(median), {max(losses):.1f} s at most"
        )
        return found, {"lost_s": losses}

    def _looked_at(self, entries: int, t: float, name: str) -> float:
        machine = self._device.machine
        with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
            image = Path(scratch) / "card.img"
            seed = int(self._rng.integers(1 << 31))
            cut_after(entries, machine.card_base, machine.card_log, image, seed)
            with mounted(image, Path(scratch) / "mnt") as card:
                try:
                    last = recording(card / name).last
                except (TraceError, OSError) as e:
                    raise WrongError(f"{name} after write {entries}: {e}") from e
            checked = subprocess.run(
                ["e2fsck", "-fn", image], capture_output=True, text=True, check=False
            )
            insist(checked.returncode == 0, f"after write {entries}: {checked.stdout[-300:]}")
        insist(t - last <= LOSS_S, f"after write {entries}: the last {t - last:.2f} s are lost")
        return t - last


@contextmanager
def mounted(image: Path, where: Path) -> Iterator[Path]:
    """The image's file system, its journal replayed."""
    where.mkdir()
    run(["mount", "-o", "loop", image, where])
    try:
        yield where
    finally:
        run(["umount", where])
