"""How each certificate stands: waiting, doubtful, printed, handed out, voided, revoked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, select

from core.arrangement.queries import places
from core.association.queries import revoked
from core.certificates.credential import read as read_token
from core.certificates.tables import IssuedCertificate, PrintRun, PrintSheet
from core.clock import china_time
from core.errors import Refused
from core.registration.queries import applicants_of
from core.store import Id, Read


class State(StrEnum):
    """Where a certificate is, the last thing first."""

    WAITING = "waiting"
    """It has its number and no sheet."""
    DOUBTFUL = "doubtful"
    """It was handed to a printer, and nobody has said yet what came out; while its run goes on: printing."""
    PRINTED = "printed"
    """A sheet is here: printed here, or by the association and delivered."""
    COLLECTED = "collected"
    PROXY = "proxy"
    """Somebody else took it for its owner."""
    VOIDED = "voided"
    REVOKED = "revoked"


HERE = (State.PRINTED,)
HANDED_OUT = (State.COLLECTED, State.PROXY)
DEAD = (State.VOIDED, State.REVOKED)
"""What is not printed any more, whatever somebody says."""


@dataclass(frozen=True)
class CertificateLine:
    """A certificate as lists show it; `name` is the one that was signed."""

    id: Id
    application: Id
    batch: Id
    number: str
    candidate_number: str
    name: str
    name_differs: bool
    """What is known of the candidate was put right since: the paper says what was signed. Void it and issue again."""
    issued: date
    token: bytes
    state: State
    run: Id | None
    """The run that it is doubtful in."""
    copies: int
    """Sheets that came out of printers here."""
    reissues: int
    voided: bool
    """It was voided here, whether or not the association has revoked it since: another number may take its place."""
    asked: bool
    """The association was asked to revoke it."""
    delivered: bool
    receiver: str
    collected_at: datetime | None
    handed_out: int
    serial: int
    lease: Id
    why: str
    """Why it was voided, or is to be revoked."""
    doubled: bool
    """Another entry claims its number too: one of the two came from a machine that had no right to it."""

    @property
    def alive(self) -> bool:
        """Whether it counts, as far as this centre knows."""
        return self.state not in DEAD


@dataclass(frozen=True)
class SheetLine:
    """One sheet of a run: `waiting`, `handed` (nobody knows), `printed` or `unprinted`."""

    certificate: Id
    number: str
    place: int
    state: str
    blank: str | None


@dataclass(frozen=True)
class RunLine:
    """Certificates that were to be printed together, and how far that is."""

    id: Id
    batch: Id
    purpose: str
    printer: str
    template: Id
    at: datetime
    reason: str
    sheets: int
    printed: int
    doubtful: int


def certificates(read: Read, batch: Id) -> list[CertificateLine]:
    """Every certificate of a batch, voided ones too, by candidate number and age."""
    order = {place.application: place.number for place in places(read, batch)}
    names = {id: one.name for id, one in applicants_of(read, batch).items()}
    gone, twice = revoked(read), _doubled(read)
    rows = read.rows(select(IssuedCertificate).where(IssuedCertificate.batch == batch).order_by(IssuedCertificate.id))
    found = [
        _line(row, order.get(row.application, ""), names.get(row.application), row.number in gone, row.number in twice)
        for row in rows
        if row.token is not None
    ]
    return sorted(found, key=lambda line: (line.candidate_number, line.id))


def certificate_named(read: Read, number: str) -> CertificateLine:
    """The certificate of a number, however it was typed. None: refused."""
    wanted = "".join(number.split()).upper()
    row = read.first(select(IssuedCertificate).where(IssuedCertificate.number == wanted))
    if row is None:
        raise Refused("certificates.unknown", number=number[:40])
    return certificate(read, row.id)


def certificate(read: Read, id: Id) -> CertificateLine:
    """One certificate. No such certificate, or one of which the content is not here: refused."""
    found = chosen(read, [id])
    return found[0]


def chosen(read: Read, ids: Iterable[Id]) -> list[CertificateLine]:
    """These certificates, in this order, each once. One that isn't there: refused."""
    wanted = list(dict.fromkeys(ids))
    rows = {
        row.id: row
        for start in range(0, len(wanted), _AT_ONCE)
        for row in read.rows(
            select(IssuedCertificate).where(IssuedCertificate.id.in_(wanted[start : start + _AT_ONCE]))
        )
        if row.token is not None
    }
    for id in wanted:
        if id not in rows:
            raise Refused("certificates.unknown", number=str(id))
    gone, twice = revoked(read), _doubled(read)
    batches = {row.batch for row in rows.values()}
    order = {place.application: place.number for batch in batches for place in places(read, batch)}
    names = {id: one.name for batch in batches for id, one in applicants_of(read, batch).items()}
    return [
        _line(row, order.get(row.application, ""), names.get(row.application), row.number in gone, row.number in twice)
        for row in map(rows.__getitem__, wanted)
    ]


