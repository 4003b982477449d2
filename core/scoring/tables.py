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
    vetoes: Mapped[bytes | None]
    """msgpack of those that were raised."""
    set_aside: Mapped[bool]
    """It stays and doesn't count: its examiner should have been recused, or dropped out half-way."""
    source: Mapped[str]
    """`screen` or `paper`."""


class ObjectiveFigure(Derived):
    """What a panel counted of an objective item; the id is its entry's. The one that counts is not `void`."""

    __tablename__ = "objective_figures"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    panel: Mapped[int] = mapped_column(index=True)
    exercise: Mapped[str]
    item: Mapped[str]
    counter: Mapped[int]
    writer: Mapped[int]
    written_at: Mapped[int]
    value: Mapped[int | None]
    """Null: its part is not here yet."""
    void: Mapped[bool]


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
    ended: Mapped[bool]
    """An upheld veto ended the examination: not passed, whatever the total."""


class Deliberation(Derived):
    """Who decided in a deliberation, and by which signature; the id is its entry's. Empty bytes: not signed."""

    __tablename__ = "deliberations"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[int]
    component: Mapped[str]
    panel: Mapped[int]
    outcome: Mapped[str]
    leader: Mapped[int]
    key: Mapped[bytes]
    signature: Mapped[bytes]


class VetoDecision(Derived):
    """What a leader decided on a veto; the id is its entry's. Null columns: its part is not here yet."""

    __tablename__ = "veto_decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    component: Mapped[str]
    panel: Mapped[int] = mapped_column(index=True)
    leader: Mapped[int]
    at: Mapped[int]
    plan: Mapped[bytes]
    key: Mapped[bytes]
    signature: Mapped[bytes]
    exercise: Mapped[str | None]
    veto: Mapped[str | None]
    item: Mapped[str | None]
    upheld: Mapped[bool | None]
    reason: Mapped[str | None]
    lapsed: Mapped[bool]
    """The panel was sealed again since."""


class SettingAside(Derived):
    """Who set a sheet aside, and why; the id is the sheet's."""

    __tablename__ = "sheets_set_aside"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[int]
    by: Mapped[int]
    second: Mapped[int]
    reason: Mapped[str | None]


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


class PaperKeying(Derived):
    """One person's typing of a paper sheet. Those that count are not `void`: at most one a round."""

    __tablename__ = "paper_keyings"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    panel: Mapped[int] = mapped_column(index=True)
    exercise: Mapped[str]
    examiner: Mapped[int] = mapped_column(index=True)
    keyer: Mapped[int]
    round: Mapped[int]
    keyed_at: Mapped[int]
    typed: Mapped[bytes | None]
    """msgpack of marks, deductions, vetoes, remark; null: its part is not here yet."""
    void: Mapped[bool]


class PaperScan(Derived):
    """A page of a paper sheet."""

    __tablename__ = "paper_scans"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    panel: Mapped[int] = mapped_column(index=True)
    exercise: Mapped[str]
    examiner: Mapped[int] = mapped_column(index=True)
    scanned_by: Mapped[int]
    scanned_at: Mapped[int]
    scan: Mapped[bytes | None]
    """msgpack of the `BlobRef`."""
    void: Mapped[bool]


class PaperReturn(Derived):
    """Why a typing doesn't count any more."""

    __tablename__ = "paper_returns"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    panel: Mapped[int]
    exercise: Mapped[str]
    examiner: Mapped[int]
    round: Mapped[int]
    returned_by: Mapped[int]
    returned_at: Mapped[int]
    reason: Mapped[str | None]


class KnowledgeRule(Derived):
    """Whether a batch's knowledge scores are entered twice; the id is the batch's."""

    __tablename__ = "knowledge_rules"
    id: Mapped[int] = mapped_column(primary_key=True)
    double: Mapped[bool]


class KnowledgeKeying(Derived):
    """One person's entry of a knowledge score. Those that count are not `void`: at most one a round."""

    __tablename__ = "knowledge_keyings"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    round: Mapped[int]
    keyer: Mapped[int]
    keyed_at: Mapped[int]
    total: Mapped[int | None]
    rows: Mapped[bytes | None]
    void: Mapped[bool]


class PaperDraft(Local):
    """A paper sheet that is being keyed: kept as it is typed, here alone."""

    __tablename__ = "paper_drafts"
    id: Mapped[str] = mapped_column(primary_key=True)
    """`application:exercise:examiner:keyer`."""
    draft: Mapped[bytes]
    saved_at: Mapped[int]
