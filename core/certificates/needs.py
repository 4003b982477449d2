"""What a certificate needs before it may be issued: the association's authorisation, its decision, a number lease."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from core.association.queries import LeaseLine, association, authorisation, authorisations, decision, leases
from core.batches.queries import BatchLine
from core.batches.queries import batch as batch_line
from core.certificates.numbers import make
from core.certificates.queries import notices
from core.certificates.standing import living
from core.certificates.tables import IssuedCertificate
from core.clock import today
from core.errors import Refused
from core.results.progress import Papers
from core.results.queries import confirmation
from core.results.settling import ResultLine, settled_results
from core.scoring.readers import check_sees_results, sees_results
from core.standards.packs import pack
from core.store import Id, Read, basics, own_device
from core.store.tables import Secret
from core.words import known, say

CLAUSE: Final = "8.1"
GROUP: Final = 8


@dataclass(frozen=True)
class Lack:
    """One thing that a batch lacks for certificates; `what` is `confirmation`, `enrolment`, `authorisation`,
    `decision` or `lease`."""

    what: str
    code: str
    values: Mapping[str, object]

    @property
    def sentence(self) -> str:
        """What is missing and what to do, in the language in use."""
        return say(self.code, **self.values)

    @property
    def refusal(self) -> Refused:
        """The same as the end of an act."""
        return Refused(self.code, clause=CLAUSE if self.what == "authorisation" else None, **self.values)


@dataclass(frozen=True)
class Serials:
    """What is left of a lease on this machine."""

    lease: LeaseLine
    next: int

    @property
    def left(self) -> int:
        """How many more certificates it allows."""
        return max(0, self.lease.last - self.next + 1)


@dataclass(frozen=True)
class Slot:
    """A number that a certificate may have, and where its place in the list of revocations is."""

    number: str
    lease: Id
    serial: int
    index: int


def what_is_missing(read: Read, batch: Id, day: date | None = None) -> list[Lack]:
    """What a batch lacks for certificates to be issued on a day (today), the first thing first; none: nothing.

    Once everybody who passed has one nothing is missing, even if the authorisation has run out since.
    """
    line, day = batch_line(read, batch), day or today()
    lacks: list[Lack] = []
    waiting = _awaited(read, batch)
    if not waiting and living(read, batch):
        return []
    confirmed = confirmation(read, batch)
    if confirmed is None:
        lacks.append(Lack("confirmation", "certificates.not_confirmed", {}))
    if not _enrolled(read):
        lacks.append(Lack("enrolment", "certificates.not_enrolled", {}))
    if authorisation(read, line.standard, line.level, day, issuer_public_key(read)) is None:
        lacks.append(_no_authorisation(read, line, day))
    said = decision(read, line.no, batch, confirmed.digest) if confirmed else None
    if confirmed is None:
        lacks.append(Lack("decision", "certificates.decision_follows", {}))
    elif said is None:
        digest = confirmed.digest.hex()
        values: dict[str, object] = {"batch": line.no, "results": digest, "grouped": in_groups(digest)}
        lacks.append(Lack("decision", "certificates.no_decision", values))
    elif not said.approved:
        why = said.reason or say("certificates.no_reason")
        lacks.append(Lack("decision", "certificates.decision_refused", {"batch": line.no, "reason": why}))
    needed, left = len(waiting), sum(one.left for one in usable(read, day.year))
    if needed > left or not usable(read, day.year):
        values = {"needed": needed, "left": left, "year": day.year, "device": own_device(read)}
        lacks.append(Lack("lease", "certificates.no_lease" if needed else "certificates.no_lease_yet", values))
    return lacks


def awaited(read: Read, batch: Id) -> list[ResultLine]:
    """Who has passed and has no certificate, by candidate number; for who may see results."""
    check_sees_results(read)
    return _awaited(read, batch)


def _awaited(read: Read, batch: Id) -> list[ResultLine]:
    has = living(read, batch)
    return [line for line in settled_results(read, batch) if line.passed and line.application not in has]


def papers(read: Read, batch: Id) -> Papers:
    """Who has which paper, and how many certificates could be issued now: for who may see results, else none."""
    noticed, certified = set(notices(read, batch)), set(living(read, batch))
    ready = _awaited(read, batch) if sees_results(read) and not what_is_missing(read, batch) else []
    return Papers(len(noticed), len(noticed | certified), len(ready))


def usable(read: Read, year: int) -> list[Serials]:
    """The leases of this very machine for a year, in the order in which they were granted, with what is left of them.

    A lease names number and key of a device: a machine that was restored from a backup has others.
    """
    device = own_device(read)
    key = bytes(read.value(select(basics.Device.key).where(basics.Device.id == device)))
    own = IssuedCertificate.id.between(device << 40, (device + 1 << 40) - 1)
    found = []
    for lease in leases(read):
        if (lease.device, lease.device_key, lease.year) == (device, key, year):
            used = select(func.max(IssuedCertificate.serial)).where(IssuedCertificate.lease == lease.id, own)
            last: int | None = read.value(used)
            found.append(Serials(lease, lease.first if last is None else last + 1))
    return found


def slots(read: Read, batch: Id, count: int, day: date) -> list[Slot]:
    """The next `count` numbers for a batch: all or none. None of them was ever a certificate's here, voided or not."""
    if not count:
        return []
    line = batch_line(read, batch)
    granted = authorisation(read, line.standard, line.level, day, issuer_public_key(read))
    if granted is None:
        raise _no_authorisation(read, line, day).refusal
    found: list[Slot] = []
    taken: set[str] = set()  # by this very call: leases of a hub that forgot what it had leased may overlap
    for serials in usable(read, day.year):
        lease = serials.lease
        for serial in range(serials.next, lease.last + 1):
            if len(found) == count:
                return found
            number = make(granted.pattern, day.year, line.standard, line.level, granted.centre_number, serial)
            known = select(IssuedCertificate.id).where(IssuedCertificate.number == number)
            if number not in taken and read.first(known) is None:
                taken.add(number)
                found.append(Slot(number, lease.id, serial, lease.first_index + serial - lease.first))
    if len(found) < count:
        raise Refused("certificates.no_lease", needed=count, left=len(found), year=day.year, device=own_device(read))
    return found


def in_groups(digest: str) -> str:
    """A digest in hexadecimal as people compare and type it; the association takes it either way."""
    return "-".join(digest[start : start + GROUP] for start in range(0, len(digest), GROUP))


def issuer_public_key(read: Read) -> bytes:
    """The public half of the key that this machine signs certificates and notices with."""
    private = read.value(select(Secret.bytes).where(Secret.name == "issuer"))
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _enrolled(read: Read) -> bool:
    known = association(read)
    return known is not None and known.enrolled


def _no_authorisation(read: Read, line: BatchLine, day: date) -> Lack:
    level, standard = f"verify.level.{line.level}", pack(line.standard).standard
    values = {
        "title": standard.title,
        "code": standard.code,
        "level": say(level) if known(level) else line.level_name,
        "day": day.isoformat(),
        "known": len(authorisations(read)),
    }
    return Lack("authorisation", "certificates.no_authorisation", values)
