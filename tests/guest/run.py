"""The whole-system test: `python -m tests.guest.run` (`make system-test`, `make reliability`).

Exit code: 0 all is as it must be, 1 something is not, 76 the test itself did not get to its end,
77 it cannot be run on this machine.
"""

import argparse
import sys
from pathlib import Path
from typing import Any, Final

from tests.debian import AbsentError, BuildError
from tests.guest.channel import GuestError
from tests.guest.costs import Costs
from tests.guest.cuts import Cuts
from tests.guest.device import Device
from tests.guest.faults import Faults
from tests.guest.image import ROOT, ready_image
from tests.guest.installed import MOST_EXPOSED, ready_installed
from tests.guest.machine import Machine, accelerator
from tests.guest.report import announce, page, save
from tests.guest.story import first_run
from tests.guest.trial import Row, Trial, WrongError

CANNOT: Final = 77
BROKE_OFF: Final = 76
FOLDER: Final = ROOT / "build/guest"
PAGE: Final = ROOT / "docs/reliability.md"
SHORT: Final = ("first run", "kill -9", "power cut", "card after a cut")
FEW_CUTS: Final = 2
ALL_CUTS: Final = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every fault, 20 power cuts")
    parser.add_argument("--only", action="append", metavar="NAME", help="this trial; repeatable")
    parser.add_argument("--page", action="store_true", help=f"write {PAGE.name} from what is known")
    args = parser.parse_args()
    results = FOLDER / "results.json"
    try:
        image = ready_image(FOLDER)
    except (AbsentError, BuildError) as e:
        print(f"system-test: CANNOT RUN on this machine: {e}", flush=True)
        return CANNOT
    try:
        accel = accelerator(image, FOLDER)
        installed, was = ready_installed(image, FOLDER, accel)
    except WrongError as e:
        print(f"system-test: failed: {e}", flush=True)
        return 1
    except (BuildError, GuestError) as e:
        print(f"system-test: BROKE OFF: {e}", flush=True)
        return BROKE_OFF
    row = _installed(was)
    print(f"install: {row.found}", flush=True)
    save([row], results)
    machine = Machine(installed, FOLDER / "machine", accel)
    try:
        rows = _done(machine, args.only or (None if args.all else SHORT), args.all, results)
    except GuestError as e:
        print(f"system-test: BROKE OFF: {e}", flush=True)
        return BROKE_OFF
    finally:
        machine.close()
    if args.page:
        PAGE.write_text(page(results))
    wrong = [row.name for row in rows if not row.ok and not row.broke_off]
    off = [row.name for row in rows if row.broke_off]
    if wrong or off:
        said = [
            f"{', '.join(names)} {word}"
            for names, word in ((wrong, "WRONG"), (off, "BROKE OFF"))
            if names
        ]
        print(f"system-test: {'; '.join(said)}", flush=True)
        return 1 if wrong else BROKE_OFF
    print("system-test: passed", flush=True)
    return 0


def _installed(was: dict[str, Any]) -> Row:
    return Row(
        "install",
        "the installer, on a trixie without a network",
        f"a second run finds nothing to do; exposure at most {MOST_EXPOSED}",
        f"{was['guest_s']:.0f} s of the guest; nothing to do; exposure {was['exposed']}",
        True,
        was,
        0.0,
    )


def _done(
    machine: Machine, names: tuple[str, ...] | list[str] | None, is_all: bool, results: Path
) -> list[Row]:
    device = Device(machine)
    fetched = FOLDER / "fetched"
    fetched.mkdir(exist_ok=True)
    print(f"boot ... {machine.boot():.0f} s", flush=True)
    device.configure()
    machine.hand.sh("systemctl restart gaitcoach.service")
    device.wait_up()
    cuts = Cuts(device, fetched)
    trials = [
        Trial(
            "first run",
            "a press, a run, a hold, a download over USB",
            "samples without a hole, words on the buzzer's line, equal hashes",
            lambda: first_run(device, fetched),
        ),
        *Faults(device, fetched).trials(),
        cuts.on_the_card(ALL_CUTS),
        cuts.real(ALL_CUTS if is_all else FEW_CUTS),
        Trial("costs", "steady runs at either mount", "", Costs(device, fetched).measured),
    ]
    announce(trials, results)
    rows = []
    for trial in trials:
        if names is None or trial.name in names:
            rows.append(trial.row())
            save(rows[-1:], results)
    return rows


if __name__ == "__main__":
    sys.exit(main())
