import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

from firmware_py.config import SECTIONS, Config, load_config
from firmware_py.install.plan import TEMPLATE
from tests.config_template import template
from tests.install.systems import SOURCE


def test_the_template_is_made_from_the_settings() -> None:
    assert TEMPLATE.read_text(encoding="utf-8") == template(), "run `make template`"


def test_as_it_lies_it_has_a_button_and_a_buzzer_and_changes_nothing_else() -> None:
    ours = load_config(TEMPLATE)
    worn = replace(Config().cues, actuators=("buzzer",), button=True)
    for name in SECTIONS:
        default = worn if name == "cues" else getattr(Config(), name)
        assert getattr(ours, name) == (SECTIONS[name]() if default is None else default)


def test_with_every_default_switched_on_it_says_the_same(tmp_path: Path) -> None:
    text = re.sub(r"^#(\w+ = |\[)", r"\1", template(), flags=re.MULTILINE)
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    there, default = load_config(path), load_config(TEMPLATE)
    for name, cls in SECTIONS.items():
        for f in fields(cls):
            if f.name != "pins":
                want = getattr(getattr(default, name), f.name)
                assert getattr(getattr(there, name), f.name) == want, f.name
    assert there.cues.pin_map == default.cues.pin_map


def test_the_installer_runs_on_a_bare_python() -> None:
    """Before apt has brought numpy: no package but the standard library's is there."""
    modules = "firmware_py.install.__main__, firmware_py.install.gadget"
    code = f"import sys; sys.path.insert(0, {str(SOURCE)!r}); import {modules}"
    bare = [sys.executable, "-I", "-S", "-B", "-c", code]
    done = subprocess.run(bare, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
