"""Disk, kernel and first file system of the guest, ready to boot; kept until something changes."""

import lzma
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.debian import AbsentError, BuildError, need, run
from tests.guest.kernel import ready_kernel, version
from tests.guest.recipe import digest, made
from tests.guest.tree import ARCHIVE, ready_extras, ready_tree

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
_XZ: Final = b"\xfd7zXZ\0"
_NOT_NEEDED: Final = ("tests/traces/", "docs/cues/")
INSIDE: Final = HERE / "inside"
DISK_SIZE: Final = "3G"
CARD_MB: Final = 128
SOURCES: Final = ("dsp", "drivers", "feedback", "firmware_py", "companion", "systemd")
"""What the installer installs; with pyproject.toml."""
PACKAGE_OF: Final = {
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "mmdebstrap": "mmdebstrap",
    "mke2fs": "e2fsprogs",
    "cpio": "cpio",
    "depmod": "kmod",
    "busybox": "busybox-static",
    "swig": "swig",
    "gcc": "gcc",
    "make": "make",
    "xz": "xz-utils",
    "/lib/modules/*-amd64/build": "linux-headers-amd64",
    "/usr/src/linux-source-*.tar.xz": "linux-source",
}
_FIRST_MODULES: Final = ("virtio_pci", "virtio_blk", "crc32c_generic", "ext4")
_MODULES: Final = ("virtio_console", "virtio_rng")
_ENABLED: Final = {
    "basic.target": ("guest-board.service", "guest-i2c.service"),
    "multi-user.target": ("guest-agent.service",),
}


@dataclass(frozen=True, slots=True)
class Image:
    """What a machine is booted from; none of it is changed by a machine.

    Args:
        disk: raw, ext4. card: raw, an empty ext4, for the sessions.
        kernel, initrd: as QEMU wants them.
    """

    disk: Path
    card: Path
    kernel: Path
    initrd: Path


def ready_image(folder: Path) -> Image:
    """Builds what is not there yet.

    Raises:
        AbsentError: this machine cannot, or a tool is missing and cannot be installed.
        BuildError: a step failed.
    """
    if os.geteuid() != 0:
        raise AbsentError("only root can mount and make the guest's files")
    if platform.machine() != "x86_64":
        raise AbsentError(f"the guest's kernel is for x86-64, this machine is {platform.machine()}")
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    need(PACKAGE_OF)
    tree, kernel = ready_tree(folder), ready_kernel(folder)
    extras = ready_extras(folder, tree)
    stamps = [folder / f"{part}.recipe" for part in ("tree", "extras", "kernel")]
    files = sorted(p for p in (INSIDE / "etc").rglob("*") if p.is_file())
    recipe = digest(
        *stamps, *files, *INSIDE.glob("*.c"), INSIDE / "init", INSIDE / "masked", Path(__file__)
    )
    image = made(folder / "image", recipe, lambda image: _build(image, tree, extras, kernel))
    return Image(
        image / "disk.img", image / "card.img", image / f"vmlinux-{version()}", image / "initrd.gz"
    )


def _build(image: Path, tree: Path, extras: Path, kernel: Path) -> None:
    name = version()
    with tempfile.TemporaryDirectory(dir=image) as scratch:
        root = Path(scratch) / "root"
        # Hard links: nothing that comes from the tree is written to, only replaced.
        run(["cp", "-al", tree, root])
        run(["cp", "-al", kernel / "lib/modules", root / "usr/lib"])
        run(["cp", "-al", extras / "opt", root])
        relay = root / "usr/local/bin/i2c-relay"
        run(["gcc", "-O2", "-Wall", "-static", "-o", relay, INSIDE / "i2c_relay.c"])
        _furnish(root)
        for disk, size, source in (
            ("disk.img", DISK_SIZE, ["-d", root]),
            ("card.img", f"{CARD_MB}M", ["-E", "lazy_itable_init=0,lazy_journal_init=0"]),
        ):
            run(["truncate", "-s", size, image / disk])
            run(["mke2fs", "-q", "-t", "ext4", *source, image / disk])
    packed = (kernel / "boot" / f"vmlinuz-{name}").read_bytes()
    (image / f"vmlinux-{name}").write_bytes(unpacked(packed))
    _initrd(kernel / "lib/modules" / name, image / "initrd.gz")


