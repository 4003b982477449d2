"""What the window around the pages asks of the store: whose it is, its batches, what the foot says, who is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ui.context import BatchChoice
from ui.shell.status_bar import StatusItem


@dataclass(frozen=True)
class PersonFound:
    """A candidate or an account that the search found, and the page that shows them (with what it is opened with)."""

    text: str
    note: str
    page: str
    arguments: dict[str, Any]


def _nothing(read: Any) -> tuple[Any, ...]:
    return ()


def _nobody(read: Any, text: str, batch: int | None) -> tuple[PersonFound, ...]:
    return ()


@dataclass(frozen=True)
class Providers:
    """Queries `f(read, …)`, each run on a worker. `batches` newest first."""

    centre: Callable[[Any], str] = lambda read: ""
    batches: Callable[[Any], Sequence[BatchChoice]] = _nothing
    status: Callable[[Any], Sequence[StatusItem]] = _nothing
    people: Callable[[Any, str, int | None], Sequence[PersonFound]] = _nobody
    kinds: frozenset[str] = frozenset({"centre", "batch", "device", "backup", "sync"})
    """After a write of one of these the window asks again."""


MOST_FOUND = 8


def house_providers() -> Providers:
    """What the rooms answer. The core is imported inside: the window paints first."""
    return Providers(batches=_batches, people=_applicants)


def _batches(read: Any) -> list[BatchChoice]:
    from core.batches.queries import batches

    return [
        BatchChoice(one.id, f"{one.no} · {one.day.isoformat()}", f"{one.standard_title} · {one.level_name}")
        for one in batches(read)
    ]


def _applicants(read: Any, text: str, batch: int | None) -> list[PersonFound]:
    from core.registration.queries import applications

    if batch is None:
        return []
    return [
        PersonFound(one.name, one.identity, "applications", {"application": one.id})
        for one in applications(read, batch, text, limit=MOST_FOUND)
    ]
