"""What a centre has voided the association revokes: its code must not be called valid by those who verify it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row, select

from core.association.events import RevocationMade
from core.hub.audit import leased
from core.hub.ledger import Ledger
from core.hub.tables import revocations
from core.hub.understood import certificates
from core.words import say

AT_ONCE: Final = 500
"""Revocations of one transaction."""


def revoke_voided(ledger: Ledger, centre: str) -> bool:
    """Revoke the next numbers that a centre has voided, in this transaction; whether there may be more.

    Only of certificates that stand within its leases: a centre that claims another's number, or a number that was
    never its own to give, revokes nothing by voiding it. While the hub's own chain is behind what the centre holds of
    it nothing is said; whoever looks again later does it then.
    """
    if not _voided(ledger, centre) or not ledger.hold(centre).is_open:
        return False
    # Once more, under the lock: another process may have been here meanwhile.
    fit = leased(ledger, centre, _voided(ledger, centre))
    places = dict(list({row.number: row.place for row in fit}.items())[:AT_ONCE])
    for number, place in places.items():
        ledger.record(centre, RevocationMade(number, place), RevocationMade.Part(say("hub.revoked_since_voided")))
    return len(places) == AT_ONCE


def with_voided(ledger: Ledger) -> list[str]:
    """The centres that have voided numbers which are not revoked."""
    found = select(certificates.c.centre).where(*_OPEN).distinct().order_by(certificates.c.centre)
    return list(ledger.connection.execute(found).scalars())


_OPEN: Final = (
    certificates.c.branch == "",
    certificates.c.number != "",
    certificates.c.voided.is_(True),
    ~select(revocations.c.number)
    .where(revocations.c.centre == certificates.c.centre, revocations.c.number == certificates.c.number)
    .exists(),
)
"""Voided in the centre's own chains, and not revoked. A branch of a forked device voids nothing."""


def _voided(ledger: Ledger, centre: str) -> list[Row[Any]]:
    query = select(certificates).where(certificates.c.centre == centre, *_OPEN).order_by(certificates.c.id)
    return list(ledger.connection.execute(query).all())