def living(read: Read, batch: Id) -> dict[Id, CertificateLine]:
    """The certificate of each application that has one which was not voided; the newest where there are two."""
    return {line.application: line for line in certificates(read, batch) if not line.voided}


def runs(read: Read, batch: Id) -> list[RunLine]:
    """The print runs of a batch, the newest first."""
    rows = read.rows(select(PrintRun).where(PrintRun.batch == batch).order_by(PrintRun.id.desc()))
    return [_run(read, row) for row in rows]


def run(read: Read, id: Id) -> RunLine:
    """One print run. No such run: refused."""
    row = read.first(select(PrintRun).where(PrintRun.id == id))
    if row is None:
        raise Refused("certificates.unknown_run")
    return _run(read, row)


def sheets(read: Read, run: Id) -> list[SheetLine]:
    """The sheets of a run, in their order."""
    rows = read.rows(
        select(PrintSheet, IssuedCertificate.number)
        .join(IssuedCertificate, IssuedCertificate.id == PrintSheet.certificate)
        .where(PrintSheet.run == run)
        .order_by(PrintSheet.place)
    )
    return [SheetLine(row.certificate, row.number, row.place, row.state, row.blank) for row in rows]


def _doubled(read: Read) -> frozenset[str]:
    """Numbers that two entries claim."""
    found = select(IssuedCertificate.number).group_by(IssuedCertificate.number).having(func.count() > 1)
    return frozenset(row.number for row in read.rows(found))


_AT_ONCE = 500
"""So many ids in one question; a database takes only so many."""


def _run(read: Read, row: Row[*tuple[Any, ...]]) -> RunLine:
    counted: dict[str, int] = {
        each.state: each.number_of
        for each in read.rows(
            select(PrintSheet.state, func.count().label("number_of"))
            .where(PrintSheet.run == row.id)
            .group_by(PrintSheet.state)
        )
    }
    return RunLine(
        id=row.id,
        batch=row.batch,
        purpose=row.purpose,
        printer=row.printer,
        template=row.template,
        at=china_time(row.at),
        reason=row.reason or "",
        sheets=sum(counted.values()),
        printed=counted.get("printed", 0),
        doubtful=counted.get("handed", 0),
    )


def _line(row: Row[*tuple[Any, ...]], place: str, name: str | None, is_revoked: bool, doubled: bool) -> CertificateLine:
    signed = read_token(row.token).credential.name
    return CertificateLine(
        id=row.id,
        application=row.application,
        batch=row.batch,
        number=row.number,
        candidate_number=place,
        name=signed,
        name_differs=bool(name) and name != signed,
        issued=date.fromisoformat(row.issued),
        token=bytes(row.token),
        state=_state(row, is_revoked),
        run=row.run,
        copies=row.copies,
        reissues=row.reissues,
        voided=row.voided,
        asked=row.asked,
        delivered=row.delivered,
        receiver=row.receiver or "",
        collected_at=china_time(row.collected_at) if row.collected_at is not None else None,
        handed_out=row.handed_out,
        serial=row.serial,
        lease=row.lease,
        why=row.void_reason or row.ask_reason or "",
        doubled=doubled,
    )


def _state(row: Row[*tuple[Any, ...]], is_revoked: bool) -> State:
    if is_revoked:
        return State.REVOKED
    if row.voided:
        return State.VOIDED
    if row.run is not None:
        return State.DOUBTFUL
    if row.collected:
        return State.PROXY if row.proxy else State.COLLECTED
    return State.PRINTED if row.copies or row.delivered else State.WAITING
