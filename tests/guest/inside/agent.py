"""The test's hand inside the guest: requests by JSON lines on a virtio port, answers likewise.

A request is {"id": N, "do": VERB, ...}; the answer has the same id, or {"id": N, "error": TEXT}.
Each request has a thread of its own. Edges of GPIO lines are sent as they come:
{"edge": [LINE, VALUE, MONOTONIC_S]}. Standard library only, and nothing of the project.
"""

import base64
import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any, Final

PORT: Final = "gaitcoach.test.control"
TRACING: Final = Path("/sys/kernel/tracing")
GPIO: Final = Path("/sys/kernel/debug/gpio")
_EDGE: Final = re.compile(r"(\d+\.\d+): gpio_value: (\d+) set (\d)")


class Agent:
    """Serves one port."""

    def __init__(self, port: IO[bytes]) -> None:
        self._port = port
        self._lock = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        line = json.dumps(message).encode() + b"\n"
        with self._lock:
            while line:
                line = line[self._port.write(line) or 0 :]

    def serve(self) -> None:
        threading.Thread(target=self._edges, daemon=True).start()
        self.send({"ready": time.monotonic()})
        held = b""
        while True:
            got = self._port.read(65536)
            if not got:
                # Nobody listens outside, for a moment.
                time.sleep(0.1)
                continue
            *lines, held = (held + got).split(b"\n")
            for line in lines:
                threading.Thread(target=self._answer, args=(json.loads(line),), daemon=True).start()

    def _answer(self, request: dict[str, Any]) -> None:
        try:
            answer = getattr(self, f"do_{request['do']}")(request)
        except Exception as e:  # noqa: BLE001 - the test has to hear of it
            answer = {"error": f"{type(e).__name__}: {e}"}
        self.send({"id": request["id"], **answer})

    def do_clock(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"t": time.monotonic()}

    def do_run(self, request: dict[str, Any]) -> dict[str, Any]:
        done = subprocess.run(
            request["argv"],
            input=request.get("input", ""),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=request["timeout_s"],
            check=False,
        )
        return {"rc": done.returncode, "out": done.stdout, "err": done.stderr}

    def do_write(self, request: dict[str, Any]) -> dict[str, Any]:
        began = time.monotonic()
        Path(request["path"]).write_text(request["text"])
        return {"t": began}

    def do_press(self, request: dict[str, Any]) -> dict[str, Any]:
        """A finger on a button to GND, for so many seconds of the guest's time."""
        pull = Path(f"/run/lines/sim_gpio{request['line']}/pull")
        began = time.monotonic()
        pull.write_text("pull-down")
        time.sleep(request["seconds"])
        pull.write_text("pull-up")
        return {"t": began}

    def do_sleep(self, request: dict[str, Any]) -> dict[str, Any]:
        time.sleep(request["seconds"])
        return {"t": time.monotonic()}

    def do_read(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"base64": base64.b64encode(Path(request["path"]).read_bytes()).decode()}

    def _edges(self) -> None:
        base = None
        with (TRACING / "trace_pipe").open(errors="replace") as pipe:
            for line in pipe:
                found = _EDGE.search(line)
                if found is None:
                    continue
                if base is None:
                    base = _base()
                number = int(found[2]) - base
                self.send({"edge": [number, int(found[3]), float(found[1])]})


def _base() -> int:
    found = re.search(r"gpiochip\d+: GPIOs (\d+)-\d+", GPIO.read_text())
    assert found is not None
    return int(found[1])


def main() -> None:
    for name in Path("/sys/class/virtio-ports").glob("*/name"):
        if name.read_text().strip() == PORT:
            with Path("/dev", name.parent.name).open("r+b", buffering=0) as port:
                Agent(port).serve()
    sys.exit(f"no virtio port {PORT}")


if __name__ == "__main__":
    main()
