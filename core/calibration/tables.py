"""Trials, what was marked in them, what was agreed; and drafts, which are this machine's alone."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from core.store import Derived, Local


class Trial(Derived):
    """A clip that the examiners of a batch mark before the day. Null columns: its part is not here yet."""

    __tablename__ = "trials"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[int] = mapped_column(index=True)
    exercise: Mapped[str]
    plan: Mapped[bytes]
    sha256: Mapped[bytes]
    size: Mapped[int]
    opened_at: Mapped[int]
    opened_by: Mapped[int]
    kept: Mapped[str | None]
    """Where the clip is kept."""
    note: Mapped[str | None]
    closed_at: Mapped[int | None]
    closed_by: Mapped[int | None]
    close_reason: Mapped[str | None]


class TrialSheet(Derived):
    """An examiner's signed trial marks. Null columns: its part is not here yet."""

    __tablename__ = "trial_sheets"
    id: Mapped[int] = mapped_column(primary_key=True)
    trial: Mapped[int] = mapped_column(index=True)
    examiner: Mapped[int]
    signed_at: Mapped[int]
    key: Mapped[bytes]
    signature: Mapped[bytes]
    marks: Mapped[bytes | None]
    """msgpack of the marks."""
    deductions: Mapped[bytes | None]
    remark: Mapped[str | None]
    moments: Mapped[bytes | None]


class Agreement(Derived):
    """An agreed reading; the last one of a trial that all its leaders signed counts."""

    __tablename__ = "trial_agreements"
    id: Mapped[int] = mapped_column(primary_key=True)
    trial: Mapped[int] = mapped_column(index=True)
    leaders: Mapped[bytes]
    """msgpack of their ids."""
    agreed_at: Mapped[int]
    agreed_by: Mapped[int]
    readings: Mapped[bytes | None]
    """msgpack of the readings."""


class ReadingSignature(Derived):
    """A leader's signature under an agreed reading."""

    __tablename__ = "reading_signatures"
    id: Mapped[int] = mapped_column(primary_key=True)
    agreement: Mapped[int] = mapped_column(index=True)
    leader: Mapped[int]
    signed_at: Mapped[int]
    digest: Mapped[bytes]
    key: Mapped[bytes]
    signature: Mapped[bytes]


class TrialDraft(Local):
    """Trial marks, or a reading, that are being written: kept as they are typed, here alone."""

    __tablename__ = "trial_drafts"
    id: Mapped[str] = mapped_column(primary_key=True)
    """`trial:examiner`, or `trial:reading`."""
    draft: Mapped[bytes]
    saved_at: Mapped[int]