def unpacked(kernel: bytes) -> bytes:
    """The kernel as an ELF: an emulated machine would take ten seconds to unpack it.

    Raises:
        BuildError: it is packed in another way.
    """
    at = kernel.find(_XZ)
    if at < 0:
        raise BuildError("the kernel is not packed by xz")
    return lzma.LZMADecompressor().decompress(kernel[at:])


def repository(out: Path) -> None:
    """The work tree's files as a read-only disk; what is not committed counts too."""
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT)
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file() and not name.startswith(_NOT_NEEDED):
                target = Path(scratch) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, target)
        run(["truncate", "-s", "64M", out])
        run(["mke2fs", "-q", "-F", "-t", "ext4", "-O", "^has_journal", "-d", scratch, out])


def _furnish(root: Path) -> None:
    """Files and units of the test, and the groups that Raspberry Pi OS has."""
    for source in (p for p in (INSIDE / "etc").rglob("*") if p.is_file()):
        target = root / "etc" / source.relative_to(INSIDE / "etc")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copy(source, target)
    _write(root / "etc/hostname", "guest\n")
    _write(root / "etc/hosts", "127.0.0.1 localhost\n127.0.1.1 guest\n")
    _write(root / "etc/machine-id", "uninitialized\n")
    _write(root / "etc/modules-load.d/guest.conf", "".join(f"{m}\n" for m in _MODULES))
    run(["chroot", root, "groupadd", "--system", "gpio"])
    _write(root / "etc/apt/sources.list", f"deb [trusted=yes] file:/{ARCHIVE} ./\n")
    run(["chroot", root, "apt-get", "-qq", "update"])
    units = root / "etc/systemd/system"
    # Nothing that the device uses: it halves the time that a boot takes.
    for unit in (INSIDE / "masked").read_text().split():
        (units / unit).unlink(missing_ok=True)
        (units / unit).symlink_to("/dev/null")
    for target_name, wanted in _ENABLED.items():
        wants = units / f"{target_name}.wants"
        wants.mkdir(exist_ok=True)
        for unit in wanted:
            (wants / unit).symlink_to(f"../{unit}")
    for place in ("mnt/repo", "var/lib/gaitcoach"):
        (root / place).mkdir(parents=True, exist_ok=True)


def _write(path: Path, text: str) -> None:
    """A new file, never one that is written into: it may be a hard link."""
    path.unlink(missing_ok=True)
    path.write_text(text)


def _initrd(modules: Path, out: Path) -> None:
    wanted: list[str] = []
    lines = (modules / "modules.dep").read_text().splitlines()
    needs = {name: deps.split() for name, _, deps in (line.partition(":") for line in lines)}

    def add(path: str) -> None:
        # The last dependency named is the first to be loaded.
        for each in (*reversed(needs[path]), path):
            if each not in wanted:
                wanted.append(each)

    for module in _FIRST_MODULES:
        for path in needs:
            if Path(path).name.removesuffix(".xz") == f"{module}.ko":
                add(path)
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
        first = Path(scratch)
        for place in ("bin", "proc", "dev", "newroot", "modules"):
            (first / place).mkdir()
        shutil.copy(run(["which", "busybox"]).strip(), first / "bin/busybox")
        shutil.copy(INSIDE / "init", first / "init")
        (first / "init").chmod(0o755)
        for path in wanted:
            shutil.copy(modules / path, first / "modules")
            if path.endswith(".xz"):
                run(["xz", "-d", first / "modules" / Path(path).name])
        order = [Path(path).name.removesuffix(".xz") for path in wanted]
        (first / "modules/order").write_text("\n".join(order) + "\n")
        pack = f"cd {first} && find . | cpio --quiet -o -H newc | gzip -1 > {out.resolve()}"
        run(["sh", "-c", pack])
