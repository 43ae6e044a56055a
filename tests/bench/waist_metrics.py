"""Errors of the waist's metrics: `python -m tests.bench.waist_metrics` prints them.

Contact time, recognized slopes: on the force treadmill (real truth; needs $GAITCOACH_DATA or
../shared/data). Everything else on synthetic runners (exact truth), and the cost per step.
"""

import sys
from collections.abc import Callable, Sequence
from time import process_time

import numpy as np

from dsp.block import FloatArray
from dsp.events import Step
from dsp.spring import compression_m
from dsp.synth import Motion, Phase, Runner, Sensor, SynthRun, random_runner, synthesize, tilted
from dsp.units import STANDARD_GRAVITY
from dsp.waist.metrics import WaistMetrics
from dsp.wearer import UNKNOWN, Wearer
from tests.bench import fit_contact
from tests.bench.waist_treadmill import (
    line,
    steps_of,
    treadmill_contact,
    treadmill_forward,
    treadmill_slopes,
)
from tests.importer.csv_files import DATA


def paired(run: SynthRun, wearer: Wearer = UNKNOWN) -> list[tuple[int, Step]]:
    """Steps with the number of the true contact that began each."""
    true, out = run.truth, []
    for step in steps_of(run.stream, run.block, wearer):
        i = int(np.argmin(np.abs(true.strike_t - step.t)))
        if abs(true.strike_t[i] - step.t) < 0.06 and true.running[i]:
            out.append((i, step))
    return out


def errors(
    pairs: Sequence[tuple[int, Step]], get: Callable[[Step], float | None], truth: FloatArray
) -> list[float]:
    out = []
    for i, step in pairs:
        value = get(step)
        if value is not None and np.isfinite(truth[i]):
            out.append(value - float(truth[i]))
    return out


def synthetic_runners() -> None:
    print("\n20 random runners (145 to 205 steps/min, 208 to 833 Hz, tilted, biased, noisy, lossy)")
    rng = np.random.default_rng(20)
    runs = [random_runner(rng, 40.0) for _ in range(20)]
    contact, with_speed, height, means, impact = [], [], [], [], []
    speed, own, stride = [], [], []
    for run in runs:
        true = run.truth
        pairs = paired(run)
        lasted = true.toe_off_t - true.strike_t
        contact += errors(pairs, lambda s: s.contact_s, lasted)
        here = errors(pairs, lambda s: s.vertical_oscillation_m, true.oscillation_m)
        height += here
        means.append(float(np.mean(here)))
        impact += errors(pairs, lambda s: s.impact_g, true.impact_g)
        off = errors(pairs, lambda s: s.speed_m_s, true.speed_m_s)
        v = float(np.median(true.speed_m_s[true.running]))
        speed.append(100.0 * float(np.mean(off)) / v)
        factor = v / (v + float(np.mean(off)))
        corrected = paired(run, Wearer(distance_factor=factor))
        own += errors(corrected, lambda s: s.speed_m_s, true.speed_m_s)
        known = paired(run, Wearer(speed_m_s=v))
        with_speed += errors(known, lambda s: s.contact_s, lasted)
        stride += errors(known, lambda s: s.stride_length_m, true.stride_length_m)
    line("contact time, speed unknown", (1000.0 * e for e in contact), "ms")
    line("contact time, speed known", (1000.0 * e for e in with_speed), "ms")
    line("vertical oscillation, steps", (1000.0 * e for e in height), "mm")
    line("vertical oscillation, runners", (1000.0 * e for e in means), "mm")
    line("impact, g", impact, "g")
    line("speed, runners, not calibrated", speed, "%")
    line("speed, steps, own factor", own, "m/s")
    line("stride length, speed known", stride, "m")


def synthetic_oscillation() -> None:
    print("\nvertical oscillation by rate, tilt and noise; its cross-check")
    phases = [Phase(Motion.STAND, 4.0), Phase(Motion.RUN, 40.0, 164.0, speed=3.0)]
    for rate in (100.0, 208.0, 416.0, 833.0):
        sensor = Sensor(
            rate_hz=rate, mounting=tilted(20.0, -15.0, 70.0), acc_bias=(0.3, -0.2, 0.25),
            acc_noise=300e-6 * STANDARD_GRAVITY,
        )  # fmt: skip
        run = synthesize(phases, sensor=sensor, seed=2)
        e = errors(paired(run), lambda s: s.vertical_oscillation_m, run.truth.oscillation_m)
        line(f"{rate:.0f} Hz", (1000.0 * x for x in e), "mm")
    for cadence, speed in ((150.0, 2.4), (165.0, 3.0), (180.0, 4.2)):
        run = synthesize([phases[0], Phase(Motion.RUN, 40.0, cadence, speed=speed)], seed=2)
        gap = []
        for _, s in paired(run):
            if s.vertical_oscillation_m is not None and s.contact_s and s.flight_s:
                gap.append(1000.0 * (expected_oscillation(s) - s.vertical_oscillation_m))
        far = 100.0 * np.mean(np.abs(gap) > 15.0)
        line(f"{cadence:.0f} spm: dy + g tf²/8 - VO", gap, f"mm; over 15 mm: {far:.0f} % of steps")


