"""The home's own issuer keys, listed in a plain file so that `verify` needs neither the store nor a sign-in."""

from __future__ import annotations

from sqlalchemy import select

from core.certificates.verification import OWN_ISSUERS, own_issuer, write_issuers
from core.clock import china_date
from core.store import Store, basics, centre_name, files


def write_own_issuer(store: Store) -> None:
    """Write `issuers.json` into the home: the keys with which this centre signs notices, and only notices."""
    with store.read() as read:
        name = centre_name(read) or store.centre
        keys = read.rows(select(basics.IssuerKey).order_by(basics.IssuerKey.id))
    issuers = [own_issuer(store.centre, name, bytes(row.key), china_date(row.at)) for row in keys]
    files.write_whole(store.home / OWN_ISSUERS, write_issuers(issuers))
