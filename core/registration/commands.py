"""What the registrar and the reviewer do with applications."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from core.batches.queries import open_batch, refuse_closed
from core.clock import china_date
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.registration import queries
from core.registration.events import (
    ApplicantNotified,
    ApplicationDecided,
    ApplicationEntered,
    ApplicationWithdrawn,
    CandidateCorrected,
    CandidateRegistered,
    Decision,
    FactsCorrected,
    Person,
    PhotoTaken,
)
from core.registration.person import checked_person
from core.standards.facts import Facts
from core.store import Id, Write

LONGEST_REASON = 500
LARGEST_PHOTO = 2 << 20
MOST_FACTS = 64 << 10
"""Bytes of what one applicant states; far more than 9.1 can need."""
LETTERS = "abcdef"


@permitted(Role.REGISTRAR)
def enter_application(
    write: Write,
    batch: Id,
    person: Person,
    facts: Facts,
    conditions: Sequence[str] = (),
    photo: bytes | None = None,
) -> Id:
    """Enter a person's application for a batch (10.1); the application's id.

    A person who is known by the identity number stays one candidate. An identity number that can't be, a name that is
    missing, or a second application for the batch is refused. `photo` is a JPEG as `photos.read_photo` makes it.
    """
    open_batch(write, batch)
    if not all(letter in LETTERS and letter for letter in conditions):
        raise Refused("registration.bad_conditions", clause="9.1", letters="a–f")
    if photo is not None:
        _check_photo(photo)
    person = checked_person(person)
    candidate = queries.candidate_with_identity(write, person.id_kind, person.id_number)
    if candidate is not None:
        if queries.application_of(write, candidate, batch) is not None:
            raise Refused("registration.applied_already")
        if queries.names(write, [candidate]).get(candidate, person.name) != person.name:
            raise Refused("registration.other_name")
    return record_application(write, batch, candidate, person, facts, conditions, photo)


def record_application(
    write: Write,
    batch: Id,
    candidate: Id | None,
    person: Person,
    facts: Facts,
    conditions: Sequence[str],
    photo: bytes | None,
) -> Id:
    """What entering by hand and importing a roster have in common; person and application were checked.

    `candidate` is who has this identity number already, None where nobody has.
    """
    if candidate is None:
        candidate = write.record(CandidateRegistered(), CandidateRegistered.Part(person), batch=batch)
    else:
        known = queries.person_of(write, candidate)
        whole = _completed(known, person)
        if whole != known:
            write.record(CandidateCorrected(candidate), CandidateCorrected.Part(whole), batch=batch)
    if photo is not None:
        blob = write.put_blob(photo, "image/jpeg")
        write.record(PhotoTaken(candidate), PhotoTaken.Part(blob), batch=batch)
    part = ApplicationEntered.Part(_encoded(facts), list(conditions))
    return write.record(ApplicationEntered(candidate, batch), part, batch=batch)


def _completed(known: Person | None, said: Person) -> Person:
    """What is said now, with what was known before where it leaves something open."""
    if known is None:
        return said
    left_open = {field: getattr(known, field) for field in Person.__struct_fields__ if not getattr(said, field)}
    return msgspec.structs.replace(said, **left_open)


def _encoded(facts: Facts) -> bytes:
    data = msgspec.json.encode(facts)
    if len(data) > MOST_FACTS:
        raise Refused("registration.too_much", clause="9.1")
    return data


def _check_photo(photo: bytes) -> None:
    if not photo.startswith(b"\xff\xd8") or len(photo) > LARGEST_PHOTO:
        raise Refused("registration.bad_photo")


@permitted(Role.REGISTRAR)
def take_photo(write: Write, application: Id, photo: bytes) -> None:
    """Give a candidate a photo, or another one."""
    _check_photo(photo)
    found = queries.application(write, application)
    if found.state == "withdrawn":
        raise Refused("registration.withdrawn")
    blob = write.put_blob(photo, "image/jpeg")
    write.record(PhotoTaken(found.candidate), PhotoTaken.Part(blob), batch=found.batch)


@permitted(Role.REGISTRAR)
def correct_person(write: Write, application: Id, person: Person) -> None:
    """Put right what is known of an applicant. Once the applicant was told the decision (10.2) it takes two people."""
    found = queries.application(write, application)
    refuse_closed(write, found.batch)
    if found.notified and write.actors.second is None:
        raise Refused("registration.notified_already", clause="10.2")
    person = checked_person(person)
    other = queries.candidate_with_identity(write, person.id_kind, person.id_number)
    if other is not None and other != found.candidate:
        raise Refused("registration.identity_of_another")
    if queries.person_of(write, found.candidate) != person:
        write.record(CandidateCorrected(found.candidate), CandidateCorrected.Part(person), batch=found.batch)


@permitted(Role.REGISTRAR)
def correct_facts(write: Write, application: Id, facts: Facts) -> None:
    """Put right or complete what an applicant states for eligibility (补正); it is reviewed again."""
    found = queries.application(write, application)
    refuse_closed(write, found.batch)
    if found.state == "withdrawn":
        raise Refused("registration.withdrawn")
    if found.notified:
        raise Refused("registration.notified_already", clause="10.2")
    write.record(FactsCorrected(application), FactsCorrected.Part(_encoded(facts)), batch=found.batch)


@permitted(Role.REVIEWER)
def decide(write: Write, application: Id, decision: Decision, reason: str = "") -> None:
    """Decide an application in the qualification review (10.2).

    Accepting one for which no condition of 9.1 holds is refused, and so is deciding what one has entered oneself, or
    what the applicant was told already. Refusing, or asking for more, needs a reason.
    """
    line, entered_by, eligibility = queries.judged(write, application)
    refuse_closed(write, line.batch)
    if line.state == "withdrawn":
        raise Refused("registration.withdrawn")
    if line.notified:
        raise Refused("registration.notified_already", clause="10.2")
    if entered_by == write.actor.id:
        raise Refused("registration.own_entry")
    reason = reason.strip()[:LONGEST_REASON]
    if decision != "accepted" and not reason:
        raise Refused("registration.reason_needed")
    met = [condition.id for condition in eligibility.conditions if condition.met]
    if decision == "accepted" and eligibility.eligible is False:
        raise Refused("registration.not_eligible", clause=eligibility.conditions[0].clause.split()[0])
    write.dated()
    event = ApplicationDecided(application, decision, met)
    write.record(event, ApplicationDecided.Part(reason), batch=line.batch)


@permitted(Role.REVIEWER)
def accept_all(write: Write, applications: Iterable[Id]) -> int:
    """Accept several applications at once, each by the rules of `decide`; how many."""
    wanted = list(applications)
    for application in wanted:
        decide(write, application, "accepted")
    return len(wanted)


@permitted(Role.REVIEWER)
def notify(write: Write, applications: Iterable[Id], day: date | None = None) -> int:
    """Record that applicants were told the decision (告知), today or on an earlier `day`; how many are new (10.2)."""
    write.dated()
    today = china_date(write.now)
    told = day or today
    count = 0
    for id in dict.fromkeys(applications):
        line = queries.application(write, id)
        if line.notified:
            continue
        refuse_closed(write, line.batch)
        if line.state not in ("accepted", "refused"):
            raise Refused("registration.not_decided", clause="10.2")
        if not line.entered_on <= told <= today:
            raise Refused("registration.bad_notice_day", day=told.isoformat())
        write.record(ApplicantNotified(id, told.isoformat()), batch=line.batch)
        count += 1
    return count


@permitted(Role.REGISTRAR)
def withdraw(write: Write, application: Id, reason: str) -> None:
    """Withdraw an application at the applicant's own wish (5.1).

    Refused once the applicant was told the decision (10.2): from then on the arrangement releases the place.
    """
    found = queries.application(write, application)
    if found.state == "withdrawn":
        return
    refuse_closed(write, found.batch)
    if found.notified:
        raise Refused("registration.notified_already", clause="10.2")
    part = ApplicationWithdrawn.Part(reason.strip()[:LONGEST_REASON])
    write.record(ApplicationWithdrawn(application), part, batch=found.batch)
