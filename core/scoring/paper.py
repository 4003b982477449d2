"""Sheets that were written on paper: keyed twice by two people, blind, and confirmed by their examiner.

A sheet is on paper or on the screen, never both: the first typing closes the screen to it, and a mark on the screen
closes it to typing.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, insert, select, update

from core.arrangement.commands import LONGEST_REASON
from core.arrangement.queries import attendance
from core.batches.queries import refuse_closed
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.registration.queries import batch_of
from core.scoring import marks
from core.scoring.commands import DRAFT_SAVED, record_sheet
from core.scoring.events import PaperKeyed, PaperReturned, PaperScanned, PaperScanWithdrawn
from core.scoring.objective_queries import blanks_filled, without_figures
from core.scoring.paper_queries import check_keyer, typing_id
from core.scoring.paper_rules import MOST_SCANS, check_typing, differing_cells, scan_kind
from core.scoring.paper_state import paper_of
from core.scoring.sheets import Draft, check_draft
from core.scoring.tables import PaperDraft, PaperScan, Sheet, SheetDraft
from core.store import Id, Write

PAPER_DRAFT_SAVED = "paper_draft.saved"
"""The kind of change that pages hear of; what is being typed is no entry of the journal."""


@permitted(Role.INVIGILATOR)
def save_typing(write: Write, application: Id, exercise_id: str, examiner: Id, typed: Draft) -> int:
    """Keep what is being typed as it stands now; when, in UTC milliseconds. Nobody else sees it."""
    sheet = _keyable(write, application, exercise_id, examiner)
    check_draft(sheet.exercise, typed)
    id = typing_id(application, exercise_id, examiner, write.actor.id)
    values = {"draft": msgspec.json.encode(typed), "saved_at": write.now}
    if not write.local(update(PaperDraft).where(PaperDraft.id == id).values(**values), PAPER_DRAFT_SAVED):
        write.local(insert(PaperDraft).values(id=id, **values), PAPER_DRAFT_SAVED)
    return write.now


@permitted(Role.INVIGILATOR)
def key_paper(write: Write, application: Id, exercise_id: str, examiner: Id, typed: Draft) -> tuple[str, ...] | None:
    """Key a paper sheet as one of two people; the cells in which both typings differ, None while this is the first.

    Refused: an examiner of the batch, a third person, a sheet that is on the screen or signed, a candidate who is
    away, an item passed over. Where both have typed, only differing cells can be typed again, by either of them.
    """
    me = write.actor.id
    sheet = _keyable(write, application, exercise_id, examiner)
    check_typing(sheet.exercise, typed)
    typed = _tidy(typed)
    paper = paper_of(write, application, exercise_id, examiner)
    mine, other = paper.by(me), paper.beside(me)
    round = mine.round if mine else paper.free_round
    if not round:
        raise Refused("paper.keyed_by_two")
    if mine and mine.draft is not None:
        changed = differing_cells(sheet.exercise, mine.draft, typed)
        open_cells = paper.differing(sheet.exercise)
        if open_cells is not None and not set(changed) <= set(open_cells):
            raise Refused("paper.only_differing" if open_cells else "paper.agreed_already")
        if not changed:
            _forget_typing(write, application, exercise_id, examiner, me)
            return open_cells
    event = PaperKeyed(application, sheet.panel, exercise_id, examiner, me, round)
    part = PaperKeyed.Part(typed.marks, typed.deductions, typed.vetoes, typed.remark)
    write.record(event, part, batch=batch_of(write, application))
    _forget_typing(write, application, exercise_id, examiner, me)
    return differing_cells(sheet.exercise, typed, other.draft) if other and other.draft is not None else None


@permitted(Role.INVIGILATOR, Role.MANAGER)
def withdraw_typing(
    write: Write, application: Id, exercise_id: str, examiner: Id, round: int, reason: str = ""
) -> None:
    """Take a typing back: one's own that was keyed to the wrong sheet, or, as the manager and with a reason, that of
    somebody who can't go on. Refused once both agree: then it is for the examiner to say."""
    batch = batch_of(write, application)
    refuse_closed(write, batch)
    sheet = _unsigned(write, application, exercise_id, examiner)
    paper = paper_of(write, application, exercise_id, examiner)
    typing = next((one for one in paper.typings if one.round == round), None)
    if typing is None:
        return
    if typing.keyer != write.actor.id:
        if Role.MANAGER not in write.actor.roles:
            raise Refused("paper.not_yours")
        if not reason.strip():
            raise Refused("paper.reason_needed")
    if paper.agreed(sheet.exercise) is not None:
        raise Refused("paper.agreed_already")
    event = PaperReturned(application, sheet.panel, exercise_id, examiner, round)
    write.record(event, PaperReturned.Part(reason.strip()[:LONGEST_REASON]), batch=batch)
    _forget_typing(write, application, exercise_id, examiner, typing.keyer)


