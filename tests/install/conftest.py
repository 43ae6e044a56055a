import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.install.systems import SOURCE


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with the real units, and one module for all the others."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(SOURCE / "systemd", folder / "systemd")
    (folder / "pyproject.toml").write_text('[project]\nname = "gaitcoach"\n')
    (folder / "dsp").mkdir()
    (folder / "dsp/block.py").write_text("x = 1\n")
    return folder


@pytest.fixture
def in_memory(tmp_path: Path) -> Iterator[Path]:
    """A folder for hundreds of whole writes; on a disk each would wait for it."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)
