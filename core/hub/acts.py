"""What the association does: admit, authorise, decide, lease, revoke, withdraw. Each is an entry of the hub's chain.

Every act takes the lock of the centre's chain first, so that what it then reads is what it decides on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import Row, Select, select

from core.association import events
from core.association.requests import read_request, request_digest
from core.certificates import numbers
from core.certificates.credential import EPOCH, LEVELS, OCCUPATIONS
from core.clock import china_date
from core.errors import IntegrityFailure, Refused
from core.hub.database import put, put_new
from core.hub.giving_back import lost_leases
from core.hub.incidents import settle
from core.hub.ledger import GOES_ON, LAST, RESTORED, STATUS_INDEX, Ledger
from core.hub.senders import noun_of, sender
from core.hub.shelf import refresh, renew_lists, tell, tell_lists
from core.hub.successions import claim
from core.hub.tables import EVERYWHERE, authorisations, decisions, devices, facts, leases, revocations
from core.hub.understood import batches, confirmations
from core.standards.packs import pack
from core.store import KINDS, Id
from core.store.events import DEVICE_BITS, decode_event, make_id

LONGEST_TEXT: Final = 500
LONGEST_ID: Final = 18
"""Digits of an id."""
HASH_BYTES: Final = 32
HIGHEST_INDEX: Final = (1 << 32) - 1
"""What a credential's status index can say."""
CODE_DIGITS: Final = 6
FIRST_YEAR, LAST_YEAR = EPOCH.year, EPOCH.year + 79
"""A number may hold but the last two digits of a year."""


def admit(ledger: Ledger, request: bytes, only: Sequence[str] = ()) -> Id:
    """Enrol the device whose request this is; said twice, it is done once. The id of the entry that enrols it.

    Its centre is told what was published before it came.

    What it says it goes on from is kept, and closes nothing unless the old chain bears it out (`successions`). A device
    number that is known with another key is a fork: exit 4. `only` are the nouns of the kinds that it may send beside
    those of custody itself; none mean all.
    """
    accepted = _admit(ledger, request, only)
    tell(ledger, read_request(request).centre)
    return accepted


def _admit(ledger: Ledger, request: bytes, only: Sequence[str]) -> Id:
    unknown = sorted(set(only) - {noun_of(kind) for kind in KINDS})
    if unknown:
        raise Refused("hub.unknown_noun", noun=unknown[0][:40])
    asked = read_request(request)
    device_key, issuer_key = asked.keys
    _hold(ledger, asked.centre)
    for before in asked.goes_on_from:
        _know(ledger, asked.centre, before.device, bytes.fromhex(before.key))
        claim(ledger, asked.centre, asked.device, before)
    known = _know(ledger, asked.centre, asked.device, device_key)
    digest = request_digest(request)
    kinds = list(dict.fromkeys(only))
    if known.accepted is not None and known.withdrawn_at is None and known.request == digest:
        said = decode_event(ledger.body_at(asked.centre, known.accepted))
        if isinstance(said, events.EnrolmentAccepted) and said.kinds == kinds:
            return make_id(events.HUB, known.accepted)
    return ledger.record(
        asked.centre,
        events.EnrolmentAccepted(
            association=ledger.keys.name,
            name=asked.name,
            device=asked.device,
            device_key=device_key,
            issuer_key=issuer_key,
            courier_key=ledger.keys.courier_public,
            kinds=kinds,
            request=digest,
        ),
    )


def _know(ledger: Ledger, centre: str, device: int, key: bytes) -> Row[Any]:
    """The row of a device, made where there was none. A terminal's number keeps the key that it was admitted with."""
    known = sender(ledger, centre, device)
    if known is not None and known.key != key:
        raise IntegrityFailure("hub.device_fork", centre=centre, device=device)
    put_new(ledger.connection, devices, centre=centre, device=device, key=key, name="")
    mine = (devices.c.centre == centre) & (devices.c.device == device)
    return ledger.connection.execute(select(devices).where(mine)).one()


def authorise(
    ledger: Ledger,
    centre: str,
    standard: str,
    levels: list[str],
    first_day: date,
    until: date,
    digits: str,
    pattern: str,
    device: int | None = None,
) -> Id:
    """Authorise a centre to evaluate by a standard (8.1), with the issuer key of one of its devices.

    Without `device` it is the one that was enrolled last. `digits` are the 2 that follow its code in the numbers.
    """
    refresh(ledger)
    known = {level.id for level in pack(standard).levels}
    unknown = [level for level in levels if level not in known]
    if unknown:
        raise Refused("hub.unknown_level", level=unknown[0][:40], levels=" ".join(sorted(known)))
    if until < first_day:
        raise Refused("hub.ends_before_it_begins", first=first_day.isoformat(), until=until.isoformat())
    if len(digits) != 2 or not (digits.isascii() and digits.isdigit()):
        raise Refused("hub.bad_digits", given=digits[:20])
    _hold(ledger, centre)
    numbers.make(pattern, first_day.year, standard, next(iter(levels), LEVELS[0]), centre + digits, 1)
    holder = _enrolled(ledger, centre, device)
    said = ledger.record(
        centre,
        events.AuthorisationGiven(
            standard=standard,
            levels=list(dict.fromkeys(levels)),
            first_day=first_day.isoformat(),
            until=until.isoformat(),
            issuer_key=bytes(holder.issuer_key),
            centre_number=centre + digits,
            pattern=pattern,
        ),
    )
    tell_lists(ledger, centre)
    return said


