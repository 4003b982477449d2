"""What the association has said: enrolment, authorisations, decisions, leases, revocations, lists."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.association.events import HUB
from core.association.fingerprint import fingerprint
from core.association.tables import (
    Authorisation,
    Decision,
    Enrolment,
    Lease,
    PublishedLists,
    PublishedPack,
    Revocation,
)
from core.clock import china_date
from core.errors import Refused
from core.standards.packs import LONGEST_ID, Pack, read_published, shipped_packs
from core.store import Id, Read, basics, own_device


@dataclass(frozen=True)
class AssociationLine:
    """The association that this centre is enrolled with."""

    name: str
    key: bytes
    """The hub's public key."""
    fingerprint: str
    courier_key: bytes
    enrolled: bool
    """Whether it takes this very device's entries now."""
    centre_number: str | None
    """The centre's digits in a certificate's number; None before the first authorisation."""


@dataclass(frozen=True)
class AuthorisationLine:
    """A standard by which this centre may evaluate; no `levels` mean all. Days are inclusive."""

    id: Id
    standard: str
    levels: tuple[str, ...]
    first_day: date
    until: date
    issuer_key: bytes
    centre_number: str
    pattern: str
    withdrawn: date | None

    def covers(self, standard: str, level: str, day: date) -> bool:
        """Whether it was given for this standard and level, and that day lies within it."""
        within = self.first_day <= day <= self.until and self.withdrawn is None
        return within and self.standard == standard and (not self.levels or level in self.levels)


@dataclass(frozen=True)
class DecisionLine:
    """The association's decision; `reason` is empty where it gave none or it has not arrived."""

    approved: bool
    reason: str
    at: int


@dataclass(frozen=True)
class LeaseLine:
    """A number lease; the status index of serial n is `first_index + n - first`."""

    id: Id
    device: int
    device_key: bytes
    year: int
    first: int
    last: int
    first_index: int


@dataclass(frozen=True)
class RevokedLine:
    """A certificate that the association revoked."""

    number: str
    index: int
    reason: str
    at: int


def association(read: Read) -> AssociationLine | None:
    """The association, or None for a centre that is not enrolled."""
    key = hub_key(read)
    last = read.first(select(Enrolment).order_by(Enrolment.id.desc()))
    if key is None or last is None:
        return None
    own = own_device(read)
    own_key = read.value(select(basics.Device.key).where(basics.Device.id == own))
    enrolled = read.first(
        select(Enrolment.id).where(
            Enrolment.device == own, Enrolment.device_key == own_key, Enrolment.withdrawn_at.is_(None)
        )
    )
    number = read.value(select(Authorisation.centre_number).order_by(Authorisation.id.desc()))
    return AssociationLine(
        last.association, key, fingerprint(key), bytes(last.courier_key), enrolled is not None, number
    )


def hub_key(read: Read) -> bytes | None:
    """The key of the hub whose entries this store takes, or None."""
    found = read.value(select(basics.Device.key).where(basics.Device.id == HUB))
    return bytes(found) if found is not None else None


def authorisation(read: Read, standard: str, level: str, day: date, issuer_key: bytes) -> AuthorisationLine | None:
    """The newest authorisation that holds on that day for this key; None where there is none, or it was withdrawn."""
    fit = [
        one for one in authorisations(read) if one.covers(standard, level, day) and one.issuer_key == bytes(issuer_key)
    ]
    return fit[-1] if fit else None


def authorisations(read: Read) -> list[AuthorisationLine]:
    """Every authorisation that was ever given, the oldest first."""
    return [
        AuthorisationLine(
            id=row.id,
            standard=row.standard,
            levels=tuple(json.loads(row.levels)),
            first_day=date.fromisoformat(row.first_day),
            until=date.fromisoformat(row.until),
            issuer_key=bytes(row.issuer_key),
            centre_number=row.centre_number,
            pattern=row.pattern,
            withdrawn=china_date(row.withdrawn_at) if row.withdrawn_at is not None else None,
        )
        for row in read.rows(select(Authorisation).order_by(Authorisation.id))
    ]


def decision(read: Read, batch_no: str, batch_id: Id, results: bytes) -> DecisionLine | None:
    """The last decision on exactly these results of a batch, whichever way it names it; None before there is one."""
    row = read.first(
        select(Decision)
        .where(Decision.batch.in_([batch_no, str(batch_id)]), Decision.results == bytes(results))
        .order_by(Decision.id.desc())
    )
    return DecisionLine(row.approved, row.reason or "", row.at) if row else None


def leases(read: Read) -> list[LeaseLine]:
    """Every lease that this centre was granted, to whichever device, the oldest first."""
    return [
        LeaseLine(row.id, row.device, bytes(row.device_key), row.year, row.first, row.last, row.first_index)
        for row in read.rows(select(Lease).order_by(Lease.id))
    ]


def revoked(read: Read) -> dict[str, RevokedLine]:
    """What was revoked, by certificate number."""
    return {
        row.number: RevokedLine(row.number, row.place, row.reason or "", row.at)
        for row in read.rows(select(Revocation).order_by(Revocation.id))
    }


def published_packs(read: Read) -> dict[Id, Pack | None]:
    """What the association published as packs, by entry, the oldest first; None where it has no effect.

    Such are no packs, those that say another id or edition than their entry, and others of an edition that is there.
    """
    known = {pack.id: pack.digest for pack in shipped_packs()}
    found: dict[Id, Pack | None] = {}
    for row in read.rows(select(PublishedPack).order_by(PublishedPack.id)):
        try:
            pack = read_published(bytes(row.pack), f"{row.standard[:LONGEST_ID]}.toml")
        except Refused:
            found[row.id] = None
            continue
        is_it = (pack.id, pack.standard.edition) == (row.standard, row.edition)
        found[row.id] = pack if is_it and known.setdefault(pack.id, pack.digest) == pack.digest else None
    return found


def pack_files(read: Read) -> dict[str, bytes]:
    """The published packs that count here beside those of the program: file name → bytes."""
    shipped = {pack.id for pack in shipped_packs()}
    good = {identity: pack for identity, pack in published_packs(read).items() if pack and pack.id not in shipped}
    rows = read.rows(select(PublishedPack).where(PublishedPack.id.in_(good)))
    return {f"{row.standard}.toml": bytes(row.pack) for row in rows}


def lists(read: Read) -> list[bytes]:
    """Of the signed lists that have arrived those that were said last, and those of the latest date.

    They are the same, unless the association's clock was wrong at one of them.
    """
    held = select(PublishedLists.lists).where(PublishedLists.lists.is_not(None))
    orders = ((PublishedLists.id.desc(),), (PublishedLists.dated.desc(), PublishedLists.id.desc()))
    found = (read.value(held.order_by(*order)) for order in orders)
    return list(dict.fromkeys(bytes(one) for one in found if one is not None))
