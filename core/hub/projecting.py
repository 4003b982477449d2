"""What the hub's own entries mean in its tables: pure in (entry, tables), so that they can be worked out again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select

from core.association import events
from core.errors import Refused
from core.hub.database import put_new
from core.hub.tables import PACK, PROJECTED, authorisations, decisions, devices, facts, leases, revocations
from core.standards.packs import read_published
from core.store import Entry, Event
from core.store.events import split_id

Projection = Callable[[Connection, str, Entry, Any], None]
PROJECT: dict[type[Event], Projection] = {}
"""Event → what it writes in the tables of its centre. `lists.published` means nothing here."""


def projects(cls: type[Event]) -> Callable[[Projection], Projection]:
    """Enter what an event of the hub writes."""

    def enter(function: Projection) -> Projection:
        PROJECT[cls] = function
        return function

    return enter


def project(connection: Connection, centre: str, entry: Entry, event: Event) -> None:
    """Let one entry of the hub's chain have its effect."""
    function = PROJECT.get(type(event))
    if function is not None:
        function(connection, centre, entry, event)


def forget(connection: Connection, centre: str) -> None:
    """Empty the tables of a centre, before its chain is projected again. Predecessors stay: no entry names them."""
    for table in PROJECTED:
        statement = table.delete().where(table.c.centre == centre)
        connection.execute(statement if table is not devices else statement.where(devices.c.accepted.is_not(None)))


@projects(events.EnrolmentAccepted)
def _accepted(connection: Connection, centre: str, entry: Entry, event: events.EnrolmentAccepted) -> None:
    put_new(connection, devices, centre=centre, device=event.device, key=event.device_key, name=event.name)
    _of_device(
        connection,
        centre,
        event.device,
        issuer_key=event.issuer_key,
        name=event.name,
        accepted=entry.seq,
        accepted_at=entry.at,
        withdrawn_at=None,
        request=event.request,
    )


@projects(events.EnrolmentWithdrawn)
def _withdrawn(connection: Connection, centre: str, entry: Entry, event: events.EnrolmentWithdrawn) -> None:
    _of_device(connection, centre, event.device, withdrawn_at=entry.at)


@projects(events.AuthorisationGiven)
def _authorised(connection: Connection, centre: str, entry: Entry, event: events.AuthorisationGiven) -> None:
    put_new(
        connection,
        authorisations,
        centre=centre,
        seq=entry.seq,
        standard=event.standard,
        levels=json.dumps(event.levels),
        first_day=event.first_day,
        until=event.until,
        issuer_key=event.issuer_key,
        centre_number=event.centre_number,
        pattern=event.pattern,
    )


@projects(events.AuthorisationWithdrawn)
def _not_authorised(connection: Connection, centre: str, entry: Entry, event: events.AuthorisationWithdrawn) -> None:
    connection.execute(
        authorisations.update()
        .where(
            authorisations.c.centre == centre,
            authorisations.c.seq == split_id(event.authorisation)[1],
            authorisations.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=entry.at)
    )


@projects(events.DecisionGiven)
def _decided(connection: Connection, centre: str, entry: Entry, event: events.DecisionGiven) -> None:
    put_new(
        connection,
        decisions,
        centre=centre,
        seq=entry.seq,
        batch=event.batch,
        results=event.results,
        approved=event.approved,
        at=entry.at,
    )


@projects(events.LeaseGranted)
def _leased(connection: Connection, centre: str, entry: Entry, event: events.LeaseGranted) -> None:
    put_new(
        connection,
        leases,
        centre=centre,
        seq=entry.seq,
        device=event.device,
        device_key=event.device_key,
        year=event.year,
        first=event.first,
        last=event.last,
        first_index=event.first_index,
    )


@projects(events.RevocationMade)
def _revoked(connection: Connection, centre: str, entry: Entry, event: events.RevocationMade) -> None:
    put_new(connection, revocations, centre=centre, number=event.number, seq=entry.seq, place=event.index, at=entry.at)


@projects(events.PackPublished)
def _published(connection: Connection, centre: str, entry: Entry, event: events.PackPublished) -> None:
    """A pack that the hub itself has forgotten, restored from an old backup: it was said to this centre."""
    name = PACK + event.standard
    if connection.execute(select(facts.c.name).where(facts.c.name == name)).first() is not None:
        return
    try:
        found = read_published(event.pack, "pack.toml")
    except Refused:
        return
    if (found.id, found.standard.edition) == (event.standard, event.edition):
        put_new(connection, facts, centre=centre, name=name, value=event.pack)


def _of_device(connection: Connection, centre: str, device: int, **values: Any) -> None:
    connection.execute(devices.update().where(devices.c.centre == centre, devices.c.device == device).values(**values))
