"""What may be seen of marks, and by whom.

Before a panel is unsealed for a candidate nobody sees anybody else's marks or totals, whatever their role: each query
that could show one either belongs to the examiner who asks, or looks at unsealed panels alone. After that `readers`
says who may. States and counts are for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import func, select

from core.arrangement.queries import absences, current_panel, numbers, panels, panels_with
from core.batches.queries import plan_of
from core.errors import Refused
from core.examday.blind_queries import WorkStanding, blind_states
from core.registration.queries import candidate_of, photo_of
from core.scoring import marks
from core.scoring.marks import Outcome, OwnSheet, SignedSheet, draft_id
from core.scoring.objective_queries import NO_FIGURES, own_figures, with_figures
from core.scoring.paper_state import on_paper
from core.scoring.readers import check_own, check_sees_marks, check_sees_panel, sees_panel
from core.scoring.sheets import Draft, state_of
from core.scoring.tables import (
    KnowledgeKeying,
    KnowledgeScore,
    ObjectiveFigure,
    PanelResult,
    PaperKeying,
    Sheet,
    SheetDraft,
)
from core.store import Id, Read


@dataclass(frozen=True)
class SheetState:
    """How far one of an examiner's own sheets is."""

    application: Id
    number: str
    exercise: str
    state: str
    """`untouched`, `begun`, `complete`, `signed`; `paper`: keyed from paper; else why nothing is marked: `absent`,
    `misconduct`, `deferred`."""
    work: WorkStanding | None = None
    """Of a work that is marked by blind number, which then is `number`: how far the work is."""


@dataclass(frozen=True)
class Progress:
    """Who of a panel has signed what of a candidate: states only, never a mark."""

    application: Id
    number: str
    panel: Id
    signed: int
    needed: int
    unsealed: bool
    absent: str
    """"" or why there is nothing to mark."""


def own_sheet(read: Read, examiner: Id, application: Id, exercise_id: str) -> OwnSheet:
    """An examiner's own sheet, for nobody else. Of a candidate whom they do not mark: refused."""
    check_own(read, examiner)
    return marks.own_sheet(read, examiner, application, exercise_id)


def signed_sheet(read: Read, examiner: Id, application: Id, exercise: str) -> SignedSheet | None:
    """An examiner's own signed sheet, for nobody else."""
    check_own(read, examiner)
    return marks.signed_sheet(read, examiner, application, exercise)


def photo_for(read: Read, examiner: Id, application: Id) -> bytes | None:
    """The photo of a candidate whom an examiner marks, for this examiner alone; of anybody else's candidate refused."""
    check_own(read, examiner)
    if not any(panel.marks(examiner, application) for panel in panels_with(read, application)):
        raise Refused("scoring.not_your_candidate")
    return photo_of(read, candidate_of(read, application))


def own_sheets(read: Read, examiner: Id, batch: Id) -> list[SheetState]:
    """Every sheet that an examiner has to write in a batch: by candidate number and exercise, and works that are
    marked blindly by their blind number. For nobody else."""
    check_own(read, examiner)
    plan = plan_of(read, batch)
    signed = {
        (row.application, row.exercise)
        for row in read.rows(select(Sheet.application, Sheet.exercise).where(Sheet.examiner == examiner))
    }
    drafts = {
        row.id: msgspec.json.decode(row.draft, type=Draft)
        for row in read.rows(select(SheetDraft).where(SheetDraft.id.endswith(f":{examiner}")))
    }
    number, away = numbers(read, batch), absences(read, batch)
    paper, blind = on_paper(read, examiner), blind_states(read, batch)
    shared = own_figures(read, examiner)
    found = []
    for panel in panels(read, batch):
        if examiner not in panel.examiners:
            continue
        for application in panel.applications:
            if not panel.marks(examiner, application):
                continue
            for exercise in plan.exercises_of(panel.component):
                state = away.get((application, panel.component), "")
                if not state and (application, exercise.id) in signed:
                    state = "signed"
                if not state and (application, exercise.id) in paper:
                    state = "paper"
                if not state:
                    draft = drafts.get(draft_id(application, exercise.id, examiner))
                    figures = shared.get((application, exercise.id), NO_FIGURES)
                    state = state_of(exercise, with_figures(draft, figures) if draft else None)
                work = None if away.get((application, panel.component)) else blind.get((application, exercise.id))
                shown = work.number if work else number.get(application, "")
                found.append(SheetState(application, shown, exercise.id, state, work.standing if work else None))
    return sorted(found, key=lambda one: one.number)


