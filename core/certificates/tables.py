"""Notices."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from core.store import Derived


class IssuedNotice(Derived):
    """A provisional notice that was issued."""

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    batch: Mapped[int] = mapped_column(index=True)
    token: Mapped[bytes | None]
    issued: Mapped[str | None]
