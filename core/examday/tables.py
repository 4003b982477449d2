"""Runs, cards, draws, works, recordings; and what only this machine knows: where a file lies now, the quick words."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from core.store import Derived, Local


class Run(Derived):
    """A candidate's exercise as it stands; the id is `application:exercise`."""

    __tablename__ = "runs"
    id: Mapped[str] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    exercise: Mapped[str]
    batch: Mapped[int] = mapped_column(index=True)
    studio: Mapped[str]
    phase: Mapped[str]
    paused: Mapped[bool]
    changed_at: Mapped[int]


class RunStep(Derived):
    """One word of the clock: what `clockwork` reckons with."""

    __tablename__ = "run_steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[str] = mapped_column(index=True)
    what: Mapped[str]
    """`phase`, `paused`, `resumed`, `reopened`."""
    phase: Mapped[str | None]
    studio: Mapped[str | None]
    at: Mapped[int]
    by: Mapped[int]
    second: Mapped[int]
    reason: Mapped[str | None]


class Card(Derived):
    """A topic card. Null columns: its part is not here yet."""

    __tablename__ = "cards"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[int] = mapped_column(index=True)
    exercise: Mapped[str]
    no: Mapped[int]
    title: Mapped[str | None]
    text: Mapped[str | None]
    surprises: Mapped[bytes | None]
    """msgpack of [Surprise]."""
    material: Mapped[bytes | None]
    """msgpack of BlobRef or nil."""
    withdrawn: Mapped[bool]


class Draw(Derived):
    """A draw of a card by a candidate, and what became of it."""

    __tablename__ = "draws"
    id: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[str] = mapped_column(index=True)
    application: Mapped[int]
    exercise: Mapped[str]
    card: Mapped[int] = mapped_column(index=True)
    seed: Mapped[bytes]
    numbers: Mapped[bytes]
    """msgpack of [int]."""
    at: Mapped[int]
    by: Mapped[int]
    second: Mapped[int]
    reason: Mapped[str | None]
    opened_at: Mapped[int | None]
    collected_at: Mapped[int | None]


class DrawnCard(Derived):
    """The draw that counts of a candidate's exercise; the id is `application:exercise`."""

    __tablename__ = "drawn_cards"
    id: Mapped[str] = mapped_column(primary_key=True)
    draw: Mapped[int]
    card: Mapped[int]


class StagedSurprise(Derived):
    """A planned surprise that was staged."""

    __tablename__ = "staged_surprises"
    id: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[str] = mapped_column(index=True)
    card: Mapped[int]
    no: Mapped[int]
    at: Mapped[int]


class Work(Derived):
    """The work that counts of a candidate's exercise; the id is `application:exercise`."""

    __tablename__ = "works"
    id: Mapped[str] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    exercise: Mapped[str]
    batch: Mapped[int] = mapped_column(index=True)
    hand_in: Mapped[int]
    at: Mapped[int]


class HandIn(Derived):
    """A work as it was handed in once."""

    __tablename__ = "hand_ins"
    id: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[str] = mapped_column(index=True)
    at: Mapped[int]
    by: Mapped[int]
    second: Mapped[int]
    files: Mapped[bytes | None]
    """msgpack of [WorkFile]."""
    reason: Mapped[str | None]


class TakenUp(Derived):
    """An examiner has begun to mark a work; the id is `application:exercise:examiner`."""

    __tablename__ = "works_taken_up"
    id: Mapped[str] = mapped_column(primary_key=True)
    run: Mapped[str] = mapped_column(index=True)
    examiner: Mapped[int]
    at: Mapped[int]


class Recording(Derived):
    """A recording that is kept outside the store."""

    __tablename__ = "recordings"
    id: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[str] = mapped_column(index=True)
    application: Mapped[int]
    exercise: Mapped[str]
    sha256: Mapped[bytes]
    size: Mapped[int]
    lead: Mapped[int]
    through_pauses: Mapped[bool]
    place: Mapped[str | None]
    at: Mapped[int]
    by: Mapped[int]


class RecordingPlace(Local):
    """Where a recording was found on this machine, after it had been moved; the id is the recording's."""

    __tablename__ = "recording_places"
    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str]


class DaySetting(Local):
    """A habit of this centre on the exam day: the quick words of moments."""

    __tablename__ = "day_settings"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]
