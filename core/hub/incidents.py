"""What went wrong on the way, noted once for people to see and settled where it mended itself.

`fork`: a device signed two different entries of one number; it is frozen, both branches are kept. `two_keys`: one
device number came with two keys. `closed`: a device wrote on after another one had gone on from it. `gap`: entries came
without those before them. `hub_behind`: a centre holds more of the hub's chain than the hub. `hub_fork`: the hub said
other things after it was restored than before. `index_twice`: a lease came back whose status indexes it had given to
another centre meanwhile. `kinds`: a device sent what it is not enrolled for. `unreadable`: an
entry whose content no program of this version reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, select

from core.hub.database import put_new
from core.hub.ledger import Ledger
from core.hub.tables import incidents

KINDS: Final = ("fork", "two_keys", "closed", "gap", "hub_behind", "hub_fork", "index_twice", "kinds", "unreadable")


def note(ledger: Ledger, centre: str, kind: str, device: int, seq: int) -> None:
    """Note an incident; said again it is the same one, open again."""
    key = {"centre": centre, "kind": kind, "device": device, "seq": seq}
    put_new(ledger.connection, incidents, **key, at=ledger.now)
    ledger.connection.execute(
        incidents.update()
        .where(*(incidents.c[name] == value for name, value in key.items()), incidents.c.settled_at.is_not(None))
        .values(settled_at=None, at=ledger.now)
    )


def settle(ledger: Ledger, centre: str, kind: str, up_to: int, device: int | None = None) -> None:
    """What went wrong at entries up to this one, of a device or of any, has mended itself."""
    found = incidents.update().where(
        incidents.c.centre == centre,
        incidents.c.kind == kind,
        incidents.c.seq <= up_to,
        incidents.c.settled_at.is_(None),
    )
    if device is not None:
        found = found.where(incidents.c.device == device)
    ledger.connection.execute(found.values(settled_at=ledger.now))


def incidents_of(ledger: Ledger, centre: str) -> Sequence[Row[Any]]:
    """Every incident of a centre that was noted, oldest first."""
    found = select(incidents).where(incidents.c.centre == centre)
    return ledger.connection.execute(found.order_by(incidents.c.at, incidents.c.kind, incidents.c.seq)).all()
