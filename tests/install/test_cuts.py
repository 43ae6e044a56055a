"""An installation or its undoing that is cut off at any change goes on from there."""

import shutil
from pathlib import Path

from firmware_py.install.apply import install, uninstall
from firmware_py.install.plan import Options
from firmware_py.install.tree import Tree
from tests.install.systems import STATUS, SimRunner, pi_os, snapshot


class CutError(Exception):
    """The power went."""


class CutTree(Tree):
    """A tree whose nth change never happens."""

    def __init__(self, root: Path, cut: "Cut") -> None:
        super().__init__(root, durable=False)
        self.cut = cut

    def write(self, path: str, data: bytes, mode: int = 0o644) -> None:
        self.cut.count()
        super().write(path, data, mode)

    def remove(self, path: str) -> None:
        self.cut.count()
        super().remove(path)

    def link(self, path: str, target: str) -> None:
        self.cut.count()
        super().link(path, target)

    def make_folder(self, path: str, mode: int = 0o755) -> None:
        self.cut.count()
        super().make_folder(path, mode)

    def remove_all(self, path: str) -> None:
        self.cut.count()
        super().remove_all(path)


class Cut:
    def __init__(self, at: int) -> None:
        self.left = at

    def count(self, what: str = "") -> None:
        self.left -= 1
        if self.left == 0:
            raise CutError


def attempt(root: Path, source: Path, at: int, *, undo: bool = False) -> bool:
    """Whether it came to its end before the cut."""
    cut = Cut(at)
    tree, runner = CutTree(root, cut), SimRunner(root, cut.count)
    try:
        if undo:
            uninstall(tree, runner, source, lambda _: None, purge=True)
        else:
            install(tree, runner, source, Options(volatile_logs=True), lambda _: None)
    except CutError:
        return False
    return True


def test_cut_anywhere_an_installation_goes_on_or_is_undone(in_memory: Path, source: Path) -> None:
    pi_os(in_memory / "whole")
    bare = snapshot(in_memory / "whole", STATUS)
    assert attempt(in_memory / "whole", source, 10**6)
    whole = snapshot(in_memory / "whole", "/var/lib/gaitcoach-install")
    at, done = 1, False
    while not done:
        root = pi_os(in_memory / f"{at}")
        done = attempt(root, source, at)
        # Both ways out, in turn: on one of them each step is only half as often.
        undo = bool(at % 2)
        assert attempt(root, source, 10**6, undo=undo)
        if undo:
            assert snapshot(root, STATUS) == bare, at
        else:
            assert snapshot(root, "/var/lib/gaitcoach-install") == whole, at
        at += 1
    assert at > 60


def test_cut_anywhere_an_uninstallation_goes_on(in_memory: Path, source: Path) -> None:
    whole = pi_os(in_memory / "whole")
    bare = snapshot(whole, STATUS)
    assert attempt(whole, source, 10**6)
    at, done = 1, False
    while not done:
        root = Path(shutil.copytree(whole, in_memory / f"{at}", symlinks=True))
        done = attempt(root, source, at, undo=True)
        assert attempt(root, source, 10**6, undo=True)
        assert snapshot(root, STATUS) == bare, at
        at += 1
    assert at > 30
