"""Who does an act: at most two signed-in people, or the program itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.store.events import PROGRAM, Id

Sign = Callable[[bytes], bytes]
"""Signs a message with a person's own Ed25519 key (64 bytes)."""


@dataclass(frozen=True)
class Actor:
    """A signed-in person. `sign` is None where the PIN is provisional: such a person can't sign."""

    id: Id
    login: str
    roles: frozenset[str]
    sign: Sign | None = None
    provisional: bool = False


@dataclass(frozen=True)
class Actors:
    """The person who does an act and, where two must answer for it, the second one."""

    first: Actor | None = None
    second: Actor | None = None

    @property
    def first_id(self) -> Id:
        """The entry's `actor`."""
        return self.first.id if self.first else PROGRAM

    @property
    def second_id(self) -> Id:
        """The entry's `second`: 0 is nobody."""
        return self.second.id if self.second else PROGRAM


THE_PROGRAM = Actors()
"""Acts that nobody in particular does: founding, receiving, restoring."""
