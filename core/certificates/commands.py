"""What the certificate administrator issues, voids and asks to have revoked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.batches.queries import batch as batch_line
from core.certificates import needs, queries
from core.certificates.credential import Credential, identity_tag, sign
from core.certificates.events import CertificateIssued, CertificateVoided, NoticeIssued, RevocationAsked
from core.certificates.standing import HANDED_OUT, State, certificate, living
from core.clock import china_date
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.registration.events import Person
from core.registration.queries import candidate_of, person_of
from core.results.queries import confirmation, results
from core.results.settling import ResultLine
from core.store import Id, Write

LONGEST_REASON: Final = 500


@permitted(Role.CERTIFICATES, second=True)
def issue_certificates(write: Write, batch: Id, issuer_key: Ed25519PrivateKey) -> list[str]:
    """Give every candidate who passed a certificate with a number of its own (two people); their numbers.

    Each number's entry stands before anything is printed. All or none: refused while anything is missing (see
    `needs`). Who has a certificate keeps it: issued twice is issued once; who had theirs voided gets another number.
    """
    write.dated()
    today = china_date(write.now)
    line = batch_line(write, batch)
    lacks = needs.what_is_missing(write, batch, today)
    if lacks:
        raise lacks[0].refusal
    if issuer_key.public_key().public_bytes_raw() != needs.issuer_public_key(write):
        raise Refused("certificates.other_key")
    awaited = needs.awaited(write, batch)
    people = _people(write, awaited)
    slots = needs.slots(write, batch, len(awaited), today)
    for result, person, slot in zip(awaited, people, slots, strict=True):
        credential = Credential(
            number=slot.number,
            name=person.name,
            identity_tag=identity_tag(issuer_key, person.id_number),
            occupation=line.standard,
            level=line.level,
            issued=today,
            status_index=slot.index,
        )
        event = CertificateIssued(result.application, batch, slot.number, slot.lease, slot.serial, slot.index)
        part = CertificateIssued.Part(sign(credential, issuer_key), today.isoformat())
        write.record(event, part, batch=batch)
    alive = living(write, batch)
    return [alive[result.application].number for result in results(write, batch) if result.application in alive]


@permitted(Role.CERTIFICATES)
def issue_notices(write: Write, batch: Id, issuer_key: Ed25519PrivateKey) -> list[str]:
    """Issue a provisional results notice 成绩告知单 to every candidate of a confirmed batch; their numbers.

    Without the association's authorisation, decision and number lease there is no certificate, only this. Who has a
    certificate needs none; who has a notice keeps it: issued twice is issued once.
    """
    if confirmation(write, batch) is None:
        raise Refused("certificates.not_confirmed")
    write.dated()
    line = batch_line(write, batch)
    numbers = {id: found.number for id, found in queries.notices(write, batch).items()}
    certified = living(write, batch)
    today = china_date(write.now)
    wanted = [result for result in results(write, batch) if result.application not in certified]
    without = [result for result in wanted if result.application not in numbers]
    for result, person in zip(without, _people(write, without), strict=True):
        number = numbers[result.application] = queries.notice_number(write.next_id)
        credential = Credential(
            number=number,
            name=person.name,
            identity_tag=identity_tag(issuer_key, person.id_number),
            occupation=line.standard,
            level=line.level,
            issued=today,
        )
        part = NoticeIssued.Part(sign(credential, issuer_key), today.isoformat())
        write.record(NoticeIssued(result.application, batch), part, batch=batch)
    return [numbers[result.application] for result in wanted]


@permitted(Role.CERTIFICATES, second=True)
def void_certificate(write: Write, id: Id, reason: str) -> None:
    """Void a certificate that was spoiled or wrong before it was handed out (two people): its number is gone for good.

    Refused once it was handed out: what is in its owner's hands only the association can revoke. Said twice it is done
    once.
    """
    found = certificate(write, id)
    if found.voided:
        return
    if found.state is State.REVOKED:
        raise Refused("certificates.revoked_already", number=found.number)
    if found.state in HANDED_OUT or found.handed_out:
        raise Refused("certificates.void_handed_out", number=found.number)
    part = CertificateVoided.Part(checked_reason(reason))
    write.dated()
    write.record(CertificateVoided(id), part, batch=found.batch)


@permitted(Role.CERTIFICATES, second=True)
def ask_revocation(write: Write, id: Id, reason: str) -> None:
    """Ask the association to revoke a certificate 撤销 (two people). Only its answer revokes; asked twice is once."""
    found = certificate(write, id)
    if found.asked or found.state is State.REVOKED:
        return
    part = RevocationAsked.Part(checked_reason(reason))
    write.dated()
    write.record(RevocationAsked(id), part, batch=found.batch)


def checked_reason(reason: str) -> str:
    """A reason as it is kept. None, or a whole essay: refused."""
    told = reason.strip()
    if not told:
        raise Refused("certificates.reason_needed")
    if len(told) > LONGEST_REASON:
        raise Refused("certificates.reason_too_long", longest=LONGEST_REASON)
    return told


def _people(write: Write, lines: Iterable[ResultLine]) -> list[Person]:
    """Who they are. All are read before the first entry is recorded: between entries every question costs a write."""
    found = []
    for line in lines:
        person = person_of(write, candidate_of(write, line.application))
        if person is None:
            raise Refused("certificates.no_person", number=line.number)
        found.append(person)
    return found
