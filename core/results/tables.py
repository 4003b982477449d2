"""Settled results and their confirmation."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from core.store import Derived


class Result(Derived):
    """A candidate's settled result; the id is the application's."""

    __tablename__ = "results"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[int] = mapped_column(index=True)
    entry: Mapped[int]
    """The id of the entry that settled it: its part's digest stands for it in the confirmation."""
    components: Mapped[bytes | None]
    """msgpack of the outcomes."""
    passed: Mapped[bool | None]


class Confirmation(Derived):
    """That two people answer for a batch's results; the id is the batch's."""

    __tablename__ = "confirmations"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[int]
    at: Mapped[int]
    digest: Mapped[bytes]
    first: Mapped[int]
    first_key: Mapped[bytes]
    first_signature: Mapped[bytes]
    second: Mapped[int]
    second_key: Mapped[bytes]
    second_signature: Mapped[bytes]
