"""Enrolling this device with the association: what is asked, and the answer that two people accept."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select

from core.association import queries
from core.association.events import HUB
from core.association.fingerprint import fits
from core.association.requests import request_digest, write_request
from core.association.tables import AskedEnrolment, Enrolment
from core.association.taking import check_speaker
from core.clock import china_time
from core.errors import IntegrityFailure, Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.store import Store, Write, acts, centre_name, predecessors, segments


@permitted(Role.ADMIN)
def ask_enrolment(write: Write, device_key: Ed25519PrivateKey, issuer_key: Ed25519PrivateKey) -> bytes:
    """The request file of this device. It is remembered here, so that only its own answer is accepted."""
    data = write_request(
        write.centre,
        centre_name(write) or write.centre,
        write.device,
        (device_key, issuer_key),
        predecessors(write),
        china_time(write.now).isoformat(timespec="seconds"),
    )
    write.local(insert(AskedEnrolment).values(digest=request_digest(data), at=write.now))
    return data


def own_keys(store: Store) -> tuple[Ed25519PrivateKey, Ed25519PrivateKey]:
    """This machine's two private keys, for `ask_enrolment`."""
    device, issuer = (Ed25519PrivateKey.from_private_bytes(store.secret(name)) for name in ("device", "issuer"))
    return device, issuer


@permitted(Role.ADMIN, second=True)
def accept_enrolment(write: Write, found: Sequence[segments.Segment], hub_key: str, issuer_key: bytes) -> int:
    """Trust the hub whose key has this fingerprint, on the word of two people, and take in its answer; new entries.

    Its chain must accept this very device with our keys, as we asked. Otherwise: refused, and nothing is kept. A hub
    with another key than the one that this centre trusts already: exit 4.
    """
    check_speaker(found)
    key = found[0].key
    if not fits(key, hub_key) or any(segment.key != key for segment in found):
        raise Refused("association.fingerprint_differs")
    known = queries.hub_key(write)
    if known is not None and known != key:
        raise IntegrityFailure("association.another_hub")
    acts.admit(write, HUB, key)
    entries = sum(segments.take_in(write, segment) for segment in found)
    if not _is_our_answer(write, issuer_key):
        raise Refused("association.not_our_answer")
    return entries


def _is_our_answer(write: Write, issuer_key: bytes) -> bool:
    """Whether this device is enrolled with its own keys, in answer to a request that was made here."""
    line = queries.association(write)
    if line is None or not line.enrolled:
        return False
    asked = select(AskedEnrolment.digest)
    found = select(Enrolment.id).where(
        Enrolment.device == write.device,
        Enrolment.issuer_key == issuer_key,
        Enrolment.withdrawn_at.is_(None),
        Enrolment.request.in_({bytes(row.digest) for row in write.rows(asked)}),
    )
    return write.first(found) is not None
