"""The association's signed lists: who may sign what, and what was revoked, worked out of what the hub has said."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import select

from core.association.events import ListsPublished
from core.certificates.credential import EPOCH, key_id, occupation_on_wire
from core.certificates.lists import sign_lists
from core.certificates.verification import Issuer, Revocations
from core.clock import china_date
from core.errors import Refused
from core.hub.ledger import Ledger
from core.hub.tables import authorisations, devices, leases, revocations

LONGEST_DAYS = 400
DAY_MS = 86_400_000


def make_lists(ledger: Ledger, days: int) -> bytes:
    """The lists of now, signed, good for `days`."""
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused("hub.bad_days", longest=LONGEST_DAYS)
    return _sign(ledger, ledger.now + days * DAY_MS)


def _sign(ledger: Ledger, until: int) -> bytes:
    dated, ends = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at) for at in (ledger.now, until))
    found = Revocations(dated, ends, _bits(ledger))
    return sign_lists(ledger.keys.name, issuers(ledger), found, ledger.keys.signing)


def publish(ledger: Ledger, centre: str, days: int) -> bytes:
    """Say the lists of now to one centre, on its chain."""
    ledger.hold(centre)
    lists = make_lists(ledger, days)
    return _say(ledger, centre, lists, ledger.now + days * DAY_MS)


def say_lists(ledger: Ledger, centre: str, until: int) -> None:
    """Say the lists of now to one centre, good until a time (UTC milliseconds)."""
    ledger.hold(centre)
    _say(ledger, centre, _sign(ledger, until), until)


def _say(ledger: Ledger, centre: str, lists: bytes, until: int) -> bytes:
    ledger.record(centre, ListsPublished(ledger.now, until), ListsPublished.Part(lists))
    return lists


def issuers(ledger: Ledger) -> list[Issuer]:
    """Every key that the association answers for: of authorised centres for certificates, of enrolled ones for notices.

    What was withdrawn ends with the day of its withdrawal; what was signed before stays signed.
    """
    # What hangs on something else is read before it: what is said meanwhile stands in the next lists.
    given = ledger.connection.execute(
        select(authorisations).order_by(authorisations.c.centre, authorisations.c.seq)
    ).all()
    names: dict[str, str] = {}
    withdrawn: dict[tuple[str, bytes], int | None] = {}
    found = []
    rows = ledger.connection.execute(
        select(devices).where(devices.c.accepted.is_not(None)).order_by(devices.c.centre, devices.c.accepted)
    )
    for row in rows.all():
        key = bytes(row.issuer_key)
        names[row.centre], withdrawn[row.centre, key] = row.name, row.withdrawn_at
        found.append(_issuer(row.centre, key, row.name, True, EPOCH, _day(row.withdrawn_at)))
    for row in given:
        key = bytes(row.issuer_key)
        first, until = date.fromisoformat(row.first_day), date.fromisoformat(row.until)
        ends = (until, _day(row.withdrawn_at), _day(withdrawn.get((row.centre, key))))
        last = min(end for end in ends if end is not None)
        if last >= first:
            issuer = _issuer(row.centre, key, names[row.centre], False, first, last)
            issuer = replace(issuer, centre_number=row.centre_number, pattern=row.pattern)
            issuer = replace(issuer, occupation=occupation_on_wire(row.standard))
            levels = tuple(json.loads(row.levels))
            found.append(replace(issuer, levels=levels) if levels else issuer)
    return list(dict.fromkeys(found))


def _issuer(centre: str, key: bytes, name: str, notices_only: bool, first: date, last: date | None) -> Issuer:
    return Issuer(key_id(key).hex(), centre, key.hex(), name, notices_only, first, last)


def _day(at: int | None) -> date | None:
    return china_date(at) if at is not None else None


def _bits(ledger: Ledger) -> bytes:
    """One bit for each status index that was ever given out."""
    places = ledger.connection.execute(select(revocations.c.place)).scalars().all()
    given = ledger.connection.execute(select(leases.c.first_index, leases.c.first, leases.c.last)).all()
    size = max((row.first_index + row.last - row.first + 1 for row in given), default=0)
    bits = bytearray((size + 7) // 8)
    for place in places:
        bits[place // 8] |= 1 << place % 8
    return bytes(bits)
