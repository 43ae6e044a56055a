"""What answers a request: at once, or in pieces so that nothing waits for it."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Block:
    """An answer that raw bytes follow.

    Args:
        head: the answer's line; its `bytes` is the length of `data`.
        data: the bytes.
    """

    head: Mapping[str, Any]
    data: bytes


Result: TypeAlias = Mapping[str, Any] | Block
Job: TypeAlias = Generator[None, None, Result]
"""A long answer: every step is short, the last returns it."""
Answer: TypeAlias = Callable[[Any, float], Result | Job]
"""Takes the parameters, as firmware_py.link.methods declares them, and the time, s."""
