"""When the next foot strike is due."""


class Prediction:
    """Of the next strike and its spread.

    Args:
        feet: how many feet strike in turn: 2 at the waist, 1 at the shoe.
    """

    def __init__(self, feet: int) -> None:
        self._feet = feet

    def strike(self, t: float) -> tuple[float | None, float | None]:
        """Takes a strike; when the next one is expected and the standard deviation of that, s."""
        return None, None

    def stop(self) -> None:
        """The run is over."""
