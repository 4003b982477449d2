"""What the window around the pages asks of the store: whose it is, its batches, what the foot says, who is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.words import say
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
    kinds: frozenset[str] = frozenset({"centre", "batch", "device"})
    """After a write of one of these the window asks again."""
    foot_kinds: frozenset[str] = frozenset({"backup", "exchange"})
    """After a write of one of these it asks again what the foot says."""


MOST_FOUND = 8


def house_providers() -> Providers:
    """What the rooms answer. The core is imported inside: the window paints first."""
    return Providers(centre=_centre, batches=_batches, status=_status, people=_applicants)


def _centre(read: Any) -> str:
    from core.store import centre_name

    return centre_name(read)


def _status(read: Any) -> list[StatusItem]:
    """What is safe: what the association has got, and when the last backup was made."""
    from core.clock import china_time
    from core.store import last_backup
    from ui.pages.sync_data import sync_status

    at = last_backup(read)
    if at is None:
        backup = StatusItem("warning", say("ui.status.no_backup"), "attention")
    else:
        backup = StatusItem("check", say("ui.status.backup", at=china_time(at).strftime("%m-%d %H:%M")))
    return [sync_status(read), backup]


def _batches(read: Any) -> list[BatchChoice]:
    from core.batches.queries import batches

    return [
        BatchChoice(one.id, f"{one.no} · {one.day.isoformat()}", " · ".join(_subtitle(one))) for one in batches(read)
    ]


def _subtitle(batch: Any) -> list[str]:
    """Standard and level; that a standard is a draft is said wherever it is used."""
    return [batch.standard_title, batch.level_name, *([say("standards.draft")] if batch.draft else [])]


def _applicants(read: Any, text: str, batch: int | None) -> list[PersonFound]:
    from core.registration.queries import applications

    if batch is None:
        return []
    return [
        PersonFound(one.name, one.identity, "applications", {"application": one.id})
        for one in applications(read, batch, text, limit=MOST_FOUND)
    ]
