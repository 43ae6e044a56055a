"""A little of what `python -m tests.bench.link_fuzz` does by the million."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware_py.link.protocol import Code
from tests.bench.link_fuzz import fuzz_bytes, fuzz_configurations, fuzz_sessions
from tests.link.fuzz import SECRET, Fuzz, Watch


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    watch.close()


@pytest.mark.parametrize(
    ("act", "count"), [(fuzz_bytes, 20_000), (fuzz_configurations, 80), (fuzz_sessions, 40)]
)
def test_garbage_breaks_nothing_and_reaches_nothing(
    tmp_path: Path, watch: Watch, act: Callable[[Fuzz, int], None], count: int
) -> None:
    fuzz = Fuzz(tmp_path, 7, watch)
    act(fuzz, count)
    assert fuzz.codes[str(int(Code.INTERNAL))] == 0
    assert fuzz.leaks == 0
    assert not watch.outside
    assert not watch.errors
    assert fuzz.codes["done"] > 0


def test_the_watch_sees_a_file_that_is_opened_elsewhere(tmp_path: Path) -> None:
    watch = Watch()
    try:
        watch.armed = True
        assert (tmp_path / "x").write_bytes(SECRET)
        watch.armed = False
        assert list(watch.outside) == [str((tmp_path / "x").resolve())]
    finally:
        watch.close()
