"""From the foot strike to the pin's edge: `python -m tests.bench.strike_to_pin` (`make latency`).

The running program in real time: simulated chip, reader, main thread, player, gpiozero's mock pins.
The strike is the simulator's own, exact one. A coach that speaks every other second is used, so
that two minutes give some 40 cues; how a cue comes about is the same. Options: `--seconds` (120) of
each mount.
"""

import argparse
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from gpiozero.pins.mock import MockFactory, MockPWMPin

from drivers.chunk import Chunk
from drivers.sim.time import VirtualTime
from dsp.block import FloatArray, Mount, SampleBlock, Side
from dsp.synth import Motion, Phase, Sensor, synthesize
from feedback.actuators.played import Played
from feedback.cue import Cue, Pattern
from feedback.settings import FeedbackSettings
from firmware_py.coaching import configured
from firmware_py.config import Config
from firmware_py.ear.build import actuators_of
from firmware_py.ear.ear import Ear
from firmware_py.ear.settings import CueSettings
from firmware_py.hooks import Hooks
from firmware_py.live import Live
from firmware_py.recorder import Recorder
from firmware_py.simulate.scenarios import Scenario
from firmware_py.simulate.world import START, make_world

TALKATIVE: Final = FeedbackSettings(
    cadence_target_spm=178.0,
    cadence_baseline_spm=170.0,
    persistence_s=0.5,
    cooldown_s=1.5,
    warm_up_s=0.0,
    settle_s=0.0,
    give_up_after=100,
)
POLL_S: Final = {Mount.WAIST: 4 / 416.0, Mount.SHOE: 4 / 833.0}
"""Four samples of the FIFO."""
LIMITS_MS: Final = {Mount.WAIST: (35.0, 60.0), Mount.SHOE: (15.0, 30.0)}
NEAR_S: Final = 0.1
STAGES: Final = ("filter", "batch", "decision", "queue and pin", "strike to pin")


class Transfers:
    """How long the bus has been busy since the reader last slept.

    A simulated transfer takes virtual time that nobody waits for: what follows it is early by so
    much, which is put back here.
    """

    def __init__(self, time: VirtualTime) -> None:
        self.s = 0.0
        self._sleep, self._pass_by = time.sleep, time.pass_by
        time.sleep = self._slept  # type: ignore[method-assign]
        time.pass_by = self._passed  # type: ignore[method-assign]

    def _slept(self, seconds: float) -> None:
        self._sleep(seconds)
        self.s = 0.0

    def _passed(self, seconds: float) -> None:
        self.s += seconds
        self._pass_by(seconds)


class Drains(Recorder):
    """Remembers when each chunk was read, and how long that took."""

    def __init__(self, transfers: Transfers) -> None:
        super().__init__(None)
        self.at: list[float] = []
        self.took: list[float] = []
        self._transfers = transfers

    @property
    def error(self) -> OSError | None:
        return None

    def chunk(self, chunk: Chunk) -> None:
        self.at.append(chunk.host_time)
        self.took.append(self._transfers.s)

    def event(self, event: object) -> None:
        """Not of interest."""

    def close(self, timeout: float = 30.0) -> bool:
        return True


@dataclass(slots=True)
class Measured:
    """One run; all on the simulated host's clock, s."""

    strikes: FloatArray
    drains: Drains
    played: list[Played] = field(default_factory=list)

    def stages_ms(self) -> FloatArray:
        """(cues, 5) of each word: the stages in order, and their sum."""
        drains, rows = np.array(self.drains.at), []
        for p in self.words:
            k = int(np.searchsorted(drains, p.t_decision))
            true = self.strikes[np.argmin(np.abs(self.strikes - (p.strike_t or 0.0)))]
            if p.edge_t is None or abs(true - (p.strike_t or 0.0)) > NEAR_S or k == len(drains):
                continue
            took = self.drains.took[k]
            edges = (true, p.t_decision, drains[k], p.queued_t + took, p.edge_t + took)
            rows.append([*np.diff(edges), edges[-1] - true])
        return 1e3 * np.array(rows)

    @property
    def words(self) -> list[Played]:
        """What became of the coaching words."""
        return [p for p in self.played if p.pattern in (Pattern.QUICKER, Pattern.SOFTER)]


def measure(mount: Mount, seconds: float) -> Measured:
    """Runs the program for so long, in real time."""
    made: list[Any] = []

    def motion(mount: Mount, sensor: Sensor, side: Side) -> SampleBlock:
        run = (Phase(Motion.STAND, 3.0), Phase(Motion.RUN, seconds, 165.0, speed=2.9))
        made.append(synthesize(run, sensor=sensor, mount=mount, side=side, seed=3))
        block: SampleBlock = made[0].block
        return block

    scenario = Scenario("", motion, answers=False)
    world = make_world(scenario, mount, Side.RIGHT, pace=1.0)
    truth = made[0].truth
    mine = truth.running & ((mount is Mount.WAIST) | ~truth.left)
    assert isinstance(world.attached.bus.time, VirtualTime)
    drains = Drains(Transfers(world.attached.bus.time))
    out = Measured(START + truth.strike_t[mine], drains)
    factory = MockFactory(pin_class=MockPWMPin)
    cues = CueSettings(actuators=("buzzer",))
    actuators, problems = actuators_of(cues, None, lambda: factory, lambda s: None)
    assert not problems
    config = Config(TALKATIVE, cues=cues)
    hooks = Hooks(
        ends=lambda t: t >= START + seconds,
        worked_off=world.pacing.follow,
        leaving=world.pacing.stop,
        recorder=lambda header: drains,
    )
    live = Live(
        world.attached, config, configured(config), "simulated", hooks, poll_s=POLL_S[mount]
    )

    def heard(played: Played) -> None:
        out.played.append(played)
        live.played(played)

    ear = Ear(cues, actuators, world.pacing.clock, heard)

    def seen(happened: object, start_t: float) -> None:
        if isinstance(happened, Cue):
            ear.play(happened)

    hooks.seen = seen
    hooks.quiet = ear.finish
    live.run()
    return out


def main() -> None:
    """Prints a table for each mount."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    args = parser.parse_args()
    for mount in Mount:
        measured = measure(mount, args.seconds)
        rows = measured.stages_ms()
        median, late = LIMITS_MS[mount]
        print(
            f"{mount}: {len(rows)} of {len(measured.words)} words, 4-sample batches; "
            f"aims: p50 <= {median:g}, p95 <= {late:g} ms"
        )
        print(f"{'ms':16}{'p50':>8}{'p95':>8}{'max':>8}")
        for name, column in zip(STAGES, rows.T, strict=True):
            p50, p95 = np.percentile(column, [50, 95])
            print(f"{name:16}{p50:8.2f}{p95:8.2f}{column.max():8.2f}")


if __name__ == "__main__":
    main()
