"""Whether the personal signatures of sheets and deliberations still fit: what `journal verify` adds to the chain's own
checks."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import select

from core.arrangement.queries import batches_of_panels
from core.people.queries import public_keys
from core.scoring.sheets import signed_message
from core.scoring.tables import Deliberation, Sheet
from core.store import Id, Problem, Read, part_digest, signature_holds, split_id

_DELIBERATION = "zhikao-deliberation1"


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


def deliberation_message(
    centre: str, batch: Id, application: Id, component: str, panel: Id, leader: Id, outcome: str, part_digest: bytes
) -> bytes:
    """What a leader signs who records a deliberation: its outcome, and the salted digest of result and reason."""
    return msgspec.msgpack.encode(
        [_DELIBERATION, centre, batch, application, component, panel, leader, outcome, part_digest]
    )


def deliberation_problems(read: Read, centre: str) -> Iterator[Problem]:
    """Deliberations whose signature does not fit what the journal holds, or is by a key that is not the leader's.

    One that lapsed since is checked too. One from before they were signed has none, which is no problem of its own: the
    chain's seals hold it.
    """
    batch_of = batches_of_panels(read)
    for row in read.rows(select(Deliberation).where(Deliberation.signature != b"").order_by(Deliberation.id)):
        part = read.part_bytes(row.id)
        if part is None:
            continue
        message = deliberation_message(
            centre,
            batch_of.get(row.panel, 0),
            row.application,
            row.component,
            row.panel,
            row.leader,
            row.outcome,
            part_digest(part),
        )
        if row.key not in public_keys(read, row.leader) or not signature_holds(row.key, row.signature, message):
            yield Problem(*split_id(row.id), "signature")
