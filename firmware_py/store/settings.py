"""`[storage]` of the configuration: how much of the card is left free, and what may go for it."""

from dataclasses import dataclass

from feedback.tables import setting


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """How sessions are kept. docs/storage.md says what is dropped and what never is."""

    keep_free_mb: int = setting(
        "Space to leave free on the card, MB; below it raw traces that were downloaded and "
        "verified are dropped, oldest first, and without any a session keeps its summary only.",
        300,
        at_least=0,
        at_most=100_000,
    )
    drop_verified: bool = setting(
        "Drop downloaded and verified raw traces where space is needed; false: never.", True
    )
