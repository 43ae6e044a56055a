"""A run that crashed and goes on: what is coached live is what the replay of all parts says."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from drivers.chips.lsm6dso import LSM6DSO32
from drivers.chunk import Chunk
from drivers.part import setup_for
from dsp.block import Mount
from dsp.synth import Motion, Phase, chunks, synthesize
from feedback.settings import FeedbackSettings
from firmware_py.coaching import Coaching
from firmware_py.config import Config
from firmware_py.line import Line
from firmware_py.replay import open_recorded, replay
from firmware_py.session.status import Status
from firmware_py.store.opened import OpenSession
from firmware_py.store.shelf import Shelf
from firmware_py.tape import Tape
from firmware_py.trace.decoding import make_decoder
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.joined import Seam
from firmware_py.trace.mcap_end import DATA_END
from firmware_py.trace.mend import CUT
from tests.store.machine import MadeUp, shelf_on

AWAY = (28.0, 36.0)
"""Between these, s, the program was not there."""
SETUP = setup_for(LSM6DSO32, Mount.WAIST)
HEADER = TraceHeader(
    Mount.WAIST,
    416.0,
    "device",
    acc_scale=SETUP.acc_scale,
    gyr_scale=SETUP.gyr_scale,
    coaching=Coaching(
        FeedbackSettings(
            cadence_target_spm=190.0, warm_up_s=5.0, settle_s=2.0, cooldown_s=8.0, persistence_s=4.0
        )
    ).as_dict(),
)


@cache
def made() -> tuple[Chunk, ...]:
    """62 s of running, too slow for its target: there are cues before the crash and after."""
    run = synthesize([Phase(Motion.RUN, 62.0, 160.0)], seed=3)
    return tuple(
        Chunk(counts, t + 100.0, lost)
        for counts, t, lost in chunks(run, SETUP.acc_scale, SETUP.gyr_scale or 0.0, 0.05)
    )


def follow(line: Line, session: OpenSession, end_t: float | None, given: list[Chunk]) -> list[Any]:
    """What a live session does with the chunks of a part; those before it ended at `end_t`."""
    decoder = make_decoder(session.header)
    seam = None if end_t is None else Seam(end_t, HEADER.rate_hz)
    happened: list[Any] = []
    for chunk in given:
        session.recorder.chunk(chunk)
        block = decoder.push_chunk(chunk)
        new = line.push(block if seam is None else seam.join(block))
        for one in new:
            session.recorder.event(one.as_dict())
        happened += new
    return happened


def crashed(base: Path, *, cut: bool) -> tuple[Shelf, MadeUp, list[Any]]:
    """A run that crashed; cut: in the middle of the last second that was written."""
    machine = MadeUp()
    shelf = shelf_on(base, machine)
    session = shelf.begin(HEADER, "button")
    assert session.folder is not None
    before = [c for c in made() if c.host_time < 100.0 + AWAY[0]]
    happened = follow(Line(HEADER, Config()), session, None, before)
    session.abandon()
    if cut:
        trace = session.folder / "trace.mcap"
        data = trace.read_bytes()
        trace.write_bytes(data[: data.rindex(DATA_END) - 3000])
    machine.t = 100.0 + AWAY[1] - 1.0
    return shelf_on(base, machine), machine, happened


@pytest.mark.parametrize("cut", [False, True])
def test_a_run_that_goes_on_is_coached_as_the_replay_of_its_folder(
    tmp_path: Path, cut: bool
) -> None:
    shelf, _, before = crashed(tmp_path, cut=cut)
    unfinished = shelf.unfinished()
    assert unfinished is not None
    assert shelf.close_unfinished(keep=unfinished) == []
    session = shelf.resume(unfinished, replace(HEADER, notes=("a later part",)))
    assert session.folder is not None
    earlier = open_recorded(session.folder)
    line = Line(unfinished.header, Config())
    tape = Tape(line, earlier)
    again: list[Any] = [one for block in earlier.blocks() for one in tape.push(block)]
    again += tape.said_last()
    # What was said before the crash is said again; what was cut off, perhaps not.
    assert again == before[: len(again)]
    assert cut or len(again) == len(before)
    assert tape.start_t is not None
    back = Status(100.0 + AWAY[1] - 0.5, "going on after a crash")
    session.recorder.event(back.as_dict())
    again += line.status(back, tape.start_t)
    after = [c for c in made() if c.host_time >= 100.0 + AWAY[1]]
    live = [*again, *follow(line, session, tape.end_t, after), *line.finish()]
    summary = line.summary()
    assert session.close(summary, "button").problems == ()

    replayed: list[Any] = []
    done = replay(open_recorded(session.folder), Config(), seen=lambda one, _: replayed.append(one))
    assert replayed == live
    assert done.summary == summary
    coaching = [e for e in live if e.as_dict()["type"] == "cue" and e.coaching]
    assert any(c.t < 100.0 + AWAY[0] for c in coaching)
    assert any(c.t > 100.0 + AWAY[1] for c in coaching)
    assert summary["quality"]["gaps"]["count"] == 1
    assert summary["quality"]["gaps"]["longest_s"] == pytest.approx(AWAY[1] - AWAY[0], abs=2.0)
    notes = " ".join(summary["quality"]["notes"])
    assert (CUT in notes) == cut
    assert "going on after a crash" in notes
    said = json.loads((session.folder / "session.json").read_text())
    assert (said["state"], said["ended"], said["parts"]) == ("closed", "button", 2)
    assert shelf.unfinished() is None
    assert shelf.close_unfinished() == []


def test_a_run_that_does_not_go_on_is_closed_with_what_was_recorded(tmp_path: Path) -> None:
    shelf, machine, before = crashed(tmp_path, cut=True)
    machine.t += 60.0
    assert shelf.unfinished() is None
    assert any("ended by a crash" in told for told in shelf.close_unfinished())
    folder = tmp_path / "session-0001"
    summary = json.loads((folder / "summary.json").read_text())
    # As if it had been stopped there: the same steps, a second or two of them missing.
    steps = sum(1 for e in before if e.as_dict()["type"] == "step")
    assert steps - 6 <= summary["steps"]["running"] <= steps
    assert AWAY[0] - 2.5 < summary["duration_s"] < AWAY[0]
    assert any(CUT in note for note in summary["quality"]["notes"])