def expected_oscillation(step: Step) -> float:
    """Morin's compression and the height of the flight, m (science 2.1)."""
    flight = max(step.flight_s or 0.0, 0.0)
    contact = step.contact_s or 0.0
    return compression_m(step.duration_s, contact) + STANDARD_GRAVITY * flight**2 / 8.0


def synthetic_lean() -> None:
    print("\npelvis lean over standing, degrees (the last steps of 40 s; tilted sensors)")
    ahead, left = [], []
    for k, (forward, aside) in enumerate(((0, 0), (4, 0), (8, -3), (12, 3), (-4, 5), (6, 0))):
        body = Runner(lean_forward_deg=float(forward), lean_left_deg=float(aside))
        phases = [Phase(Motion.STAND, 5.0), Phase(Motion.RUN, 40.0, 160.0 + 4.0 * k, speed=3.0)]
        sensor = Sensor(mounting=tilted(8.0 * k - 20.0, 10.0, 25.0 * k))
        run = synthesize(phases, runner=body, sensor=sensor, seed=k)
        got = [s for _, s in paired(run) if s.lean_forward_deg is not None][-40:]
        ahead += [(s.lean_forward_deg or 0.0) - forward for s in got[::40]]
        left += [(s.lean_left_deg or 0.0) - aside for s in got[::40]]
    line("forward", ahead, "deg")
    line("left", left, "deg")


def synthetic_braking() -> None:
    print("\nbraking: a sinusoid of the given size alone is brake x contact / pi; m/s")
    for brake, speed in ((0.15, 3.0), (0.3, 3.0), (0.45, 3.0), (0.3, 4.2)):
        body = Runner(brake_g=brake, impact_g=0.0, limb_g=0.0, pitch_deg=0.0, roll_deg=0.0)
        run = synthesize([Phase(Motion.RUN, 40.0, 168.0, speed=speed)], runner=body, seed=1)
        size = brake * speed / 3.0 * STANDARD_GRAVITY
        truth = size * (run.truth.toe_off_t - run.truth.strike_t) / np.pi
        line(
            f"{brake} g at {speed} m/s", errors(paired(run), lambda s: s.braking_m_s, truth), "m/s"
        )


def synthetic_ground() -> None:
    print("\nlevel ground: synthetic changes after 100 s, for 40 s")
    kinds: list[tuple[str, Phase]] = [
        (f"slope {deg:+.0f} deg", Phase(Motion.RUN, 40.0, 165.0, speed=3.0, slope_deg=deg))
        for deg in (-10.0, -5.0, -3.0, 3.0, 5.0, 10.0)
    ]
    kinds += [
        (f"speed {v} m/s", Phase(Motion.RUN, 40.0, c, speed=v))
        for v, c in ((2.5, 161.0), (3.6, 170.0), (4.2, 176.0))
    ]
    kinds += [
        (f"cadence {share:+.1%}, cued", Phase(Motion.RUN, 40.0, 165.0 * (1.0 + share), speed=3.0))
        for share in (0.05, 0.075, 0.1)
    ]
    for name, phase in kinds:
        before, after = (Phase(Motion.RUN, s, 165.0, speed=3.0) for s in (100.0, 60.0))
        run = synthesize([Phase(Motion.STAND, 5.0), before, phase, after], seed=3)
        steps = steps_of(run.stream, run.block)
        off = [s.t - 105.0 for s in steps if s.level_ground is False and s.t > 105.0]
        print(f"  {name:24s} " + (f"known after {off[0]:.1f} s" if off else "held to be level"))
    wrong = total = 0
    for seed in range(3):
        phase = Phase(Motion.RUN, 400.0, 160.0 + 8.0 * seed, 164.0 + 8.0 * seed, speed=2.9)
        run = synthesize([Phase(Motion.STAND, 5.0), phase], seed=seed)
        held = [s.level_ground for s in steps_of(run.stream, run.block)]
        wrong, total = wrong + held.count(False), total + len(held)
    print(f"  steady runs: {wrong} of {total} steps held not to be level")


def cost() -> None:
    run = synthesize([Phase(Motion.STAND, 5.0), Phase(Motion.RUN, 120.0, 170.0)], seed=1)
    spent = 0.0
    measured = WaistMetrics.step

    def timed(self: WaistMetrics, *args: object) -> Step:
        nonlocal spent
        began = process_time()
        step = measured(self, *args)  # type: ignore[arg-type]
        spent += process_time() - began
        return step

    WaistMetrics.step = timed  # type: ignore[method-assign, assignment]
    try:
        steps = steps_of(run.stream, run.block)
    finally:
        WaistMetrics.step = measured  # type: ignore[method-assign]
    print(f"\ncost: {1000.0 * spent / len(steps):.3f} ms a step, all metrics")


def main() -> None:
    if DATA.is_dir():
        fit_contact.main()
        treadmill_contact()
        treadmill_forward()
        treadmill_slopes()
    else:
        print(f"no recordings at {DATA}; set GAITCOACH_DATA", file=sys.stderr)
    synthetic_runners()
    synthetic_oscillation()
    synthetic_lean()
    synthetic_braking()
    synthetic_ground()
    cost()


if __name__ == "__main__":
    main()
