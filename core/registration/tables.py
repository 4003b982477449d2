"""Candidates and applications."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from core.store import Derived


class Candidate(Derived):
    """A person whom the centre knows. Null: the part is not here or was erased."""

    __tablename__ = "candidates"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    sex: Mapped[str | None]
    id_kind: Mapped[str | None]
    id_number: Mapped[str | None] = mapped_column(index=True)
    birth_date: Mapped[str | None]
    phone: Mapped[str | None]
    education: Mapped[str | None]
    employer: Mapped[str | None]
    school: Mapped[str | None]
    major: Mapped[str | None]
    photo: Mapped[bytes | None]
    """msgpack of the `BlobRef`."""


class Evidence(Derived):
    """A file that supports an application. Null: its part is not here or was erased."""

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    attached_at: Mapped[int]
    attached_by: Mapped[int]
    title: Mapped[str | None]
    file: Mapped[bytes | None]
    """msgpack of the `BlobRef`."""


class Application(Derived):
    """A candidate's application for one batch."""

    __tablename__ = "applications"
    id: Mapped[int] = mapped_column(primary_key=True)
    candidate: Mapped[int] = mapped_column(index=True)
    batch: Mapped[int] = mapped_column(index=True)
    entered_at: Mapped[int]
    entered_by: Mapped[int]
    facts: Mapped[bytes | None]
    claimed: Mapped[str | None]
    state: Mapped[str]
    """`entered`, `accepted`, `refused`, `more` or `withdrawn`."""
    conditions: Mapped[str | None]
    reason: Mapped[str | None]
    decided_by: Mapped[int | None]
    decided_at: Mapped[int | None]
    notified_on: Mapped[str | None]
