"""What may be seen of paper sheets, and by whom.

A keyer sees the paper in hand and their own typing: of the other one only the cells that differ, never a value. The
examiner sees what both agreed on, of their own sheets alone. Everybody else sees states until the panel is unsealed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Row, select

from core.arrangement.queries import AT_ONCE, PanelLine, blind_numbers, numbers, panels
from core.batches.queries import plan_of
from core.errors import Refused
from core.people.queries import account, accounts
from core.people.roles import Role
from core.registration.queries import batch_of
from core.scoring import marks
from core.scoring.objective_queries import blanks_filled, without_figures
from core.scoring.paper_rules import PaperState
from core.scoring.paper_state import NOTHING, Key, Paper, begun_on_screen, paper_of, papers_in, scans_in
from core.scoring.readers import check_own, sees_panel
from core.scoring.sheets import Draft, deductions_of, item_points
from core.scoring.tables import PanelResult, PaperDraft, PaperKeying, PaperReturn, PaperScan, Sheet
from core.standards.plans import Exercise
from core.store import BlobRef, Id, Read


@dataclass(frozen=True)
class PaperLine:
    """How far a sheet is that may come in on paper: states only, never a mark."""

    application: Id
    number: str
    """As the paper says it: the blind number of a work, else the candidate number."""
    exercise: str
    examiner: Id
    examiner_name: str
    panel_no: int
    state: PaperState
    keyers: tuple[Id, ...]
    """Who keyed it, by round."""
    keyer_names: tuple[str, ...]
    differing: int
    """In how many cells the two typings differ."""
    scans: int

    @property
    def id(self) -> Key:
        """What it is known by."""
        return self.application, self.exercise, self.examiner


@dataclass(frozen=True)
class OwnTyping:
    """What a keyer may see of one paper sheet: their own typing, and which cells differ from the other one."""

    application: Id
    number: str
    exercise: Exercise
    examiner: Id
    examiner_name: str
    state: PaperState
    round: int
    """Whose typing it is or would be: 1 or 2; 0: two others have keyed it."""
    keyed: bool
    """Whether this person has keyed it: then only differing cells are typed again."""
    typed: Draft = field(repr=False)
    differing: tuple[str, ...]
    scans: int


@dataclass(frozen=True)
class AgreedSheet:
    """What two people keyed alike of an examiner's own sheet, waiting for the examiner's word."""

    application: Id
    number: str
    exercise: Exercise
    draft: Draft = field(repr=False)
    total: int
    """Marks less deductions in hundredths."""
    blank: tuple[str, ...]
    """Items that are blank on the paper: it can't be confirmed so."""
    scans: int


@dataclass(frozen=True)
class Scan:
    """A page of a paper sheet; `kind` is its media type."""

    id: Id
    kind: str
    at: int
    by: Id
    ref: BlobRef = field(repr=False)


def paper_lines(read: Read, batch: Id) -> list[PaperLine]:
    """Every sheet of a batch by candidate number, exercise and examiner: what of it came in on paper, and how far
    that is."""
    return _lines(read, batch, panels(read, batch))


def papers_of(read: Read, examiner: Id, batch: Id) -> list[PaperLine]:
    """An examiner's own sheets that came in on paper and are not signed yet. For nobody else."""
    check_own(read, examiner)
    own = [panel for panel in panels(read, batch) if examiner in panel.examiners]
    waiting = ("once", "differs", "agreed")
    return [line for line in _lines(read, batch, own) if line.examiner == examiner and line.state in waiting]


