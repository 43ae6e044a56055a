from pathlib import Path

import pytest

from firmware_py.install.apply import DRY, NOTHING, REBOOT, install, uninstall
from firmware_py.install.errors import InstallError
from firmware_py.install.plan import CONFIG, EXAMPLE, NO_LOGIN, TEMPLATE, UNITS, Options
from firmware_py.install.tree import Tree
from tests.install.systems import STATUS, STOCK_CONFIG, SimRunner, debian, pi_os, snapshot


class Machine:
    """A system and what was said about it."""

    def __init__(self, root: Path, source: Path) -> None:
        self.root = root
        self.source = source
        self.runner = SimRunner(root)
        self.said: list[str] = []

    def install(self, options: Options = Options(), *, dry_run: bool = False) -> bool:  # noqa: B008
        self.said.clear()
        return install(
            self.tree, self.runner, self.source, options, self.said.append, dry_run=dry_run
        )

    def uninstall(self, *, purge: bool = False, dry_run: bool = False) -> bool:
        self.said.clear()
        return uninstall(
            self.tree, self.runner, self.source, self.said.append, purge=purge, dry_run=dry_run
        )

    def text(self, path: str) -> str:
        return (self.root / path.lstrip("/")).read_text()

    @property
    def tree(self) -> Tree:
        return Tree(self.root, durable=False)

    @property
    def log(self) -> str:
        return "\n".join(self.said)


@pytest.fixture
def pi(tmp_path: Path, source: Path) -> Machine:
    return Machine(pi_os(tmp_path), source)


@pytest.mark.parametrize(
    ("release", "bits", "model", "core", "gadget"),
    [
        ("bookworm", 32, "Raspberry Pi Zero W Rev 1.1", 250, True),
        ("trixie", 32, "Raspberry Pi Zero 2 W Rev 1.0", 250, True),
        ("bookworm", 64, "Raspberry Pi Zero 2 W Rev 1.0", 250, True),
        ("trixie", 64, "Raspberry Pi 3 Model A Plus Rev 1.0", 250, True),
        ("trixie", 64, "Raspberry Pi 3 Model B Plus Rev 1.3", 250, False),
        ("bookworm", 32, "Raspberry Pi 4 Model B Rev 1.4", 500, True),
        ("trixie", 64, "Raspberry Pi 5 Model B Rev 1.0", None, True),
    ],
)
def test_each_board_gets_its_own_boot_lines_under_all_and_a_second_run_changes_nothing(
    tmp_path: Path,
    release: str,
    bits: int,
    model: str,
    core: int | None,
    gadget: bool,
    source: Path,
) -> None:
    machine = Machine(pi_os(tmp_path, release, bits, model, b"[cm5]\ndtoverlay=dwc2"), source)
    assert machine.install()
    _, _, ours = machine.text("/boot/firmware/config.txt").partition("[all]\n")
    lines = ours.splitlines()
    assert "dtparam=i2c_arm=on,i2c_arm_baudrate=400000" in lines
    assert [x for x in lines if x.startswith("core_freq=")] == ([f"core_freq={core}"] * bool(core))
    assert ("dtoverlay=dwc2,dr_mode=peripheral" in lines) is gadget
    assert ("otg_mode=0" in lines) is ("Pi 4" in model)
    assert f"{release} on a {model.partition(' Rev')[0].split(' Plus')[0][:16]}" in machine.log
    before = snapshot(tmp_path)
    ran = list(machine.runner.ran)
    assert not machine.install()
    assert NOTHING in machine.said
    assert snapshot(tmp_path) == before
    assert machine.runner.ran == ran


def test_after_uninstall_only_what_is_the_runners_is_left(pi: Machine) -> None:
    before = snapshot(pi.root, STATUS)
    pi.install(Options(volatile_logs=True))
    (pi.root / "var/lib/gaitcoach/session-0001").mkdir()
    pi.uninstall()
    left = snapshot(pi.root, STATUS, "/var/lib/gaitcoach", "/var/lib/gaitcoach-install")
    assert {k: left[k] for k in before if k not in ("/etc/passwd", "/etc/group")} == {
        k: v for k, v in before.items() if k not in ("/etc/passwd", "/etc/group")
    }
    assert sorted(left.keys() - before.keys()) == ["/etc/gaitcoach", CONFIG]
    assert (pi.root / "var/lib/gaitcoach/session-0001").is_dir()
    assert REBOOT in pi.said
    assert "kept      packages: python3-venv" in pi.log


