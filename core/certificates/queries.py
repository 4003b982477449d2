"""What others see of notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.certificates.tables import IssuedNotice
from core.store import Id, Read


@dataclass(frozen=True)
class NoticeLine:
    """An issued provisional notice."""

    id: Id
    application: Id
    number: str
    token: bytes
    issued: date


def notice_number(id: Id) -> str:
    """A notice's number: `N` and its entry's id."""
    return f"N{id}"


def notices(read: Read, batch: Id) -> dict[Id, NoticeLine]:
    """The notices of a batch by application; the newest where there are two."""
    rows = read.rows(select(IssuedNotice).where(IssuedNotice.batch == batch).order_by(IssuedNotice.id))
    return {
        row.application: NoticeLine(
            row.id, row.application, notice_number(row.id), bytes(row.token), date.fromisoformat(row.issued)
        )
        for row in rows
        if row.token is not None
    }
