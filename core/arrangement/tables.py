"""Places, panels, recusals, attendance."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from core.store import Derived


class Place(Derived):
    """An applicant's place in the examination; its id is the application's."""

    __tablename__ = "places"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[int] = mapped_column(index=True)
    number: Mapped[str]
    blind: Mapped[str | None]
    released: Mapped[bool]


class Panel(Derived):
    """A panel of one component."""

    __tablename__ = "panels"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[int] = mapped_column(index=True)
    component: Mapped[str]
    no: Mapped[int]
    leader: Mapped[int]
    dissolved: Mapped[bool]


class PanelExaminer(Derived):
    """An examiner of a panel; the id is `panel:examiner`."""

    __tablename__ = "panel_examiners"
    id: Mapped[str] = mapped_column(primary_key=True)
    panel: Mapped[int] = mapped_column(index=True)
    examiner: Mapped[int] = mapped_column(index=True)
    place: Mapped[int]


class PanelCandidate(Derived):
    """A candidate of a panel; the id is `panel:application`."""

    __tablename__ = "panel_candidates"
    id: Mapped[str] = mapped_column(primary_key=True)
    panel: Mapped[int] = mapped_column(index=True)
    application: Mapped[int] = mapped_column(index=True)
    place: Mapped[int]
    left: Mapped[bool]
    leader: Mapped[int | None]
    """Who leads the panel for this candidate, where it is not the panel's leader."""


class PanelChange(Derived):
    """That an examiner marks a candidate although not in the panel from the beginning, or does not although in it; the
    id is `panel:application:examiner`."""

    __tablename__ = "panel_changes"
    id: Mapped[str] = mapped_column(primary_key=True)
    panel: Mapped[int] = mapped_column(index=True)
    application: Mapped[int] = mapped_column(index=True)
    examiner: Mapped[int] = mapped_column(index=True)
    marks: Mapped[bool]
    entry: Mapped[int]
    aside: Mapped[bool]
    """The examiner was set aside for the candidate, and stays apart from them."""


class Recusal(Derived):
    """Why an examiner may not mark a candidate."""

    __tablename__ = "recusals"
    id: Mapped[int] = mapped_column(primary_key=True)
    examiner: Mapped[int] = mapped_column(index=True)
    candidate: Mapped[int]
    reason: Mapped[str | None]


class AttendanceLine(Derived):
    """A candidate's attendance at a component; the id is `application:component`."""

    __tablename__ = "attendance"
    id: Mapped[str] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    component: Mapped[str]
    state: Mapped[str]
    at: Mapped[int]
    by: Mapped[int]
    second: Mapped[int]
    """Who answered for it as the second person; 0 is nobody."""
    reason: Mapped[str | None]
