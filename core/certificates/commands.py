"""What the certificate administrator issues."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.batches.queries import batch as batch_line
from core.certificates import queries
from core.certificates.credential import Credential, identity_tag, sign
from core.certificates.events import NoticeIssued
from core.clock import china_date
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.registration.queries import candidate_of, person_of
from core.results.queries import confirmation, results
from core.store import Id, Write


@permitted(Role.CERTIFICATES)
def issue_notices(write: Write, batch: Id, issuer_key: Ed25519PrivateKey) -> list[str]:
    """Issue a provisional results notice 成绩告知单 to every candidate of a confirmed batch; their numbers.

    Without the association's authorisation, decision and number lease there is no certificate, only this. Who has one
    keeps it: issued twice is issued once.
    """
    if confirmation(write, batch) is None:
        raise Refused("certificates.not_confirmed")
    write.dated()
    line = batch_line(write, batch)
    numbers = {id: found.number for id, found in queries.notices(write, batch).items()}
    today = china_date(write.now)
    settled = results(write, batch)
    for result in settled:
        if result.application in numbers:
            continue
        person = person_of(write, candidate_of(write, result.application))
        if person is None:
            raise Refused("certificates.no_person", number=result.number)
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
    return [numbers[result.application] for result in settled]
