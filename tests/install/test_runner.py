import pytest

from firmware_py.install.errors import InstallError
from firmware_py.install.runner import RealRunner


def test_output_is_handed_back_untranslated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    said = RealRunner().ask("sh", "-c", "echo $LC_ALL $PYTHONPATH; pwd")
    assert said == "C.UTF-8\n/\n"


def test_a_command_that_fails_or_is_not_there_is_named() -> None:
    with pytest.raises(InstallError, match=r"sh -c 'exit 3': failed \(3\).*run this again"):
        RealRunner().run("sh", "-c", "exit 3")
    with pytest.raises(InstallError, match="no-such-program: No such file"):
        RealRunner().run("no-such-program")
