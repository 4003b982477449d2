"""Parts of centres' entries: encrypted as stored, gone when two people had them deleted; the blobs they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import select

from core.hub.database import put_new
from core.hub.ledger import Ledger, place_of
from core.hub.tables import blobs, erased, named, parts, pieces
from core.hub.understood import late
from core.store.events import SALT_BYTES

_NAME_BYTES: Final = 32
_LOOKS_LIKE_A_NAME: Final = b"\xc4\x20"
"""How 32 bytes begin in msgpack."""


def keep_parts(ledger: Ledger, centre: str, device: int, found: Mapping[int, bytes], are_late: Iterable[int]) -> None:
    """Store parts by seq, with what blobs they name; `are_late` came after their entries."""
    if not found:
        return
    rows = [
        {
            "centre": centre,
            "device": device,
            "seq": seq,
            "bytes": ledger.keys.seal_part(data, place_of(centre, device, seq)),
        }
        for seq, data in found.items()
    ]
    ledger.connection.execute(parts.insert(), rows)
    for seq, data in found.items():
        for name in set(blob_names(data)):
            put_new(ledger.connection, named, centre=centre, name=name.hex(), device=device, seq=seq)
    for seq in are_late:
        put_new(ledger.connection, late, centre=centre, device=device, seq=seq)


def held_parts(ledger: Ledger, centre: str, device: int, seqs: Iterable[int]) -> set[int]:
    """Which of these entries have their part here, or had it erased."""
    wanted = sorted(seqs)
    if not wanted:
        return set()
    found = set[int]()
    for table in (parts, erased):
        rows = ledger.connection.execute(
            select(table.c.seq).where(
                table.c.centre == centre, table.c.device == device, table.c.seq.between(wanted[0], wanted[-1])
            )
        )
        found.update(rows.scalars())
    return found


def erase_part(ledger: Ledger, centre: str, device: int, seq: int) -> None:
    """Two people had this part deleted: it goes here too, with the blobs that nothing else names."""
    connection = ledger.connection
    put_new(connection, erased, centre=centre, device=device, seq=seq)
    for table in (parts, late):
        connection.execute(table.delete().where(table.c.centre == centre, table.c.device == device, table.c.seq == seq))
    mine = (named.c.centre == centre) & (named.c.device == device) & (named.c.seq == seq)
    names = connection.execute(select(named.c.name).where(mine)).scalars().all()
    connection.execute(named.delete().where(mine))
    for name in names:
        if (
            connection.execute(select(named.c.seq).where(named.c.centre == centre, named.c.name == name)).first()
            is None
        ):
            for table in (blobs, pieces):
                connection.execute(table.delete().where(table.c.centre == centre, table.c.name == name))


def blob_names(data: bytes) -> Iterator[bytes]:
    """The blobs that a part names, by the shape of a reference: (name, key, size, media type).

    So a kind of entry that this program does not know yet names its blobs too.
    """
    if _LOOKS_LIKE_A_NAME not in data:
        return
    try:
        content = msgspec.msgpack.decode(memoryview(data)[SALT_BYTES:])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    waiting: list[Any] = [content]
    while waiting:
        match waiting.pop():
            case [bytes() as name, bytes() as key, int(), str(), *rest] if len(name) == len(key) == _NAME_BYTES:
                yield name
                waiting.extend(rest)
            case list() as some:
                waiting.extend(some)
            case dict() as some:
                waiting.extend(some.values())
