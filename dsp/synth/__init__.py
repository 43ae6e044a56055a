"""A synthetic runner with exact known strikes, for the demo and for tests; pure and seeded."""

from dsp.synth.phases import Motion, Phase
from dsp.synth.presets import (
    OTHER_ACTIVITIES,
    SHOE_SENSOR,
    daily_life,
    easy_run,
    intervals,
    loose_belt,
    other_activities,
    other_activity,
    overstrider,
    random_runner,
    stop_and_go,
    walk,
)
from dsp.synth.runner import Runner
from dsp.synth.sensor import UPRIGHT, Loss, Sensor, random_rotation, rotation, tilted
from dsp.synth.synthesis import SynthRun, Truth, chunks, synthesize

__all__ = [
    "OTHER_ACTIVITIES",
    "SHOE_SENSOR",
    "UPRIGHT",
    "Loss",
    "Motion",
    "Phase",
    "Runner",
    "Sensor",
    "SynthRun",
    "Truth",
    "chunks",
    "daily_life",
    "easy_run",
    "intervals",
    "loose_belt",
    "other_activities",
    "other_activity",
    "overstrider",
    "random_rotation",
    "random_runner",
    "rotation",
    "stop_and_go",
    "synthesize",
    "tilted",
    "walk",
]
