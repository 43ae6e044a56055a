"""The configuration file: TOML to frozen dataclasses, every problem a one-line ConfigError."""

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from dsp.errors import ConfigError
from feedback.patterns import load_patterns
from feedback.plan import SessionPlan
from feedback.programmes.planning import plan_next
from feedback.programmes.prescription import Programme
from feedback.programmes.reading import BUILT_IN, built_in, load_programme
from feedback.programmes.state import start
from feedback.settings import FeedbackSettings
from feedback.tables import from_table, read_toml, unknown
from firmware_py.device.settings import DeviceSettings
from firmware_py.ear.settings import CueSettings
from firmware_py.link.settings import LinkSettings
from firmware_py.power.settings import BatterySettings, conflict
from firmware_py.sensor.settings import SensorSettings
from firmware_py.store.settings import StorageSettings
from firmware_py.wearer import RunnerSettings


@dataclass(frozen=True, slots=True)
class Config:
    """All settings; one field a section of the file. docs/configuration.md lists every key.

    Args:
        feedback: `[feedback]`, how the coach behaves; None: the file has no such section.
        programme: what `feedback.programme` names, already loaded.
        sensor: `[sensor]`, where the sensor sits and how it is wired.
        runner: `[runner]`, who runs, and where.
        cues: `[cues]`, what makes cues heard or felt.
        storage: `[storage]`, how sessions are kept.
        link: `[link]`, the serial link to a laptop.
        device: `[device]`, how the service lives.
        battery: `[battery]`, what tells about the battery.
    """

    feedback: FeedbackSettings | None = None
    programme: Programme | None = None
    sensor: SensorSettings = field(default_factory=SensorSettings)
    runner: RunnerSettings = field(default_factory=RunnerSettings)
    cues: CueSettings = field(default_factory=CueSettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    link: LinkSettings = field(default_factory=LinkSettings)
    device: DeviceSettings = field(default_factory=DeviceSettings)
    battery: BatterySettings = field(default_factory=BatterySettings)

    @property
    def plan(self) -> SessionPlan | None:
        """Of the programme's first session: what a run without a runner's state is coached by."""
        if self.programme is None:
            return None
        return plan_next(self.programme, start(self.programme))


SECTIONS: dict[str, type[Any]] = {
    "sensor": SensorSettings,
    "runner": RunnerSettings,
    "feedback": FeedbackSettings,
    "cues": CueSettings,
    "storage": StorageSettings,
    "link": LinkSettings,
    "device": DeviceSettings,
    "battery": BatterySettings,
}


def load_config(path: Path) -> Config:
    """Reads and checks a configuration file.

    Raises:
        ConfigError: anything wrong with it or its programme; the file's name comes first.
    """
    tables = read_toml(path, "configuration")
    try:
        _sections(tables)
        sensor = from_table(SensorSettings, tables.get("sensor", {}), "sensor.")
        if sensor.calibration is not None:
            file = _resolved(path, sensor.calibration, "sensor.calibration")
            sensor = replace(sensor, calibration=str(file))
        runner = from_table(RunnerSettings, tables.get("runner", {}), "runner.")
        cues = from_table(CueSettings, tables.get("cues", {}), "cues.")
        if cues.patterns is not None:
            own = _resolved(path, cues.patterns, "cues.patterns")
            cues = replace(cues, patterns=str(own))
        storage = from_table(StorageSettings, tables.get("storage", {}), "storage.")
        link = from_table(LinkSettings, tables.get("link", {}), "link.")
        device = from_table(DeviceSettings, tables.get("device", {}), "device.")
        battery = _battery(tables, sensor)
        feedback = _feedback(tables) if "feedback" in tables else None
    except ConfigError as e:
        raise ConfigError(f"{path}: {e}") from e
    if cues.patterns is not None:
        # Read again when they are played; wrong ones are told before anything begins.
        load_patterns(Path(cues.patterns))
    if feedback is None or feedback.programme is None:
        return Config(feedback, None, sensor, runner, cues, storage, link, device, battery)
    programme = _programme(path, feedback.programme)
    return Config(feedback, programme, sensor, runner, cues, storage, link, device, battery)


def _programme(config: Path, name: str) -> Programme:
    """A built-in one, or a prescription's file."""
    if name in BUILT_IN:
        return built_in(name)
    path = _resolved(config, name, "feedback.programme")
    if not path.exists() and "/" not in name and not path.suffix:
        known = ", ".join(BUILT_IN)
        raise ConfigError(
            f'{config}: feedback.programme = "{name}": no such file, and no built-in programme; '
            f"these are: {known}"
        )
    return load_programme(path)


def _resolved(config: Path, name: str, key: str) -> Path:
    """A path that stands in the configuration, relative to its folder."""
    try:
        return config.parent / Path(name).expanduser()
    except RuntimeError as e:
        raise ConfigError(f'{config}: {key} = "{name}": there is no such user') from e


def _sections(tables: dict[str, Any]) -> None:
    for name, table in tables.items():
        home = next((s for s, c in SECTIONS.items() if name in {f.name for f in fields(c)}), None)
        if name not in SECTIONS and home:
            raise ConfigError(f"{name} stands outside a section; move it below [{home}]")
        if name not in SECTIONS:
            raise ConfigError(unknown(name, SECTIONS).replace("key", "section", 1))
        if not isinstance(table, dict):
            raise ConfigError(f"{name} must be a section: write [{name}] on a line of its own")


def _battery(tables: dict[str, Any], sensor: SensorSettings) -> BatterySettings:
    settings = from_table(BatterySettings, tables.get("battery", {}), "battery.")
    clash = conflict(settings, sensor.address)
    if clash is not None:
        raise ConfigError(f'battery.source = "{settings.source}": {clash}')
    return settings


def _feedback(tables: dict[str, Any]) -> FeedbackSettings:
    settings = from_table(FeedbackSettings, tables["feedback"], "feedback.")
    for limit in ("waist_impact_limit_g", "shoe_impact_limit_g"):
        if settings.soft is False and getattr(settings, limit) is not None:
            raise ConfigError(f"feedback.{limit} is set but feedback.soft = false: remove one")
    return settings
