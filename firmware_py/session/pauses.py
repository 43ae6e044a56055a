"""When a session was paused: recorded all the same, without a word of the coach."""

import math
from typing import Any


class Pauses:
    """Pauses in order of time."""

    def __init__(self) -> None:
        self._spans: list[dict[str, float]] = []
        self._since: float | None = None

    def begin(self, t: float) -> None:
        """A pause begins at `t`, s; in a pause nothing changes."""
        if self._since is None:
            self._since = t

    def end(self, t: float) -> None:
        """It ends at `t`, s."""
        if self._since is not None:
            self._spans.append({"start": self._since, "end": t})
            self._since = None

    def record(self, last: float) -> dict[str, Any]:
        """For the summary of a session that ends at `last`, s."""
        spans = list(self._spans)
        if self._since is not None:
            spans.append({"start": self._since, "end": max(last, self._since)})
        return {"seconds": math.fsum(s["end"] - s["start"] for s in spans), "spans": spans}
