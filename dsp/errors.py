"""The one root of the project's errors; every leaf also inherits the builtin it resembles."""


class GaitCoachError(Exception):
    """Anything gaitcoach refuses to do; its text says what, where and what to do."""


class UsageError(GaitCoachError, ValueError):
    """The command line asks for what there is not, or contradicts itself (exit code 2)."""


class ConfigError(GaitCoachError, ValueError):
    """A setting is unknown or out of range (exit code 78)."""


class RecordingError(GaitCoachError, ValueError):
    """A recording cannot be imported; the text names file, line and remedy."""


class TraceError(GaitCoachError, ValueError):
    """A trace file is not one of ours or is damaged beyond its first whole chunk."""


class StreamError(GaitCoachError, ValueError):
    """Samples handed to the pipeline contradict what its stream declares."""
