"""The guest's kernel: this machine's Debian kernel, with two modules that it lacks.

`gpio-sim` is not built in Debian's kernels up to 6.12: it is compiled from the kernel's own source.
`vi2c` is ours (kernel/vi2c.c).
"""

import re
import shutil
from pathlib import Path
from typing import Final

from tests.debian import AbsentError, run
from tests.guest.recipe import digest, made

HERE: Final = Path(__file__).parent
OURS: Final = HERE / "kernel/vi2c.c"
_FROM_SOURCE: Final = ("drivers/gpio/gpio-sim.c", "kernel/irq/irq_sim.c", "drivers/gpio/gpiolib.h")
_KBUILD: Final = "obj-m += gpio-sim.o vi2c.o\ngpio-sim-y := gpio-sim-main.o irq_sim.o\n"


def version() -> str:
    """Of the newest kernel whose headers are here.

    Raises:
        AbsentError: there are none.
    """
    found = [p.parent.name for p in Path("/lib/modules").glob("*-amd64/build")]
    plain = [name for name in found if "cloud" not in name and "rt" not in name.split("-")]
    if not plain:
        raise AbsentError(
            "there are no headers of a Debian kernel (apt install linux-headers-amd64)"
        )
    return max(plain, key=lambda name: [int(n) for n in re.findall(r"\d+", name)])


def ready_kernel(folder: Path) -> Path:
    """A folder with `boot/vmlinuz-VERSION` and `lib/modules/VERSION`."""
    recipe = digest(version(), OURS, Path(__file__))
    return made(folder / "kernel", recipe, lambda kernel: _build(kernel, folder))


def _build(kernel: Path, folder: Path) -> None:
    name = version()
    run(["apt-get", "-qq", "download", f"linux-image-{name}"], cwd=folder)
    deb = next(folder.glob(f"linux-image-{name}_*.deb"))
    run(["dpkg-deb", "-x", deb, kernel])
    deb.unlink()
    modules = folder / "modules"
    shutil.rmtree(modules, ignore_errors=True)
    modules.mkdir()
    short = re.match(r"\d+\.\d+", name)
    assert short is not None
    tar = f"linux-source-{short[0]}"
    members = [f"{tar}/{member}" for member in _FROM_SOURCE]
    archive = f"/usr/src/{tar}.tar.xz"
    run(["tar", "-x", "-C", modules, "--strip-components=1", "-f", archive, *members])
    for member in _FROM_SOURCE:
        (modules / member).rename(modules / Path(member).name)
    (modules / "gpio-sim.c").rename(modules / "gpio-sim-main.c")
    simulated = modules / "irq_sim.c"
    # irq_to_desc is not exported to modules; this is the same descriptor.
    text = simulated.read_text().replace(
        "irq_to_desc(irqnum)", "irq_data_to_desc(irq_get_irq_data(irqnum))"
    )
    simulated.write_text(text)
    shutil.copy(OURS, modules)
    (modules / "Kbuild").write_text(_KBUILD)
    run(["make", "-s", "-C", f"/lib/modules/{name}/build", f"M={modules.resolve()}", "modules"])
    extra = kernel / "lib/modules" / name / "extra"
    extra.mkdir()
    for module in ("gpio-sim.ko", "vi2c.ko"):
        shutil.copy(modules / module, extra)
    run(["depmod", "-b", kernel, name])
