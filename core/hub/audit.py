"""What doesn't fit together in what a centre says it issued: worked out of the tables whenever somebody asks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from core.certificates.credential import LEVELS, OCCUPATIONS
from core.certificates.numbers import parse
from core.clock import china_date
from core.hub.ledger import Ledger
from core.hub.tables import authorisations, decisions, leases
from core.hub.understood import batches, certificates, confirmations
from core.store.events import split_id


@dataclass(frozen=True)
class CertificateIncident:
    """A certificate that should not be. `duplicate`: its number stands on two. `no_lease`: no lease of the hub covers
    it: serial, status index, year, or it is another device's. `no_authorisation`: none covered its standard and level
    on its day. `no_decision`: no approval of results that the centre confirmed. `wrong_key`: not signed by a key that
    may."""

    kind: str
    number: str
    at: int


def certificate_incidents(ledger: Ledger, centre: str) -> list[CertificateIncident]:
    """Every one of a centre, in order of kind and number."""
    rows = ledger.connection.execute(
        select(certificates).where(certificates.c.centre == centre, certificates.c.number != "")
    ).all()
    known = _Known.of(ledger, centre)
    twice = Counter(row.number for row in rows)
    found = {
        CertificateIncident(kind, row.number, row.at)
        for row in rows
        for kind in (*(["duplicate"] if twice[row.number] > 1 else []), *known.wrong(row))
    }
    return sorted(found, key=lambda one: (one.kind, one.number, one.at))


def leased(ledger: Ledger, centre: str, rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Those certificates of a centre that stand within its leases."""
    known = _Known.of(ledger, centre)
    return [row for row in rows if known.is_leased(row)]


@dataclass(frozen=True)
class _Known:
    """What of a centre its certificates are held against."""

    leases: dict[int, Row[Any]]
    authorisations: list[Row[Any]]
    batches: dict[int, Row[Any]]
    approved: set[int]
    """Batches with an approval of results that their centre confirmed."""

    @staticmethod
    def of(ledger: Ledger, centre: str) -> _Known:
        def rows(table: Any) -> list[Row[Any]]:
            return list(ledger.connection.execute(select(table).where(table.c.centre == centre)).all())

        held = {row.id: row for row in rows(batches)}
        names = {id: {row.no, str(id)} for id, row in held.items()}
        approved = {(row.batch, bytes(row.results)) for row in rows(decisions) if row.approved}
        return _Known(
            {row.seq: row for row in rows(leases)},
            rows(authorisations),
            held,
            {
                row.batch
                for row in rows(confirmations)
                for name in names.get(row.batch, {str(row.batch)})
                if (name, bytes(row.digest)) in approved
            },
        )

    def wrong(self, row: Row[Any]) -> Iterator[str]:
        """What is wrong with one certificate."""
        if not self.is_leased(row):
            yield "no_lease"
        if not any(self._covers(row, one) for one in self.authorisations):
            yield "no_authorisation"
        if row.batch not in self.approved:
            yield "no_decision"
        if row.signer is not None and bytes(row.signer) not in {bytes(one.issuer_key) for one in self.authorisations}:
            yield "wrong_key"

    def is_leased(self, row: Row[Any]) -> bool:
        """Whether a lease of the hub holds a certificate's serial, place and year, for the device that issued it."""
        issuer, lease = split_id(row.lease)
        found = self.leases.get(lease)
        return (
            issuer == 0
            and found is not None
            and found.device == split_id(row.id)[0]
            and found.first <= row.serial <= found.last
            and row.place == found.first_index + row.serial - found.first
            and any(self._says(row, one, found.year) for one in self.authorisations)
        )

    def _covers(self, row: Row[Any], given: Row[Any]) -> bool:
        """Whether an authorisation allowed a certificate's standard and level on the day on which it was issued."""
        said, batch = parse(row.number, given.pattern), self.batches.get(row.batch)
        levels, day = json.loads(given.levels) or LEVELS, china_date(row.at).isoformat()
        withdrawn = given.withdrawn_at is not None and day > china_date(given.withdrawn_at).isoformat()
        return (
            said is not None
            and said.centre == given.centre_number
            and given.first_day <= day <= given.until
            and not withdrawn
            and (said.standard is None or int(said.standard) == OCCUPATIONS.get(given.standard))
            and (said.level is None or int(said.level) in {LEVELS.index(level) + 1 for level in levels})
            and (batch is None or (batch.standard == given.standard and batch.level in levels))
        )

    def _says(self, row: Row[Any], form: Row[Any], year: int) -> bool:
        """Whether the number says this serial and year, in the form of an authorisation."""
        said = parse(row.number, form.pattern)
        return (
            said is not None
            and said.serial == row.serial
            and said.centre == form.centre_number
            and str(year).endswith(said.year)
        )
