"""Whether the personal signatures of trials still fit: what `journal verify` adds to the chain's own checks."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from core.calibration.readings import reading_message, trial_message
from core.calibration.tables import Agreement, ReadingSignature, Trial, TrialSheet
from core.people.queries import public_keys
from core.store import Id, Problem, Read, part_digest, signature_holds, split_id


def trial_problems(read: Read, centre: str) -> Iterator[Problem]:
    """Trial sheets and signed readings whose signature does not fit what the journal holds, or is by a key that is not
    its person's. A sheet whose part is not here can't be checked, and is passed over."""
    keys: dict[Id, list[bytes]] = {}

    def holds(person: Id, key: bytes, signature: bytes, message: bytes) -> bool:
        if person not in keys:
            keys[person] = public_keys(read, person)
        return key in keys[person] and signature_holds(key, signature, message)

    found = {row.id: row for row in read.rows(select(Trial))}
    for row in read.rows(select(TrialSheet).order_by(TrialSheet.id)):
        part, of = read.part_bytes(row.id), found.get(row.trial)
        if part is None or of is None:
            continue
        message = trial_message(centre, of.batch, of.id, row.examiner, of.plan, of.sha256, part_digest(part))
        if not holds(row.examiner, row.key, row.signature, message):
            yield Problem(*split_id(row.id), "signature")
    agreed = {row.id: row.trial for row in read.rows(select(Agreement.id, Agreement.trial))}
    for row in read.rows(select(ReadingSignature).order_by(ReadingSignature.id)):
        of = found.get(agreed.get(row.agreement, 0))
        if of is None:
            continue
        message = reading_message(centre, of.batch, of.id, row.agreement, row.leader, row.digest)
        part = read.part_bytes(row.agreement)
        fits = part is None or part_digest(part) == row.digest
        if not fits or not holds(row.leader, row.key, row.signature, message):
            yield Problem(*split_id(row.id), "signature")
