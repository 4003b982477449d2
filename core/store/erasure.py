"""Erasing: the part of an entry goes for good, its blobs with it, and the chain stays whole.

The only place where a part is deleted. Backups that were made before keep theirs until they are destroyed.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import select

from core.errors import Refused
from core.store import blobs
from core.store.basics import ErasedPart, PartErased
from core.store.events import Id, decode_body, decode_part, split_id
from core.store.journal import EVERYTHING, Write
from core.store.replay import rebuild


def erase_part(write: Write, identity: Id) -> None:
    """Delete the part of the entry that created `identity`, on the word of two people; said twice it is done once.

    Who these may be is the people's room's to guard. The tables come out as if the part had never arrived.
    """
    if write.actors.second is None or write.actors.second == write.actor:
        raise Refused("store.needs_two_people")
    device, seq = split_id(identity)
    write.flush()
    body = write.connection.exec_driver_sql(
        "SELECT body FROM journal WHERE device = ? AND seq = ?", (device, seq)
    ).scalar()
    if body is None or decode_body(body).digest is None:
        raise Refused("store.no_such_part")
    if write.first(select(ErasedPart).where(ErasedPart.device == device, ErasedPart.seq == seq)) is not None:
        return
    write.record(PartErased(device, seq))
    write.flush()
    if delete_parts(write, {(device, seq)}):
        rebuild(write.connection, write.device)


def delete_parts(write: Write, named: Iterable[tuple[int, int]]) -> bool:
    """Delete the parts that entries of this transaction erased, and their blobs once it is on the disk.

    Whether any was there; the tables are then to be worked out again.
    """
    gone: set[bytes] = set()
    found = False
    for device, seq in named:
        row = write.connection.exec_driver_sql(
            "SELECT j.body, p.bytes FROM parts p JOIN journal j USING (device, seq) WHERE device = ? AND seq = ?",
            (device, seq),
        ).first()
        if row is None:
            continue
        found = True
        gone |= _blob_names(decode_body(row.body).kind, row.bytes)
        write.connection.exec_driver_sql("DELETE FROM parts WHERE device = ? AND seq = ?", (device, seq))
    lonely = {name for name in gone if not _still_named(write, name)}
    if found:
        write.kinds.add(EVERYTHING)
        write.after.append(lambda: _tidy(write, lonely))
    return found


def _blob_names(kind: str, data: bytes) -> set[bytes]:
    try:
        return {ref.name for ref in blobs.blobs_of(decode_part(kind, data))}
    except msgspec.DecodeError:
        return set()


def _still_named(write: Write, name: bytes) -> bool:
    return bool(
        write.connection.exec_driver_sql("SELECT 1 FROM parts WHERE instr(bytes, ?) > 0 LIMIT 1", (name,)).scalar()
    )


def _tidy(write: Write, names: set[bytes]) -> None:
    for name in names:
        blobs.remove_blob(write.home, name)
    write.empty_log()
