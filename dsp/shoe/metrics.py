"""Metric tier at the shoe: what a stride was like, once the foot has come to rest again.

Formulas, units and sources: docs/metrics.md.
"""

from dataclasses import replace
from typing import Any, Final

import numpy as np

from dsp import spring
from dsp.belt import SHOE_RATIO, Belt, MeanSpeed
from dsp.block import Stream
from dsp.events import Step
from dsp.history import History
from dsp.rotation import orientations, seen_from
from dsp.shoe.foot_frame import FootFrame
from dsp.shoe.foot_strike import FootStrikeClass
from dsp.shoe.impact import LEAST_HZ as IMPACT_HZ
from dsp.shoe.impact import Impacts
from dsp.shoe.landing import Landing, landing
from dsp.shoe.mid_stance import mid_stance
from dsp.shoe.stance import StrideWindow
from dsp.shoe.strapdown import Travel, travel
from dsp.shoe.stride import StrideSamples, samples_of
from dsp.shoe.toe_off import PushOff, contact_s
from dsp.terrain import Gait, Terrain
from dsp.wearer import Wearer

USUAL_DUTY: Final = 0.33
"""Contact over stride where it was not measured: 0.28 to 0.41 at 5.4 to 2.5 m/s (science 2.1)."""
LEAST_HZ: Final = 90.0
"""Below this rate nothing that needs the turning: at 62 Hz half of the strides have no length, and
the angle scatters by 4 degrees."""
SHORTEST_S: Final = 0.095
"""No stance is shorter (Kiernan 2023)."""


class ShoeMetrics:
    """Measures one whole stride after another.

    Args:
        history: holds every stride, and the rest that confirmed it, when it is measured.
    """

    def __init__(self, stream: Stream, wearer: Wearer, history: History) -> None:
        self._stream = stream
        self._wearer = wearer
        self._history = history
        self._impacts = Impacts(stream.rate_hz, history)
        self._push_off = PushOff(stream.rate_hz)
        self._frame = FootFrame()
        self._class = FootStrikeClass()
        self._terrain = Terrain()
        self._belt = Belt(wearer.speed_m_s, SHOE_RATIO)
        self._measured = MeanSpeed()

    def stride(self, window: StrideWindow) -> Step:
        """The stride from one strike to the next of the same foot."""
        strike, rate = window.strike, self._stream.rate_hz
        duration = window.following.t - strike.t
        shock = self._impacts.of(strike.t, strike.number)
        samples = samples_of(self._history, strike.number, window.t_decision, rate)
        turning = self._of_turning(samples, window) if samples.gyro and rate >= LEAST_HZ else {}
        if not samples.force:
            # The resultant of the axes that are there is at most the shock: a rise is none.
            shock = replace(shock, rise_g_s=None)
        if "speed_m_s" not in turning and (belt := self._believed(duration)) is not None:
            turning |= {"speed_m_s": belt, "stride_length_m": belt * duration}
        return Step(
            t=strike.t,
            t_decision=window.t_decision,
            strike_t=window.strike_t,
            side=self._stream.side,
            steps=2,
            duration_s=duration,
            cadence_spm=120.0 / duration,
            impact_g=shock.peak_g,
            impact_rise_g_s=shock.rise_g_s,
            clipped=shock.clipped,
            **turning,
        )

    def _of_turning(self, samples: StrideSamples, window: StrideWindow) -> dict[str, Any]:
        """The fields that need the gyro."""
        start, end, rate = window.strike.t, window.following.t, self._stream.rate_hz
        step_s = 0.5 * (end - start)
        push = self._push_off.about_main_axis(samples, start, end)
        about = 2.0 * USUAL_DUTY * step_s if push is None else contact_s(start, push)
        flat = mid_stance(samples, start, about, rate)
        if flat is None:
            contact = None if push is None else contact_s(start, push)
            return {"strike_type": self._class.value} | self._of_contact(start, step_s, contact)
        q = seen_from(orientations(samples.t, samples.gyr), flat)
        next_flat = mid_stance(samples, end, about, rate) if samples.whole else None
        way = None if next_flat is None else travel(samples, q, flat, next_flat)
        if way is not None:
            self._frame.add(way)
        axes = self._frame.axes()
        if axes is not None:
            push = self._push_off.across(samples, q, axes.left, start, end)
        contact = None if push is None else contact_s(start, push)
        found = self._of_contact(start, step_s, contact)
        if way is not None and way.sure:
            found |= self._of_travel(way, end, step_s, contact)
        if axes is not None:
            got = landing(samples, q, axes, self._stream.side, start, flat, contact)
            found |= self._of_landing(got)
        return {"strike_type": self._class.value} | found

    def _believed(self, stride_s: float) -> float | None:
        """The belt's speed, m/s, while the strides so far do not contradict it."""
        return self._belt.beside(self._measured.m_s, stride_s)

    def _own(self, contact: float) -> float:
        """Contact time with the runner's own offset, s."""
        return max(contact + self._wearer.contact_offset_s, SHORTEST_S)

    def _of_contact(self, strike_t: float, step_s: float, measured: float | None) -> dict[str, Any]:
        """What follows from the contact time, the other foot's taken to be alike."""
        if measured is None:
            return {}
        contact = self._own(measured)
        return {
            "toe_off_t": strike_t + contact,
            "contact_s": contact,
            "flight_s": step_s - contact,
            "duty_factor": contact / (2.0 * step_s),
            "peak_force_bw": spring.peak_force_bw(step_s, contact),
        }

    def _of_travel(
        self, way: Travel, end_t: float, step_s: float, contact: float | None
    ) -> dict[str, Any]:
        """Distance and what rests on it."""
        stride_s = 2.0 * step_s
        speed = self._wearer.distance_factor * way.length_m / stride_s
        self._measured.follow(speed)
        if (belt := self._believed(stride_s)) is not None:
            speed = belt
        length = speed * stride_s
        found: dict[str, Any] = {"stride_length_m": length, "speed_m_s": speed}
        if contact is None:
            return found
        # The foot that lies flat leans with the ground.
        up = way.gravity / np.sqrt((way.gravity**2).sum())
        level = self._terrain.follow(end_t, Gait(step_s, contact / step_s, 0.0, up))
        found["level_ground"] = level
        if level:
            contact, height = self._own(contact), self._wearer.height_m
            found["vertical_stiffness_bw_m"] = spring.vertical_stiffness_bw_m(step_s, contact)
            if height is not None:
                found["leg_stiffness_bw_m"] = spring.leg_stiffness_bw_m(
                    step_s, contact, speed, height
                )
        return found

    def _of_landing(self, got: Landing | None) -> dict[str, Any]:
        """Angle, class and forward speed at the strike, eversion after it."""
        if got is None:
            return {}
        self._class.push(got.angle_deg)
        # It changes within milliseconds: at 143 Hz it reads 7 % less and scatters twice as much.
        forward = got.forward_m_s if self._stream.rate_hz >= IMPACT_HZ else None
        return {
            "foot_strike_angle_deg": got.angle_deg,
            "pronation_deg": got.eversion_deg,
            "overstride_m_s": forward,
        }
