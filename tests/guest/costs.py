"""What the service costs in the guest, beside a bare Python that imports numpy and scipy.signal."""

import json
from pathlib import Path
from typing import Any, Final

from dsp.block import Mount
from tests.guest.body import run_of
from tests.guest.device import CONFIG, SESSIONS, UNIT, Device
from tests.guest.recordings import recording
from tests.guest.trial import insist

SECONDS: Final = 20.0
SECTOR: Final = 512
BARE: Final = """\
import time
began = time.monotonic()
import numpy, scipy.signal, json, os
with open("/proc/self/status") as status:
    rss = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
times = os.times()
print(json.dumps({"import_s": time.monotonic() - began, "cpu_s": times.user + times.system,
                  "rss_kb": rss}))
"""


class Costs:
    """Measures one device.

    Args:
        device: installed and up, idle.
        folder: for what is fetched from it.
    """

    def __init__(self, device: Device, folder: Path) -> None:
        self._device = device
        self._folder = folder

    def measured(self) -> tuple[str, dict[str, Any]]:
        """All of it."""
        hand = self._device.machine.hand
        bare = json.loads(hand.run("/opt/gaitcoach/bin/python", "-c", BARE).out)
        rates = {"416": self._running(Mount.WAIST), "833": self._running(Mount.SHOE)}
        self._device.configure()
        hand.sh(f"systemctl restart {UNIT}")
        self._device.wait_up()
        first = self._first_sample()
        figures = {"bare": bare, "rates": rates, "first_sample_s": first}
        waist = rates["416"]
        start, memory = first / bare["cpu_s"], waist["rss_kb"] / bare["rss_kb"]
        found = (
            f"first sample {first:.1f} s after the start, {start:.2f} of the bare Python's; "
            f"{waist['rss_kb'] / 1024:.0f} MB, {memory:.2f} of its; "
            f"{100 * waist['cpu_share']:.0f} % of a core at 416 Hz, "
            f"{100 * rates['833']['cpu_share']:.0f} % at 833 Hz"
        )
        return found, figures

    def _running(self, mount: Mount) -> dict[str, float]:
        """A steady run at the mount's rate."""
        device, hand = self._device, self._device.machine.hand
        worn = 'mount = "waist"' if mount is Mount.WAIST else 'mount = "shoe"\nside = "right"'
        device.configure(CONFIG.replace('mount = "waist"', worn))
        hand.sh(f"systemctl restart {UNIT}")
        device.wait_up()
        device.start()
        device.machine.body.go(run_of(3 * SECONDS, mount), hand.now())
        hand.sleep(SECONDS / 2)
        before = self._counters()
        hand.sleep(SECONDS)
        after = self._counters()
        device.machine.body.stand()
        device.stop()
        took = after["t"] - before["t"]
        change = {name: (after[name] - before[name]) / took for name in after}
        return {
            "cpu_share": change["cpu_s"],
            "rss_kb": after["rss_kb"],
            "file_bytes_per_h": 3600 * change["file"],
            "card_bytes_per_h": 3600 * change["card"],
        }

    def _counters(self) -> dict[str, float]:
        """Time and CPU so far, s; what the files hold and what the card was given, bytes."""
        script = (
            f"pid=$(systemctl show {UNIT} -pMainPID --value); cut -d' ' -f1 /proc/uptime; "
            f"sed -n 's/usage_usec //p' /sys/fs/cgroup/system.slice/{UNIT}/cpu.stat; "
            "sed -n 's/VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$pid/status; "
            f"du -sb {SESSIONS} | cut -f1; sync; tr -s ' ' < /sys/block/vdb/stat | cut -d' ' -f8"
        )
        names = ("t", "cpu_us", "rss_kb", "file", "sectors")
        got = dict(
            zip(names, map(float, self._device.machine.hand.sh(script).split()), strict=True)
        )
        return {
            "t": got["t"],
            "cpu_s": got["cpu_us"] / 1e6,
            "rss_kb": got["rss_kb"],
            "file": got["file"],
            "card": got["sectors"] * SECTOR,
        }

    def _first_sample(self) -> float:
        """From the start of the process to the first sample of the part that it goes on with, s."""
        device, hand = self._device, self._device.machine.hand
        device.start()
        name = str(device.hello()["recording"])
        hand.sleep(3.0)
        pid = device.pid()
        hand.sh(f"kill -KILL {pid}")
        hand.until(f"[ -s {SESSIONS}/{name}/trace-2.mcap ]")
        device.wait_state("running")
        started = device.since_boot("ExecMainStartTimestampMonotonic")
        device.stop()
        folder = device.fetch(name, self._folder)
        parts = recording(folder).parts
        insist(parts == 2, f"{name}: {parts} parts")
        only = self._folder / f"{name}-second"
        only.mkdir(exist_ok=True)
        (folder / "trace-2.mcap").rename(only / "trace.mcap")
        return recording(only).first - started
