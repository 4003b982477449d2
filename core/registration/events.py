"""What can happen to a candidate and an application."""

from __future__ import annotations

from typing import Literal

import msgspec

from core.store import BlobRef, Event, EventPart, Id, event

Decision = Literal["accepted", "refused", "more"]


class Person(msgspec.Struct, frozen=True, array_like=True):
    """Who a candidate is, as the form asks. Dates are ISO 8601, "" is not said. Fields are only appended."""

    name: str
    sex: str
    """`male`, `female` or ""."""
    id_kind: str
    """One of `registration.identity.KINDS`."""
    id_number: str
    birth_date: str
    phone: str
    education: str = ""
    employer: str = ""
    school: str = ""
    major: str = ""


@event("candidate.registered")
class CandidateRegistered(Event, frozen=True):
    """A person is known to the centre; the entry's id is the candidate's. One identity number, one candidate."""

    class Part(EventPart, frozen=True):
        person: Person


@event("candidate.corrected")
class CandidateCorrected(Event, frozen=True):
    """What is known of a candidate was put right."""

    candidate: Id

    class Part(EventPart, frozen=True):
        person: Person


@event("photo.taken")
class PhotoTaken(Event, frozen=True):
    """A candidate has this photo from now on."""

    candidate: Id

    class Part(EventPart, frozen=True):
        photo: BlobRef


@event("application.entered")
class ApplicationEntered(Event, frozen=True):
    """A candidate applies for a batch (10.1); the entry's id is the application's."""

    candidate: Id
    batch: Id

    class Part(EventPart, frozen=True):
        facts: bytes
        """JSON of `standards.facts.Facts`; they are judged as of the day of entry."""
        conditions: list[str]
        """Letters of the conditions that the applicant claims."""


@event("evidence.attached")
class EvidenceAttached(Event, frozen=True):
    """A file that supports an application 证明材料; the entry's id is the evidence's."""

    application: Id

    class Part(EventPart, frozen=True):
        title: str
        file: BlobRef


@event("application.facts_corrected")
class FactsCorrected(Event, frozen=True):
    """What an applicant states for eligibility was put right or added to (补正)."""

    application: Id

    class Part(EventPart, frozen=True):
        facts: bytes


@event("application.decided")
class ApplicationDecided(Event, frozen=True):
    """The qualification review of an application (10.2): accepted, refused, or more is asked for."""

    application: Id
    decision: Decision
    conditions: list[str]
    """Letters of the conditions that hold."""

    class Part(EventPart, frozen=True):
        reason: str


@event("application.notified")
class ApplicantNotified(Event, frozen=True):
    """The applicant was told the decision: here the 7 working days of 10.2 end. `day` is ISO 8601."""

    application: Id
    day: str


@event("application.withdrawn")
class ApplicationWithdrawn(Event, frozen=True):
    """An application was taken back at the applicant's own wish (5.1)."""

    application: Id

    class Part(EventPart, frozen=True):
        reason: str
