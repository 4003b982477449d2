"""Whether every sheet's personal signature still fits: what `journal verify` adds to the chain's own checks."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from core.arrangement.queries import batches_of_panels
from core.people.queries import public_keys
from core.scoring.sheets import signed_message
from core.scoring.tables import Sheet
from core.store import Problem, Read, part_digest, signature_holds, split_id


def sheet_problems(read: Read, centre: str) -> Iterator[Problem]:
    """Signed sheets whose signature does not fit what the journal holds, or is by a key that is not the examiner's.

    A sheet whose part is not here can't be checked, and is passed over.
    """
    batch_of = batches_of_panels(read)
    keys: dict[int, list[bytes]] = {}
    for row in read.rows(select(Sheet).order_by(Sheet.id)):
        part = read.part_bytes(row.id)
        if part is None:
            continue
        if row.examiner not in keys:
            keys[row.examiner] = public_keys(read, row.examiner)
        message = signed_message(
            centre, batch_of.get(row.panel, 0), row.application, row.exercise, row.examiner, row.plan, part_digest(part)
        )
        if row.key not in keys[row.examiner] or not signature_holds(row.key, row.signature, message):
            yield Problem(*split_id(row.id), "signature")
