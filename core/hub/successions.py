"""What restored devices say they go on from, and when that closes the device before them.

Saying it proves nothing: the request to be enrolled is signed by the new device alone. It counts once the entry that it
names stands in the old device's own signed chain with this very hash, which only somebody knows who holds that chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from core.association.requests import Before
from core.hub.database import put_new
from core.hub.ledger import Ledger
from core.hub.tables import journal, successions


@dataclass(frozen=True)
class Claim:
    """That a device goes on from another one's entry `seq`; `holds` is None until the hub has that entry."""

    device: int
    seq: int
    holds: bool | None


def claim(ledger: Ledger, centre: str, by: int, before: Before) -> None:
    """Keep what a new device says; of one predecessor its first word counts."""
    values = {"centre": centre, "device": before.device, "by": by, "seq": before.seq}
    put_new(ledger.connection, successions, **values, head=bytes.fromhex(before.head))


def claims(ledger: Ledger, centre: str, by: int) -> list[Claim]:
    """What a device said that it goes on from, held against the chains."""
    mine = (successions.c.centre == centre) & (successions.c.by == by)
    rows = ledger.connection.execute(select(successions).where(mine).order_by(successions.c.device)).all()
    found = []
    for row in rows:
        held = _hash(ledger, centre, row.device, row.seq)
        found.append(Claim(row.device, row.seq, None if held is None else held == bytes(row.head)))
    return found


def closed_at(ledger: Ledger, centre: str, device: int, coming: Mapping[int, bytes]) -> int | None:
    """The last entry of a device that another one goes on from; None of one that is open.

    `coming` are the hashes of what it now sends. Of several that go on from it the latest counts, so that nobody can
    take back what it has written.
    """
    mine = (successions.c.centre == centre) & (successions.c.device == device)
    rows = ledger.connection.execute(select(successions.c.seq, successions.c.head).where(mine)).all()
    return max(
        (row.seq for row in rows if (_hash(ledger, centre, device, row.seq) or coming.get(row.seq)) == bytes(row.head)),
        default=None,
    )


def _hash(ledger: Ledger, centre: str, device: int, seq: int) -> bytes | None:
    found = ledger.connection.execute(
        select(journal.c.hash).where(journal.c.centre == centre, journal.c.device == device, journal.c.seq == seq)
    ).scalar()
    return bytes(found) if found is not None else None