def test_purged_it_is_as_if_nothing_had_ever_been(pi: Machine) -> None:
    before = snapshot(pi.root, STATUS)
    pi.install(Options(volatile_logs=True))
    (pi.root / "var/lib/gaitcoach/session-0001").mkdir()
    pi.uninstall(purge=True)
    assert snapshot(pi.root, STATUS) == before
    assert not pi.uninstall(purge=True)


def test_a_purge_may_come_later(pi: Machine) -> None:
    before = snapshot(pi.root, STATUS)
    pi.install()
    pi.uninstall()
    assert not pi.uninstall()
    assert pi.uninstall(purge=True)
    assert snapshot(pi.root, STATUS) == before


def test_a_dry_run_shows_everything_that_an_installation_then_changes_and_changes_nothing(
    pi: Machine,
) -> None:
    before = snapshot(pi.root)
    assert pi.install(dry_run=True)
    shown = pi.log
    assert snapshot(pi.root) == before
    assert pi.runner.ran == []
    assert pi.said[-1] == DRY
    pi.install()
    after = snapshot(pi.root, "/opt/gaitcoach", "/var/lib/gaitcoach-install")
    changed = {p for p, v in after.items() if p not in before or before[p] != v}
    files = {p for p in changed if after[p] is not None}
    assert sorted(p for p in files - {"/etc/passwd", "/etc/group", STATUS} if p not in shown) == []
    assert "+dtoverlay=dwc2,dr_mode=peripheral" in shown
    for command in pi.runner.ran:
        if command.split()[0] in ("systemctl", "udevadm", "modprobe", "systemd-tmpfiles"):
            assert command in shown
    for name in ("account   user gaitcoach", "account   group i2c", "python3-lgpio", "/opt/gaitc"):
        assert name in shown


def test_a_dry_run_of_uninstall_shows_every_file_and_takes_none(pi: Machine) -> None:
    pi.install()
    before = snapshot(pi.root)
    pi.uninstall(dry_run=True)
    assert snapshot(pi.root) == before
    assert f"{UNITS}/gaitcoach.service" in pi.log
    assert "-dtoverlay=dwc2,dr_mode=peripheral" in pi.log


def test_after_new_boot_lines_the_service_waits_for_the_reboot(pi: Machine) -> None:
    pi.install()
    assert pi.said[-1] == REBOOT
    assert not any("gaitcoach.service" in c for c in pi.runner.ran)
    (pi.root / "proc/sys/kernel/random/boot_id").write_text("boot-2\n")
    assert not pi.install()
    assert REBOOT not in pi.said


def test_without_boot_configuration_it_starts_at_once_also_on_debian(
    tmp_path: Path, source: Path
) -> None:
    machine = Machine(debian(tmp_path), source)
    machine.install(Options(boot_config=False))
    assert machine.runner.ran[-1].startswith("systemctl restart --no-block")
    assert not machine.install(Options(boot_config=False))


def test_in_the_image_of_a_card_nothing_is_told_to_a_system_that_does_not_run(pi: Machine) -> None:
    (pi.root / "run/systemd/system").rmdir()
    pi.install()
    assert not [c for c in pi.runner.ran if c.split()[0] in ("systemctl", "udevadm", "modprobe")]
    assert any(c.startswith("systemd-tmpfiles") for c in pi.runner.ran)
    assert not pi.install()
    pi.uninstall()
    assert not [c for c in pi.runner.ran if c.startswith("systemctl")]


def test_what_apt_does_not_know_is_left_to_pip_and_asked_for_once(pi: Machine) -> None:
    pi.runner.unknown = ("python3-lgpio", "python3-lz4")
    pi.install()
    assert "Package: python3-smbus2" in pi.text(STATUS)
    assert "Package: python3-lgpio" not in pi.text(STATUS)
    assert not pi.install()


def test_without_numpy_in_apt_it_stops_before_anything_is_changed(pi: Machine) -> None:
    pi.runner.unknown = ("python3-scipy",)
    before = snapshot(pi.root)
    with pytest.raises(InstallError, match="it knows no python3-scipy; check network"):
        pi.install()
    assert snapshot(pi.root) == before


