"""What the hub makes of centres' entries, in the order in which it stored them: its tables in `understood`.

Understanding comes after custody, in a transaction of its own; what can't be read is an incident and stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import structs
from sqlalchemy import Connection, Select, Table, func, select

from core.batches.events import BatchCreated
from core.certificates import credential
from core.certificates.events import CertificateIssued, CertificateVoided
from core.errors import IntegrityFailure, Refused
from core.hub.database import put, put_new
from core.hub.incidents import note, settle
from core.hub.ledger import LAST, Ledger, place_of
from core.hub.signed import branch_place
from core.hub.tables import branches, devices, facts, journal, parts, vouched
from core.hub.understood import (
    UNDERSTOOD,
    applications,
    batches,
    certificates,
    confirmations,
    late,
    progress,
    results,
)
from core.registration.events import ApplicationDecided, ApplicationEntered, ApplicationWithdrawn
from core.results.events import ResultReopened, ResultsConfirmed, ResultSettled
from core.store import KINDS, Entry, Event, chain
from core.store.events import Body, decode_body, decode_event, decode_part, entry_of, split_id
from core.store.segments import Segment, decode_segments

AT_ONCE: Final = 2000
"""Entries of one transaction."""
MEANING: Final = 1
"""Raised with whatever this program comes to understand: what a hub holds is then understood from the beginning."""
_MEANING: Final = "meaning"
LOWEST, HIGHEST = -(1 << 63), (1 << 63) - 1
"""What a column of figures holds."""
LONGEST: Final = 500
"""Characters of a text in a table: numbers and names of kinds, never what somebody wrote. An index holds no more."""
LATEST: Final = 253_402_214_400_000
"""The last day of the year 9999, in UTC milliseconds."""


@dataclass(frozen=True)
class Found:
    """One entry as understanding sees it; `branch` is the digest of the branch that it stands in, or ""."""

    connection: Connection
    centre: str
    entry: Entry
    part: Any
    branch: str = ""


Meaning = Callable[[Found, Any], None]
MEANS: dict[type[Event], Meaning] = {}
"""Event → what it writes."""
FILLS: dict[type[Event], Meaning] = {}
"""Event → what its part fills in where it comes late: only what stands in the part, whatever has followed since."""


def means(cls: type[Event]) -> Callable[[Meaning], Meaning]:
    """Enter what an event of a centre writes here."""

    def enter(function: Meaning) -> Meaning:
        MEANS[cls] = function
        return function

    return enter


def understand(ledger: Ledger, centre: str) -> bool:
    """Understand the next entries of a centre, in this transaction; whether there may be more."""
    connection = ledger.connection
    put_new(connection, progress, centre=centre, arrival=0, branches=0)
    mine = progress.c.centre == centre
    stands = connection.execute(select(progress).where(mine).with_for_update()).one()
    if _grew(ledger, centre):
        begin_again(ledger, centre)
        stands = connection.execute(select(progress).where(mine)).one()
    rows = connection.execute(
        select(journal.c.arrival, journal.c.device, journal.c.seq, journal.c.body)
        .where(journal.c.centre == centre, journal.c.arrival > stands.arrival)
        .order_by(journal.c.arrival)
        .limit(AT_ONCE)
    ).all()
    for row in rows:
        _read(ledger, centre, row.device, row.seq, bytes(row.body), MEANS)
    for row in _late(connection, centre):
        _read(ledger, centre, row.device, row.seq, bytes(row.body), FILLS)
    kept = connection.execute(select(func.count()).where(branches.c.centre == centre)).scalar_one()
    if kept != stands.branches:
        _read_branches(ledger, centre)
    last = rows[-1].arrival if rows else stands.arrival
    connection.execute(progress.update().where(mine).values(arrival=last, branches=kept))
    return len(rows) == AT_ONCE


def behind(ledger: Ledger) -> list[str]:
    """The centres of which something is not understood yet."""
    waiting = (
        select(journal.c.centre)
        .where(journal.c.arrival.is_not(None))
        .group_by(journal.c.centre)
        .having(
            func.max(journal.c.arrival)
            > func.coalesce(
                select(progress.c.arrival).where(progress.c.centre == journal.c.centre).scalar_subquery(), 0
            )
        )
    )
    found = set(ledger.connection.execute(waiting).scalars())
    found.update(ledger.connection.execute(select(late.c.centre).distinct()).scalars())
    found.update(ledger.connection.execute(select(progress.c.centre).where(~_is_of_now().exists())).scalars())
    return sorted(found)


def _grew(ledger: Ledger, centre: str) -> bool:
    """Whether this program understands more than the one that came so far; from now on it is what counts.

    An older one that still runs beside it leaves that alone.
    """
    put_new(ledger.connection, facts, centre=centre, name=_MEANING, value=b"0")
    mine = (facts.c.centre == centre) & (facts.c.name == _MEANING)
    if int(bytes(ledger.connection.execute(select(facts.c.value).where(mine)).scalar_one())) >= MEANING:
        return False
    ledger.connection.execute(facts.update().where(mine).values(value=b"%d" % MEANING))
    return True


def _is_of_now() -> Select[Any]:
    return select(facts.c.name).where(
        facts.c.centre == progress.c.centre, facts.c.name == _MEANING, facts.c.value == b"%d" % MEANING
    )


def begin_again(ledger: Ledger, centre: str) -> None:
    """Forget what was understood of a centre; `understand` does it again, and says anew what it can't read."""
    settle(ledger, centre, "unreadable", LAST)
    ledger.connection.execute(progress.update().where(progress.c.centre == centre).values(arrival=0, branches=0))
    for table in (*UNDERSTOOD, late):
        ledger.connection.execute(table.delete().where(table.c.centre == centre))


