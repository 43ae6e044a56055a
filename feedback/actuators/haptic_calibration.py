"""What a DRV2605L has found out about its motor, and the file that keeps it."""

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from feedback.actuators.errors import ActuatorError

SCHEMA: Final = "gaitcoach.haptic/1"


class MotorKind(StrEnum):
    """What shakes."""

    LRA = "lra"
    """A mass on a spring, driven at its resonance."""
    ERM = "erm"
    """A motor with an eccentric mass."""


@dataclass(frozen=True, slots=True)
class Motor:
    """The motor on a driver chip, from its datasheet.

    Args:
        kind: which.
        rated_v: rated voltage, V; of an LRA RMS.
        clamp_v: the most it may get for a moment, V: overdrive at the start, brake at the end.
        resonance_hz: of an LRA, Hz.
        closed_loop: whether the chip follows the back-EMF; None: with an LRA. It drives and brakes
            better then, and wants to be calibrated.
    """

    kind: MotorKind
    rated_v: float
    clamp_v: float
    resonance_hz: float = 175.0
    closed_loop: bool | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.rated_v <= self.clamp_v <= 5.6:
            raise ValueError(
                f"rated_v = {self.rated_v:g}, clamp_v = {self.clamp_v:g}: must be above 0, at most "
                "5.6, and the clamp not below the rated voltage"
            )
        if not 50.0 <= self.resonance_hz <= 300.0:
            raise ValueError(f"resonance_hz = {self.resonance_hz:g}: must be 50 to 300")

    @property
    def follows(self) -> bool:
        """Whether it is driven in closed loop."""
        return self.kind is MotorKind.LRA if self.closed_loop is None else self.closed_loop


@dataclass(frozen=True, slots=True)
class HapticCalibration:
    """The result of an auto-calibration.

    Args:
        motor: what it was made with.
        compensation: A_CAL_COMP, register 0x18.
        back_emf: A_CAL_BEMF, register 0x19.
        gain: BEMF_GAIN, register 0x1A[1:0].
    """

    motor: Motor
    compensation: int
    back_emf: int
    gain: int

    def __post_init__(self) -> None:
        for name, most in (("compensation", 255), ("back_emf", 255), ("gain", 3)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
                raise ValueError(f"{name} = {value!r}: must be a whole number from 0 to {most}")

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"schema": SCHEMA, **asdict(self)}


def from_dict(record: Any) -> HapticCalibration:
    """The calibration that `as_dict` gave.

    Raises:
        ValueError: it is not such a record.
    """
    try:
        if record["schema"] != SCHEMA:
            raise ValueError(f"schema {record['schema']!r}; this gaitcoach reads {SCHEMA}")
        said = dict(record["motor"])
        motor = Motor(MotorKind(said.pop("kind")), **said)
        return HapticCalibration(motor, record["compensation"], record["back_emf"], record["gain"])
    except (KeyError, TypeError) as e:
        raise ValueError(f"no haptic calibration: {e}") from e


def load(path: Path, motor: Motor) -> HapticCalibration | None:
    """The calibration of `motor`; None: there is no such file.

    Raises:
        ActuatorError: the file is unreadable or damaged, or belongs to another motor.
    """
    try:
        found = from_dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except OSError as e:
        raise ActuatorError(f"{path}: cannot be read: {e.strerror or e}") from e
    except (ValueError, RecursionError) as e:
        raise ActuatorError(f"{path}: {e}; move it away and calibrate the motor anew") from e
    if found.motor != motor:
        raise ActuatorError(
            f"{path}: made with another motor or other voltages than are configured; calibrate anew"
        )
    return found


def save(path: Path, calibration: HapticCalibration) -> None:
    """Replaces the file in one step; its folder is made.

    Raises:
        ActuatorError: it cannot be written; an old file is left as it was.
    """
    temp = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temp.open("w", encoding="utf-8") as f:
                f.write(json.dumps(calibration.as_dict(), indent=1) + "\n")
                f.flush()
                os.fsync(f.fileno())
            temp.replace(path)
        finally:
            temp.unlink(missing_ok=True)
    except OSError as e:
        raise ActuatorError(f"{path}: cannot be written: {e.strerror or e}") from e
