"""What arrangement events write."""

from __future__ import annotations

from core.arrangement.events import (
    AttendanceRecorded,
    CandidateLeftPanel,
    CandidateNumberAssigned,
    PanelDissolved,
    PanelFormed,
    PlaceReleased,
    RecusalDeclared,
)
from core.arrangement.tables import AttendanceLine, Panel, PanelCandidate, PanelExaminer, Place, Recusal
from core.store import Entry, Tables, applies


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
        )


@applies(PanelDissolved)
def dissolve(tables: Tables, entry: Entry, event: PanelDissolved, part: None) -> None:
    tables.update(Panel, event.panel, dissolved=True)


@applies(CandidateLeftPanel)
def leave(tables: Tables, entry: Entry, event: CandidateLeftPanel, part: CandidateLeftPanel.Part | None) -> None:
    tables.update(PanelCandidate, f"{event.panel}:{event.application}", left=True)


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
