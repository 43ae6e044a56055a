"""A press, a run, cues on the buzzer's line, a hold, and the laptop has the session."""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from dsp.block import FloatArray
from feedback.cue import Pattern
from tests.guest.body import Outing, run_of
from tests.guest.channel import Edge
from tests.guest.device import BUZZER, SESSIONS, Device, hashes
from tests.guest.recordings import played, recording
from tests.guest.trial import insist

WORDS: Final = (Pattern.QUICKER.value, Pattern.SOFTER.value)
NEAR_S: Final = 0.1
MAY_LOSE: Final = 1e-3
"""A transfer that this machine answered too late is a burst lost, and counted."""
LATEST_MS: Final = 100.0
"""An emulated machine proves no latency below this; above, something is wrong."""


def first_run(device: Device, folder: Path, seconds: float = 45.0) -> tuple[str, dict[str, Any]]:
    """A session from the button to the laptop's disk.

    Raises:
        WrongError: a cue, a file or a hash is not as it must be.
    """
    machine, hand = device.machine, device.machine.hand
    outing = run_of(seconds + 60.0)
    since = len(hand.edges)
    device.start()
    began = hand.now()
    machine.body.go(outing, began)
    hand.sleep(seconds)
    machine.body.stand()
    device.stop()
    name = device.sessions()[-1]["id"]
    fetched = device.fetch(name, folder)
    seen = recording(fetched)
    insist(seen.damage is None and seen.lost <= MAY_LOSE * seen.samples, f"{name}: {seen}")
    insist(seen.last - seen.first > seconds, f"{name}: {seen.last - seen.first:.1f} s recorded")
    edges = [e for e in hand.edges[since:] if e.line == BUZZER]
    late = strike_to_pin_ms(fetched, began, outing, edges)
    insist(len(late) >= seconds / 10, f"{len(late)} words on the buzzer's line")
    p50, p95 = np.percentile(late, [50, 95])
    insist(p50 < LATEST_MS, f"strike to pin {p50:.0f} ms")
    pulled = device.laptop("pull", name, f"/var/pulled/{name}")
    own = hand.sh(f"cd {SESSIONS}/{name} && sha256sum *")
    there = hashes(own)
    for file, hash in pulled["files"].items():
        insist(there[file] == hash, f"{file}: {hash} at the laptop, {there[file]} on the card")
    summary = json.loads((fetched / "summary.json").read_text())
    found = (
        f"{seen.samples} samples, {seen.lost} lost; {len(late)} words on GPIO{BUZZER}, "
        f"{p50:.0f} ms after the strike (p95 {p95:.0f}); "
        f"{pulled['bytes']} bytes over USB, hashes equal"
    )
    figures = {
        "strike_to_pin_ms": [round(float(v), 3) for v in late],
        "pull_bytes_per_s": pulled["bytes"] / pulled["seconds"],
        "summary": summary,
    }
    return found, figures


def strike_to_pin_ms(session: Path, began: float, outing: Outing, edges: list[Edge]) -> FloatArray:
    """From the runner's strike to the kernel's edge on the buzzer's line, by word.

    Args:
        session: its folder, for which strike each cue was about.
        began: when the outing began, s of the guest's clock.
        edges: of the buzzer's line.
    """
    strikes = began + outing.truth.strike_t[outing.truth.running]
    rising = np.array([e.t for e in edges if e.value == 1])
    out = []
    for cue in played(session):
        if cue["pattern"] not in WORDS or cue["edge_t"] is None:
            continue
        strike = strikes[np.argmin(np.abs(strikes - cue["strike_t"]))]
        # The program notes the edge after it was made.
        before = rising[rising <= cue["edge_t"] + 1e-3]
        if abs(strike - cue["strike_t"]) < NEAR_S and len(before):
            out.append(before[-1] - strike)
    return 1e3 * np.array(out)