def progress(read: Read, batch: Id, component: str = "skill") -> list[Progress]:
    """Who of each panel has signed how much: what everybody may see before unsealing."""
    exercises = len(plan_of(read, batch).exercises_of(component))
    formed = panels(read, batch, component)
    inside = [panel.id for panel in formed]
    signed: dict[tuple[Id, Id], int] = {
        (row.application, row.panel): row[2]
        for row in read.rows(
            select(Sheet.application, Sheet.panel, func.count())
            .where(Sheet.panel.in_(inside), Sheet.set_aside.is_(False))
            .group_by(Sheet.application, Sheet.panel)
        )
    }
    done = {
        (row.application, row.panel)
        for row in read.rows(
            select(PanelResult.application, PanelResult.panel).where(
                PanelResult.component == component, PanelResult.panel.in_(inside)
            )
        )
    }
    number, away = numbers(read, batch), absences(read, batch)
    return [
        Progress(
            application,
            number.get(application, ""),
            panel.id,
            signed.get((application, panel.id), 0),
            exercises * len(panel.examiners_of(application)),
            (application, panel.id) in done,
            away.get((application, component), ""),
        )
        for panel in formed
        for application in panel.applications
    ]


def signed_counts(read: Read) -> dict[tuple[Id, Id], int]:
    """(panel, examiner) → how many sheets are signed and count: states, never a mark."""
    rows = read.rows(
        select(Sheet.panel, Sheet.examiner, func.count())
        .where(Sheet.set_aside.is_(False))
        .group_by(Sheet.panel, Sheet.examiner)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def outcome(read: Read, application: Id, component: str) -> Outcome | None:
    """What the candidate's panel came to, for who may see it; None while a sheet of it is missing, whoever asks.

    After a new panel was ordered only that one counts: what the former one came to is `former_outcomes`.
    """
    check_sees_panel(read, application, current_panel(read, application, component))
    return marks.outcome(read, application, component)


def outcomes(read: Read, batch: Id, component: str) -> dict[Id, Outcome]:
    """What every unsealed panel of a batch came to, by application, for who may see all of them."""
    check_sees_marks(read)
    return marks.outcomes(read, batch, component)


def former_outcomes(read: Read, application: Id, component: str) -> list[Outcome]:
    """What panels came to that a candidate has left, oldest first: those that the reader may see.

    Nothing is shown while the present panel marks: it must not know.
    """
    return [
        one for one in marks.former_outcomes(read, application, component) if sees_panel(read, application, one.panel)
    ]


def unsealed_sheets(read: Read, application: Id, component: str) -> list[SignedSheet]:
    """All sheets of an unsealed panel that count for a candidate, side by side, for who may see them; none before."""
    check_sees_panel(read, application, current_panel(read, application, component))
    return marks.unsealed_sheets(read, application, component)


def knowledge_score(read: Read, application: Id) -> int | None:
    """A candidate's knowledge score in hundredths, or None; for who may see all marks."""
    check_sees_marks(read)
    return marks.knowledge_score(read, application)


def knowledge_scores(read: Read) -> dict[Id, int]:
    """Knowledge scores in hundredths by application, for who may see all marks."""
    check_sees_marks(read)
    return marks.knowledge_scores(read)


def knowledge_scored(read: Read, batch: Id) -> int:
    """How many of a batch's candidates have a knowledge score: a count, for everybody."""
    return len(numbers(read, batch).keys() & marks.knowledge_scores(read).keys())


def is_marked(read: Read, application: Id) -> bool:
    """Whether anything was signed, keyed or scored of a candidate."""
    sheet = select(Sheet.id).where(Sheet.application == application)
    score = select(KnowledgeScore.id).where(KnowledgeScore.id == application)
    paper = select(PaperKeying.id).where(PaperKeying.application == application, PaperKeying.void.is_(False))
    entered = select(KnowledgeKeying.id).where(KnowledgeKeying.application == application)
    return any(read.first(one) is not None for one in (sheet, score, paper, entered))


def unsealed_entries(read: Read) -> set[Id]:
    """The sheets, by entry, of every panel that is unsealed: those whose marks may leave this machine."""
    rows = read.rows(
        select(Sheet.id).join(
            PanelResult, (PanelResult.panel == Sheet.panel) & (PanelResult.application == Sheet.application)
        )
    )
    return {row.id for row in rows}


def unsealed_panels(read: Read) -> set[tuple[Id, Id]]:
    """(application, panel) of everything that is unsealed now: what came of it may leave this machine."""
    return {(row.application, row.panel) for row in read.rows(select(PanelResult.application, PanelResult.panel))}


def figure_entries(read: Read) -> set[Id]:
    """The figures, by entry, of every panel that is unsealed: those that may leave this machine."""
    rows = read.rows(
        select(ObjectiveFigure.id).join(
            PanelResult,
            (PanelResult.panel == ObjectiveFigure.panel) & (PanelResult.application == ObjectiveFigure.application),
        )
    )
    return {row.id for row in rows}
