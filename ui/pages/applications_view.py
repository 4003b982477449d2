"""One application to look at: the person, what was stated, and which condition of 9.1 holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from core.registration.queries import ApplicationDetail
from core.standards.eligibility import Eligibility
from core.standards.facts import Facts
from core.words import say
from ui.pages.words import state_tone, state_words
from ui.widgets.basics import badge, clear, column, holder, icon_label, label, row

PHOTO, SMALL_PHOTO = (84, 118), (54, 76)
"""As on paper, 5 to 7."""
UNTIL_NOW = "…"


class Photo(QLabel):
    """A candidate's photo, or a calm field where there is none."""

    def __init__(self, size: tuple[int, int] = PHOTO, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "photo")
        self.setFixedSize(*size)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(say("desk.photo"))
        self._jpeg: bytes | None = None

    def resize_to(self, size: tuple[int, int]) -> None:
        """Show it smaller or larger."""
        if (self.width(), self.height()) != size:
            self.setFixedSize(*size)
            self.show_photo(self._jpeg)

    def show_photo(self, jpeg: bytes | None) -> None:
        """Show a JPEG, or that there is none."""
        self._jpeg = jpeg
        picture = QPixmap()
        if jpeg is not None and picture.loadFromData(jpeg):
            fill = Qt.AspectRatioMode.KeepAspectRatioByExpanding
            scaled = picture.scaled(self.size(), fill, Qt.TransformationMode.SmoothTransformation)
            left, top = (scaled.width() - self.width()) // 2, (scaled.height() - self.height()) // 2
            self.setPixmap(scaled.copy(left, top, self.width(), self.height()))
        else:
            self.clear()
            self.setText(say("desk.photo.none"))


class Conditions(QWidget):
    """The conditions of 9.1: those that hold ticked, what each of the others lacks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(12)

    def show_eligibility(self, found: Eligibility) -> None:
        """Show the answer first, then each condition; those that hold stand first."""
        clear(self._box)
        if found.eligible is None:
            self._box.addWidget(label(say("desk.conditions.none"), "muted", wrap=True))
            return
        met = sum(condition.met for condition in found.conditions)
        words = say("desk.conditions.met", met=met, of=len(found.conditions)) if met else say("desk.conditions.unmet")
        self._box.addWidget(label(words, "strong", "good" if met else "danger", wrap=True))
        for condition in sorted(found.conditions, key=lambda one: not one.met):
            lines = [label(f"{condition.clause}  {condition.label}", wrap=True)]
            if not condition.met:
                missing = "".join(lack.sentence for lack in condition.missing)
                lines = [label(f"{condition.clause}  {condition.label}", "muted", wrap=True)]
                lines.append(label(missing, "small", wrap=True))
            mark = icon_label("check" if condition.met else "minus", "good" if condition.met else "faint", 18)
            line = row(mark, spacing=8)
            line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
            line.addLayout(column(*lines, spacing=2), 1)
            self._box.addLayout(line)


class FactsView(QWidget):
    """What the applicant stated, one line each, its kind at the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)

    def show_lines(self, lines: list[tuple[str, str]]) -> None:
        """Show pairs of a caption and its words."""
        clear(self._grid)
        for at, (caption, words) in enumerate(lines):
            self._grid.addWidget(label(caption, "muted"), at, 0, Qt.AlignmentFlag.AlignTop)
            shown = label(words, wrap=True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(shown, at, 1)


class PersonHead(QWidget):
    """Photo, name, state; the lines under them are the caller's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.photo = Photo()
        self.name = label("", "title", wrap=True)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._badges = row(spacing=8)
        self.under = QVBoxLayout()
        self.under.setSpacing(4)
        right = column(self.name, spacing=8)
        right.addLayout(self._badges)
        right.addLayout(self.under)
        right.addStretch(1)
        line = row(self.photo, spacing=16)
        line.setAlignment(self.photo, Qt.AlignmentFlag.AlignTop)
        line.addLayout(right, 1)
        self.setLayout(line)

    def be_small(self, small: bool) -> None:
        """Take less room: for a low window."""
        self.photo.resize_to(SMALL_PHOTO if small else PHOTO)

    def show_person(self, found: ApplicationDetail) -> None:
        """Show who it is and how the application stands."""
        self.photo.show_photo(found.photo)
        self.name.setText(found.line.name or say("desk.person.gone"))
        clear(self._badges)
        self._badges.addWidget(badge(state_words(found.line.state), state_tone(found.line.state)))
        if found.line.notified:
            self._badges.addWidget(badge(say("desk.told"), "accent"))
        self._badges.addStretch(1)


def person_lines(found: ApplicationDetail) -> list[tuple[str, str]]:
    """Who the applicant is, without the identity number."""
    person = found.person
    if person is None:
        return []
    pairs = (
        ("desk.person.sex", say(f"identity.sex.{person.sex}") if person.sex else ""),
        ("desk.person.birth", person.birth_date),
        ("desk.person.phone", person.phone),
        ("desk.person.education", person.education),
        ("desk.person.employer", person.employer),
    )
    return [(say(code), words) for code, words in pairs if words]


def fact_lines(facts: Facts) -> list[tuple[str, str]]:
    """What was stated, in the order of the form."""
    return list(_fact_lines(facts))


def _fact_lines(facts: Facts) -> Iterator[tuple[str, str]]:
    for period in facts.experience:
        until = period.last.isoformat() if period.last else say("desk.fact.now")
        words = f"{period.occupation or ''}　{_day(period.first)} – {until}"
        yield say("desk.fact.experience"), words
    for course in facts.training:
        hours = "" if course.hours is None else say("desk.fact.hours", hours=f"{course.hours:f}")
        parts = (hours, _day(course.completed), course.certificate_no or "")
        yield say("desk.fact.training"), "　".join(part for part in parts if part)
    for held in facts.certificates:
        level = say(f"eligibility.level.{held.level}") if held.level else ""
        yield say("desk.fact.certificates"), f"{level}　{_day(held.issued)}"
    for study in facts.education:
        left = say("desk.fact.final_year") if study.final_year else _day(study.graduated)
        parts = (study.school or "", study.major or "", left)
        yield say("desk.fact.education"), "　".join(part for part in parts if part)
    for award in facts.awards:
        scope = say(f"eligibility.scope.{award.scope}") if award.scope else ""
        rank = say("desk.fact.rank", rank=award.rank) if award.rank is not None else ""
        yield say("desk.fact.awards"), f"{scope}　{rank}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else UNTIL_NOW


def section(title: str, *widgets: QWidget) -> QWidget:
    """A heading over widgets."""
    return holder(column(label(title, "section"), *widgets, spacing=8))
