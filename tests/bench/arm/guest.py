"""What is counted inside the arm64 tree; every `mark` logs the instructions so far.

`guest.py import MODULE...`: one mark before, one after each module. `guest.py push FILE.npz...`:
for each file, and for the pipeline and then the whole line, one mark at the middle of the samples
and one at their end, so that the difference holds neither start-up nor first strikes.
"""

import os
import sys
from typing import Final

_MARK: Final = 2**30
"""No process has this number, and nothing else asks for it."""
_BATCH_S: Final = 0.010


def mark() -> None:
    """Has the plugin log its count, by a system call that bare Python has and nobody else makes."""
    try:
        os.getpgid(_MARK)
    except ProcessLookupError:
        return


def count_imports(modules: list[str]) -> None:
    mark()
    for module in modules:
        __import__(module)
        mark()


def count_pushes(paths: list[str]) -> None:
    import numpy as np

    from dsp.block import Mount, plain_block, recut
    from dsp.pipeline import Pipeline
    from firmware_py.config import Config
    from firmware_py.line import Line
    from firmware_py.trace.header import TraceHeader

    for path in paths:
        with np.load(path) as held:
            rate = float(held["rate_hz"])
            header = TraceHeader(Mount(str(held["mount"])), rate, "synthetic", gyr_axes="xyz")
            samples = plain_block(held["t"], held["acc"], held["gyr"])
        blocks = list(recut(samples, range(0, len(samples), max(1, round(_BATCH_S * rate)))))
        for consumer in (Pipeline(header.stream), Line(header, Config())):
            for k, block in enumerate(blocks):
                if k == len(blocks) // 2:
                    mark()
                consumer.push(block)
            mark()


if __name__ == "__main__":
    {"import": count_imports, "push": count_pushes}[sys.argv[1]](sys.argv[2:])