def test_a_configuration_is_begun_and_never_overwritten(pi: Machine) -> None:
    pi.install()
    assert pi.text(CONFIG) == TEMPLATE.read_text()
    (pi.root / CONFIG.lstrip("/")).write_text("[cues]\nlevel = 2\n")
    assert not pi.install()
    assert pi.text(CONFIG) == "[cues]\nlevel = 2\n"
    assert pi.text(EXAMPLE) == TEMPLATE.read_text()


def test_the_sound_card_is_opened_only_for_a_loudspeaker(pi: Machine) -> None:
    pi.install()
    drop_in = pi.root / "etc/systemd/system/gaitcoach.service.d/audio.conf"
    assert not drop_in.exists()
    (pi.root / CONFIG.lstrip("/")).write_text('[cues]\nactuators = ["speaker"]\n')
    pi.install()
    assert "audio" in drop_in.read_text()
    (pi.root / CONFIG.lstrip("/")).write_text("")
    pi.install()
    assert f"remove    {UNITS}/gaitcoach.service.d/audio.conf" in pi.log
    assert not drop_in.exists()


def test_a_unit_that_somebody_changed_is_mended_and_theirs_kept_beside_it(pi: Machine) -> None:
    pi.install()
    unit = pi.root / "etc/systemd/system/gaitcoach.service"
    ours = unit.read_bytes()
    unit.write_bytes(ours + b"# mine\n")
    pi.install()
    assert "-# mine" in pi.log
    assert unit.read_bytes() == ours
    assert unit.with_name("gaitcoach.service.saved").read_bytes() == ours + b"# mine\n"


def test_what_was_in_the_place_of_a_file_of_ours_comes_back(pi: Machine) -> None:
    old = pi.root / "etc/udev/rules.d/60-gaitcoach.rules"
    old.write_text("# older\n")
    mask = pi.root / NO_LOGIN.lstrip("/")
    mask.symlink_to("/lib/systemd/system/serial-getty@.service")
    pi.install()
    pi.uninstall()
    assert old.read_text() == "# older\n"
    assert str(mask.readlink()) == "/lib/systemd/system/serial-getty@.service"


def test_what_is_not_ours_in_opt_is_not_touched(pi: Machine) -> None:
    mine = pi.root / "opt/gaitcoach/mine"
    mine.parent.mkdir()
    mine.write_text("x")
    with pytest.raises(InstallError, match="something else is there"):
        pi.install()
    assert mine.exists()


def test_a_new_release_of_the_system_gets_a_new_environment(pi: Machine) -> None:
    pi.install()
    pi_os_again = pi.root / "usr/bin/python3"
    pi_os_again.unlink()
    pi_os_again.symlink_to("python3.14")
    pi.install()
    assert "version = 3.14" in pi.text("/opt/gaitcoach/pyvenv.cfg")


def test_wheels_from_a_folder_need_no_network(pi: Machine, tmp_path: Path) -> None:
    pi.install(Options(wheels=tmp_path / "wheels"))
    pip = next(c for c in pi.runner.ran if " pip install " in c)
    assert "--no-build-isolation" in pip
    assert f"--no-index --find-links {tmp_path}/wheels {pi.source} gpiozero>=2.0" in pip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"release": "bullseye"}, "not a system this installer knows"),
        ({"model": "Raspberry Pi 2 Model B Rev 1.1"}, "not a board this installer knows"),
        ({"model": "Orange Pi"}, "not a board this installer knows"),
    ],
)
def test_what_it_does_not_know_it_refuses(
    tmp_path: Path, source: Path, change: dict[str, str], says: str
) -> None:
    machine = Machine(pi_os(tmp_path, **change), source)  # type: ignore[arg-type]
    before = snapshot(tmp_path)
    with pytest.raises(InstallError, match=says):
        machine.install()
    assert snapshot(tmp_path) == before


def test_debian_and_an_unmounted_boot_partition_are_refused(tmp_path: Path, source: Path) -> None:
    with pytest.raises(InstallError, match="--no-boot-config installs all but"):
        Machine(debian(tmp_path / "debian"), source).install()
    root = pi_os(tmp_path / "pi")
    (root / "boot/firmware/config.txt").unlink()
    with pytest.raises(InstallError, match="mount the boot partition"):
        Machine(root, source).install()


def test_stock_config_is_kept_to_the_byte_outside_of_the_block(pi: Machine) -> None:
    pi.install()
    assert pi.text("/boot/firmware/config.txt").encode().startswith(STOCK_CONFIG)
