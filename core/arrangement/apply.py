"""What arrangement events write."""

from __future__ import annotations

from sqlalchemy import select

from core.arrangement.events import (
    AttendanceRecorded,
    CandidateLeftPanel,
    CandidateNumberAssigned,
    ExaminerJoined,
    ExaminerLeft,
    ExaminerReplaced,
    PanelDissolved,
    PanelFormed,
    PlaceReleased,
    RecusalDeclared,
    RecusalOverridden,
)
from core.arrangement.tables import (
    AttendanceLine,
    Panel,
    PanelCandidate,
    PanelChange,
    PanelExaminer,
    Place,
    Recusal,
)
from core.store import Entry, Id, Tables, applies


@applies(CandidateNumberAssigned)
def assign(
    tables: Tables, entry: Entry, event: CandidateNumberAssigned, part: CandidateNumberAssigned.Part | None
) -> None:
    tables.upsert(
        Place,
        event.application,
        batch=entry.batch,
        number=event.number,
        blind=part.blind if part else None,
        released=False,
    )


@applies(PlaceReleased)
def release(tables: Tables, entry: Entry, event: PlaceReleased, part: PlaceReleased.Part | None) -> None:
    tables.update(Place, event.application, released=True)


@applies(PanelFormed)
def form(tables: Tables, entry: Entry, event: PanelFormed, part: None) -> None:
    panel = entry.id
    tables.insert(
        Panel,
        id=panel,
        batch=event.batch,
        component=event.component,
        no=event.no,
        leader=event.leader,
        dissolved=False,
    )
    for place, examiner in enumerate(dict.fromkeys(event.examiners)):
        tables.insert(PanelExaminer, id=f"{panel}:{examiner}", panel=panel, examiner=examiner, place=place)
    for place, application in enumerate(dict.fromkeys(event.applications)):
        tables.insert(
            PanelCandidate,
            id=f"{panel}:{application}",
            panel=panel,
            application=application,
            place=place,
            left=False,
            leader=None,
        )


@applies(PanelDissolved)
def dissolve(tables: Tables, entry: Entry, event: PanelDissolved, part: None) -> None:
    tables.update(Panel, event.panel, dissolved=True)


@applies(CandidateLeftPanel)
def leave(tables: Tables, entry: Entry, event: CandidateLeftPanel, part: CandidateLeftPanel.Part | None) -> None:
    tables.update(PanelCandidate, f"{event.panel}:{event.application}", left=True)


@applies(ExaminerReplaced)
def replace(tables: Tables, entry: Entry, event: ExaminerReplaced, part: ExaminerReplaced.Part | None) -> None:
    for application in event.applications:
        _change(tables, entry, event.panel, application, event.leaving, False)
        _change(tables, entry, event.panel, application, event.coming, True)
    if event.leader:
        panel = tables.get(Panel, event.panel)
        if panel is not None and panel.leader == event.leaving:
            tables.update(Panel, event.panel, leader=event.leader)
        led = select(PanelCandidate.id).where(
            PanelCandidate.panel == event.panel, PanelCandidate.leader == event.leaving
        )
        for row in tables.select(led):
            tables.update(PanelCandidate, row.id, leader=event.leader)


@applies(ExaminerLeft)
def let_go(tables: Tables, entry: Entry, event: ExaminerLeft, part: None) -> None:
    _change(tables, entry, event.panel, event.application, event.examiner, False, aside=True)
    if event.leader:
        tables.update(PanelCandidate, f"{event.panel}:{event.application}", leader=event.leader)


@applies(ExaminerJoined)
def join(tables: Tables, entry: Entry, event: ExaminerJoined, part: None) -> None:
    _change(tables, entry, event.panel, event.application, event.examiner, True)


def _change(
    tables: Tables, entry: Entry, panel: Id, application: Id, examiner: Id, marks: bool, *, aside: bool = False
) -> None:
    tables.upsert(
        PanelChange,
        f"{panel}:{application}:{examiner}",
        panel=panel,
        application=application,
        examiner=examiner,
        marks=marks,
        entry=entry.id,
        aside=aside,
    )


@applies(RecusalOverridden)
def override(tables: Tables, entry: Entry, event: RecusalOverridden, part: RecusalOverridden.Part | None) -> None:
    declared = select(Recusal.id).where(Recusal.examiner == event.examiner, Recusal.candidate == event.candidate)
    for row in tables.select(declared):
        tables.delete(Recusal, row.id)


@applies(RecusalDeclared)
def recuse(tables: Tables, entry: Entry, event: RecusalDeclared, part: RecusalDeclared.Part | None) -> None:
    tables.insert(
        Recusal,
        id=entry.id,
        examiner=event.examiner,
        candidate=event.candidate,
        reason=part.reason if part else None,
    )


@applies(AttendanceRecorded)
def attend(tables: Tables, entry: Entry, event: AttendanceRecorded, part: AttendanceRecorded.Part | None) -> None:
    tables.upsert(
        AttendanceLine,
        f"{event.application}:{event.component}",
        application=event.application,
        component=event.component,
        state=event.state,
        at=entry.at,
        by=entry.actor,
        second=entry.second,
        reason=part.reason if part else None,
    )
