"""What can happen to marks."""

from __future__ import annotations

from typing import Literal

from core.scoring.sheets import Deducted, Mark, Moment
from core.store import Event, EventPart, Id, Travels, event

DeliberationOutcome = Literal["upheld", "set", "new_panel"]


@event("sheet.signed", travels=Travels.LATER)
class SheetSigned(Event, frozen=True):
    """An examiner signed a score sheet; it can't change any more. The entry's id is the sheet's.

    `signature` is the examiner's over `sheets.signed_message`, made with the key whose public half is `key`.
    """

    application: Id
    panel: Id
    exercise: str
    examiner: Id
    plan: bytes
    key: bytes
    signature: bytes

    class Part(EventPart, frozen=True):
        marks: list[Mark]
        deductions: list[Deducted]
        remark: str
        moments: list[Moment]


@event("panel.unsealed")
class PanelUnsealed(Event, frozen=True):
    """Every sheet of a panel for a candidate is signed, so the marks may be seen. The part holds what came out."""

    application: Id
    component: str
    panel: Id

    class Part(EventPart, frozen=True):
        totals: list[tuple[Id, int]]
        """(examiner, hundredths)."""
        numerator: int
        denominator: int
        """The exact result in hundredths."""
        spread: int
        reasons: list[str]
        """Why a deliberation must decide: `spread`, `straddle`."""


@event("deliberation.decided")
class DeliberationDecided(Event, frozen=True):
    """A panel's leader recorded what the deliberation 评议 decided. It never overwrites a sheet."""

    application: Id
    component: str
    panel: Id
    outcome: DeliberationOutcome

    class Part(EventPart, frozen=True):
        numerator: int
        denominator: int
        """The result from now on, in hundredths; that of the panel where it was upheld."""
        reason: str


@event("knowledge.scored")
class KnowledgeScored(Event, frozen=True):
    """A candidate's score of the knowledge examination; a later one puts an earlier one right."""

    application: Id

    class Part(EventPart, frozen=True):
        total: int
        rows: list[tuple[str, int]]
        """By row of 7.4.1 where it was given so: (row, hundredths)."""
