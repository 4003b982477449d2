"""What the association's words write. They count only where the hub itself said them; from others they mean nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from core.association.events import (
    HUB,
    AuthorisationGiven,
    AuthorisationWithdrawn,
    DecisionGiven,
    EnrolmentAccepted,
    EnrolmentWithdrawn,
    LeaseGranted,
    ListsPublished,
    PackPublished,
    RevocationMade,
)
from core.association.tables import (
    Authorisation,
    Decision,
    Enrolment,
    Lease,
    PublishedLists,
    PublishedPack,
    Revocation,
)
from core.store import Entry, Event, Tables, applies, fills

Effect = Callable[[Tables, Entry, Any, Any], None]


def said_by_hub(cls: type[Event]) -> Callable[[Effect], Effect]:
    """Enter an effect that only the hub's own entries have."""

    def enter(effect: Effect) -> Effect:
        @applies(cls)
        def guarded(tables: Tables, entry: Entry, event: Any, part: Any) -> None:
            if entry.device == HUB:
                effect(tables, entry, event, part)

        return effect

    return enter


@said_by_hub(EnrolmentAccepted)
def accept(tables: Tables, entry: Entry, event: EnrolmentAccepted, part: None) -> None:
    tables.insert(
        Enrolment,
        id=entry.id,
        association=event.association,
        device=event.device,
        device_key=event.device_key,
        issuer_key=event.issuer_key,
        courier_key=event.courier_key,
        kinds=json.dumps(event.kinds),
        request=event.request,
        at=entry.at,
    )


@said_by_hub(EnrolmentWithdrawn)
def withdraw_enrolment(tables: Tables, entry: Entry, event: EnrolmentWithdrawn, part: Any) -> None:
    for row in tables.select(Enrolment.__table__.select().where(Enrolment.device == event.device)):
        if row.device_key == event.device_key and row.withdrawn_at is None:
            tables.update(Enrolment, row.id, withdrawn_at=entry.at)


@said_by_hub(AuthorisationGiven)
def authorise(tables: Tables, entry: Entry, event: AuthorisationGiven, part: None) -> None:
    tables.insert(
        Authorisation,
        id=entry.id,
        standard=event.standard,
        levels=json.dumps(event.levels),
        # A day that is none: an entry without effect.
        first_day=date.fromisoformat(event.first_day).isoformat(),
        until=date.fromisoformat(event.until).isoformat(),
        issuer_key=event.issuer_key,
        centre_number=event.centre_number,
        pattern=event.pattern,
        at=entry.at,
    )


@said_by_hub(AuthorisationWithdrawn)
def withdraw_authorisation(tables: Tables, entry: Entry, event: AuthorisationWithdrawn, part: Any) -> None:
    found = tables.get(Authorisation, event.authorisation)
    if found is not None and found.withdrawn_at is None:
        tables.update(Authorisation, event.authorisation, withdrawn_at=entry.at)


@said_by_hub(DecisionGiven)
def decide(tables: Tables, entry: Entry, event: DecisionGiven, part: DecisionGiven.Part | None) -> None:
    tables.insert(
        Decision,
        id=entry.id,
        batch=event.batch,
        results=event.results,
        approved=event.approved,
        reason=part.reason if part else None,
        at=entry.at,
    )


@said_by_hub(LeaseGranted)
def grant(tables: Tables, entry: Entry, event: LeaseGranted, part: None) -> None:
    tables.insert(
        Lease,
        id=entry.id,
        device=event.device,
        device_key=event.device_key,
        year=event.year,
        first=event.first,
        last=event.last,
        first_index=event.first_index,
    )


@said_by_hub(RevocationMade)
def revoke(tables: Tables, entry: Entry, event: RevocationMade, part: RevocationMade.Part | None) -> None:
    tables.insert(
        Revocation,
        id=entry.id,
        number=event.number,
        place=event.index,
        reason=part.reason if part else None,
        at=entry.at,
    )


@said_by_hub(PackPublished)
def publish_pack(tables: Tables, entry: Entry, event: PackPublished, part: None) -> None:
    tables.insert(PublishedPack, id=entry.id, standard=event.standard, edition=event.edition, pack=event.pack)


@said_by_hub(ListsPublished)
def publish(tables: Tables, entry: Entry, event: ListsPublished, part: ListsPublished.Part | None) -> None:
    tables.insert(PublishedLists, id=entry.id, dated=event.dated, until=event.until, lists=part.lists if part else None)


# A late part goes to the row that its entry made; where it made none (another device said it) there is none to change.


@fills(EnrolmentWithdrawn)
def fill_withdrawn_enrolment(tables: Tables, entry: Entry, event: EnrolmentWithdrawn, part: Any) -> None:
    """Why is for the people who read the journal: no table has it."""


@fills(AuthorisationWithdrawn)
def fill_withdrawn_authorisation(tables: Tables, entry: Entry, event: AuthorisationWithdrawn, part: Any) -> None:
    """As above."""


@fills(DecisionGiven)
def fill_decision(tables: Tables, entry: Entry, event: DecisionGiven, part: DecisionGiven.Part) -> None:
    tables.update(Decision, entry.id, reason=part.reason)


@fills(RevocationMade)
def fill_revocation(tables: Tables, entry: Entry, event: RevocationMade, part: RevocationMade.Part) -> None:
    tables.update(Revocation, entry.id, reason=part.reason)


@fills(ListsPublished)
def fill_lists(tables: Tables, entry: Entry, event: ListsPublished, part: ListsPublished.Part) -> None:
    tables.update(PublishedLists, entry.id, lists=part.lists)
