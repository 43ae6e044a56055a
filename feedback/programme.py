"""A stored programme: what a runner, or who coaches one, wants to change and by how much."""

from dataclasses import dataclass
from pathlib import Path

from dsp.errors import ConfigError
from feedback.settings import PLAUSIBLE_SPM
from feedback.tables import from_table, read_toml, setting


@dataclass(frozen=True, slots=True)
class Programme:
    """One TOML file, keys as below."""

    name: str = setting("What the programme is called.")
    baseline_cadence_spm: float | None = setting(
        "Cadence of an uncued run, steps per minute.",
        None,
        at_least=PLAUSIBLE_SPM[0],
        at_most=PLAUSIBLE_SPM[1],
    )
    cadence_percent: float | None = setting(
        "Target above the baseline, percent.", None, above=0, at_most=10
    )
    cadence_target_spm: float | None = setting(
        "Target, steps per minute, instead of cadence_percent.",
        None,
        at_least=PLAUSIBLE_SPM[0],
        at_most=PLAUSIBLE_SPM[1],
    )
    waist_impact_limit_g: float | None = setting(
        "Limit of impact_excess_g at the waist, g.", None, above=0, at_most=20
    )
    shoe_impact_limit_g: float | None = setting(
        "Limit of impact_g at the shoe, g.", None, above=0, at_most=100
    )


def load_programme(path: Path) -> Programme:
    """Reads and checks a programme.

    Raises:
        ConfigError: unreadable, unknown or missing key, out of bounds, or nothing to aim for.
    """
    table = read_toml(path, "programme")
    try:
        programme = from_table(Programme, table)
        if programme.cadence_percent is not None and programme.cadence_target_spm is not None:
            raise ConfigError(
                "cadence_percent and cadence_target_spm are both set: remove one of them"
            )
        if not set(table) - {"name", "baseline_cadence_spm"}:
            raise ConfigError(
                "nothing to aim for: set cadence_percent, cadence_target_spm or an impact limit"
            )
    except ConfigError as e:
        raise ConfigError(f"{path}: {e}") from e
    return programme
