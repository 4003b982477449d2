"""What can happen to marks."""

from __future__ import annotations

from typing import Literal

from core.scoring.sheets import Deducted, Mark, Moment, Raised
from core.store import BlobRef, Event, EventPart, Id, Travels, event

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
    source: str = "screen"
    """`screen`, or `paper`: two people keyed what the examiner wrote, and the examiner confirmed it."""

    class Part(EventPart, frozen=True):
        marks: list[Mark]
        deductions: list[Deducted]
        remark: str
        moments: list[Moment]
        vetoes: list[Raised] = []


@event("objective.written", travels=Travels.LATER)
class ObjectiveWritten(Event, frozen=True):
    """An examiner wrote what another of the panel counted of an objective item: the figure of the whole panel.

    A later one puts an earlier one right; `counter` is who counted, the entry's actor who wrote.
    """

    application: Id
    panel: Id
    exercise: str
    item: str
    counter: Id

    class Part(EventPart, frozen=True):
        value: int


@event("panel.unsealed", travels=Travels.LATER)
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
        """Why somebody must decide: `spread`, `straddle` the deliberation, `veto` the leader."""


@event("deliberation.decided", travels=Travels.LATER)
class DeliberationDecided(Event, frozen=True):
    """A panel's leader recorded what the deliberation 评议 decided, and signed it. It never overwrites a sheet.

    `signature` is the leader's over `signatures.deliberation_message`, made with the key whose public half is `key`;
    both are empty in entries from before decisions were signed.
    """

    application: Id
    component: str
    panel: Id
    outcome: DeliberationOutcome
    key: bytes = b""
    signature: bytes = b""

    class Part(EventPart, frozen=True):
        numerator: int
        denominator: int
        """The result from now on, in hundredths; that of the panel where it was upheld."""
        reason: str


@event("veto.decided", travels=Travels.LATER)
class VetoDecided(Event, frozen=True):
    """A panel's leader decided on a veto that a majority of the examiners had raised, and signed it.

    `signature` is the leader's over `vetoes.signed_message`, made with the key whose public half is `key`. No sheet
    changes; the part says which veto, and what the panel comes to with all that was decided so far.
    """

    application: Id
    component: str
    panel: Id
    plan: bytes
    key: bytes
    signature: bytes

    class Part(EventPart, frozen=True):
        exercise: str
        veto: str
        item: str
        upheld: bool
        reason: str
        totals: list[tuple[Id, int]]
        """(examiner, hundredths)."""
        numerator: int
        denominator: int
        """The exact result in hundredths."""
        spread: int
        reasons: list[str]
        ended: bool
        """A veto that ends the examination was upheld: not passed, whatever the total."""


@event("sheet.set_aside")
class SheetSetAside(Event, frozen=True):
    """Two people set a signed sheet aside, because its examiner should have been recused or dropped out half-way: it
    stays, and doesn't count."""

    sheet: Id

    class Part(EventPart, frozen=True):
        reason: str


@event("panel.resealed")
class PanelResealed(Event, frozen=True):
    """What a panel came to for a candidate counts no more and is hidden again, until the panel that is lawful for them
    then has signed; decisions on it lapse with it."""

    application: Id
    component: str
    panel: Id


@event("knowledge.scored")
class KnowledgeScored(Event, frozen=True):
    """A candidate's score of the knowledge examination; a later one puts an earlier one right."""

    application: Id

    class Part(EventPart, frozen=True):
        total: int
        rows: list[tuple[str, int]]
        """By row of 7.4.1 where it was given so: (row, hundredths)."""


@event("paper.keyed", travels=Travels.LATER)
class PaperKeyed(Event, frozen=True):
    """Somebody of no panel keyed a sheet that its examiner wrote on paper, without seeing the other typing.

    `round` 1 or 2 says whose typing it is; a later one of the same round takes the earlier one's place.
    """

    application: Id
    panel: Id
    exercise: str
    examiner: Id
    keyer: Id
    round: int

    class Part(EventPart, frozen=True):
        marks: dict[str, list[int] | None]
        """By item; None: blank on the paper."""
        deductions: dict[str, int]
        """How often each happened."""
        vetoes: list[str]
        remark: str


@event("paper.scanned", travels=Travels.LATER)
class PaperScanned(Event, frozen=True):
    """A page of a paper sheet was photographed or scanned. The entry's id is the scan's."""

    application: Id
    panel: Id
    exercise: str
    examiner: Id

    class Part(EventPart, frozen=True):
        scan: BlobRef


@event("paper.scan_withdrawn")
class PaperScanWithdrawn(Event, frozen=True):
    """A scan was of another paper: it is not shown any more."""

    scan: Id


@event("paper.returned", travels=Travels.LATER)
class PaperReturned(Event, frozen=True):
    """A typing doesn't count any more: that of one `round`, or, where it is 0, both with their scans, because the
    examiner did not confirm them."""

    application: Id
    panel: Id
    exercise: str
    examiner: Id
    round: int

    class Part(EventPart, frozen=True):
        reason: str


@event("knowledge.double_entry_set")
class KnowledgeDoubleEntrySet(Event, frozen=True):
    """Whether the knowledge scores of a batch are entered twice by two people: the centre's own choice."""

    batch: Id
    on: bool


@event("knowledge.keyed", travels=Travels.LATER)
class KnowledgeKeyed(Event, frozen=True):
    """One of two people entered a candidate's knowledge score; where both agree `knowledge.scored` follows.

    `round` 1 or 2 says whose it is; a later one of the same round takes the earlier one's place.
    """

    application: Id
    round: int

    class Part(EventPart, frozen=True):
        total: int
        rows: list[tuple[str, int]]
        """As in `knowledge.scored`."""