def decide(ledger: Ledger, centre: str, batch: str, results: str, approved: bool, reason: str) -> Id:
    """Decide on a batch for exactly these results (their hash in hexadecimal, in groups or not).

    A refusal needs its reason.
    The last decision counts; the same one said again is done once.
    """
    try:
        digest = bytes.fromhex(results.replace("-", ""))
    except ValueError:
        digest = b""
    if len(digest) != HASH_BYTES:
        raise Refused("hub.bad_results", given=results[:80])
    batch = checked_text(batch, "batch")
    if not approved and not reason.strip():
        raise Refused("hub.reason_needed")
    _hold(ledger, centre)
    _enrolled(ledger, centre, None)
    if approved:
        _check_confirmed(ledger, centre, batch, digest)
    last = _first(
        ledger,
        select(decisions)
        .where(decisions.c.centre == centre, decisions.c.batch == batch, decisions.c.results == digest)
        .order_by(decisions.c.seq.desc()),
    )
    if last is not None and approved and last.approved:
        return make_id(events.HUB, last.seq)
    part = events.DecisionGiven.Part(checked_text(reason, "reason")) if reason.strip() else None
    return ledger.record(centre, events.DecisionGiven(batch, digest, approved), part)


def _check_confirmed(ledger: Ledger, centre: str, batch: str, digest: bytes) -> None:
    """Refuse to approve results of a batch that the hub has heard of, but not that two people confirmed just these; and
    for a batch that it has not heard of those that were confirmed for another one."""
    known = (batches.c.centre == centre) & (batches.c.no == batch)
    if batch.isascii() and batch.isdigit() and len(batch) <= LONGEST_ID:
        known |= (batches.c.centre == centre) & (batches.c.id == int(batch))
    found = {row.id for row in ledger.connection.execute(select(batches.c.id).where(known)).all()}
    same = select(confirmations.c.batch).where(confirmations.c.centre == centre, confirmations.c.digest == digest)
    confirmed = set(ledger.connection.execute(same).scalars())
    if confirmed - found and not confirmed & found:
        one = batches.c.id == min(confirmed)
        other = _first(ledger, select(batches.c.no).where(batches.c.centre == centre, one))
        raise Refused("hub.results_of_another", batch=batch, other=other.no if other else min(confirmed))
    if found and not confirmed:
        raise Refused("hub.results_unknown", batch=batch)


def lease(ledger: Ledger, centre: str, device: int, first: int, last: int, year: int) -> Id:
    """Let a device issue certificates with these serials of a year. Serials of a centre and year are given out once."""
    if not 1 <= first <= last:
        raise Refused("hub.bad_serials", first=first, last=last)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused("hub.bad_year", first=FIRST_YEAR, last=LAST_YEAR)
    _hold(ledger, centre)
    holder = _enrolled(ledger, centre, device)
    _check_fits(ledger, centre, year, last)
    taken: Row[Any] | events.LeaseGranted | None = _first(
        ledger,
        select(leases).where(
            leases.c.centre == centre, leases.c.year == year, leases.c.first <= last, leases.c.last >= first
        ),
    )
    lost = (one for one in lost_leases(ledger, centre) if one.year == year and one.first <= last and one.last >= first)
    taken = taken or next(lost, None)
    if taken is not None:
        raise Refused("hub.serials_taken", first=taken.first, last=taken.last, device=taken.device, year=year)
    count = last - first + 1
    index = ledger.next_numbers(STATUS_INDEX, count)
    if index + count - 1 > HIGHEST_INDEX:
        raise Refused("hub.no_index_left")
    event = events.LeaseGranted(device, bytes(holder.key), year, first, last, index)
    return ledger.record(centre, event)


def _check_fits(ledger: Ledger, centre: str, year: int, last: int) -> None:
    """Refuse serials that the numbers of this centre have no room for."""
    form = _first(
        ledger, select(authorisations).where(authorisations.c.centre == centre).order_by(authorisations.c.seq.desc())
    )
    pattern, number = (form.pattern, form.centre_number) if form else (numbers.DEFAULT_PATTERN, centre + "00")
    numbers.make(pattern, year, next(iter(OCCUPATIONS)), LEVELS[0], number, last)


def revoke(ledger: Ledger, number: str, reason: str) -> tuple[str, int, bool]:
    """Revoke a certificate by its number: its centre, its status index, and whether that was new.

    A number that no lease holds was never given out: refused. Blanks in it, as people group it, mean nothing.
    """
    number = "".join(number.split())
    centre, index = _leased(ledger, number)
    _hold(ledger, centre)
    known = select(revocations).where(revocations.c.centre == centre, revocations.c.number == number)
    if _first(ledger, known) is not None:
        return centre, index, False
    part = events.RevocationMade.Part(checked_text(reason, "reason")) if reason.strip() else None
    ledger.record(centre, events.RevocationMade(number, index), part)
    renew_lists(ledger)
    return centre, index, True