def _late(connection: Connection, centre: str) -> list[Any]:
    """Entries whose part has come since they were understood; they are not late any more."""
    rows = connection.execute(
        select(journal.c.device, journal.c.seq, journal.c.body)
        .join(
            late,
            (late.c.centre == journal.c.centre) & (late.c.device == journal.c.device) & (late.c.seq == journal.c.seq),
        )
        .where(late.c.centre == centre)
        .order_by(journal.c.arrival)
        .limit(AT_ONCE)
    ).all()
    for row in rows:
        connection.execute(
            late.delete().where(late.c.centre == centre, late.c.device == row.device, late.c.seq == row.seq)
        )
    return list(rows)


def _read(
    ledger: Ledger, centre: str, device: int, seq: int, data: bytes, meanings: Mapping[type[Event], Meaning]
) -> None:
    """Let one entry have its meaning, or a late part fill in what it says."""
    try:
        body = decode_body(data)
        cls = KINDS[body.kind].event if body.kind in KINDS else None
        meaning = meanings.get(cls) if cls is not None else None
        event = decode_event(body) if meaning is not None else None
        if event is None or meaning is None:
            return
        if not _fits(event):
            raise msgspec.DecodeError(body.kind)
        content = _content(ledger, centre, body) if cls in FILLS else None
    except msgspec.DecodeError:
        note(ledger, centre, "unreadable", device, seq)
        return
    meaning(Found(ledger.connection, centre, _entry(body), content), event)


def _fits(event: Event) -> bool:
    """Whether the tables can hold what an event says: whoever signed it chose the figures."""
    values = [getattr(event, name) for name in event.__struct_fields__]
    figures = all(LOWEST <= one <= HIGHEST for one in values if isinstance(one, int))
    return figures and not any(len(one) > LONGEST or "\0" in one for one in values if isinstance(one, str))


def _entry(body: Body) -> Entry:
    """The entry of a body. A clock that stands beyond every calendar stands at its end."""
    return entry_of(structs.replace(body, at=min(body.at, LATEST)))


def _content(ledger: Ledger, centre: str, body: Body) -> Any:
    """What an entry's part says. One that is damaged here is an incident, and as if it had not come."""
    try:
        return decode_part(body.kind, _part(ledger, centre, body))
    except IntegrityFailure:
        note(ledger, centre, "unreadable", body.device, body.seq)
        return None


def _part(ledger: Ledger, centre: str, body: Body) -> bytes | None:
    if body.digest is None:
        return None
    found = ledger.connection.execute(
        select(parts.c.bytes).where(parts.c.centre == centre, parts.c.device == body.device, parts.c.seq == body.seq)
    ).scalar()
    return ledger.keys.open_part(bytes(found), place_of(centre, body.device, body.seq)) if found is not None else None


def _read_branches(ledger: Ledger, centre: str) -> None:
    """The certificates of branches: where a device was copied, two may have one number."""
    mine = branches.c.centre == centre
    names = select(branches.c.device, branches.c.digest, branches.c.first).where(mine)
    for device, digest, first in ledger.connection.execute(names).all():
        # One at a time: each may be as large as an upload.
        one = select(branches.c.segment).where(mine, branches.c.device == device, branches.c.digest == digest)
        kept = bytes(ledger.connection.execute(one).scalar_one())
        try:
            (segment,) = decode_segments(ledger.keys.open_part(kept, branch_place(centre, device, digest)))
        except IntegrityFailure:
            note(ledger, centre, "unreadable", device, first)
            continue
        own = dict(segment.parts)
        for body in _only_in_branch(ledger, segment):
            try:
                event = decode_event(body)
                part = decode_part(body.kind, own.get(body.seq))
            except msgspec.DecodeError:
                continue
            if isinstance(event, CertificateIssued) and _fits(event):
                _issued(Found(ledger.connection, centre, _entry(body), part, digest), event)


