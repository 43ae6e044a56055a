"""Whether a recording can be what it is said to be: its units, and where the sensor was worn.

Only what is grossly wrong can be told from the samples: docs/importing.md has the limits, and what
recordings of people hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import FloatArray, Mount, SampleBlock, join
from dsp.units import STANDARD_GRAVITY
from firmware_py.trace.header import TraceHeader

WINDOW_S: Final = 2.0
LEAST_WINDOWS: Final = 2
STILL_SHARE: Final = 0.02
"""Standard deviation of |acceleration| over its mean, below which nothing moves."""
STILL_RAD_S: Final = 0.35
REST_G: Final = 0.15
"""Off 1 g at rest: more than any sensor's offset and scale."""
ACTIVE_SHARE: Final = 0.3
"""Likewise above: running at the waist (0.5 to 1.4 of the mean), walking only at the shoe."""
MEAN_G: Final = (0.5, 6.0)
"""Mean |acceleration|: 1.0 to 1.7 g at the waist, 1.2 to 4 g at the shoe, 1 g at rest."""
MEAN_FLAT_G: Final = 0.25
"""The least without one axis: it may be the one with gravity."""
HOLES: Final = 0.25
"""Of a window's samples; with more of them missing it is not looked at."""
WAIST_MOST_G: Final = 2.2
GYR_RAD_S: Final = (0.15, 12.0)
"""Root mean square of the turning in active windows: 0.7 to 1.4 at the waist, 2.2 to 7.2 at the
shoe. Degrees taken for radians are 57 times as much, radians for degrees a 57th."""
WAIST_MOST_RAD_S: Final = 2.6
SHOE_LEAST_RAD_S: Final = 1.8
RUNNING_HZ: Final = {Mount.WAIST: (2.2, 4.0), Mount.SHOE: (1.1, 2.0)}
"""Steps at the waist, strides at the shoe."""
LEVEL: Final = 0.6
"""Autocorrelation of |acceleration| from one step to the next: 0.65 to 0.98 in running."""
PERIODIC_S: Final = 8.0
STEP_S: Final = 2.0
"""Fewer than one step found in so long: next to nothing was found."""


@dataclass(frozen=True, slots=True)
class Window:
    """Two seconds in a row.

    Args:
        mean_g, sd_g: of |acceleration|. turn_rad_s: root mean square of |turning|, or None.
        repeat_hz: how often a second it repeats itself. level: how well, up to 1.
    """

    mean_g: float
    sd_g: float
    turn_rad_s: float | None
    repeat_hz: float
    level: float

    @property
    def active(self) -> bool:
        return self.sd_g > ACTIVE_SHARE * self.mean_g

    @property
    def still(self) -> bool:
        turning = self.turn_rad_s is not None and self.turn_rad_s > STILL_RAD_S
        return self.sd_g < STILL_SHARE * self.mean_g and not turning


