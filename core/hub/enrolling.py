"""Enrolling over the net: one-time codes of a centre, and what their secrets prove."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, select

from core.association.enrol_codes import new_code
from core.association.requests import read_request, request_digest
from core.association.wire import decode_enrol, enrol_proof
from core.errors import AppError, IntegrityFailure, Refused
from core.hub import acts
from core.hub.database import put_new
from core.hub.ledger import Ledger, place_of
from core.hub.problems import Problem
from core.hub.tables import codes, devices, wrong_codes

USUAL_DAYS: Final = 14
LONGEST_DAYS: Final = 90
FREE_TRIES: Final = 5
LOCK_MS: Final = 15 * 60_000
LARGEST_REQUEST: Final = 512 << 10
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True)
class Code:
    """A fresh code, as people type it, and until when it is good (UTC milliseconds)."""

    text: str
    until: int


def make_code(ledger: Ledger, centre: str, name: str, days: int) -> Code:
    """A one-time code for a centre; `name` is whom it is for."""
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused("hub.bad_code_days", longest=LONGEST_DAYS)
    if not acts.is_code(centre):
        raise Refused("hub.bad_centre", given=centre[:20])
    if name:
        name = acts.checked_text(name, "name")
    code, text = new_code(ledger.keys.public)
    number = ledger.next_numbers("code", 1, centre)
    until = ledger.now + days * _DAY_MS
    secret = ledger.keys.seal_part(code.secret, _place(centre, number))
    values = {"centre": centre, "number": number, "secret": secret, "name": name, "made_at": ledger.now, "until": until}
    ledger.connection.execute(codes.insert().values(**values))
    return Code(text, until)


def enrol(ledger: Ledger, data: bytes) -> tuple[str, Problem | None]:
    """Enrol the device whose request a code's secret vouches for; its centre.

    A wrong proof is counted in this transaction, so its problem is answered and not raised. The same request again is
    answered again, and changes nothing: who was withdrawn since does not come back by a code that is spent.
    """
    try:
        asked = decode_enrol(data)
        request = read_request(asked.request)
    except AppError:
        raise Problem("bad_request") from None
    centre = request.centre
    put_new(ledger.connection, wrong_codes, centre=centre, tries=0, locked_until=0)
    tries = ledger.connection.execute(select(wrong_codes).where(wrong_codes.c.centre == centre).with_for_update()).one()
    if tries.locked_until > ledger.now:
        raise Problem("locked", after=(tries.locked_until - ledger.now) // 1000 + 1)
    digest = request_digest(asked.request)
    code = _proved(ledger, centre, asked.request, asked.proof)
    if code is None or (code.used_at is not None and bytes(code.request) != digest):
        return centre, _count(ledger, centre, tries.tries)
    if code.used_at is not None:
        return centre, _answered(ledger, centre, request.device, digest)
    if code.until < ledger.now:
        return centre, Problem("bad_code")
    try:
        acts.admit(ledger, asked.request)
    except IntegrityFailure:  # its number is known with another key
        raise Problem("unknown_device", device=request.device) from None
    except Refused:  # restored from an old backup, the hub must hear from another device first
        raise Problem("behind") from None
    mine = (codes.c.centre == centre) & (codes.c.number == code.number)
    ledger.connection.execute(codes.update().where(mine).values(used_at=ledger.now, request=digest))
    ledger.connection.execute(wrong_codes.update().where(wrong_codes.c.centre == centre).values(tries=0))
    return centre, None


def _answered(ledger: Ledger, centre: str, device: int, request: bytes) -> Problem | None:
    """What is said to a request once more: nothing against it while it is what the device is enrolled by."""
    mine = (devices.c.centre == centre) & (devices.c.device == device) & (devices.c.request == request)
    row = ledger.connection.execute(select(devices.c.withdrawn_at).where(mine)).first()
    if row is None:
        return Problem("bad_code")
    return Problem("withdrawn", device=device) if row.withdrawn_at is not None else None


def _proved(ledger: Ledger, centre: str, request: bytes, proof: bytes) -> Row[Any] | None:
    """The code whose secret made this proof, if there is one."""
    found = None
    for row in ledger.connection.execute(select(codes).where(codes.c.centre == centre)).all():
        secret = ledger.keys.open_part(bytes(row.secret), _place(centre, row.number))
        if hmac.compare_digest(enrol_proof(secret, request), proof):
            found = row
    return found


def _count(ledger: Ledger, centre: str, count: int) -> Problem:
    locked = count + 1 >= FREE_TRIES
    ledger.connection.execute(
        wrong_codes.update()
        .where(wrong_codes.c.centre == centre)
        .values(tries=0 if locked else count + 1, locked_until=ledger.now + LOCK_MS if locked else 0)
    )
    return Problem("bad_code")


def _place(centre: str, number: int) -> bytes:
    return b"code" + place_of(centre, 0, number)
