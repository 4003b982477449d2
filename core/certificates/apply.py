"""What issuing writes."""

from __future__ import annotations

from core.certificates.events import NoticeIssued
from core.certificates.tables import IssuedNotice
from core.store import Entry, Tables, applies


@applies(NoticeIssued)
def issue_notice(tables: Tables, entry: Entry, event: NoticeIssued, part: NoticeIssued.Part | None) -> None:
    tables.insert(
        IssuedNotice,
        id=entry.id,
        application=event.application,
        batch=event.batch,
        token=part.token if part else None,
        issued=part.issued if part else None,
    )
