"""What the association has said to this centre."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from core.store import Derived, Local


class Enrolment(Derived):
    """A device of this centre that the association takes entries of."""

    __tablename__ = "enrolments"
    id: Mapped[int] = mapped_column(primary_key=True)
    association: Mapped[str]
    device: Mapped[int] = mapped_column(index=True)
    device_key: Mapped[bytes]
    issuer_key: Mapped[bytes]
    courier_key: Mapped[bytes]
    kinds: Mapped[str]
    """JSON, as every list here."""
    request: Mapped[bytes]
    at: Mapped[int]
    withdrawn_at: Mapped[int | None]


class Authorisation(Derived):
    """A standard by which the centre may evaluate (8.1)."""

    __tablename__ = "authorisations"
    id: Mapped[int] = mapped_column(primary_key=True)
    standard: Mapped[str]
    levels: Mapped[str]
    first_day: Mapped[str]
    until: Mapped[str]
    issuer_key: Mapped[bytes]
    centre_number: Mapped[str]
    pattern: Mapped[str]
    at: Mapped[int]
    withdrawn_at: Mapped[int | None]


class Decision(Derived):
    """The association's decision 审定 on some results of a batch."""

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(index=True)
    results: Mapped[bytes]
    approved: Mapped[bool]
    reason: Mapped[str | None]
    at: Mapped[int]


class Lease(Derived):
    """Serials that one device may use."""

    __tablename__ = "leases"
    id: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[int]
    device_key: Mapped[bytes]
    year: Mapped[int]
    first: Mapped[int]
    last: Mapped[int]
    first_index: Mapped[int]


class Revocation(Derived):
    """A certificate that counts no more."""

    __tablename__ = "revocations"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(index=True)
    place: Mapped[int]
    """Its status index."""
    reason: Mapped[str | None]
    at: Mapped[int]


class PublishedPack(Derived):
    """A standard as data, as it came; whether it can be used is for the query to say."""

    __tablename__ = "published_packs"
    id: Mapped[int] = mapped_column(primary_key=True)
    standard: Mapped[str]
    edition: Mapped[str]
    pack: Mapped[bytes]


class PublishedLists(Derived):
    """Signed lists of the association."""

    __tablename__ = "published_lists"
    id: Mapped[int] = mapped_column(primary_key=True)
    dated: Mapped[int]
    until: Mapped[int]
    lists: Mapped[bytes | None]


class AskedEnrolment(Local):
    """A request to be enrolled that was made on this machine: only an answer to one of these is accepted here."""

    __tablename__ = "asked_enrolments"
    backed_up = False
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[int]