def own_typing(read: Read, keyer: Id, application: Id, exercise_id: str, examiner: Id) -> OwnTyping:
    """A keyer's own typing of one sheet, as it was keyed or as it is being typed. Who may not key: refused, and whose
    typing it is not."""
    check_own(read, keyer)
    check_keyer(read, keyer, batch_of(read, application))
    sheet = marks.own_sheet(read, examiner, application, exercise_id)
    paper = paper_of(read, application, exercise_id, examiner)
    mine = paper.by(keyer)
    draft = read.value(
        select(PaperDraft.draft).where(PaperDraft.id == typing_id(application, exercise_id, examiner, keyer))
    )
    typed = msgspec.json.decode(draft, type=Draft) if draft is not None else None
    name = account(read, examiner)
    return OwnTyping(
        application,
        _shown_number(read, sheet),
        sheet.exercise,
        examiner,
        name.shown if name else "",
        state_of_paper(
            sheet.exercise, paper, signed=sheet.signed, on_screen=without_figures(sheet.draft, sheet.shared) != Draft()
        ),
        mine.round if mine else paper.free_round,
        mine is not None,
        typed or (mine.draft if mine and mine.draft else Draft()),
        (paper.differing(sheet.exercise) or ()) if mine else (),
        _scan_count(read, application, exercise_id, examiner),
    )


def agreed_sheet(read: Read, examiner: Id, application: Id, exercise_id: str) -> AgreedSheet:
    """What two people keyed alike of an examiner's own sheet, for nobody else. While they have not: refused."""
    check_own(read, examiner)
    sheet = marks.own_sheet(read, examiner, application, exercise_id)
    if sheet.signed:
        raise Refused("scoring.signed_already")
    draft = paper_of(read, application, exercise_id, examiner).agreed(sheet.exercise)
    if draft is None:
        raise Refused("paper.not_agreed")
    draft = blanks_filled(draft, sheet.shared)
    given = [(item, draft.marks.get(item.key)) for item in sheet.exercise.items]
    points = sum(item_points(item, values) for item, values in given if values is not None)
    return AgreedSheet(
        application,
        _shown_number(read, sheet),
        sheet.exercise,
        draft,
        points - sum(one.points for one in deductions_of(sheet.exercise, draft.deductions)),
        tuple(item.key for item, values in given if values is None),
        _scan_count(read, application, exercise_id, examiner),
    )


def scans(read: Read, viewer: Id, application: Id, exercise_id: str, examiner: Id) -> list[Scan]:
    """The scans of a sheet, for its examiner, who keyed or scanned it, and others once its panel is unsealed; for
    everybody else refused: a scan shows marks. `viewer` is who asks."""
    check_own(read, viewer)
    found = [
        row
        for row in read.rows(
            select(PaperScan)
            .where(
                PaperScan.application == application,
                PaperScan.exercise == exercise_id,
                PaperScan.examiner == examiner,
                PaperScan.void.is_(False),
            )
            .order_by(PaperScan.id)
        )
        if row.scan is not None
    ]
    if viewer != examiner:
        paper = paper_of(read, application, exercise_id, examiner)
        if paper.by(viewer) is None and all(row.scanned_by != viewer for row in found):
            _check_unsealed(read, application, exercise_id, {row.panel for row in found})
    return [_scan(row) for row in found]


def scan_content(read: Read, viewer: Id, scan: Id) -> tuple[Scan, bytes | None]:
    """One scan with its content; None where its file has not arrived. Whoever may not see it: refused."""
    row = read.first(select(PaperScan).where(PaperScan.id == scan, PaperScan.void.is_(False)))
    if row is None:
        raise Refused("paper.no_such_scan")
    for found in scans(read, viewer, row.application, row.exercise, row.examiner):
        if found.id == scan:
            return found, read.blob(found.ref)
    raise Refused("paper.no_such_scan")


def check_keyer(read: Read, person: Id, batch: Id) -> None:
    """Refuse who may not key paper sheets of a batch: only invigilators of none of its panels."""
    found = account(read, person)
    if found is None or Role.INVIGILATOR not in found.roles:
        raise Refused("paper.not_a_keyer")
    if any(person in (*panel.examiners, *panel.formed) for panel in panels(read, batch)):
        raise Refused("paper.keyer_in_panel")


def may_key(read: Read, person: Id, batch: Id) -> bool:
    """Whether a person may key paper sheets of a batch: what the window asks first."""
    try:
        check_keyer(read, person, batch)
    except Refused:
        return False
    return True


