"""The body of a synthetic runner: what differs from one person, shoe and belt to the next."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Runner:
    """Parameters of one runner.

    Args:
        impact_g: amplitude of the waist's impact transient on the level at 3 m/s with softness 0, g
            above the active curve (measured excess 0.5 to 3 g over speeds and slopes, science.md
            2.2).
        shoe_impact_g: the same at the shoe, axial, g (5 to 15 g).
        impact_asymmetry: (left - right) / mean of the impact amplitude.
        impact_cv: step-to-step variation of the impact amplitude (measured about 0.1).
        softness: 0 hard heel on asphalt to 1 soft shoe on grass: weaker, wider and later impact.
        step_asymmetry: (left - right) / mean of the step time that a foot begins.
        jitter: SD of step times over the mean (1 to 2 %).
        wander: SD of the slow drift of step times over the mean.
        contact_scale: this runner's contact time over the population's at the same speed and
            cadence.
        strike_angle_deg: foot pitch at strike, toe up positive; below 0 is a forefoot strike.
        sway_g: medio-lateral force in mid-stance, g.
        limb_g: vertical force of the trunk and the swinging leg, g.
        brake_g: braking and propulsive force, g at 3 m/s.
        roll_deg, pitch_deg, yaw_deg: half amplitude of the pelvis angles when running.
        lean_forward_deg, lean_left_deg: of the pelvis when running on the level, over standing.
        belt_ring_g: ringing of a loose belt per g of impact; 0: tight.
        belt_ring_hz: its frequency, Hz; belt_ring_s: its decay time, s.
    """

    impact_g: float = 1.9
    shoe_impact_g: float = 9.0
    impact_asymmetry: float = 0.05
    impact_cv: float = 0.1
    softness: float = 0.2
    step_asymmetry: float = 0.01
    jitter: float = 0.012
    wander: float = 0.005
    contact_scale: float = 1.0
    strike_angle_deg: float = 14.0
    sway_g: float = 0.34
    limb_g: float = 0.15
    brake_g: float = 0.3
    roll_deg: float = 4.5
    pitch_deg: float = 2.5
    yaw_deg: float = 6.0
    lean_forward_deg: float = 0.0
    lean_left_deg: float = 0.0
    belt_ring_g: float = 0.0
    belt_ring_hz: float = 11.0
    belt_ring_s: float = 0.12
