"""What is known about the runner and how the sensor sits on her; constant over a stream."""

from dataclasses import dataclass

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class FootSigns:
    """What tells left from right at the waist, learned once from hops on either foot.

    Args:
        gyro: whether angular rate (rad/s) is read, else specific force (m/s²).
        direction: horizontal unit vector in the samples' axes; the reading along it has the sign.
        left, right: mean of the reading along it over hops on that foot, SI.
        spread: standard deviation of a single hop, SI.
    """

    gyro: bool
    direction: Vector
    left: float
    right: float
    spread: float


@dataclass(frozen=True, slots=True)
class Wearer:
    """Everything may be unknown; then what needs it is None, or relative.

    Args:
        height_m: body height; leg length is 0.53 of it (Winter).
        speed_m_s: running speed where it is constant and known: a treadmill's. Where what the
            sensor measures plainly contradicts it, it is not used (`dsp.belt`).
        up: unit vector that points up when the runner stands upright, in the samples' axes.
        forward: horizontal unit vector that points where she runs, likewise.
        foot_signs: what tells left from right.
        contact_offset_s: true contact time minus the measured one, this runner's own.
        surface: where she runs, "outdoor" or "treadmill".
        distance_factor: true distance over the one measured, this runner's own.
    """

    height_m: float | None = None
    speed_m_s: float | None = None
    up: Vector | None = None
    forward: Vector | None = None
    foot_signs: FootSigns | None = None
    contact_offset_s: float = 0.0
    surface: str = "outdoor"
    distance_factor: float = 1.0


UNKNOWN = Wearer()
