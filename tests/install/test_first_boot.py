from pathlib import Path

import pytest

from firmware_py.install.first_boot import BROUGHT, first_boot
from firmware_py.install.plan import CONFIG, TEMPLATE
from firmware_py.install.tree import Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    for folder in ("etc/gaitcoach", "boot/firmware", "var/lib/gaitcoach-install"):
        (tmp_path / folder).mkdir(parents=True)
    return Tree(tmp_path, durable=False)


def test_a_card_without_a_configuration_gets_the_commented_one(tree: Tree) -> None:
    first_boot(tree)
    assert tree.read(CONFIG) == TEMPLATE.read_bytes()


def test_a_configuration_on_the_boot_partition_is_taken_over_once(tree: Tree) -> None:
    tree.write(CONFIG, TEMPLATE.read_bytes())
    tree.write(BROUGHT, b"[cues]\nlevel = 2\n")
    assert first_boot(tree)[-1] == f"{CONFIG}: from {BROUGHT}"
    assert tree.read(CONFIG) == b"[cues]\nlevel = 2\n"
    tree.write(BROUGHT, b"[cues]\nlevel = 3\n")
    first_boot(tree)
    assert tree.read(CONFIG) == b"[cues]\nlevel = 2\n"


def test_a_wrong_one_is_told_and_left(tree: Tree) -> None:
    tree.write(BROUGHT, b"[cues]\nlevl = 2\n")
    assert "unknown key cues.levl; did you mean level?" in first_boot(tree)[-1]
    assert tree.read(CONFIG) == TEMPLATE.read_bytes()
    assert [p.name for p in tree.at("/etc/gaitcoach").iterdir()] == ["config.toml"]


def test_an_edited_configuration_is_nobodys_to_replace(tree: Tree) -> None:
    tree.write(CONFIG, b"[cues]\nlevel = 1\n")
    tree.write(BROUGHT, b"[cues]\nlevel = 2\n")
    assert "is not used" in first_boot(tree)[-1]
    assert tree.read(CONFIG) == b"[cues]\nlevel = 1\n"
