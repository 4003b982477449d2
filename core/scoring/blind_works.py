"""How far an examiner's candidates are while works are marked by blind number.

What is signed of a work is counted with the work alone: counted with the candidate as well, a figure that moves at the
same time would tell whose the work is.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from core.arrangement.queries import panels
from core.batches.queries import plan_of
from core.examday.blind_queries import blind_exercises
from core.scoring.queries import Progress, progress
from core.scoring.tables import Sheet
from core.store import Id, Read


def progress_by_number(read: Read, batch: Id, component: str = "skill") -> list[Progress]:
    """`progress` for examiners' eyes: until a panel is unsealed, without the works that it marks by blind number."""
    blind = blind_exercises(read, batch).intersection(one.id for one in plan_of(read, batch).exercises_of(component))
    found = progress(read, batch, component)
    if not blind:
        return found
    apart = work_progress(read, batch, component)
    result = []
    for one in found:
        if not one.unsealed:
            works = [apart[one.application, exercise] for exercise in blind]
            signed, needed = (sum(part) for part in zip(*works, strict=True))
            one = replace(one, signed=one.signed - signed, needed=one.needed - needed)
        result.append(one)
    return result


def work_progress(read: Read, batch: Id, component: str = "skill") -> dict[tuple[Id, str], tuple[int, int]]:
    """(application, exercise) → signed and needed sheets of each work that is marked by blind number."""
    blind = [one.id for one in plan_of(read, batch).exercises_of(component) if one.id in blind_exercises(read, batch)]
    formed = panels(read, batch, component)
    signed: dict[tuple[Id, Id, str], int] = {
        (row.application, row.panel, row.exercise): row[3]
        for row in read.rows(
            select(Sheet.application, Sheet.panel, Sheet.exercise, func.count())
            .where(
                Sheet.panel.in_([panel.id for panel in formed]),
                Sheet.exercise.in_(blind),
                Sheet.set_aside.is_(False),
            )
            .group_by(Sheet.application, Sheet.panel, Sheet.exercise)
        )
    }
    return {
        (application, exercise): (
            signed.get((application, panel.id, exercise), 0),
            len(panel.examiners_of(application)),
        )
        for panel in formed
        for application in panel.applications
        for exercise in blind
    }
