"""The results list on paper: from how a batch stands to the PDF that two people sign and that goes into the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.batches.queries import batch as batch_line
from core.clock import today
from core.results.standing import Cell, Row, Standing, standing
from core.standards.packs import pack
from core.store import Actor, Id, Store
from core.store.queries import centre_name
from core.words import say

AWAY = ("absent", "misconduct", "deferred")
UNSETTLED = (
    "no_score",
    "score_disputed",
    "sealed",
    "examiners_missing",
    "deliberation_open",
    "away_after_marks",
    "vetoed",
    "unsettled",
)
"""States that say themselves why there is no pass or no result."""


def cell_text(cell: Cell) -> str:
    """A score, or why there is none: of a sealed panel how many sheets are signed."""
    if cell.score:
        return cell.score
    if cell.state in AWAY:
        return say(f"attendance.{cell.state}")
    if cell.state == "sealed" and cell.progress is not None:
        return say("exam.signed_of", signed=cell.progress.signed, needed=cell.progress.needed)
    if cell.state in ("vetoed", "examiners_missing"):
        return say(f"results.{cell.state}")
    return say("exam.to_deliberate") if cell.state == "deliberation_open" else "–"


def note_text(row: Row) -> str:
    """Why it is so: what is missing, which component was not passed, what a deliberation decided."""
    notes = []
    for cell in row.cells:
        name = say(f"exam.component.{cell.component}")
        if cell.state in UNSETTLED:
            notes.append(say("exam.note.why", component=name, why=say(f"results.{cell.state}")))
        elif cell.state == "scored" and not cell.passed:
            notes.append(say("exam.note.failed", component=name))
        elif cell.state in AWAY:
            notes.append(say("exam.note.why", component=name, why=say(f"attendance.{cell.state}")))
        if cell.outcome is not None and cell.outcome.decision is not None:
            notes.append(say(f"exam.decision.{cell.outcome.decision}"))
    return say("exam.join").join(notes)


def write_list(
    store: Store, reader: Actor | None, batch: Id, target: Path, progress: Callable[[int, int, str], None]
) -> Standing:
    """Write a batch's results list to `target`; how the batch stood. Blocks; `progress` may raise to cancel it.

    `reader` is who may see results; anybody else is refused. What stood under that name stays until the new list
    is whole. Before two people have confirmed the results their places on the list are empty.
    """
    from core.documents.notice import Outcome
    from core.documents.sheets import ResultsList, ResultsRow, write_results_list

    with store.read(reader) as read:
        found = standing(read, batch)
        line = batch_line(read, batch)
        centre = centre_name(read)

    def row(one: Row) -> ResultsRow:
        outcome = Outcome.OPEN if one.passed is None else Outcome.PASSED if one.passed else Outcome.FAILED
        scores = tuple(cell_text(cell) for cell in one.cells)
        return ResultsRow(one.number, one.name, one.identity, scores, outcome, note_text(one))

    standard = pack(line.standard).standard
    listing = ResultsList(
        centre=centre,
        batch=line.no,
        standard_title=standard.title,
        standard_code=standard.code,
        standard_is_draft=line.draft,
        level=line.level_name,
        components=tuple(one.name for one in found.components),
        rows=[row(one) for one in found.rows],
        settled_by="",
        confirmed_by=found.confirmed_by,
        printed=today(),
    )
    total = len(listing.rows)
    write_results_list(target, listing, lambda done: progress(done, total, ""))
    return found
