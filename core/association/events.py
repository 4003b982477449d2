"""What the association's hub can say to a centre: the entries of its own chain, device 0 in every centre's journal.

The hub writes them, a centre only takes them in; both use these structs and nothing else of each other.
"""

from __future__ import annotations

from typing import Final

from core.store import Event, EventPart, Id, event

HUB: Final = 0
"""The hub's device number in every centre's journal. What another device says of these things has no effect."""


@event("enrolment.accepted")
class EnrolmentAccepted(Event, frozen=True):
    """The association takes entries of a centre's device from now on; both sides have proved their keys.

    `kinds` are the nouns of the event kinds that it may send, none meaning every kind of a centre. `courier_key` is the
    raw X25519 key that bundles to the hub are encrypted to; `request` is SHA-256 of the request that this answers.
    """

    association: str
    name: str
    """The centre's, as it asked."""
    device: int
    device_key: bytes
    issuer_key: bytes
    courier_key: bytes
    kinds: list[str]
    request: bytes


@event("enrolment.withdrawn")
class EnrolmentWithdrawn(Event, frozen=True):
    """The association takes nothing from a device any more."""

    device: int
    device_key: bytes

    class Part(EventPart, frozen=True):
        reason: str


@event("authorisation.given")
class AuthorisationGiven(Event, frozen=True):
    """The centre may evaluate by a standard (8.1) and, with `issuer_key`, sign certificates; the entry's id is its own.

    No `levels` mean all. `first_day` and `until` are ISO 8601, inclusive. `centre_number` are the centre's 8 digits in
    a certificate's number, whose form is `pattern` (see `certificates.numbers`).
    """

    standard: str
    levels: list[str]
    first_day: str
    until: str
    issuer_key: bytes
    centre_number: str
    pattern: str


@event("authorisation.withdrawn")
class AuthorisationWithdrawn(Event, frozen=True):
    """An authorisation does not hold any more, from the day of this entry."""

    authorisation: Id

    class Part(EventPart, frozen=True):
        reason: str


@event("decision.given")
class DecisionGiven(Event, frozen=True):
    """The association's decision 审定 on a batch, as its number or id names it, for exactly these results.

    `results` is the digest that the centre's two people signed: other results need another decision.
    """

    batch: str
    results: bytes
    approved: bool

    class Part(EventPart, frozen=True):
        reason: str


@event("lease.granted")
class LeaseGranted(Event, frozen=True):
    """One device may issue certificates with these serials of this year; the entry's id is the lease's.

    Serials are unique for a centre and year; the status index of serial n is `first_index + n - first`.
    """

    device: int
    device_key: bytes
    year: int
    first: int
    last: int
    first_index: int


@event("revocation.made")
class RevocationMade(Event, frozen=True):
    """The association withdrew an award: the certificate of this number counts no more."""

    number: str
    index: int

    class Part(EventPart, frozen=True):
        reason: str


@event("pack.published")
class PackPublished(Event, frozen=True):
    """The association published a standard as data: its pack, whose id `standard` names this edition alone.

    The first pack under an id is that edition for ever, so nothing that is pinned to it ever changes. Others under it,
    and what is no pack, have no effect.
    """

    standard: str
    edition: str
    pack: bytes


@event("lists.published")
class ListsPublished(Event, frozen=True):
    """The association's signed lists of issuers and revocations (`certificates.lists`), as of `dated`, until `until`.

    They are a part, so that superseded ones need not travel. Times are UTC milliseconds.
    """

    dated: int
    until: int

    class Part(EventPart, frozen=True):
        lists: bytes
