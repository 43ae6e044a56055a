"""Metric tier at the waist: what a step was like, once the next strike has come.

Formulas, units and sources: docs/metrics.md.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from dsp import spring
from dsp.belt import WAIST_RATIO, Belt
from dsp.block import BoolArray, FloatArray, Side, Stream
from dsp.events import Foot, Step
from dsp.history import History
from dsp.terrain import Gait, Terrain
from dsp.waist.axes import ForeAft
from dsp.waist.channels import ACC_X, ACC_Y, ACC_Z
from dsp.waist.contact_time import contact_time_s, pulse_width_s
from dsp.waist.crossing import StepWindow
from dsp.waist.impact import LEAST_HZ as IMPACT_HZ
from dsp.waist.impact import impact_of, impact_rise_g_s
from dsp.waist.oscillation import oscillation_m
from dsp.waist.posture import Posture, braking_m_s
from dsp.waist.speed import SpeedModel
from dsp.waist.standing import Standing
from dsp.waist.stride import POINTS, WholeStride, whole_stride
from dsp.wearer import Wearer

PAUSE_S: Final = 3.0
"""After a pause this long speed and posture are looked at anew."""
LEAST_HZ: Final = 38.0
"""Below this rate nothing but times: the push has parts up to 20 Hz. At 40 Hz contact time and
bounce are what they are at 1000 Hz, at 31 Hz they scatter by 12 ms and 13 mm more."""
MOST_ABSENT: Final = 0.3
"""Of the forward direction in an absent axis: what lies in it is not seen."""
LEAST_GRAVITY_G: Final = 0.95
"""Where an absent axis holds more of gravity (18 degrees), it holds part of the impact, too."""


class WaistMetrics:
    """Measures one whole step after another.

    The impact needs the step alone; everything else the whole stride that the step ends, and is
    None without it (the first step of a run; lost or clipped samples).

    Args:
        history: holds every step, and the one before it, when it is measured.
    """

    def __init__(self, stream: Stream, wearer: Wearer, history: History) -> None:
        self._rate_hz = stream.rate_hz
        self._wearer = wearer
        self._history = history
        self._before: StepWindow | None = None
        self._fore_aft = ForeAft(wearer)
        self._standing = Standing(stream, wearer, history)
        self._posture = Posture()
        self._speed = SpeedModel(wearer.distance_factor)
        self._belt = Belt(wearer.speed_m_s, WAIST_RATIO)
        self._terrain = Terrain()
        self._has_gravity = False

    def push(self) -> None:
        """Takes note of samples that were remembered, running or not."""
        self._standing.push()

    def step(self, window: StepWindow, side: Side, foot: Foot | None) -> Step:
        """The step; `side` and `foot` as its strike was told."""
        strike, following = window.strike, window.following
        duration = following.t - strike.t
        impact = impact_of(self._history, window, self._rate_hz)
        step = Step(
            t=strike.t,
            t_decision=window.t_decision,
            strike_t=strike.t,
            side=side,
            steps=1,
            duration_s=duration,
            cadence_spm=60.0 / duration,
            impact_g=impact.impact_g,
            active_g=impact.active_g,
            impact_excess_g=impact.excess_g,
            clipped=impact.clipped,
            foot=foot,
        )
        before, self._before = self._before, window
        if self._rate_hz < LEAST_HZ:
            return replace(step, active_g=None)
        if before is None:
            return self._without_axis(step) if self._lacks_axis(window) else step
        if strike.t - before.following.t > PAUSE_S:
            self._posture.restart()
            self._speed.restart()
        stride = whole_stride(self._history, before, window)
        if stride is None:
            return self._without_axis(step) if self._lacks_axis(window) else step
        return self._with_stride(step, stride, following.number)

    def _lacks_axis(self, window: StepWindow) -> bool:
        """Whether the accelerometer does: an absent axis reads 0 throughout, which noise never
        does."""
        first, last = window.strike.number, window.following.number
        return not all(self._history.view(k, first, last).any() for k in (ACC_X, ACC_Y, ACC_Z))

    def _forward_without(self, axes: BoolArray, forward: FloatArray | None) -> FloatArray | None:
        """Forward where some of the axes are absent: only as calibrated, and in those there."""
        known = self._wearer.forward
        # What repeats with every step in the axes that are there may well be sideways.
        there = known is not None and bool((np.abs(known)[~axes] < MOST_ABSENT).all())
        return forward if there else None

    def _without_axis(self, step: Step) -> Step:
        """The step of a sensor without an axis: with its impact only where that is level."""
        return step if self._has_gravity else replace(step, impact_g=None, impact_excess_g=None)

    def _with_stride(self, step: Step, stride: WholeStride, number: int) -> Step:
        """What needs the stride whose second step this is, known at sample `number`."""
        forward = self._fore_aft.follow(stride)
        if not stride.axes.all():
            forward = self._forward_without(stride.axes, forward)
            self._has_gravity = stride.gravity_g >= LEAST_GRAVITY_G
            step = self._without_axis(step)
        lean = self._posture.follow(stride, self._standing.up(number), forward)
        ahead, left = (None, None) if lean is None else lean
        if not stride.axes.all():
            # Forward lies in the axes that are there; sideways does not.
            left = None
        if self._rate_hz < IMPACT_HZ:
            # Between two samples the braking turns into the push.
            forward = None
        step = replace(
            step,
            # A slope needs every sample as much as the peak does.
            impact_rise_g_s=None if step.impact_g is None else impact_rise_g_s(stride),
            vertical_oscillation_m=oscillation_m(stride),
            braking_m_s=None if forward is None else braking_m_s(stride, forward),
            lean_forward_deg=ahead,
            lean_left_deg=left,
        )
        width = pulse_width_s(stride)
        return step if width is None else self._with_push(step, stride, width)

    def _with_push(self, step: Step, stride: WholeStride, width: float) -> Step:
        """What follows from the width of the vertical pulse, s."""
        wearer, step_s, bounce = self._wearer, stride.step_s, step.vertical_oscillation_m
        modelled = self._speed.follow(step_s, width)
        belt = self._belt.beside(modelled, stride.before_s + step_s)
        speed = modelled if belt is None else belt
        contact = contact_time_s(stride, width, belt, wearer.contact_offset_s)
        step = replace(
            step,
            level_ground=self._terrain.follow(stride.end_t, _gait(stride, width)),
            speed_m_s=speed,
            stride_length_m=speed * (step_s + stride.before_s),
            vertical_ratio_percent=None if bounce is None else 100.0 * bounce / (speed * step_s),
            contact_s=contact,
            flight_s=step_s - contact,
            toe_off_t=stride.strike_t + contact,
            duty_factor=contact / (2.0 * step_s),
            peak_force_bw=spring.peak_force_bw(step_s, contact),
        )
        if not step.level_ground:
            return step
        height = wearer.height_m
        return replace(
            step,
            vertical_stiffness_bw_m=spring.vertical_stiffness_bw_m(step_s, contact),
            leg_stiffness_bw_m=None
            if height is None
            else spring.leg_stiffness_bw_m(step_s, contact, speed, height),
        )


def _gait(stride: WholeStride, width: float) -> Gait:
    with_step = stride.horizontal[:, [2, 4]]
    size = np.sqrt((np.abs(with_step) ** 2).sum()) * 2.0 / POINTS
    return Gait(stride.step_s, width / stride.step_s, float(size), stride.up)