def unsealed_paper_entries(read: Read) -> set[Id]:
    """The entries about paper sheets of every panel that is unsealed: those whose parts may leave this machine."""
    found: set[Id] = set()
    for model in (PaperKeying, PaperScan, PaperReturn):
        rows = read.rows(
            select(model.id).join(
                PanelResult, (PanelResult.panel == model.panel) & (PanelResult.application == model.application)
            )
        )
        found.update(row.id for row in rows)
    return found


def typing_id(application: Id, exercise: str, examiner: Id, keyer: Id) -> str:
    """The name of a typing in progress on this machine."""
    return f"{application}:{exercise}:{examiner}:{keyer}"


def state_of_paper(exercise: Exercise, paper: Paper, *, signed: bool, on_screen: bool) -> PaperState:
    """How far a sheet is."""
    if signed:
        return "signed"
    if not paper.typings:
        return "screen" if on_screen else "open"
    differing = paper.differing(exercise)
    if differing is None:
        return "once"
    return "differs" if differing else "agreed"


def _lines(read: Read, batch: Id, formed: list[PanelLine]) -> list[PaperLine]:
    plan = plan_of(read, batch)
    inside = [panel.id for panel in formed]
    keyed, scanned, drafts = papers_in(read, inside), scans_in(read, inside), begun_on_screen(read)
    names = {one.id: one.shown for one in accounts(read)}
    number, blind, signed = numbers(read, batch), blind_numbers(read, batch), _signed(read, inside)
    lines = []
    for panel in formed:
        for application in panel.applications:
            for exercise in plan.exercises_of(panel.component):
                for examiner in panel.examiners_of(application):
                    key = (application, exercise.id, examiner)
                    paper = keyed.get(key, NOTHING)
                    state = state_of_paper(
                        exercise, paper, signed=key in signed, on_screen=marks.draft_id(*key) in drafts
                    )
                    lines.append(
                        PaperLine(
                            application,
                            (blind if exercise.evidence == "work" else number).get(application, ""),
                            exercise.id,
                            examiner,
                            names.get(examiner, ""),
                            panel.no,
                            state,
                            tuple(one.keyer for one in paper.typings),
                            tuple(names.get(one.keyer, "") for one in paper.typings),
                            len(paper.differing(exercise) or ()) if state == "differs" else 0,
                            scanned.get(key, 0),
                        )
                    )
    return sorted(lines, key=lambda line: line.number)


def _signed(read: Read, inside: list[Id]) -> set[Key]:
    found: set[Key] = set()
    for start in range(0, len(inside), AT_ONCE):
        rows = read.rows(
            select(Sheet.application, Sheet.exercise, Sheet.examiner).where(
                Sheet.panel.in_(inside[start : start + AT_ONCE])
            )
        )
        found.update((row.application, row.exercise, row.examiner) for row in rows)
    return found


def _shown_number(read: Read, sheet: marks.OwnSheet) -> str:
    if sheet.exercise.evidence != "work":
        return sheet.number
    return blind_numbers(read, batch_of(read, sheet.application)).get(sheet.application, "")


def _scan_count(read: Read, application: Id, exercise: str, examiner: Id) -> int:
    rows = read.rows(
        select(PaperScan.id).where(
            PaperScan.application == application,
            PaperScan.exercise == exercise,
            PaperScan.examiner == examiner,
            PaperScan.void.is_(False),
        )
    )
    return len(rows)


def _check_unsealed(read: Read, application: Id, exercise_id: str, inside: set[Id]) -> None:
    exercise = plan_of(read, batch_of(read, application)).exercise(exercise_id)
    came = marks.outcome(read, application, exercise.component) if exercise else None
    if came is None or not inside <= {came.panel} or not sees_panel(read, application, came.panel):
        raise Refused("paper.not_yours")


def _scan(row: Row[*tuple[Any, ...]]) -> Scan:
    ref = msgspec.msgpack.decode(row.scan, type=BlobRef)
    return Scan(row.id, ref.kind, row.scanned_at, row.scanned_by, ref)