@permitted(Role.INVIGILATOR, Role.EXAMINER)
def attach_scan(write: Write, application: Id, exercise_id: str, examiner: Id, content: bytes) -> Id:
    """Keep a photograph or scan (JPEG, PNG, PDF) of a page of a paper sheet, as who keys or as who wrote it.

    Refused: another kind of file, too large or too many, a sheet that is on the screen, somebody else's.
    """
    batch = batch_of(write, application)
    refuse_closed(write, batch)
    sheet = marks.own_sheet(write, examiner, application, exercise_id)
    if write.actor.id != examiner:
        if Role.INVIGILATOR not in write.actor.roles:
            raise Refused("paper.not_yours")
        check_keyer(write, write.actor.id, batch)
    if sheet.signed and not _signed_on_paper(write, application, exercise_id, examiner):
        raise Refused("scoring.signed_already")
    if not sheet.signed and without_figures(sheet.draft, sheet.shared) != Draft():
        raise Refused("paper.on_screen")
    kind = scan_kind(content)
    if _scans(write, application, exercise_id, examiner) >= MOST_SCANS:
        raise Refused("paper.too_many_scans", most=MOST_SCANS)
    event = PaperScanned(application, sheet.panel, exercise_id, examiner)
    return write.record(event, PaperScanned.Part(write.put_blob(content, kind)), batch=batch)


@permitted(Role.INVIGILATOR, Role.EXAMINER)
def withdraw_scan(write: Write, scan: Id) -> None:
    """Take back a scan of one's own that shows another paper. Refused once the sheet is signed."""
    row = write.first(select(PaperScan).where(PaperScan.id == scan))
    if row is None or row.void:
        raise Refused("paper.no_such_scan")
    batch = batch_of(write, row.application)
    refuse_closed(write, batch)
    if row.scanned_by != write.actor.id:
        raise Refused("paper.not_yours")
    _unsigned(write, row.application, row.exercise, row.examiner)
    write.record(PaperScanWithdrawn(scan), batch=batch)


@permitted(Role.EXAMINER)
def go_on_paper(write: Write, application: Id, exercise_id: str) -> None:
    """Give up one's own marks on the screen, so that the sheet can be written and keyed on paper."""
    refuse_closed(write, batch_of(write, application))
    _unsigned(write, application, exercise_id, write.actor.id)
    id = marks.draft_id(application, exercise_id, write.actor.id)
    write.local(delete(SheetDraft).where(SheetDraft.id == id), DRAFT_SAVED)


@permitted(Role.EXAMINER)
def confirm_paper(write: Write, application: Id, exercise_id: str) -> Id:
    """Confirm with one's own key that two people keyed what one wrote: the sheet is signed as any other.

    Refused: typings that are missing or differ, no scan, a cell that is blank, and all that `sign_sheet` refuses.
    """
    me = write.actor
    sheet = _unsigned(write, application, exercise_id, me.id)
    draft = paper_of(write, application, exercise_id, me.id).agreed(sheet.exercise)
    if draft is None:
        raise Refused("paper.not_agreed")
    if not _scans(write, application, exercise_id, me.id):
        raise Refused("paper.no_scan")
    return record_sheet(write, sheet, blanks_filled(draft, sheet.shared), "paper")


@permitted(Role.EXAMINER)
def return_paper(write: Write, application: Id, exercise_id: str, reason: str) -> None:
    """Say that what was keyed is not what one wrote, or that one wrote nothing on paper: both typings and the scans
    count no more. The sheet is keyed anew, or marked on the screen."""
    batch = batch_of(write, application)
    refuse_closed(write, batch)
    sheet = _unsigned(write, application, exercise_id, write.actor.id)
    if not paper_of(write, application, exercise_id, write.actor.id).typings:
        raise Refused("paper.not_agreed")
    if not reason.strip():
        raise Refused("paper.reason_needed")
    event = PaperReturned(application, sheet.panel, exercise_id, write.actor.id, 0)
    write.record(event, PaperReturned.Part(reason.strip()[:LONGEST_REASON]), batch=batch)


def _keyable(write: Write, application: Id, exercise_id: str, examiner: Id) -> marks.OwnSheet:
    """The sheet, where the person who acts may key it now."""
    batch = batch_of(write, application)
    refuse_closed(write, batch)
    check_keyer(write, write.actor.id, batch)
    sheet = _unsigned(write, application, exercise_id, examiner)
    if attendance(write, application, sheet.exercise.component) != "present":
        raise Refused("scoring.candidate_away")
    if without_figures(sheet.draft, sheet.shared) != Draft():
        raise Refused("paper.on_screen")
    return sheet


def _unsigned(write: Write, application: Id, exercise_id: str, examiner: Id) -> marks.OwnSheet:
    sheet = marks.own_sheet(write, examiner, application, exercise_id)
    if sheet.signed:
        raise Refused("scoring.signed_already")
    return sheet


def _signed_on_paper(write: Write, application: Id, exercise_id: str, examiner: Id) -> bool:
    found = select(Sheet.source).where(
        Sheet.application == application, Sheet.exercise == exercise_id, Sheet.examiner == examiner
    )
    return bool(write.value(found) == "paper")


def _scans(write: Write, application: Id, exercise_id: str, examiner: Id) -> int:
    """How many scans of a paper sheet count."""
    found = select(PaperScan.id).where(
        PaperScan.application == application,
        PaperScan.exercise == exercise_id,
        PaperScan.examiner == examiner,
        PaperScan.void.is_(False),
    )
    return len(write.rows(found))


def _tidy(typed: Draft) -> Draft:
    """Deductions that did not happen and the order of steps say nothing."""
    given = {key: None if values is None else sorted(values) for key, values in typed.marks.items()}
    times = {key: count for key, count in typed.deductions.items() if count}
    return Draft(given, times, typed.remark.strip(), [], sorted(typed.vetoes))


def _forget_typing(write: Write, application: Id, exercise_id: str, examiner: Id, keyer: Id) -> None:
    id = typing_id(application, exercise_id, examiner, keyer)
    write.local(delete(PaperDraft).where(PaperDraft.id == id), PAPER_DRAFT_SAVED)
