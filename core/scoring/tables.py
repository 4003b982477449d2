"""Sheets, what came out of panels, knowledge scores; and drafts, which are this machine's alone."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from core.store import Derived, Local


class Sheet(Derived):
    """A signed score sheet. Null columns: its part is not here yet."""

    __tablename__ = "sheets"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    panel: Mapped[int] = mapped_column(index=True)
    exercise: Mapped[str]
    examiner: Mapped[int] = mapped_column(index=True)
    signed_at: Mapped[int]
    plan: Mapped[bytes]
    key: Mapped[bytes]
    signature: Mapped[bytes]
    total: Mapped[int | None]
    """Marks less deductions in hundredths; may be below 0: an examiner's total is floored once, over all sheets."""
    marks: Mapped[bytes | None]
    """msgpack of the marks."""
    deductions: Mapped[bytes | None]
    remark: Mapped[str | None]
    moments: Mapped[bytes | None]


class PanelResult(Derived):
    """What a panel's unsealed sheets came to for a candidate; the id is `application:component:panel`."""

    __tablename__ = "panel_results"
    id: Mapped[str] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    component: Mapped[str]
    panel: Mapped[int] = mapped_column(index=True)
    unsealed_at: Mapped[int]
    totals: Mapped[bytes | None]
    """msgpack of [(examiner, hundredths)]."""
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    spread: Mapped[int | None]
    reasons: Mapped[str | None]
    """Space-separated; "" where no deliberation is needed."""
    outcome: Mapped[str | None]
    decided_numerator: Mapped[int | None]
    decided_denominator: Mapped[int | None]
    decided_by: Mapped[int | None]
    decision_reason: Mapped[str | None]


class KnowledgeScore(Derived):
    """A candidate's knowledge score; the id is the application's."""

    __tablename__ = "knowledge_scores"
    id: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[int | None]
    rows: Mapped[bytes | None]
    entered_by: Mapped[int]
    entered_at: Mapped[int]


class SheetDraft(Local):
    """A sheet that is being written: kept at every keystroke, here alone."""

    __tablename__ = "sheet_drafts"
    id: Mapped[str] = mapped_column(primary_key=True)
    """`application:exercise:examiner`."""
    draft: Mapped[bytes]
    saved_at: Mapped[int]
