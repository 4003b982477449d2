"""Photos and works of centres: ciphertexts by name, taken in pieces and only where a held part names them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from core.hub.database import put_new
from core.hub.ledger import Ledger
from core.hub.problems import Problem
from core.hub.tables import blobs, named, pieces

LARGEST_PIECE: Final = 8 << 20
LARGEST_BLOB: Final = 256 << 20
_NAME = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")


@dataclass(frozen=True)
class Held:
    """How much of a blob the hub has, and whether that is all of it."""

    held: int
    whole: bool


def held(ledger: Ledger, centre: str, name: str) -> Held:
    """Where a blob stands."""
    _check_name(name)
    row = ledger.connection.execute(select(blobs).where(blobs.c.centre == centre, blobs.c.name == name)).first()
    return Held(row.held, bool(row.whole)) if row else Held(0, False)


def append(ledger: Ledger, centre: str, name: str, content_range: str, data: bytes) -> tuple[Held, Problem | None]:
    """Append a piece; how it stands now. One that was whole and another than its name is thrown away, and said."""
    _check_name(name)
    first, total = _read_range(content_range, len(data))
    connection = ledger.connection
    known = select(named.c.seq).where(named.c.centre == centre, named.c.name == name).limit(1)
    if connection.execute(known).first() is None:
        raise Problem("unknown_blob")
    put_new(connection, blobs, centre=centre, name=name, size=total, held=0, whole=False)
    mine = (blobs.c.centre == centre) & (blobs.c.name == name)
    row = connection.execute(select(blobs).where(mine).with_for_update()).one()
    if row.whole:
        return Held(row.held, True), None
    if first != row.held or (row.held and total != row.size):
        raise Problem("blob_offset", held=row.held)
    if data:
        connection.execute(pieces.insert().values(centre=centre, name=name, first=first, bytes=data))
    now = first + len(data)
    if now < total:
        connection.execute(blobs.update().where(mine).values(held=now, size=total))
        return Held(now, False), None
    if _digest(ledger, centre, name) != name:
        _throw_away(ledger, centre, name)
        return Held(0, False), Problem("blob_altered")
    connection.execute(blobs.update().where(mine).values(held=now, size=total, whole=True))
    return Held(now, True), None


def content(ledger: Ledger, centre: str, name: str) -> bytes | None:
    """The ciphertext of a blob that is whole, or None."""
    if not held(ledger, centre, name).whole:
        return None
    return b"".join(_pieces(ledger, centre, name))


def _digest(ledger: Ledger, centre: str, name: str) -> str:
    digest = hashlib.sha256()
    for data in _pieces(ledger, centre, name):
        digest.update(data)
    return digest.hexdigest()


def _pieces(ledger: Ledger, centre: str, name: str) -> Iterator[bytes]:
    """What came of a blob, in order; one piece in memory at a time."""
    of_blob = (pieces.c.centre == centre) & (pieces.c.name == name)
    for first in ledger.connection.execute(select(pieces.c.first).where(of_blob).order_by(pieces.c.first)).scalars():
        yield bytes(
            ledger.connection.execute(select(pieces.c.bytes).where(of_blob, pieces.c.first == first)).scalar_one()
        )


def _throw_away(ledger: Ledger, centre: str, name: str) -> None:
    for table in (pieces, blobs):
        ledger.connection.execute(table.delete().where(table.c.centre == centre, table.c.name == name))


def _check_name(name: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise Problem("not_found")


def _read_range(text: str, size: int) -> tuple[int, int]:
    """Where a piece begins, and how large the whole is."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        raise Problem("bad_request")
    first, last, total = map(int, found.groups())
    if last - first + 1 != size or last >= total:
        raise Problem("bad_request")
    if total > LARGEST_BLOB:
        raise Problem("too_large")
    return first, total
