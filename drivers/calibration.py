"""What one specimen of a chip is off by, and how it sits on the body.

    acc_body = mounting · acc_matrix · (acc_sensor - acc_bias)
    gyr_body = mounting · (gyr_sensor - gyr_bias)

The model of six positions and of an accelerometer's cross-axis errors: ST AN3192 and AN4508.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from math import inf, isfinite
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
READINGS: Final = ("gyr", "acc")
SHOWN: Final = 60
"""Characters of a wrong value in a message."""
_SCALARS: Final = {str: "text", int: "a whole number", bool: "true or false"}


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

    Raises:
        CalibrationError: another reading.
    """

    reading: str
    direction: Vector
    left: float
    right: float
    spread: float
    separation: float

    def __post_init__(self) -> None:
        if self.reading not in READINGS:
            raise _wrong("hops.reading", self.reading, " or ".join(READINGS))

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
                raise _wrong(name, getattr(self, name), f"within ±{MAX_BIAS:g}")
        if not np.all(np.abs(np.subtract(self.acc_matrix, UNIT)) <= MAX_SCALE_ERROR):
            raise _wrong("acc_matrix", self.acc_matrix, f"within {MAX_SCALE_ERROR:g} of the unit's")
        rotation = np.array(self.mounting)
        # The size first: products of huge numbers would overflow.
        if not (
            np.abs(rotation).max() <= 1.0 + ROTATION_TOLERANCE
            and np.abs(rotation @ rotation.T - np.eye(3)).max() <= ROTATION_TOLERANCE
            and np.linalg.det(rotation) > 0
        ):
            raise _wrong("mounting", self.mounting, "a rotation")

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


def from_dict(record: Any, source: str = "calibration") -> Calibration:
    """The calibration of a record that `as_dict` made.

    Args:
        source: the file, for messages.

    Raises:
        CalibrationError: a key is missing or unknown, or a value cannot be; the caller adds what
            to do, since that depends on who named the file.
    """
    try:
        found: Calibration = _made(Calibration, record, "")
    except CalibrationError as e:
        raise CalibrationError(f"{source}: {e}") from None
    return found


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


def _made(cls: type[Any], record: Any, prefix: str) -> Any:
    """A dataclass of a record with exactly its fields, each of its kind."""
    if not isinstance(record, Mapping):
        raise _wrong(prefix[:-1] or "the record", record, "an object with keys")
    kinds = {f.name: f.type for f in fields(cls)}
    for name in kinds:
        if name not in record:
            raise CalibrationError(f"{prefix}{name} is missing")
    for name in record:
        if name not in kinds:
            raise CalibrationError(f"unknown key {_shown(f'{prefix}{name}')}")
    return cls(**{n: _value(k, record[n], f"{prefix}{n}") for n, k in kinds.items()})


def _value(kind: Any, value: Any, key: str) -> Any:
    if kind is float:
        return _number(value, key)
    if kind == Vector:
        return tuple(_number(v, key) for v in _list(value, key, "three numbers", 3))
    if kind == Matrix:
        return tuple(_value(Vector, v, key) for v in _list(value, key, "three rows", 3))
    if kind == tuple[str, ...]:
        return tuple(_value(str, v, key) for v in _list(value, key, "a list of text"))
    if kind in _SCALARS:
        if type(value) is not kind:
            raise _wrong(key, value, _SCALARS[kind])
        return value
    if kind == FootSigns | None:
        return None if value is None else _made(FootSigns, value, f"{key}.")
    return _made(kind, value, f"{key}.")


def _number(value: Any, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(key, value, "a number")
    try:
        number = float(value)
    except OverflowError:
        number = inf
    if not isfinite(number):
        raise _wrong(key, value, "a finite number")
    return number


def _list(value: Any, key: str, must: str, length: int | None = None) -> list[Any]:
    if not isinstance(value, list | tuple) or length not in (None, len(value)):
        raise _wrong(key, value, must)
    return list(value)


def _wrong(key: str, value: Any, must: str) -> CalibrationError:
    return CalibrationError(f"{key} = {_shown(value)}: must be {must}")


def _shown(value: Any) -> str:
    """As JSON has it, cut: it goes into one line."""
    text = json.dumps(value, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _lists(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_lists(v) for v in value]
    return value
