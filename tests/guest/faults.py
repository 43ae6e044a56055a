"""What can happen to the device while it records, each as a trial on a running guest."""

import json
from pathlib import Path
from typing import Any, Final

from tests.guest.body import run_of
from tests.guest.device import BUZZER, SESSIONS, UNIT, Device
from tests.guest.recordings import Recording, recording
from tests.guest.trial import Trial, insist

BACK_S: Final = 15.0
"""A hang or a crash is over within this."""
SETTLE_S: Final = 6.0
Found = tuple[str, dict[str, Any]]


class Faults:
    """Trials on one device.

    Args:
        device: installed and up.
        folder: for what is fetched from it.
    """

    def __init__(self, device: Device, folder: Path) -> None:
        self._device = device
        self._folder = folder
        self._outing = run_of(120.0)

    def trials(self) -> list[Trial]:
        """In an order in which each leaves an idle device behind."""
        goes_on = "again within 15 s, and the session goes on as its next part"
        keeps = "the session stays whole, what is lost is counted"
        return [
            Trial("kill -9", "the service is killed in mid-run", goes_on, self.killed),
            Trial("hang", "SIGSTOP to the whole service", goes_on, self.hung),
            Trial("bus hangs", "no transfer is ever answered", keeps, self.bus_hangs),
            Trial("NACK storm", "30 % of the transfers for 10 s", keeps, self.storm),
            Trial("unplugged", "the sensor is away for 8 s", keeps, self.unplugged),
            Trial("card full", "not a byte is left", "coaching goes on", self.full),
            Trial("card read-only", "as ext4 after an error", "coaching goes on", self.read_only),
            Trial("clock steps", "±10 years in mid-run", keeps, self.clock),
            Trial("buzzer gone", "its line is taken by another", "records on", self.no_buzzer),
            Trial("USB pulled", "50 times in mid-download", "every hash equal", self.pulled),
        ]

    def killed(self) -> Found:
        return self._came_back("KILL")

    def hung(self) -> Found:
        return self._came_back("STOP")

    def bus_hangs(self) -> Found:
        pid = self._running()
        bus = self._device.machine.bus
        bus.hangs.set()
        self._device.machine.hand.sleep(5.0)
        bus.hangs.clear()
        return self._went_on(pid)

    def storm(self) -> Found:
        pid = self._running()
        # Some three transfers every 10 ms.
        self._device.machine.body.storm(0.3, 3000)
        self._device.machine.hand.sleep(10.0)
        return self._went_on(pid)

    def unplugged(self) -> Found:
        pid = self._running()
        body, hand = self._device.machine.body, self._device.machine.hand
        body.unplug()
        hand.sleep(8.0)
        body.plug()
        return self._went_on(pid)

    def full(self) -> Found:
        fill = f"dd if=/dev/zero of={SESSIONS}/fill bs=1M 2>/dev/null || true; sync"
        return self._beside(fill, f"rm {SESSIONS}/fill; sync")

    def read_only(self) -> Found:
        return self._beside(
            f"mount -o remount,errors=remount-ro {SESSIONS}; "
            "echo 1 > /sys/fs/ext4/vdb/trigger_fs_error",
            f"systemctl stop {UNIT}; umount {SESSIONS}; e2fsck -p /dev/vdb || true; "
            f"mount {SESSIONS}; systemctl start {UNIT}",
        )

    def clock(self) -> Found:
        pid = self._running()
        hand = self._device.machine.hand
        for years in ("+10 years", "-20 years", "+10 years"):
            hand.sh(f'date -s "$(date -d "{years}")" >/dev/null')
            hand.sleep(2.0)
        return self._went_on(pid, may_lose=20)

    def no_buzzer(self) -> Found:
        hand = self._device.machine.hand
        hand.sh(f"systemctl stop {UNIT}")
        held = f"systemd-run --unit=thief gpioset -c gpiochip0 {BUZZER}=0"
        hand.sh(f"{held} && systemctl start --no-block {UNIT}")
        try:
            self._device.wait_up()
            return self._went_on(self._running())
        finally:
            hand.sh(f"systemctl stop thief; systemctl restart {UNIT}")
            self._device.wait_up()

    def pulled(self, times: int = 50) -> Found:
        device, hand = self._device, self._device.machine.hand
        name = device.sessions()[0]["id"]
        unbind = "echo > /sys/kernel/config/usb_gadget/gaitcoach/UDC"
        bind = "echo dummy_udc.0 > /sys/kernel/config/usb_gadget/gaitcoach/UDC"
        # A pull every half second of the guest's time, for as long as the download lasts.
        loop = f"for n in $(seq {times}); do sleep 0.5; {unbind}; sleep 0.5; {bind}; done"
        hand.sh(f"systemd-run --unit=puller sh -c '{loop}'")
        rounds, links = 0, 0
        while not hand.run("systemctl", "is-active", "-q", "puller").rc:
            got = device.laptop("pull", name, "/var/pulled/often", "4096", timeout_s=3000.0)
            rounds += 1
            links += got["links"]
        got = device.laptop("pull", name, "/var/pulled/last")
        return f"{rounds} downloads through {times} pulls, {links} links, every hash equal", got

    def _running(self) -> int:
        device = self._device
        device.start()
        hand = device.machine.hand
        device.machine.body.go(self._outing, hand.now())
        hand.sleep(SETTLE_S)
        return device.pid()

    def _came_back(self, signal: str) -> Found:
        """The process gets the signal in mid-run."""
        device, hand = self._device, self._device.machine.hand
        pid = self._running()
        broke = hand.now()
        hand.sh(f"kill -{signal} {pid}")
        script = (
            f"p=$(systemctl show {UNIT} -pMainPID --value); "
            f"systemctl is-active -q {UNIT}; [ $p != 0 ] && [ $p != {pid} ]"
        )
        hand.until(script)
        started = device.since_boot("ExecMainStartTimestampMonotonic") - broke
        ready = device.since_boot("ActiveEnterTimestampMonotonic") - broke
        device.wait_state("running")
        hand.sleep(SETTLE_S)
        seen = self._ended(f"SIG{signal}")
        insist(started < BACK_S, f"started anew after {started:.1f} s")
        insist(seen.parts == 2, f"{seen.parts} parts")
        found = (
            f"started anew after {started:.1f} s, ready after {ready:.1f} s; 2 parts, "
            f"{seen.lost} samples between them"
        )
        return found, {"started_s": started, "ready_s": ready, "gap_samples": seen.lost}

    def _went_on(self, pid: int, may_lose: int | None = None) -> Found:
        device, hand = self._device, self._device.machine.hand
        device.wait_state("running")
        hand.sleep(SETTLE_S)
        insist(device.pid() == pid, "the service was restarted")
        ended = hand.now()
        seen = self._ended("the same process")
        insist(ended - seen.last < 2.0, f"the newest sample is {ended - seen.last:.1f} s old")
        insist(may_lose is None or seen.lost <= may_lose, f"{seen.lost} samples lost")
        return f"the same process; {seen.samples} samples, {seen.lost} lost and counted", {}

    def _beside(self, breaks: str, mends: str) -> Found:
        """The card breaks in mid-run: cues must still come."""
        device, hand = self._device, self._device.machine.hand
        pid = self._running()
        hand.sh(breaks)
        since = len(hand.edges)
        hand.sleep(2 * SETTLE_S)
        heard = sum(e.line == BUZZER and e.value == 1 for e in hand.edges[since:])
        alive = device.pid() == pid
        told = any(word in device.journal(12) for word in ("No space", "Read-only", "read-only"))
        device.stop()
        hand.sh(mends)
        device.wait_up()
        # What could not be put down on a broken card goes on where the service starts anew.
        device.idle()
        insist(alive, "the service was restarted")
        insist(heard >= 3, f"{heard} edges on the buzzer's line")
        name = device.sessions()[-1]["id"]
        seen = recording(device.fetch(name, self._folder))
        word = "told in the journal" if told else "not a word in the journal"
        found = f"the same process; {heard} edges of cues and warnings; {seen.samples} samples kept"
        return f"{found}; {word}", {}

    def _ended(self, what: str) -> Recording:
        device = self._device
        device.machine.body.stand()
        device.stop()
        name = device.sessions()[-1]["id"]
        folder = device.fetch(name, self._folder)
        seen = recording(folder)
        insist(seen.damage is None, f"{what}: {name}: {seen.damage}")
        insist((folder / "summary.json").is_file(), f"{what}: {name} has no summary")
        json.loads((folder / "summary.json").read_text())
        return seen
