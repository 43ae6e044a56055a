"""What one specimen of a chip is off by, and how it sits on the body.

    acc_body = mounting · acc_matrix · (acc_sensor - acc_bias)
    gyr_body = mounting · (gyr_sensor - gyr_bias)

The model of six positions and of an accelerometer's cross-axis errors: ST AN3192 and AN4508.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from math import isfinite
from typing import Any, Final

import numpy as np

from dsp.block import FloatArray
from dsp.errors import GaitCoachError

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]
ZERO: Final[Vector] = (0.0, 0.0, 0.0)
UNIT: Final[Matrix] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
MAX_BIAS: Final = 10.0
"""m/s² or rad/s: no chip that works is off by more."""
MAX_SCALE_ERROR: Final = 0.2
ROTATION_TOLERANCE: Final = 1e-6


class CalibrationError(GaitCoachError, ValueError):
    """A calibration that cannot be, or is of another chip; the text says what to do."""


@dataclass(frozen=True, slots=True)
class ChipIdentity:
    """Which specimen.

    Args:
        part: part number.
        address: I2C, 7 bits.
        fingerprint: its factory trim as text; "" where it has none.
    """

    part: str
    address: int
    fingerprint: str

    def __str__(self) -> str:
        trim = f" ({self.fingerprint})" if self.fingerprint else ""
        return f"{self.part} at 0x{self.address:02x}{trim}"


@dataclass(frozen=True, slots=True)
class FootSigns:
    """What tells left from right around a contact: the sign of a reading along a direction.

    Args:
        reading: "gyr" (rad/s) or "acc" (m/s²): what is read.
        direction: horizontal unit vector in the axes that `mounting` gives.
        left, right: mean of the reading along it over hops on that foot, SI.
        spread: standard deviation of a single hop, SI.
        separation: d': |left - right| / spread, each hop read along a direction found without it.
    """

    reading: str
    direction: Vector
    left: float
    right: float
    spread: float
    separation: float

    @property
    def middle(self) -> float:
        """Readings on the side of `left` are of the left foot, SI."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Calibration:
    """One specimen's.

    Args:
        chip: which specimen.
        acc_bias: m/s²; acc_matrix: scale and cross-axis, dimensionless.
        gyr_bias: rad/s.
        mounting: rotation from the sensor's axes to the body's (x forward, y left, z up).
        heading_known: whether the body's x really points forward; else only z is known.
        method: what was done, in order: "six-positions", "standing", "hops".
        hops: what tells the feet apart; None: unknown.

    Raises:
        CalibrationError: numbers that cannot be.
    """

    chip: ChipIdentity
    acc_bias: Vector = ZERO
    acc_matrix: Matrix = UNIT
    gyr_bias: Vector = ZERO
    mounting: Matrix = UNIT
    heading_known: bool = False
    method: tuple[str, ...] = ()
    hops: FootSigns | None = None

    def __post_init__(self) -> None:
        for name in ("acc_bias", "gyr_bias"):
            if not np.all(np.abs(getattr(self, name)) <= MAX_BIAS):
                raise CalibrationError(f"calibration: {name} = {getattr(self, name)}: cannot be")
        if not np.all(np.abs(np.subtract(self.acc_matrix, UNIT)) <= MAX_SCALE_ERROR):
            raise CalibrationError(f"calibration: acc_matrix = {self.acc_matrix}: cannot be")
        rotation = np.array(self.mounting)
        right_angles = np.abs(rotation @ rotation.T - np.eye(3)).max() <= ROTATION_TOLERANCE
        if not (right_angles and np.linalg.det(rotation) > 0):
            raise CalibrationError(f"calibration: mounting = {self.mounting}: is no rotation")

    def apply(
        self, acc: FloatArray, gyr: FloatArray | None
    ) -> tuple[FloatArray, FloatArray | None]:
        """Samples corrected and turned into the body's axes.

        The same bits however the samples are cut: sums are written out, since a matrix product
        rounds by its layout.

        Args:
            acc: (n, 3) m/s², sensor axes; gyr: (n, 3) rad/s likewise, None without a gyro.

        Returns:
            The same shapes.
        """
        right = _turned(acc, *_numbers(self.acc_bias, self.mounting, self.acc_matrix))
        if gyr is None:
            return right, None
        return right, _turned(gyr, *_numbers(self.gyr_bias, self.mounting, UNIT))

    def as_dict(self) -> dict[str, Any]:
        """For JSON: lists, numbers, text."""
        out: dict[str, Any] = _lists(asdict(self))
        return out


def from_dict(record: Mapping[str, Any], source: str = "calibration") -> Calibration:
    """The calibration of a record that `as_dict` made.

    Args:
        source: the file, for messages.

    Raises:
        CalibrationError: a key is missing or unknown, or a value cannot be.
    """
    try:
        known = dict(record)
        known["chip"] = ChipIdentity(**_typed(ChipIdentity, known["chip"]))
        if known.get("hops") is not None:
            hops = _typed(FootSigns, known["hops"])
            known["hops"] = FootSigns(**{**hops, "direction": _vector(hops["direction"])})
        for name in ("acc_bias", "gyr_bias"):
            known[name] = _vector(known[name])
        for name in ("acc_matrix", "mounting"):
            x, y, z = known[name]
            known[name] = (_vector(x), _vector(y), _vector(z))
        known["method"] = tuple(str(m) for m in known["method"])
        return Calibration(**known)
    except CalibrationError as e:
        raise CalibrationError(f"{source}: {e}; calibrate anew: gaitcoach calibrate") from e
    except (KeyError, TypeError, ValueError) as e:
        raise CalibrationError(
            f"{source}: is no calibration ({type(e).__name__}: {e}); calibrate anew: "
            "gaitcoach calibrate"
        ) from e


@lru_cache(maxsize=8)
def _numbers(
    bias: Vector, mounting: Matrix, matrix: Matrix
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """The bias and the three columns of mounting · matrix, each (3,); cached for every drain."""
    x, y, z = (np.array(mounting) @ np.array(matrix)).T.copy()
    return np.array(bias), x, y, z


def _turned(
    rows: FloatArray, bias: FloatArray, x: FloatArray, y: FloatArray, z: FloatArray
) -> FloatArray:
    right = rows - bias
    out = right[:, :1] * x
    out += right[:, 1:2] * y
    out += right[:, 2:] * z
    return out


def _vector(values: Any) -> Vector:
    x, y, z = (float(v) for v in values)
    if not (isfinite(x) and isfinite(y) and isfinite(z)):
        raise ValueError(f"{values} is not finite")
    return x, y, z


def _typed(cls: type[Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with exactly the fields of `cls`, each of its kind."""
    kinds = {f.name: f.type for f in fields(cls)}
    if set(record) != set(kinds):
        raise KeyError(", ".join(sorted(set(record) ^ set(kinds))))
    for name, kind in kinds.items():
        value = record[name]
        if kind is str and not isinstance(value, str):
            raise TypeError(f"{name} = {value!r} is no text")
        if kind is int and (isinstance(value, bool) or not isinstance(value, int)):
            raise TypeError(f"{name} = {value!r} is no whole number")
        if kind is float and not isfinite(value):
            raise ValueError(f"{name} = {value!r} is not finite")
    return dict(record)


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _lists(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_lists(v) for v in value]
    return value
