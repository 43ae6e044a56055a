import numpy as np
import pytest

from feedback.patience import Patience


def see(patience: Patience, start: float, end: float, progress: float) -> None:
    for t in np.arange(start, end, 0.36):
        patience.saw(float(t), progress)


@pytest.mark.parametrize(("after", "willing"), [(165.0, True), (161.0, False), (155.0, False)])
@pytest.mark.parametrize("sign", [1, -1])
def test_only_a_rise_of_the_mean_is_a_response(after: float, willing: bool, sign: int) -> None:
    # With the sign turned a rise of the figure means more impact, so the cases turn too.
    patience = Patience(1, 180.0, 0.02)
    see(patience, 0, 30, sign * 160.0)
    patience.cued(30.0)
    see(patience, 30, 60, sign * (after if sign > 0 else 320.0 - after))
    assert patience.willing(60.0) is willing


def test_a_good_moment_is_not_a_response() -> None:
    patience = Patience(1, 180.0, 0.01)
    see(patience, 0, 30, 160.0)
    patience.cued(30.0)
    see(patience, 30, 40, 160.0)
    see(patience, 40, 42, 164.0)
    see(patience, 42, 60, 160.0)
    assert not patience.willing(60.0)


def test_a_late_rise_is_not_a_response_to_that_cue() -> None:
    patience = Patience(1, 180.0, 0.01)
    see(patience, 0, 30, 160.0)
    patience.cued(30.0)
    see(patience, 30, 51, 160.0)
    see(patience, 51, 90, 170.0)
    assert not patience.willing(90.0)


def test_noise_is_rarely_taken_for_an_answer() -> None:
    # The coach's estimate of someone who does not change wanders by 0.8 spm, over some 6 s.
    rng, answered = np.random.default_rng(5), 0
    for _ in range(300):
        patience, spm = Patience(1, 180.0, 0.01), 160.0
        for k in range(140):
            patience.saw(k * 0.36, spm)
            spm += 0.06 * (160.0 - spm) + float(rng.normal(0, 0.27))
            if k == 84:
                patience.cued(k * 0.36)
        answered += patience.willing(50.0)
    assert answered < 0.05 * 300


def test_after_the_silence_it_counts_from_the_beginning() -> None:
    patience = Patience(2, 100.0, 0.01)
    for t in (0.0, 30.0):
        assert patience.willing(t)
        patience.cued(t)
    assert not patience.willing(129.0)
    assert patience.willing(130.0)
    patience.cued(130.0)
    assert patience.willing(160.0)


def silences(patience: Patience, until: float) -> list[float]:
    """When it is willing again after giving up, asked every second, cued whenever it is."""
    cued: list[float] = []
    for t in np.arange(0.0, until):
        patience.saw(float(t), 160.0)
        if patience.willing(float(t)):
            patience.cued(float(t))
            cued.append(float(t))
    return [float(x) for x in np.diff(cued)]


def test_each_silence_is_twice_the_one_before_up_to_half_an_hour() -> None:
    assert silences(Patience(1, 300.0, 0.01), 9000.0) == [
        300.0,
        600.0,
        1200.0,
        1800.0,
        1800.0,
        1800.0,
    ]


def test_a_silence_longer_than_half_an_hour_stays_as_it_was_asked_for() -> None:
    assert silences(Patience(1, 2000.0, 0.01), 7000.0) == [2000.0, 2000.0, 2000.0]


def test_after_a_response_the_silence_is_short_again() -> None:
    patience = Patience(1, 100.0, 0.01)
    silences(patience, 301.0)
    patience.forget()
    assert silences(patience, 150.0)[0] == 100.0
