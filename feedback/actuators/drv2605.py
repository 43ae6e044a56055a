"""The haptic driver DRV2605L (and DRV2605) by its registers.

TI SLOS854; the register values are those of Linux' drv260x.c. The chip was only met simulated.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from feedback.actuators.errors import ActuatorError
from feedback.actuators.haptic_calibration import HapticCalibration, Motor, MotorKind
from feedback.actuators.wiring import RegisterBus, Switch

ADDRESS: Final = 0x5A
STATUS: Final = 0x00
MODE: Final = 0x01
RTP: Final = 0x02
LIBRARY: Final = 0x03
SEQUENCE: Final = 0x04
GO: Final = 0x0C
RATED_VOLTAGE: Final = 0x16
COMPENSATION: Final = 0x18
STANDBY: Final = 0x40
INTERNAL: Final = 0
EDGE: Final = 1
REAL_TIME: Final = 5
DIAGNOSTICS: Final = 6
AUTO_CAL: Final = 7
"""Values of MODE."""
IDS: Final = {7: "DRV2605L", 3: "DRV2605"}
DIAG_RESULT: Final = 0x08
OVER_TEMPERATURE: Final = 0x02
OVER_CURRENT: Final = 0x01
WAKE_S: Final = 0.001
"""It answers 250 us after EN."""
LONGEST_S: Final = 2.0
"""Auto-calibration takes 1.2 s at most, diagnostics less."""
_POLL_S: Final = 0.020
_UNCALIBRATED: Final = (0x0C, 0x6C, 2)
"""COMPENSATION, back-EMF and gain after a reset."""
_LIBRARIES: Final = {MotorKind.ERM: 1, MotorKind.LRA: 6}
_CALIBRATION_HINT: Final = (
    "is the motor connected and pressed firmly to the case (hanging by its wires it cannot be "
    "calibrated)? are kind, rated and clamp voltage those of its datasheet? a small ERM may need a "
    "lower rated voltage, or none of this in open loop"
)


def volts(v: float) -> int:
    """The code of a voltage: steps of 5.6 V / 255."""
    return min(255, round(v * 255 / 5.6))


class Drv2605:
    """One chip and its motor.

    Args:
        bus: the bus it sits on.
        motor: what it drives.
        sleep: waits for so many seconds.
        calibration: of an earlier auto-calibration.
        enable: its EN pin; None: wired high.
    """

    def __init__(
        self,
        bus: RegisterBus,
        motor: Motor,
        sleep: Callable[[float], object],
        calibration: HapticCalibration | None = None,
        enable: Switch | None = None,
        address: int = ADDRESS,
    ) -> None:
        self.motor = motor
        self.calibration = calibration
        self.part = ""
        """What it calls itself, once it was met."""
        self._bus = bus
        self._sleep = sleep
        self._enable = enable
        self._address = address
        self._mode = STANDBY

    def open(self, mode: int) -> None:
        """Wakes it up, sets all registers anew and reads them back.

        Args:
            mode: INTERNAL, EDGE or REAL_TIME.

        Raises:
            ActuatorError: another chip, or it does not take what is written.
            OSError: the bus failed.
        """
        if self._enable is not None:
            self._enable.on()
            self._sleep(WAKE_S)
        self.part = self._identified()
        self._write(MODE, INTERNAL)
        self._write(GO, 0)
        self._write(RTP, 0)
        self._set(LIBRARY, (_LIBRARIES[self.motor.kind],))
        self._set(RATED_VOLTAGE, self._settings())
        self._enter(mode)

    def drive(self, share: float) -> None:
        """In REAL_TIME: drives the motor with `share` of the full scale, -1 to 1; one transaction.

        Full scale is the rated voltage in closed loop, else the clamp voltage; below 0 it brakes.
        """
        self._write(RTP, round(127 * min(1.0, max(-1.0, share))) & 0xFF)

    def load(self, effects: Sequence[int]) -> None:
        """What a trigger plays: up to eight effects of the chip's library.

        Raises:
            ActuatorError: it does not read back.
            OSError: the bus failed.
        """
        self._set(SEQUENCE, (*effects, 0)[:8])

    def stop(self) -> None:
        """Ends what a trigger started."""
        self._write(GO, 0)

    def stands(self) -> bool:
        """Whether it is still as it was set up, and not reset by a dip of its supply.

        Raises:
            ActuatorError: it has switched itself off: the motor draws too much.
            OSError: the bus failed.
        """
        status, mode = self._read(STATUS, 2)
        if mode != self._mode or status >> 5 not in IDS:
            return False
        if status & OVER_CURRENT:
            raise ActuatorError(
                f"{self._where}: over-current; is the motor shorted, or its resistance too low?"
            )
        if status & OVER_TEMPERATURE:
            raise ActuatorError(f"{self._where}: too hot; is the motor blocked or shorted?")
        return True

    def auto_calibrate(self) -> HapticCalibration:
        """Lets the chip find out about its motor, which shakes for a second; used from now on.

        Raises:
            ActuatorError: it failed, with what to check.
            OSError: the bus failed.
        """
        before = self._mode
        self.open(INTERNAL)
        if self._run(AUTO_CAL, "auto-calibration") & DIAG_RESULT:
            self._back(before)
            raise ActuatorError(f"{self._where}: auto-calibration failed: {_CALIBRATION_HINT}")
        compensation, back_emf, feedback = self._sure(COMPENSATION, 3)
        self._back(before)
        found = HapticCalibration(self.motor, compensation, back_emf, feedback & 3)
        self.calibration = found
        return found

    def diagnose(self) -> None:
        """Whether there is a motor.

        Raises:
            ActuatorError: there is none, or it is shorted or blocked.
            OSError: the bus failed.
        """
        before = self._mode
        self.open(INTERNAL)
        bad = self._run(DIAGNOSTICS, "diagnostics") & DIAG_RESULT
        self._back(before)
        if bad:
            raise ActuatorError(
                f"{self._where}: no working motor: is it connected to both outputs, not shorted "
                "and free to move, and is its kind the one that is configured?"
            )

    def close(self) -> None:
        """Standby, and EN low.

        Raises:
            OSError: the bus failed; EN is low all the same.
        """
        try:
            self._write(GO, 0)
            self._write(MODE, STANDBY)
        finally:
            self._mode = STANDBY
            if self._enable is not None:
                self._enable.off()
                self._enable.close()

    # inside

    @property
    def _where(self) -> str:
        return f"haptic driver at I2C 0x{self._address:02x}"

    def _identified(self) -> str:
        (status,) = self._sure(STATUS, 1)
        part = IDS.get(status >> 5)
        if part is None:
            raise ActuatorError(
                f"{self._where}: STATUS reads 0x{status:02x}, which is no DRV2605L; is another "
                "chip at this address, or the wiring unsound?"
            )
        return part

    def _settings(self) -> tuple[int, ...]:
        """RATED_VOLTAGE to CONTROL4."""
        motor, known = self.motor, self.calibration
        lra = motor.kind is MotorKind.LRA
        compensation, back_emf, gain = _UNCALIBRATED
        if known is not None:
            compensation, back_emf, gain = known.compensation, known.back_emf, known.gain
        # Half a period less 0.5 ms, in units of 0.1 ms (SLOS854, 8.6.21); an ERM's reset value.
        drive_time = round((500.0 / motor.resonance_hz - 0.5) / 0.1) if lra else 0x13
        open_loop = 0 if motor.follows else 0x01 if lra else 0x20
        return (
            volts(motor.rated_v),
            volts(motor.clamp_v),
            compensation,
            back_emf,
            lra << 7 | 0x34 | gain,  # brake factor 4, loop gain medium
            0x80 | min(31, drive_time),  # startup boost
            0xF5,  # signed input, brake stabilizer; times as after a reset
            0x80 | open_loop,  # noise gate 4 %, signed RTP
            0x30,  # auto-calibration takes 1 s
        )

    def _run(self, mode: int, what: str) -> int:
        """Starts what `mode` does and waits for its end; STATUS then."""
        try:
            self._enter(mode)
            self._write(GO, 1)
            for _ in range(round(LONGEST_S / _POLL_S)):
                self._sleep(_POLL_S)
                if self._read(GO, 1)[0] & 1 or self._sure(GO, 1)[0] & 1:
                    continue
                status, now = self._sure(STATUS, 2)
                if now != mode:
                    raise ActuatorError(
                        f"{self._where}: was reset during {what}; is its supply too weak?"
                    )
                return status
            raise ActuatorError(f"{self._where}: {what} never ends; cut its power and try again")
        except (ActuatorError, OSError):
            # What it was about to do must not go on shaking.
            self._mode = STANDBY
            with suppress(OSError):
                self._write(GO, 0)
                self._write(MODE, STANDBY)
            raise

    def _back(self, mode: int) -> None:
        self._write(GO, 0)
        self._enter(mode)

    def _enter(self, mode: int) -> None:
        self._mode = mode
        self._set(MODE, (mode,))

    def _set(self, register: int, values: Sequence[int]) -> None:
        self._write(register, *values)
        found = self._read(register, len(values))
        if found != bytes(values):
            raise ActuatorError(
                f"{self._where}: registers from 0x{register:02x} were set to "
                f"{bytes(values).hex(' ')} and read back {found.hex(' ')}; the wiring is unsound"
            )

    def _sure(self, register: int, count: int) -> bytes:
        """What nothing else confirms later: read twice."""
        first, second = self._read(register, count), self._read(register, count)
        if first != second:
            raise ActuatorError(
                f"{self._where}: register 0x{register:02x} reads {first.hex(' ')}, then "
                f"{second.hex(' ')}; the wiring is unsound"
            )
        return first

    def _read(self, register: int, count: int) -> bytes:
        return self._bus.read(self._address, register, count)

    def _write(self, register: int, *values: int) -> None:
        self._bus.write(self._address, register, *values)
