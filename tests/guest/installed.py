"""The guest with gaitcoach installed by its own installer, once for each state of the sources."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from firmware_py.install.apply import NOTHING
from tests.debian import BuildError, run
from tests.guest.device import Device
from tests.guest.image import ROOT, SOURCES, Image
from tests.guest.machine import Machine
from tests.guest.recipe import digest, made
from tests.guest.trial import insist

MOST_EXPOSED: Final = 1.5
"""Of `systemd-analyze security`."""


def ready_installed(image: Image, folder: Path, accel: tuple[str, ...]) -> tuple[Image, Any]:
    """The image with gaitcoach on its disk, and what installing it was like.

    Raises:
        BuildError: the installer failed, or what it left behind is not right.
    """
    files = sorted(p for name in SOURCES for p in (ROOT / name).rglob("*") if p.is_file())
    sources = [p for p in files if "__pycache__" not in p.parts]
    recipe = digest(folder / "image.recipe", ROOT / "pyproject.toml", *sources, Path(__file__))
    done = made(folder / "installed", recipe, lambda into: _install(image, folder, into, accel))
    return replace(image, disk=done / "disk.qcow2"), json.loads((done / "found.json").read_text())


def _install(image: Image, folder: Path, into: Path, accel: tuple[str, ...]) -> None:
    machine = Machine(image, folder / "installing", accel)
    try:
        machine.boot()
        found = installing(Device(machine))
        machine.shut_down()
    finally:
        machine.close()
    (into / "found.json").write_text(json.dumps(found))
    run(["qemu-img", "rebase", "-u", "-F", "raw", "-b", image.disk, machine.disk])
    shutil.move(machine.disk, into / "disk.qcow2")


def installing(device: Device) -> dict[str, Any]:
    """Installs, and again: the second time nothing is to be done.

    Raises:
        BuildError: the installer failed.
        WrongError: there is still something to do, or the service is too exposed.
    """
    hand = device.machine.hand
    began = hand.now()
    first = device.install()
    if first.rc:
        raise BuildError(f"the installer: {first.err[-2000:]}{first.out[-2000:]}")
    took = hand.now() - began
    second = device.install("--dry-run")
    insist(second.rc == 0 and NOTHING in second.out, f"a second look: {second.out}{second.err}")
    said = hand.sh("systemd-analyze security --no-pager gaitcoach.service | tail -1")
    level = re.search(r"(\d+\.\d+)", said)
    exposed = float(level[1]) if level else 10.0
    insist(exposed <= MOST_EXPOSED, f"systemd-analyze security: {said.strip()}")
    return {"guest_s": took, "exposed": exposed, "said": first.out}
