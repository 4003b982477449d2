"""Parts of centres' entries: encrypted as stored, gone when two people had them deleted; the blobs they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, select

from core.hub.database import put_new
from core.hub.ledger import Ledger, place_of
from core.hub.tables import blobs, erased, named, parts, pieces
from core.hub.understood import late
from core.store.events import SALT_BYTES

AT_ONCE: Final = 500
MOST_NAMES: Final = 1000
"""Of one part: far more files than anybody hands in at once."""
LARGEST_SEARCHED: Final = 4 << 20
"""Bytes of a part in which names are looked for."""
_REFERENCE: Final = re.compile(
    rb"\xc4\x20(.{32})\xc4\x20.{32}(?:[\x00-\x7f]|\xcc.|\xcd..|\xce.{4}|\xcf.{8})[\xa0-\xbf\xd9-\xdb]", re.DOTALL
)
"""What a reference to a blob is in msgpack, wherever it stands: name and key of 32 bytes, size, media type."""


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
        for name in blob_names(data):
            put_new(ledger.connection, named, centre=centre, name=name.hex(), device=device, seq=seq)
    for seq in are_late:
        put_new(ledger.connection, late, centre=centre, device=device, seq=seq)


def held_parts(ledger: Ledger, centre: str, device: int, seqs: Iterable[int]) -> set[int]:
    """Which of these entries have their part here, or had it erased."""
    wanted = set(seqs)
    found = set[int]()
    for some in batched(sorted(wanted)):
        for table in (parts, erased):
            mine = (table.c.centre == centre) & (table.c.device == device) & among(table.c.seq, some)
            found.update(ledger.connection.execute(select(table.c.seq).where(mine)).scalars())
    return found & wanted


def among(seq: ColumnElement[int], some: Sequence[int]) -> ColumnElement[bool]:
    """These seqs, in order: as a range where hardly any lies between them, which is asked much faster than a list."""
    return seq.between(some[0], some[-1]) if some[-1] - some[0] < 2 * len(some) else seq.in_(some)


def batched(seqs: Sequence[int]) -> Iterator[Sequence[int]]:
    """So many of them as one statement asks for: they may lie far apart in a long chain."""
    for start in range(0, len(seqs), AT_ONCE):
        yield seqs[start : start + AT_ONCE]


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


def blob_names(data: bytes) -> set[bytes]:
    """The blobs that a part names, by the shape of a reference: (name, key, size, media type).

    So a kind of entry that this program does not know yet names its blobs too. The bytes are searched and nothing is
    built of them: a part may hold millions of things that are nothing.
    """
    found = _REFERENCE.finditer(data, SALT_BYTES, LARGEST_SEARCHED)
    return {one[1] for one in islice(found, MOST_NAMES)}
