"""The pins of a Raspberry Pi through gpiozero, and its errors in our words."""

from collections.abc import Callable
from typing import Any, TypeVar

from feedback.actuators.errors import ActuatorError
from feedback.actuators.wiring import Switch

T = TypeVar("T")


def lgpio_factory() -> Any:
    """gpiozero's pin factory over lgpio, the only one that works on every Pi.

    Named here because gpiozero would fall back to others with a mere warning.

    Raises:
        ActuatorError: lgpio is missing, is the empty package of that name, or may not be used.
    """
    try:
        from gpiozero.pins.lgpio import LGPIOFactory

        return LGPIOFactory()
    except ImportError as e:
        raise ActuatorError(
            f"GPIO: {e}; install it (sudo apt install python3-lgpio, and a virtual environment "
            "with --system-site-packages)"
        ) from e
    except FileNotFoundError as e:
        # lgpio makes a pipe in the folder that it is started in.
        raise ActuatorError(
            f"GPIO: lgpio cannot write where it was started ({e}); set LG_WD to a folder that is "
            "writable"
        ) from e
    except AttributeError as e:
        raise ActuatorError(
            "GPIO: the lgpio that is installed is empty (version 0.0.0.2); remove it and install "
            "python3-lgpio with apt"
        ) from e
    except Exception as e:
        raise ActuatorError(
            f"GPIO: cannot be used: {e}; is this a Raspberry Pi, and are you in the group gpio?"
        ) from e


def claimed(what: str, pin: int, make: Callable[[], T]) -> T:
    """A gpiozero device on `pin`.

    Raises:
        ActuatorError: the pin is in use or does not exist; `what` wanted it.
    """
    try:
        return make()
    except Exception as e:
        raise ActuatorError(
            f"{what} on GPIO{pin}: {e}; is the pin used by something else? [cues.pins] gives it "
            "another"
        ) from e


def output(what: str, pin: int, factory: Any) -> Switch:
    """A pin that is switched, low at first.

    Raises:
        ActuatorError: the pin cannot be had.
    """
    from gpiozero import OutputDevice

    device: Switch = claimed(what, pin, lambda: OutputDevice(pin, pin_factory=factory))
    return device
