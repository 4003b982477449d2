"""Whose entries the hub takes: devices that it enrolled, what these go on from, and terminals that they vouch for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from core.association.events import HUB, EnrolmentAccepted
from core.errors import Refused
from core.hub.database import put_new
from core.hub.incidents import note
from core.hub.ledger import Ledger
from core.hub.problems import Problem
from core.hub.tables import devices, frozen, heads, vouched, vouchers
from core.people.events import KeysChanged
from core.store import KINDS, Event, basics
from core.store.events import Body, decode_event

_OF_CUSTODY: Final = frozenset(
    name.partition(".")[0]
    for name, kind in KINDS.items()
    if kind.event.__module__ == basics.__name__ or kind.event is KeysChanged
)
"""Nouns of what is said of the store itself: founding, devices, the clock, erased parts, the words that open it."""


@dataclass(frozen=True)
class Sender:
    """A device whose key the hub knows."""

    device: int
    key: bytes
    authority: bool
    """Whether its word on other devices, and on erasing, counts."""
    enrolled: bool
    withdrawn: bool
    frozen: bool


def sender(ledger: Ledger, centre: str, device: int) -> Sender | None:
    """What the hub knows of a device of a centre; None for a stranger."""
    connection = ledger.connection
    is_frozen = connection.execute(
        select(frozen.c.seq).where(frozen.c.centre == centre, frozen.c.device == device)
    ).scalar()
    row = connection.execute(select(devices).where(devices.c.centre == centre, devices.c.device == device)).first()
    admitted = connection.execute(select(vouched).where(vouched.c.centre == centre, vouched.c.device == device)).first()
    if row is not None:
        return Sender(
            device=device,
            key=bytes(row.key),
            # A terminal does not come to speak for its centre by somebody's saying that they go on from it.
            authority=row.accepted is not None or admitted is None or bool(admitted.authority),
            enrolled=row.accepted is not None,
            withdrawn=row.withdrawn_at is not None,
            frozen=is_frozen is not None,
        )
    if admitted is None:
        return None
    return Sender(device, bytes(admitted.key), bool(admitted.authority), False, False, is_frozen is not None)


def known_centres(ledger: Ledger, centre: str | None = None) -> list[str]:
    """Every centre that the hub has spoken to, by code; or the one that is named. A stranger: refused."""
    query = select(heads.c.centre).where(heads.c.device == HUB, heads.c.seq > 0).order_by(heads.c.centre)
    found = list(ledger.connection.execute(query).scalars())
    if centre is None:
        return found
    if centre not in found:
        raise Refused("hub.not_enrolled", centre=centre[:20], device="")
    return [centre]


def is_served(ledger: Ledger, centre: str) -> bool:
    """Whether a device of this centre is enrolled now."""
    found = select(devices.c.device).where(
        devices.c.centre == centre, devices.c.accepted.is_not(None), devices.c.withdrawn_at.is_(None)
    )
    return ledger.connection.execute(found.limit(1)).first() is not None


def noun_of(kind: str) -> str:
    """What a kind of entry is about: the word before its point."""
    return kind.partition(".")[0]


def check_kinds(ledger: Ledger, centre: str, who: Sender, coming: Iterable[Body]) -> None:
    """Refuse entries of kinds that a device was not enrolled for, whatever its chain says later.

    A terminal may send what the device may that vouches for it. A chain can't be without the entries that custody
    speaks of.
    """
    said = _enrolment(ledger, centre, who.device)
    if not isinstance(said, EnrolmentAccepted) or not said.kinds:
        return
    for body in coming:
        if noun_of(body.kind) not in {*said.kinds, *_OF_CUSTODY}:
            note(ledger, centre, "kinds", who.device, body.seq)
            raise Problem("kinds", device=who.device, kind=body.kind)


def _enrolment(ledger: Ledger, centre: str, device: int) -> Event | None:
    """What enrolled a device, or the one that vouches for it; None where nobody has said."""
    asked = set[int]()
    while device not in asked:
        asked.add(device)
        accepted = select(devices.c.accepted).where(devices.c.centre == centre, devices.c.device == device)
        seq = ledger.connection.execute(accepted).scalar()
        if seq is not None:
            return decode_event(ledger.body_at(centre, seq))
        by = select(vouchers.c.by).where(vouchers.c.centre == centre, vouchers.c.device == device)
        device = ledger.connection.execute(by).scalar() or device
    return None


def vouch(ledger: Ledger, centre: str, by: int, device: int, key: bytes, authority: bool) -> None:
    """A device that may speak for its centre has admitted this one. The first key that a number has is its key."""
    known = sender(ledger, centre, device)
    if known is None:
        put_new(ledger.connection, vouched, centre=centre, device=device, key=key, authority=authority)
        put_new(ledger.connection, vouchers, centre=centre, device=device, by=by)
    elif known.key != key:
        note(ledger, centre, "two_keys", device, 0)


def freeze(ledger: Ledger, centre: str, device: int, seq: int) -> None:
    """Add nothing to a device's chain any more: it signed two entries of one number."""
    put_new(ledger.connection, frozen, centre=centre, device=device, seq=seq, at=ledger.now)
    note(ledger, centre, "fork", device, seq)
