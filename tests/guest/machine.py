"""One QEMU machine: booted, cut off, booted again from what its disks then hold."""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

from tests.debian import run
from tests.guest.body import Body
from tests.guest.bus import BusServer
from tests.guest.card import cut
from tests.guest.channel import Channel, GuestError, listen
from tests.guest.image import Image, repository

TCG: Final = ("-accel", "tcg,thread=single", "-icount", "shift=1,sleep=on", "-cpu", "qemu64")
"""An emulated core whose instruction takes 2 ns of the guest's time, however long really."""
KVM: Final = ("-accel", "kvm", "-cpu", "host")
BOOT_S: Final = 900.0
PROBE_S: Final = 25.0
LOG_SIZE: Final = 2 << 30
_PORTS: Final = ("control", "i2c")
_KERNEL: Final = (
    "console=ttyS0 panic=-1 quiet systemd.show_status=0 nokaslr mitigations=off audit=0 apparmor=0 "
    "cryptomgr.notests no_timer_check"
)


class Machine:
    """A machine with its disks, its bus and who wears it.

    Args:
        image: what it begins with.
        folder: its own disks, sockets and logs; emptied.
        accel: TCG or KVM.
    """

    def __init__(self, image: Image, folder: Path, accel: tuple[str, ...] = TCG) -> None:
        self._image, self._folder, self._accel = image, folder, accel
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self.boots = 0
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        kind = "qcow2" if image.disk.suffix == ".qcow2" else "raw"
        run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", kind, "-b", image.disk, self.disk])
        run(["cp", "--sparse=always", image.card, self.card])
        repository(folder / "repo.img")
        self.bus = BusServer(listen(folder / "i2c"))
        self.body = Body(self.bus)

    @property
    def disk(self) -> Path:
        """What has changed on the system's disk."""
        return self._folder / "disk.qcow2"

    @property
    def card(self) -> Path:
        """The card that the sessions are on: an ext4 without partitions."""
        return self._folder / "card.img"

    @property
    def hand(self) -> Channel:
        """Requests to the running guest.

        Raises:
            GuestError: it does not run.
        """
        if self._channel is None:
            raise GuestError("the machine does not run")
        return self._channel

    def boot(self, ready_s: float = BOOT_S) -> float:
        """Power on, until the guest answers; returns how long it took, s."""
        began = time.monotonic()
        self.boots += 1
        self._channel = Channel(listen(self._folder / "control"))
        # What the card holds when the power comes: the log of its writes begins here.
        run(["cp", "--sparse=always", self.card, self.card_base])
        self.card_log.unlink(missing_ok=True)
        run(["truncate", "-s", str(LOG_SIZE), self.card_log])
        with (self._folder / "qemu.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["nice", "-n", "5", *self._command()], stdout=log, stderr=log
            )
        self._channel.wait_ready(ready_s)
        return time.monotonic() - began

    def power_cut(self, seed: int | None = None) -> None:
        """The plug is pulled: everything stops at once.

        Args:
            seed: what becomes of the card's unflushed writes: some are there, some are not, some
                half; None: all that the guest had handed over are there.
        """
        self._ended()
        if seed is not None:
            cut(self.card_base, self.card_log, self.card, seed)

    def shut_down(self, seconds: float = 600.0) -> None:
        """The guest powers off by itself.

        Raises:
            GuestError: it did not in time.
        """
        with contextlib.suppress(GuestError):
            self.hand.run("systemctl", "poweroff", "--no-block", timeout_s=5.0)
        self.wait_off(seconds)

    def wait_off(self, seconds: float) -> None:
        """Until the guest has powered off.

        Raises:
            GuestError: it did not in time.
        """
        assert self._process is not None
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired as e:
            raise GuestError(f"the guest was not off within {seconds:.0f} s") from e
        finally:
            self._ended()

    def close(self) -> None:
        """Off, and nothing listens any more."""
        self._ended()
        self.bus.close()

    @property
    def console(self) -> str:
        """What the kernel said, of all boots."""
        return (self._folder / "console.log").read_text(errors="replace")

    @property
    def card_base(self) -> Path:
        """The card as it was at the last power-on."""
        return self._folder / "card-base.img"

    @property
    def card_log(self) -> Path:
        """Every write to it since."""
        return self._folder / "card-writes.log"

    def _ended(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _command(self) -> list[str]:
        folder = self._folder
        ports = []
        for name in _PORTS:
            ports += ["-chardev", f"socket,id={name},path={folder / name},server=off"]
            ports += ["-device", f"virtserialport,chardev={name},name=gaitcoach.test.{name}"]
        return [
            "qemu-system-x86_64", *self._accel, "-smp", "1", "-m", "1024",
            "-display", "none", "-vga", "none", "-nodefaults", "-no-reboot", "-nic", "none",
            "-chardev", f"file,id=console,path={folder / 'console.log'},append=on",
            "-serial", "chardev:console",
            "-kernel", str(self._image.kernel), "-initrd", str(self._image.initrd),
            "-append", _KERNEL,
            "-drive", f"file={self.disk},if=none,id=disk,format=qcow2",
            "-device", "virtio-blk-pci,drive=disk",
            "-blockdev", f"driver=file,node-name=card-file,filename={self.card}",
            "-blockdev", f"driver=file,node-name=card-log,filename={self.card_log}",
            "-blockdev", "driver=blklogwrites,node-name=card,file=card-file,log=card-log,"
            "log-sector-size=512,log-super-update-interval=1",
            "-device", "virtio-blk-pci,drive=card",
            "-device", "virtio-rng-pci", "-device", "virtio-serial-pci", *ports,
            "-drive", f"file={folder / 'repo.img'},if=none,id=repo,format=raw,readonly=on",
            "-device", "virtio-blk-pci,drive=repo",
        ]  # fmt: skip


def accelerator(image: Image, folder: Path) -> tuple[str, ...]:
    """KVM where a kernel has been seen to boot with it, else emulation.

    A /dev/kvm may be there and hang on a stock kernel instead of failing.
    """
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return TCG
    seen = folder / "kvm-works"
    if not seen.exists():
        machine = Machine(image, folder / "probe", KVM)
        try:
            machine.boot(PROBE_S)
            seen.write_text("yes")
        except GuestError:
            seen.write_text("no")
        finally:
            machine.close()
    return KVM if seen.read_text() == "yes" else TCG
