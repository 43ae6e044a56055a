"""How a session is coached: the settings and the session's plan, and where they come from."""

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from feedback.plan import SessionPlan, plan_of
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from feedback.tables import from_table
from firmware_py.config import Config
from firmware_py.trace.header import TraceHeader


@dataclass(frozen=True, slots=True)
class Coaching:
    """What a policy is made of.

    Args:
        settings: how the coach behaves.
        plan: what this session is to be; None: nothing but the settings.
    """

    settings: FeedbackSettings = field(default_factory=FeedbackSettings)
    plan: SessionPlan | None = None

    def as_dict(self) -> dict[str, Any]:
        """As a trace's header keeps it: what was set, and the plan."""
        default = FeedbackSettings()
        # Not where the programme lies on this device: the plan says what matters of it.
        said = asdict(replace(self.settings, programme=None))
        return {
            "settings": {k: v for k, v in said.items() if v != getattr(default, k)},
            "plan": None if self.plan is None else self.plan.as_dict(),
        }

    def policy(self, header: TraceHeader) -> Policy:
        """The coach; where the sensor clips impacts it never speaks of them."""
        settings, plan = self.settings, self.plan
        if header.cadence_only:
            settings = replace(
                settings, soft=False, waist_impact_limit_g=None, shoe_impact_limit_g=None
            )
        return Policy(settings, plan)


def recorded(record: dict[str, Any] | None) -> Coaching:
    """The coaching that a trace's header holds; keys of later versions are left out.

    Raises:
        ValueError: it cannot be.
    """
    if record is None:
        return Coaching()
    try:
        return _read(record)
    except (KeyError, TypeError, AttributeError) as e:
        raise ValueError(f"no record of how a run was coached: {e!r}") from e


def _read(record: dict[str, Any]) -> Coaching:
    known = {f.name for f in fields(FeedbackSettings)}
    said = {k: v for k, v in record.get("settings", {}).items() if k in known and v is not None}
    return Coaching(from_table(FeedbackSettings, said, "feedback."), plan_of(record.get("plan")))


def configured(config: Config, plan: SessionPlan | None = None) -> Coaching:
    """Of a run with this configuration.

    Args:
        plan: the session that is due in the runner's programme; None: the configured programme's
            first, if one is configured.
    """
    return Coaching(config.feedback or FeedbackSettings(), plan or config.plan)


def replayed(config: Config, header: TraceHeader) -> Coaching:
    """Of a replay: the configuration's settings, if it says anything of coaching, else the run's.

    The plan is the run's own, unless the configuration names another programme.
    """
    own = recorded(header.coaching)
    if config.feedback is None:
        return own
    named = config.programme
    other = named is not None and (own.plan is None or own.plan.programme != named.name)
    return configured(config, None if other else own.plan)
