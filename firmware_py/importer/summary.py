"""What an import did, as data and as a few lines to read."""

import math
from pathlib import Path
from typing import Any

from dsp.units import STANDARD_GRAVITY
from firmware_py.importer.recording import Recording


def record(source: Path, out: Path, recording: Recording) -> dict[str, Any]:
    """The result as JSON-ready data: SI, or the unit in the name."""
    header, block = recording.header, recording.block
    return {
        "source": str(source),
        "trace": str(out),
        "samples": len(block),
        "lost": int(block.lost.sum()),
        "rate_hz": header.rate_hz,
        "t_first": float(block.t[0]),
        "t_last": float(block.t[-1]),
        "duration_s": float(block.t[-1] - block.t[0]),
        "mount": str(header.mount),
        "side": str(header.side),
        "activity": header.activity,
        "acc_axes": header.acc_axes,
        "gyr_axes": header.gyr_axes,
        "acc_limit_g": None if header.acc_limit is None else header.acc_limit / STANDARD_GRAVITY,
        "gyr_limit_dps": None if header.gyr_limit is None else math.degrees(header.gyr_limit),
        "acc_clipped": int(block.acc_clipped.sum()),
        "gyr_clipped": int(block.gyr_clipped.sum()),
        "columns": {
            target: {"column": name, "unit": unit}
            for target, (name, unit) in recording.sources.items()
        },
        "notes": list(header.notes),
        "doubts": list(recording.doubts),
    }


def lines(source: Path, out: Path, recording: Recording) -> list[str]:
    """The result in a few lines."""
    header, block = recording.header, recording.block
    mapped = ", ".join(
        f"{target} = {name} [{unit}]" for target, (name, unit) in recording.sources.items()
    )
    lost = int(block.lost.sum())
    share = lost / (lost + len(block))
    side = f", {header.side} side" if header.side != "unknown" else ""
    text = [
        f"{source.name}: {mapped}",
        f"{len(block)} samples in {block.t[-1] - block.t[0]:.2f} s at {header.rate_hz:.6g} Hz, "
        f"{lost} lost" + (f" ({share:.1%})" if lost else "") + f"; {header.mount}{side}",
    ]
    if header.notes:
        text.append("note: " + "; ".join(header.notes))
    text += [f"doubt: {doubt}" for doubt in recording.doubts]
    return [*text, f"written to {out}"]