def _leased(ledger: Ledger, number: str) -> tuple[str, int]:
    """The centre whose lease holds a number, and its status index.

    Standard and level must be what the centre was authorised for: a number that was misread in two places, with the
    check digit right by chance, must not revoke somebody else's certificate.
    """
    columns: list[Any] = [authorisations.c.centre, authorisations.c.standard, authorisations.c.levels]
    for pattern in ledger.connection.execute(select(authorisations.c.pattern).distinct()).scalars().all():
        parsed = numbers.parse(number, pattern)
        if parsed is None:
            continue
        owners = ledger.connection.execute(
            select(*columns)
            .where(authorisations.c.centre_number == parsed.centre, authorisations.c.pattern == pattern)
            .distinct()
        )
        for owner in owners.all():
            for row in ledger.connection.execute(select(leases).where(leases.c.centre == owner.centre)).all():
                if not row.first <= parsed.serial <= row.last:
                    continue
                possible = {
                    numbers.make(pattern, row.year, owner.standard, level, parsed.centre, parsed.serial)
                    for level in levels_of(owner) or LEVELS
                }
                if number in possible:
                    return owner.centre, row.first_index + parsed.serial - row.first
    raise Refused("hub.unknown_number", number=number[:40])


def go_on(ledger: Ledger, centre: str) -> None:
    """Let a restored hub speak to a centre again that it has not heard, on people's word that nothing is missing."""
    _hold(ledger, centre)
    _enrolled(ledger, centre, None)
    value = msgspec.msgpack.encode(max(ledger.now, ledger.moment(EVERYWHERE, RESTORED) or 0))
    put(ledger.connection, facts, {"centre": centre, "name": GOES_ON, "value": value}, {"value"})


def withdraw_device(ledger: Ledger, centre: str, device: int, reason: str) -> Id:
    """Take nothing from a device any more."""
    _hold(ledger, centre)
    holder = _enrolled(ledger, centre, device)
    part = events.EnrolmentWithdrawn.Part(checked_text(reason, "reason")) if reason.strip() else None
    # A device that says what isn't so must not keep the hub from being rid of it.
    settle(ledger, centre, "hub_behind", LAST, device)
    said = ledger.record(centre, events.EnrolmentWithdrawn(device, bytes(holder.key)), part, although_behind=True)
    renew_lists(ledger)
    return said


def withdraw_authorisation(ledger: Ledger, centre: str, standard: str, reason: str) -> list[Id]:
    """End every authorisation of a centre for a standard that still stands. Certificates from before stay valid."""
    _hold(ledger, centre)
    standing = ledger.connection.execute(
        select(authorisations.c.seq).where(
            authorisations.c.centre == centre,
            authorisations.c.standard == standard,
            authorisations.c.withdrawn_at.is_(None),
            authorisations.c.until >= china_date(ledger.now).isoformat(),
        )
    )
    found = [make_id(events.HUB, row.seq) for row in standing.all()]
    if not found:
        raise Refused("hub.not_authorised", centre=centre, standard=standard[:60])
    part = events.AuthorisationWithdrawn.Part(checked_text(reason, "reason")) if reason.strip() else None
    for authorisation in found:
        ledger.record(centre, events.AuthorisationWithdrawn(authorisation), part)
    renew_lists(ledger)
    return found


def _hold(ledger: Ledger, centre: str) -> None:
    """Take the lock of a centre's chain. What is no centre's code was never enrolled: refused."""
    if not is_code(centre):
        raise Refused("hub.not_enrolled", centre=centre[:20], device="")
    ledger.hold(centre)


def is_code(centre: str) -> bool:
    """Whether this is a centre's code."""
    return len(centre) == CODE_DIGITS and centre.isascii() and centre.isdigit()


def _enrolled(ledger: Ledger, centre: str, device: int | None) -> Row[Any]:
    """The enrolled device of this number, or the one that was enrolled last. None: refused."""
    query = select(devices).where(
        devices.c.centre == centre, devices.c.accepted.is_not(None), devices.c.withdrawn_at.is_(None)
    )
    if device is not None:
        query = query.where(devices.c.device == device)
    known = device is None or 0 <= device < 1 << DEVICE_BITS
    found = _first(ledger, query.order_by(devices.c.accepted.desc())) if known else None
    if found is None:
        raise Refused("hub.not_enrolled", centre=centre[:20], device="" if device is None else device)
    return found


def levels_of(row: Row[Any]) -> list[str]:
    """The levels of an authorisation; none mean all."""
    found: list[str] = json.loads(row.levels)
    return found


def _first(ledger: Ledger, query: Select[Any]) -> Row[Any] | None:
    return ledger.connection.execute(query.limit(1)).first()


def checked_text(text: str, field: str) -> str:
    """What somebody wrote, without the blanks around it. Empty, too long or with control characters: refused."""
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT or any(ord(character) < 32 and character != "\n" for character in text):
        raise Refused("hub.bad_text", field=field, longest=LONGEST_TEXT)
    return text