def _only_in_branch(ledger: Ledger, segment: Segment) -> Iterator[Body]:
    """The entries of a branch that don't stand in the chain as well."""
    stored = {
        row.seq: bytes(row.hash)
        for row in ledger.connection.execute(
            select(journal.c.seq, journal.c.hash).where(
                journal.c.centre == segment.centre,
                journal.c.device == segment.device,
                journal.c.seq.between(segment.first, segment.last),
            )
        )
    }
    previous = segment.previous
    for seq, data in enumerate(segment.bodies, start=segment.first):
        previous = chain.link(previous, data)
        if stored.get(seq) != previous:
            yield decode_body(data)


def _put(found: Found, table: Table, key: dict[str, Any], usual: dict[str, Any], **values: Any) -> None:
    """Set columns of a row; where entries of other devices came first it is made with what is usual."""
    put(found.connection, table, {"centre": found.centre, **key, **usual, **values}, set(values))


@means(BatchCreated)
def _batch(found: Found, event: BatchCreated) -> None:
    values = {"no": event.no, "standard": event.standard, "level": event.level, "day": event.day}
    _put(found, batches, {"id": found.entry.id}, {}, **values)


_APPLICATION: Final = {"batch": 0, "at": 0, "decision": "", "withdrawn": False}


@means(ApplicationEntered)
def _entered(found: Found, event: ApplicationEntered) -> None:
    _put(found, applications, {"id": found.entry.id}, _APPLICATION, batch=event.batch, at=found.entry.at)


@means(ApplicationDecided)
def _decided(found: Found, event: ApplicationDecided) -> None:
    _put(found, applications, {"id": event.application}, _APPLICATION, decision=event.decision)


@means(ApplicationWithdrawn)
def _withdrawn(found: Found, event: ApplicationWithdrawn) -> None:
    _put(found, applications, {"id": event.application}, _APPLICATION, withdrawn=True)


@means(ResultSettled)
def _settled(found: Found, event: ResultSettled) -> None:
    values = {"batch": event.batch, "at": found.entry.at, "stands": True}
    _put(found, results, {"application": event.application}, {}, **values)


@means(ResultReopened)
def _reopened(found: Found, event: ResultReopened) -> None:
    values = {"batch": event.batch, "at": found.entry.at, "stands": False}
    _put(found, results, {"application": event.application}, {}, **values)


@means(ResultsConfirmed)
def _confirmed(found: Found, event: ResultsConfirmed) -> None:
    values = {"batch": event.batch, "digest": event.digest, "at": found.entry.at}
    _put(found, confirmations, {"id": found.entry.id}, {}, **values)


_CERTIFICATE: Final = {
    **dict.fromkeys(("application", "batch", "lease", "serial", "place", "at"), 0),
    "number": "",
    "voided": False,
    "signer": None,
}


@means(CertificateIssued)
def _issued(found: Found, event: CertificateIssued) -> None:
    _put(
        found,
        certificates,
        {"id": found.entry.id, "branch": found.branch},
        _CERTIFICATE,
        number=event.number,
        application=event.application,
        batch=event.batch,
        lease=event.lease,
        serial=event.serial,
        place=event.index,
        at=found.entry.at,
        signer=_signer(found, event),
    )


def _fill_issued(found: Found, event: CertificateIssued) -> None:
    mine = (certificates.c.centre == found.centre) & (certificates.c.id == found.entry.id)
    signer = _signer(found, event)
    found.connection.execute(certificates.update().where(mine, certificates.c.branch == "").values(signer=signer))


FILLS[CertificateIssued] = _fill_issued


@means(CertificateVoided)
def _voided(found: Found, event: CertificateVoided) -> None:
    """Counts as two people's word, from the device that issued it or from one that speaks for the centre."""
    device = found.entry.device
    vouched_for = select(vouched.c.authority).where(vouched.c.centre == found.centre, vouched.c.device == device)
    speaks = found.connection.execute(vouched_for).scalar()
    if not found.entry.second or (speaks is not None and not speaks and split_id(event.certificate)[0] != device):
        return
    _put(found, certificates, {"id": event.certificate, "branch": ""}, _CERTIFICATE, voided=True)


def _signer(found: Found, event: CertificateIssued) -> bytes | None:
    """The issuer key of the centre that signed what the entry says; empty for none of them."""
    if not isinstance(found.part, CertificateIssued.Part):
        return None
    try:
        reading = credential.read(found.part.token)
    except Refused:
        return b""
    if (reading.credential.number, reading.credential.status_index) != (event.number, event.index):
        return b""
    keys = found.connection.execute(
        select(devices.c.issuer_key).where(devices.c.centre == found.centre, devices.c.issuer_key.is_not(None))
    ).scalars()
    return next((bytes(key) for key in keys if credential.signature_holds(reading, bytes(key))), b"")
