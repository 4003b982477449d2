"""Batches and their plans."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from core.store import Derived, Local


class Batch(Derived):
    """One evaluation that the centre organises."""

    __tablename__ = "batches"
    id: Mapped[int] = mapped_column(primary_key=True)
    no: Mapped[str]
    """As people say it: `2026-01`."""
    standard: Mapped[str]
    level: Mapped[str]
    day: Mapped[str]
    plan: Mapped[int | None]
    closed: Mapped[bool]


class AdoptedPlan(Derived):
    """A plan's bytes as they were adopted."""

    __tablename__ = "adopted_plans"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[int]
    digest: Mapped[bytes]
    """SHA-256 of the bytes: what every sheet's signature covers."""
    plan: Mapped[bytes]


class PlanDraft(Local):
    """A plan that somebody is editing: kept at every step, here alone."""

    __tablename__ = "plan_drafts"
    id: Mapped[str] = mapped_column(primary_key=True)
    """`batch:account`."""
    base: Mapped[str]
    """The digest of the plan that it was begun on, in hex."""
    draft: Mapped[bytes]
    saved_at: Mapped[int]