class Plausibility:
    """Takes a recording's samples in any blocks; says in the end what cannot be.

    Args:
        header: what the recording is said to be.
    """

    def __init__(self, header: TraceHeader) -> None:
        self._header = header
        self._length = max(round(WINDOW_S * header.rate_hz), 8)
        self._waiting: list[SampleBlock] = []
        self._held = 0
        self._windows: list[Window] = []

    def add(self, block: SampleBlock) -> None:
        """Takes the next samples."""
        self._waiting.append(block)
        self._held += len(block)
        if self._held < self._length:
            return
        samples = join(self._waiting)
        used = 0
        while self._held - used >= self._length:
            self._look(samples[used : used + self._length])
            used += self._length
        self._waiting, self._held = [samples[used:]], self._held - used

    def doubts(self, steps: int | None = None) -> list[str]:
        """What cannot be, and what to do; a line each, mostly none.

        Args:
            steps: running and walking steps that were found; None: nobody has looked for any.
        """
        found = list(self._of_units())
        if not found:
            found = list(self._of_mount())
        if not found and steps is not None:
            found = list(self._of_steps(steps))
        return found

    def _look(self, samples: SampleBlock) -> None:
        if samples.lost.sum() > HOLES * len(samples):
            return
        size = _size(samples.acc) / STANDARD_GRAVITY
        turn = None
        if samples.gyr is not None and self._header.gyr_axes == "xyz":
            turn = float(np.sqrt(np.mean(_size(samples.gyr) ** 2)))
        low, high = RUNNING_HZ[self._header.mount]
        hz, level = _repeats(size, self._header.rate_hz, low, high)
        self._windows.append(Window(float(size.mean()), float(size.std()), turn, hz, level))

    def _of_units(self) -> Iterator[str]:
        yield from self._of_acceleration()
        turns = self._turns()
        moving = [w.turn_rad_s for w in self._windows if w.turn_rad_s is not None and not w.still]
        most = float(np.median(moving)) if len(moving) >= LEAST_WINDOWS else 0.0
        if turns is not None and turns < GYR_RAD_S[0]:
            yield (
                f"the gyro turns by {turns:.2g} rad/s in motion, less than any body part: "
                + self._remedy("values look like rad/s taken as deg/s", "--gyr-unit rad/s")
            )
        elif most > GYR_RAD_S[1]:
            yield (
                f"the gyro turns by {most:.3g} rad/s in motion, more than any foot: "
                + self._remedy("values look like deg/s taken as rad/s", "--gyr-unit deg/s")
            )

    def _of_acceleration(self) -> Iterator[str]:
        whole = self._header.acc_axes == "xyz"
        rest = [w.mean_g for w in self._windows if w.still]
        if len(self._windows) < LEAST_WINDOWS:
            return
        if whole and len(rest) >= LEAST_WINDOWS:
            level, what = float(np.median(rest)), "reads {:.3g} g at rest instead of 1 g"
            wrong = abs(level - 1.0) > REST_G
        else:
            level, what = float(np.median([w.mean_g for w in self._windows])), "averages {:.3g} g"
            wrong = not (MEAN_G[0] if whole else MEAN_FLAT_G) <= level <= MEAN_G[1]
        if not wrong:
            return
        g = STANDARD_GRAVITY
        looks, unit = "no unit fits: check the columns", ""
        if 0.5 / g < level < 6.0 / g:
            looks, unit = "values look like g taken as m/s2", "--acc-unit g"
        elif 0.5 * g < level < 6.0 * g:
            looks, unit = "values look like m/s2 taken as g", "--acc-unit m/s2"
        yield f"acceleration {what.format(level)}: " + self._remedy(looks, unit)

    def _of_mount(self) -> Iterator[str]:
        turns, moving = self._turns(), [w.mean_g for w in self._windows if w.active]
        waist = self._header.mount is Mount.WAIST
        if waist and turns is not None and turns > WAIST_MOST_RAD_S:
            yield (
                f"it turns by {np.degrees(turns):.0f} deg/s in motion, as a foot does and no "
                "pelvis: " + self._worn(Mount.SHOE)
            )
        elif waist and len(moving) >= LEAST_WINDOWS and np.median(moving) > WAIST_MOST_G:
            yield (
                f"acceleration averages {np.median(moving):.1f} g in motion, as at a foot and at "
                "no pelvis: " + self._worn(Mount.SHOE)
            )
        elif not waist and turns is not None and turns < SHOE_LEAST_RAD_S:
            yield (
                f"it turns by {np.degrees(turns):.0f} deg/s in motion, as a pelvis does and no "
                "foot: " + self._worn(Mount.WAIST)
            )

    def _of_steps(self, steps: int) -> Iterator[str]:
        again = [w.repeat_hz for w in self._windows if w.active and w.level >= LEVEL]
        seconds = WINDOW_S * len(again)
        if seconds < PERIODIC_S or steps * STEP_S >= seconds:
            return
        beats = 60.0 * float(np.median(again))
        what = "steps" if self._header.mount is Mount.WAIST else "strides"
        yield (
            f"the signal repeats itself {beats:.0f} times a minute for {seconds:.0f} s, as {what} "
            f"do, but {steps or 'no'} steps were found: check mount, axes and units of the "
            "recording"
        )

    def _turns(self) -> float | None:
        """Median turning in active windows, rad/s; None where too little is known."""
        turns = [w.turn_rad_s for w in self._windows if w.active and w.turn_rad_s is not None]
        return float(np.median(turns)) if len(turns) >= LEAST_WINDOWS else None

    def _remedy(self, looks: str, option: str) -> str:
        if self._header.source != "import":
            return "check the sensor with gaitcoach doctor"
        return f"{looks}; import it again with {option}" if option else looks

    def _worn(self, mount: Mount) -> str:
        if self._header.source == "import":
            return f"if it was worn at the {mount}, import it again with --mount {mount}"
        return f'if it was worn at the {mount}, set sensor.mount = "{mount}"'


def _size(vectors: FloatArray) -> FloatArray:
    """(n,) lengths; an axis that was not recorded counts as 0."""
    known = np.nan_to_num(vectors)
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", known, known)))


def _repeats(size: FloatArray, rate_hz: float, low: float, high: float) -> tuple[float, float]:
    """How often a second a signal repeats itself, between two limits, and its autocorrelation."""
    x = size - size.mean()
    n = len(x)
    power = np.abs(np.fft.rfft(x, 2 * n)) ** 2
    together = np.fft.irfft(power)[:n]
    if together[0] <= 0.0:
        return low, 0.0
    first, last = int(np.ceil(rate_hz / high)), min(int(rate_hz / low) + 1, n - 1)
    lags = np.arange(first, last + 1)
    level = together[first : last + 1] / together[0] * n / (n - lags)
    k = int(np.argmax(level))
    return rate_hz / float(lags[k]), float(level[k])
