"""Makes the actuators that are configured; one that cannot be made is told, and left out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dsp.errors import GaitCoachError
from feedback.actuators.actuator import Actuator
from feedback.actuators.wiring import RegisterBus
from firmware_py.ear.haptic import FILE
from firmware_py.ear.settings import CueSettings

Factory = Callable[[], Any]


def actuators_of(
    settings: CueSettings,
    bus: RegisterBus | None,
    factory: Factory,
    sleep: Callable[[float], object],
    folder: Path | None = None,
) -> tuple[list[Actuator], list[str]]:
    """The actuators, and what is wrong with those that are missing, in words.

    Args:
        bus: of the haptic driver; None: there is none.
        factory: makes gpiozero's pin factory; called once, and only if a pin is needed.
        sleep: waits for so many seconds.
        folder: where the haptic motor's calibration is kept; None: nowhere.
    """
    pins: list[Any] = []

    def gpio() -> Any:
        if not pins:
            pins.append(factory())
        return pins[0]

    made: list[Actuator] = []
    problems: list[str] = []
    for name in settings.actuators:
        try:
            made.append(_made(name, settings, bus, gpio, sleep, folder))
        except (GaitCoachError, OSError) as e:
            problems.append(f"{name}: {e}; the run goes on without it")
    return made, problems


def _made(
    name: str,
    settings: CueSettings,
    bus: RegisterBus | None,
    gpio: Factory,
    sleep: Callable[[float], object],
    folder: Path | None,
) -> Actuator:
    pins = settings.pin_map
    # Each is loaded only where it is there: a small Pi starts the sooner.
    if name == "buzzer":
        from feedback.actuators.buzzer import ActiveBuzzer

        return ActiveBuzzer(pins.buzzer, gpio())
    if name == "piezo":
        from feedback.actuators.buzzer import Piezo

        return Piezo(pins.piezo, gpio())
    if name == "motor":
        from feedback.actuators.motor import PwmMotor

        return PwmMotor(pins.motor, gpio())
    if name == "speaker":
        from feedback.actuators.speaker import Speaker

        return Speaker(settings.speaker)
    return _haptic(name, settings, bus, gpio, sleep, folder)


def _haptic(
    name: str,
    settings: CueSettings,
    bus: RegisterBus | None,
    gpio: Factory,
    sleep: Callable[[float], object],
    folder: Path | None,
) -> Actuator:
    from feedback.actuators.drv2605 import Drv2605
    from feedback.actuators.gpio import output
    from feedback.actuators.haptic import Haptic, TriggeredHaptic
    from feedback.actuators.haptic_calibration import load

    if bus is None:
        raise GaitCoachError("there is no I2C bus")
    known = None if folder is None else load(folder / FILE, settings.motor)
    if name == "haptic":
        return Haptic(Drv2605(bus, settings.motor, sleep, known))
    pins = settings.pin_map
    enable = output("haptic driver's EN", pins.haptic_enable, gpio())
    chip = Drv2605(bus, settings.motor, sleep, known, enable)
    return TriggeredHaptic(chip, output("haptic driver's trigger", pins.haptic_trigger, gpio()))
