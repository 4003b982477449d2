"""登记: one person by hand, while the identity number says whether the person is known, and 9.1 answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QFileDialog, QFrame, QLineEdit, QScrollArea, QWidget

from core.batches.queries import batch as batch_line
from core.clock import today
from core.registration import roster_values as values
from core.registration.commands import enter_application
from core.registration.correction import correct_application
from core.registration.desk import Known, known_person
from core.registration.events import Person
from core.registration.identity import FEMALE, KINDS, MALE, RESIDENT, normalise
from core.registration.photos import read_photo
from core.registration.queries import application_detail, reveal_identity
from core.standards.eligibility import Eligibility, judge
from core.standards.facts import Facts
from core.standards.packs import Pack, pack
from core.store import Id, Read
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.sheet import Sheet
from ui.pages.applications_facts import FactsForm, combo, slim
from ui.pages.applications_view import Conditions, Photo
from ui.pages.day_edit import DayEdit
from ui.widgets.basics import button, column, holder, label, restyle, row
from ui.widgets.form import Form

WIDTH, HEIGHT, AROUND = 900, 660, 184
"""The dialog at its largest, and what stands above and below its fields."""
ANSWER_WIDTH = 260
PAUSE = 150
"""Milliseconds after a key before the answers follow."""


@dataclass(frozen=True)
class Begin:
    """What the form begins with: the batch's standard and level, and the application that is put right, if any."""

    standard: Pack
    level: str
    person: Person | None = None
    facts: Facts | None = None
    photo: bytes | None = None


