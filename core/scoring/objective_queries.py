"""What a panel counted together 共同计数: figures of objective items, which one counts, one writes and all share.

A figure belongs to the panel that counted it. Before unsealing it is seen by who marks the candidate in that panel, and
by nobody else, whatever their role. Nothing here asks who wants to know: an examiner's own sheet has the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import select

from core.arrangement.queries import panels_of_examiner
from core.scoring.sheets import Draft
from core.scoring.tables import ObjectiveFigure
from core.store import Id, Read


@dataclass(frozen=True)
class SharedFigure:
    """A count or time that everybody of a panel uses for one item of a candidate."""

    value: int
    counter: Id
    writer: Id
    written_at: int
    """UTC milliseconds."""


Figures = Mapping[str, SharedFigure]
"""By item."""
NO_FIGURES: Figures = {}


def shared_figures(read: Read, examiner: Id, application: Id, exercise_id: str) -> Figures:
    """What the panel counted of one candidate's exercise, for who marks it there; nothing for anybody else."""
    return own_figures(read, examiner, application).get((application, exercise_id), NO_FIGURES)


def own_figures(
    read: Read, examiner: Id, application: Id | None = None
) -> dict[tuple[Id, str], dict[str, SharedFigure]]:
    """(application, exercise) → what the examiner's own panels counted; of one candidate, or of all."""
    statement = select(ObjectiveFigure).where(ObjectiveFigure.void.is_(False), ObjectiveFigure.value.is_not(None))
    if application is not None:
        statement = statement.where(ObjectiveFigure.application == application)
    rows = read.rows(statement.order_by(ObjectiveFigure.id))
    if not rows:
        return {}
    own = {panel.id: panel for panel in panels_of_examiner(read, examiner)}
    found: dict[tuple[Id, str], dict[str, SharedFigure]] = {}
    for row in rows:
        if row.panel in own and own[row.panel].marks(examiner, row.application):
            figure = SharedFigure(row.value, row.counter, row.writer, row.written_at)
            found.setdefault((row.application, row.exercise), {})[row.item] = figure
    return found


def with_figures(draft: Draft, figures: Figures) -> Draft:
    """The draft with what the panel counted in place of what a hand gave those items."""
    if not figures:
        return draft
    return msgspec.structs.replace(draft, marks={**draft.marks, **{key: [one.value] for key, one in figures.items()}})


def blanks_filled(draft: Draft, figures: Figures) -> Draft:
    """The draft with what the panel counted where it is blank: of a paper, which may leave it to the panel's count."""
    return with_figures(draft, {key: one for key, one in figures.items() if draft.marks.get(key) is None})


def without_figures(draft: Draft, figures: Figures) -> Draft:
    """The draft as far as its examiner's own hand gave it."""
    if not figures:
        return draft
    return msgspec.structs.replace(draft, marks={key: one for key, one in draft.marks.items() if key not in figures})
