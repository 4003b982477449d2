"""What events of candidates and applications write."""

from __future__ import annotations

import msgspec

from core.registration.events import (
    ApplicantNotified,
    ApplicationDecided,
    ApplicationEntered,
    ApplicationWithdrawn,
    CandidateCorrected,
    CandidateRegistered,
    EvidenceAttached,
    FactsCorrected,
    Person,
    PhotoTaken,
)
from core.registration.tables import Application, Candidate, Evidence
from core.store import Entry, Tables, applies


@applies(CandidateRegistered)
def register(tables: Tables, entry: Entry, event: CandidateRegistered, part: CandidateRegistered.Part | None) -> None:
    tables.insert(Candidate, id=entry.id, **_columns(part.person if part else None))


@applies(CandidateCorrected)
def correct(tables: Tables, entry: Entry, event: CandidateCorrected, part: CandidateCorrected.Part | None) -> None:
    tables.update(Candidate, event.candidate, **_columns(part.person if part else None))


def _columns(person: Person | None) -> dict[str, str | None]:
    return {name: getattr(person, name) if person else None for name in Person.__struct_fields__}


@applies(PhotoTaken)
def take_photo(tables: Tables, entry: Entry, event: PhotoTaken, part: PhotoTaken.Part | None) -> None:
    tables.update(Candidate, event.candidate, photo=msgspec.msgpack.encode(part.photo) if part else None)


@applies(ApplicationEntered)
def enter(tables: Tables, entry: Entry, event: ApplicationEntered, part: ApplicationEntered.Part | None) -> None:
    tables.insert(
        Application,
        id=entry.id,
        candidate=event.candidate,
        batch=event.batch,
        entered_at=entry.at,
        entered_by=entry.actor,
        facts=part.facts if part else None,
        claimed=" ".join(part.conditions) if part else None,
        state="entered",
    )


@applies(EvidenceAttached)
def attach(tables: Tables, entry: Entry, event: EvidenceAttached, part: EvidenceAttached.Part | None) -> None:
    tables.insert(
        Evidence,
        id=entry.id,
        application=event.application,
        attached_at=entry.at,
        attached_by=entry.actor,
        title=part.title if part else None,
        file=msgspec.msgpack.encode(part.file) if part else None,
    )


@applies(FactsCorrected)
def correct_facts(tables: Tables, entry: Entry, event: FactsCorrected, part: FactsCorrected.Part | None) -> None:
    tables.update(Application, event.application, facts=part.facts if part else None, state="entered")


@applies(ApplicationDecided)
def decide(tables: Tables, entry: Entry, event: ApplicationDecided, part: ApplicationDecided.Part | None) -> None:
    tables.update(
        Application,
        event.application,
        state=event.decision,
        conditions=" ".join(event.conditions),
        reason=part.reason if part else None,
        decided_by=entry.actor,
        decided_at=entry.at,
        notified_on=None,
    )


@applies(ApplicantNotified)
def notify(tables: Tables, entry: Entry, event: ApplicantNotified, part: None) -> None:
    tables.update(Application, event.application, notified_on=event.day)


@applies(ApplicationWithdrawn)
def withdraw(tables: Tables, entry: Entry, event: ApplicationWithdrawn, part: ApplicationWithdrawn.Part | None) -> None:
    tables.update(Application, event.application, state="withdrawn", reason=part.reason if part else None)