class ApplicationDialog(Sheet):
    """Enters an application, or puts one right. `done(application)` afterwards, `show(application)` for who is there
    already."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        batch: Id,
        done: Callable[[Id], None],
        show: Callable[[Id], None],
        application: Id | None = None,
    ) -> None:
        room = parent.window().size()
        title = say("desk.enter.title" if application is None else "desk.correct.title")
        super().__init__(parent, context, title, width=min(WIDTH, room.width() - 24))
        self._batch, self._application, self._done, self._show = batch, application, done, show
        self._begin: Begin | None = None
        self._known: Known | None = None
        self._photo: bytes | None = None
        form = column(self._person_form(), self._facts_part(), spacing=16)
        form.addStretch(1)
        scroll = _scrolling(holder(form))
        scroll.setMinimumHeight(min(HEIGHT, room.height() - 24) - AROUND)
        answers = column(label(say("desk.conditions"), "card-title"), self._answers(), spacing=12)
        line = row(scroll, spacing=20)
        right = _scrolling(holder(answers))
        right.setFixedWidth(ANSWER_WIDTH)
        line.addWidget(right)
        self.body.addLayout(line)
        self.confirm = self.add_buttons(say("desk.enter.do" if application is None else "ui.save"), self._on_confirm)
        self.confirm.setEnabled(False)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._ask)
        self.facts.changed.connect(self._pause.start)
        actor = context.session.actors.first
        ops.read(self, _begin, batch, application, actor).on_done(self._on_begin).start()
        self.number.setFocus()

    def _person_form(self) -> QWidget:
        self.form = Form(columns=2)
        kinds = slim(QComboBox())
        for kind in KINDS:
            kinds.addItem(say(f"identity.kind.{kind}"), kind)
        self.kind = self.form.add(say("desk.person.id_kind"), kinds)
        self.number = self.form.add(say("desk.person.id_number"), QLineEdit(), required=True)
        self.number.setMaxLength(40)
        self.known = label("", "small", wrap=True)
        self.known.hide()
        self.there = button(say("desk.enter.show"), self._on_there, "link")
        self.there.hide()
        told = row(self.known, self.there)
        told.setStretchFactor(self.known, 1)
        self.form.add_wide(holder(told))
        self.name = self.form.add(say("desk.person.name"), QLineEdit(), required=True)
        self.name.setMaxLength(60)
        self.phone = self.form.add(say("desk.person.phone"), QLineEdit(), required=True)
        sexes = [(say(f"identity.sex.{sex}"), sex) for sex in (FEMALE, MALE)]
        self.sex = self.form.add(say("desk.person.sex"), combo(sexes, None))
        self.birth = self.form.add(say("desk.person.birth"), DayEdit())
        self.education = self.form.add(say("desk.person.education"), QLineEdit())
        self.employer = self.form.add(say("desk.person.employer"), QLineEdit())
        self.kind.currentIndexChanged.connect(lambda _at: self._pause.start())
        self.number.textChanged.connect(lambda _text: self._pause.start())
        self.photo = Photo((60, 84))
        choose = button(say("desk.photo.choose"), self._on_photo, icon="camera")
        side = column(label(say("desk.photo.hint"), "small", wrap=True), row(choose, None), spacing=8)
        line = row(self.photo, spacing=16)
        line.addLayout(side, 1)
        return holder(column(self.form, holder(line), spacing=16))

    def _facts_part(self) -> QWidget:
        self.facts = FactsForm()
        return holder(column(label(say("desk.facts"), "card-title"), self.facts, spacing=8))

    def _answers(self) -> QWidget:
        self.conditions = Conditions()
        return holder(column(self.conditions, None))

    def _on_begin(self, begin: Begin) -> None:
        self._begin = begin
        self.facts.begin(begin.standard, begin.facts)
        if begin.person is not None:
            self._fill(begin.person, over=True)
        self.photo.show_photo(begin.photo)
        self.confirm.setEnabled(True)
        self._ask()

    def _fill(self, person: Person, *, over: bool = False) -> None:
        """Put in what is known; what was typed already stays, but where the application is put right."""
        fields = {
            self.name: person.name,
            self.phone: person.phone,
            self.education: person.education,
            self.employer: person.employer,
            self.birth: person.birth_date,
        }
        for field, text in fields.items():
            if over or not field.text().strip():
                field.setText(text)
        if person.sex and (over or self.sex.currentData() is None):
            self.sex.setCurrentIndex(self.sex.findData(person.sex))
        if over:
            self.kind.setCurrentIndex(max(0, self.kind.findData(person.id_kind)))
            self.number.setText(person.id_number)

    def _ask(self) -> None:
        """Ask both: is the person known, and does a condition hold."""
        if self._begin is None:
            return
        begin, facts = self._begin, self.facts.facts(today())
        ops.work(self, judge, begin.standard, begin.level, facts).latest("judge").on_done(self._on_judged).start()
        typed = self.number.text()
        if typed.strip():
            asking = ops.read(self, known_person, self._batch, self.kind.currentData(), typed)
            asking.latest("known").on_done(self._on_known).start()
        else:
            self._say_known("", "")

    def _on_judged(self, found: Eligibility) -> None:
        self.conditions.show_eligibility(found)

    def _on_known(self, found: Known) -> None:
        self._known = found
        identity = found.identity
        self.there.hide()
        if not identity.valid:
            # Half a number is no mistake yet: only a whole one is told so.
            whole = len(normalise(self.number.text())) >= 18 or not self.number.hasFocus()
            self._say_known(identity.problem or "" if whole else "", "danger")
            return
        if identity.birth_date and not self.birth.text():
            self.birth.show_day(identity.birth_date)
        if identity.sex and self.sex.currentData() is None:
            self.sex.setCurrentIndex(self.sex.findData(identity.sex))
        if found.application is not None and found.application != self._application:
            name = found.person.name if found.person else ""
            self._say_known(say("desk.enter.applied", name=name), "danger")
            self.there.show()
        elif found.person is not None and self._application is None:
            self._say_known(say("desk.enter.known", name=found.person.name), "accent")
            self._fill(found.person)
        else:
            self._say_known(say("identity.valid") if identity.kind == RESIDENT else "", "good")

    def _say_known(self, text: str, tone: str) -> None:
        self.known.setText(text)
        self.known.setVisible(bool(text))
        restyle(self.known, "tone", tone)

    def _on_there(self) -> None:
        if self._known is not None and self._known.application is not None:
            self.reject()
            self._show(self._known.application)

    def _on_photo(self) -> None:
        kinds = say("desk.photo.kinds") + " (*.jpg *.jpeg *.png *.bmp *.webp)"
        chosen, _filter = QFileDialog.getOpenFileName(self, say("desk.photo.choose"), "", kinds)
        if chosen:
            self.strip.clear()
            ops.work(self, read_photo, Path(chosen)).on_done(self._on_photo_read).start()

    def _on_photo_read(self, jpeg: bytes) -> None:
        self._photo = jpeg
        self.photo.show_photo(jpeg)

    def _on_confirm(self) -> None:
        self.form.accept_all()
        self.strip.clear()
        if not self.number.text().strip():
            self.form.complain(self.number, say("identity.empty"))
        elif (texts := self._read_texts()) is None:
            return
        elif self.birth.unclear:
            self.form.complain(self.birth, say("roster.date"))
        elif (wrong := self.facts.first_problem()) is not None:
            restyle(wrong, "wrong", True)
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
            self.strip.say(say("desk.facts.unclear"), "danger")
        else:
            self._write(texts)

    def _read_texts(self) -> tuple[str, str, str, str] | None:
        """What was typed, read by the rules of a roster's cells; None where one of them says no."""
        readers = ((self.name, values.name), (self.phone, values.phone))
        free = ((self.education, values.text), (self.employer, values.text))
        found = []
        for field, read in (*readers, *free):
            try:
                text = read(field.text())
            except values.Unclear as problem:
                self.form.complain(field, say(problem.code, **problem.values))
                return None
            if text is None and (field, read) in readers:
                column = field.accessibleName()
                self.form.complain(field, say("roster.required", column=column))
                return None
            found.append(text or "")
        return found[0], found[1], found[2], found[3]

    def _write(self, texts: tuple[str, str, str, str]) -> None:
        person, facts = self._person(*texts), self.facts.facts(today())
        if self._application is None:
            begin = self._begin
            assert begin is not None
            met = [one.id for one in judge(begin.standard, begin.level, facts).conditions if one.met]
            writing = ops.write(self, enter_application, self._batch, person, facts, met, self._photo)
        else:
            writing = ops.write(self, correct_application, self._application, person, facts, self._photo)
        writing.on_done(self._on_written).busy(self.confirm).describe(say("desk.enter.writing")).start()

    def _person(self, name: str, phone: str, education: str, employer: str) -> Person:
        day = self.birth.day
        begin = self._begin.person if self._begin else None
        return Person(
            name=name,
            sex=self.sex.currentData() or "",
            id_kind=self.kind.currentData(),
            id_number=normalise(self.number.text()),
            birth_date=day.isoformat() if day else "",
            phone=phone,
            education=education,
            employer=employer,
            school=begin.school if begin else "",
            major=begin.major if begin else "",
        )

    def _on_written(self, application: Any) -> None:
        self.accept()
        self._done(self._application if self._application is not None else application)


def _begin(read: Read, batch: Id, application: Id | None, actor: Any) -> Begin:
    line = batch_line(read, batch)
    standard = pack(line.standard)
    if application is None:
        return Begin(standard, line.level)
    detail = application_detail(read, application)
    number = reveal_identity(read, actor, detail.line.candidate)
    person = msgspec.structs.replace(detail.person, id_number=number) if detail.person else None
    return Begin(standard, line.level, person, detail.facts, detail.photo)


def _scrolling(content: QWidget) -> QScrollArea:
    content.setProperty("role", "scrolled")
    layout = content.layout()
    if layout is not None:
        layout.setContentsMargins(0, 0, 12, 4)
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setWidget(content)
    return made
