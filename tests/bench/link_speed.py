"""How fast a file comes over the link: `python -m tests.bench.link_speed`.

A pseudo terminal stands for the USB cable, and a child process for the laptop. First it carries
plain bytes, written as fast as it takes them with nothing else done: what the port can. Then the
same number of bytes is downloaded in raw blocks: requests, JSON, CRC, and SHA-256 at the laptop,
included. All in turn, the best of each; first with a laptop that takes no more than a gadget's
port carries (2 MB/s, and what was not ready in time is lost time), then as fast as both can.
"""

import os
import select
import subprocess
import sys
import tempfile
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Final

from firmware_py.link.client import Client, Reply
from firmware_py.link.download import Download
from firmware_py.link.log_ring import LogRing
from firmware_py.link.protocol import MAX_BLOCK, USUAL_BLOCK
from firmware_py.link.serial_link import SerialLink
from firmware_py.link.settings import LinkSettings
from tests.link.device import Device

SIZE: Final = {2.0: 8 << 20, 0.0: 32 << 20}
"""Bytes at each pace, MB/s; 0: as fast as it goes. 2 is what a gadget carries in a guest."""
REPEATS: Final = 3
AIM: Final = 0.8
_PLAIN: Final = 0


def laptop(fd: int, block: int, pace_mb_s: float) -> float:
    """The child; how long it took, s. Block 0: plain bytes."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    due = time.monotonic()

    def read() -> bytes:
        nonlocal due
        poll.poll()
        if pace_mb_s == 0:
            return os.read(fd, 65536)
        due = max(due, time.monotonic())
        data = os.read(fd, 65536)
        due += len(data) / (1e6 * pace_mb_s)
        select.select([], [], [], max(0.0, due - time.monotonic()))
        return data

    if block == _PLAIN:
        began = time.monotonic()
        _write(fd, b"\n")
        left = SIZE[pace_mb_s]
        while left:
            left -= len(read())
        return time.monotonic() - began
    client = Client()
    _write(fd, client.resync("0123456789abcdef"))
    while not client.receive(read()):
        pass
    began = time.monotonic()
    download = Download(client, "session-0001", "trace.mcap", lambda b: None, block=block)
    _write(fd, download.ask())
    while not download.done:
        for one in client.receive(read()):
            if not isinstance(one, Reply):
                raise TypeError(one)
            _write(fd, download.take(one))
    return time.monotonic() - began


def _write(fd: int, data: bytes) -> None:
    while data:
        select.select([], [fd], [])
        data = data[os.write(fd, data) :]


class Cable:
    """A pseudo terminal and its laptop."""

    def __init__(self) -> None:
        self._host, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._host, False)
        self.path = os.ttyname(self._far)

    def close(self) -> None:
        """Pulls it."""
        os.close(self._host)
        os.close(self._far)

    def measure(
        self, block: int, pace_mb_s: float, device: Callable[[int], None]
    ) -> tuple[float, float]:
        """Time of one transfer and the CPU time of the device's side, s."""
        numbers = [str(n) for n in (self._host, block, pace_mb_s)]
        command = [sys.executable, "-m", "tests.bench.link_speed", *numbers]
        with subprocess.Popen(command, pass_fds=[self._host], stdout=subprocess.PIPE) as child:
            cpu = time.process_time()
            device(self._far)
            said, _ = child.communicate()
            return float(said), time.process_time() - cpu


def plain(data: bytes) -> Callable[[int], None]:
    """The device's side of plain bytes: the port's loop with nothing in it."""

    def send(fd: int) -> None:
        os.read(fd, 1)
        os.set_blocking(fd, False)
        poll = select.poll()
        poll.register(fd, select.POLLOUT)
        out = memoryview(data)
        while out:
            poll.poll()
            out = out[os.write(fd, out[:65536]) :]

    return send


def print_speeds() -> None:
    """Prints the rates and their ratios."""
    for pace_mb_s in SIZE:
        _print(pace_mb_s)


def _print(pace_mb_s: float) -> None:
    size = SIZE[pace_mb_s]
    data = os.urandom(size)
    runs: dict[int, list[tuple[float, float]]] = {_PLAIN: [], USUAL_BLOCK: [], MAX_BLOCK: []}
    with tempfile.TemporaryDirectory() as folder:
        d = Device(Path(folder), sessions=0)
        d.keep("session-0001", data)
        for _ in range(REPEATS):
            for block, results in runs.items():
                cable = Cable()
                if block == _PLAIN:
                    results.append(cable.measure(block, pace_mb_s, plain(data)))
                    cable.close()
                    continue
                settings = LinkSettings(port=cable.path)
                link = SerialLink(settings, d.shelf, d.wall, d.desk, d.config, d.folder, LogRing())
                link.start()
                results.append(cable.measure(block, pace_mb_s, lambda fd: None))
                link.close()
                cable.close()
    raw, cpu = min(runs[_PLAIN])
    per_mb = 1e9 / size
    how = f"at no more than {pace_mb_s:g} MB/s" if pace_mb_s else "as fast as it goes"
    print(f"{size >> 20} MiB over a pseudo terminal, {how}, best of {REPEATS}")
    print(
        f"  plain bytes          {size / raw / 1e6:5.2f} MB/s, {1e9 * cpu / size:.1f} ms CPU a MB"
    )
    for block in (USUAL_BLOCK, MAX_BLOCK):
        took, cpu = min(runs[block])
        print(
            f"  raw blocks, {block >> 10:3d} KiB  {size / took / 1e6:5.2f} MB/s, "
            f"{cpu * per_mb:.1f} ms CPU a MB: {100 * raw / took:.0f} % (aim {100 * AIM:.0f})"
        )


if __name__ == "__main__":
    if len(sys.argv) == 4:
        print(laptop(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
    else:
        print_speeds()
