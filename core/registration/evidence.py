"""Files that support an application 证明材料: attached by the registrar, looked at in the review."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import select

from core.batches.queries import refuse_closed
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.registration import queries
from core.registration.events import EvidenceAttached
from core.registration.tables import Evidence
from core.store import BlobRef, Id, Read, Write

LARGEST_FILE = 20 << 20
LONGEST_TITLE = 100
MOST_FILES = 50
KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}
"""How a file begins → its media type. Told by the content, never by the name."""


@dataclass(frozen=True)
class EvidenceLine:
    """One file of an application as lists show it."""

    id: Id
    title: str
    kind: str
    size: int
    attached_at: int
    attached_by: Id


@permitted(Role.REGISTRAR)
def attach_evidence(write: Write, application: Id, title: str, data: bytes) -> Id:
    """Attach a scan or photo (JPEG, PNG, PDF) to an application, before the applicant was told the decision.

    Refused: another kind of file, one of more than 20 MB, a title that is missing or too long.
    """
    found = queries.application(write, application)
    refuse_closed(write, found.batch)
    if found.notified or found.state == "withdrawn":
        raise Refused("registration.notified_already", clause="10.2")
    title = title.strip()
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise Refused("evidence.bad_title", longest=LONGEST_TITLE)
    kind = next((kind for start, kind in KINDS.items() if data.startswith(start)), None)
    if kind is None or len(data) > LARGEST_FILE:
        raise Refused("evidence.bad_file", most=LARGEST_FILE >> 20)
    if len(evidence(write, application)) >= MOST_FILES:
        raise Refused("evidence.too_many", most=MOST_FILES)
    part = EvidenceAttached.Part(title, write.put_blob(data, kind))
    return write.record(EvidenceAttached(application), part, batch=found.batch)


def evidence(read: Read, application: Id) -> list[EvidenceLine]:
    """The files of an application in the order in which they came."""
    rows = read.rows(select(Evidence).where(Evidence.application == application).order_by(Evidence.id))
    found = []
    for row in rows:
        if row.file is not None:
            ref = msgspec.msgpack.decode(row.file, type=BlobRef)
            found.append(EvidenceLine(row.id, row.title, ref.kind, ref.size, row.attached_at, row.attached_by))
    return found


def evidence_file(read: Read, id: Id) -> bytes | None:
    """The content of one file; None where it has not arrived. No such file: refused."""
    file = read.value(select(Evidence.file).where(Evidence.id == id))
    if file is None:
        raise Refused("evidence.unknown")
    return read.blob(msgspec.msgpack.decode(file, type=BlobRef))
