"""The drawer of one exercise: what a candidate does, and its deductions, vetoes and planned surprises."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from core.standards.plan_exercises import change_exercise, free_extra_id, modes, put_extra, remove_extra
from core.standards.plan_facts import Deduction, Exercise, Surprise, Veto
from core.standards.plan_shapes import both
from core.standards.points import HUNDREDTHS
from core.words import say
from ui.pages.plan_fields import Choice, NumberField, PointsField, TextField, source
from ui.pages.plan_pen import Pen
from ui.widgets.basics import clear, column, holder, icon_button, label, row, rule
from ui.widgets.form import Form

EVIDENCE = ("live", "recording", "work", "defence")
SCOPES = ("item", "exercise", "examination")
FIRST_POINTS, FIRST_CAP = 1 * HUNDREDTHS, 3 * HUNDREDTHS
POINTS_WIDTH = 64


class ExerciseDrawer(QWidget):
    """One exercise of the plan, made anew after each step but where somebody types."""

    def __init__(self, pen: Pen, exercise_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pen = pen
        self.exercise_id = exercise_id
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(12)
        self._shape: object = None
        pen.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the exercise as it stands."""
        exercise = self._pen.draft.plan.exercise(self.exercise_id)
        if exercise is None:
            clear(self._body)
            self._body.addWidget(label(say("plan_page.exercise_gone"), "muted", wrap=True))
            self._shape = None
            return
        extras = (exercise.deductions, exercise.vetoes, exercise.surprises)
        shape = tuple(tuple(one.id for one in each) for each in extras)
        if shape != self._shape:
            self._shape = shape
            clear(self._body)
            self._build(exercise)
        self._show(exercise)

    def _build(self, exercise: Exercise) -> None:
        self._texts: dict[str, TextField] = {}
        self._choices: dict[str, Choice] = {}
        self._body.addWidget(self._form(exercise))
        for kind, code in ((Deduction, "deductions"), (Veto, "vetoes"), (Surprise, "surprises")):
            self._body.addWidget(rule())
            add = icon_button("add", say(f"plan_page.{code}.add"), partial(self._add, kind))
            if not self._pen.writes:
                add.hide()
            self._body.addLayout(row(label(say(f"plan_page.{code}"), "card-title"), source(None), None, add))
            there: tuple[Any, ...] = getattr(exercise, code)
            if not there:
                self._body.addWidget(label(say(f"plan_page.{code}.none"), "small", wrap=True))
            for extra in there:
                self._body.addWidget(self._extra(extra, exercise))
        self._body.addStretch(1)

    def _form(self, exercise: Exercise) -> Form:
        form, pen = Form(columns=2), self._pen
        for name, span in (("name", 0), ("name_en", 0), ("role", 1), ("role_en", 1)):
            text: str = getattr(exercise, name)
            field = TextField(text, partial(self._change_text, name), pen)
            self._texts[name] = form.add(say(f"plan_page.exercise.{name}"), field, span=span)
        said = modes(pen.draft, exercise.component)
        component = pen.draft.plan.component(exercise.component)
        clause = component.clause if component else None
        hint = say("plan_page.mode.clause", clause=clause) if clause else say("plan_page.mode.own")
        mode = Choice([(one, one) for one in said], exercise.mode, partial(self._change_text, "mode"), pen, free=True)
        self._choices["mode"] = form.add(say("plan_page.exercise.mode"), mode, hint=hint)
        place = TextField(exercise.place, partial(self._change_text, "place"), pen)
        self._texts["place"] = form.add(say("plan_page.exercise.place"), place)
        for name, keys in (("evidence", EVIDENCE), ("marked_when", ("during", "after"))):
            words = [(key, say(f"plan_page.{name}.{key}")) for key in keys]
            choice = Choice(words, getattr(exercise, name), partial(self._change_text, name), pen)
            self._choices[name] = form.add(say(f"plan_page.exercise.{name}"), choice)
        minutes = NumberField(exercise.minutes, lambda number: self._change(minutes=number), pen, least=1)
        self._texts["minutes"] = form.add(say("plan_page.exercise.minutes"), minutes)
        self.topic_card = form.add(say("plan_page.exercise.topic_card"), QCheckBox(), hint=say("plan_page.card.words"))
        self.topic_card.setEnabled(pen.writes)
        self.topic_card.clicked.connect(lambda wanted: self._change(topic_card=wanted))
        return form

    def _extra(self, extra: Any, exercise: Exercise) -> QWidget:
        pen = self._pen
        name = TextField(extra.name, lambda text: self._put(extra.id, name=text), pen)
        name.setAccessibleName(say("plan_page.extra.name"))
        english = TextField(extra.name_en, lambda text: self._put(extra.id, name_en=text), pen)
        english.setPlaceholderText("English")
        english.setAccessibleName(say("plan_page.extra.name_en"))
        self._texts[f"{extra.id} name"], self._texts[f"{extra.id} name_en"] = name, english
        gone = icon_button("trash", say("plan_page.extra.remove", name=extra.name))
        gone.clicked.connect(partial(pen.do, remove_extra, exercise.id, extra.id))
        if not pen.writes:
            gone.hide()
        second = row(spacing=8)
        second.addWidget(english, 1)
        if isinstance(extra, Deduction):
            second.addWidget(label(say("plan_page.deduction.each"), "small"))
            second.addWidget(self._points(extra, "points"))
            second.addWidget(label(say("plan_page.deduction.cap"), "small"))
            second.addWidget(self._points(extra, "cap"))
        elif isinstance(extra, Veto):
            scopes = [(scope, say(f"plan_page.scope.{scope}")) for scope in SCOPES]
            scope = Choice(scopes, extra.scope, lambda chosen: self._put(extra.id, scope=chosen), pen)
            scope.setAccessibleName(say("plan_page.scope"))
            self._choices[f"{extra.id} scope"] = scope
            second.addWidget(scope)
        first = row(spacing=8)
        first.addWidget(name, 1)
        first.addWidget(gone)
        parts: list[Any] = [first, second]
        if isinstance(extra, Veto) and extra.scope == "item":
            parts.append(self._items(extra, exercise))
        return holder(column(*parts, spacing=4))

    def _points(self, extra: Deduction, field: str) -> PointsField:
        made = PointsField(
            getattr(extra, field),
            lambda points: self._put(extra.id, **{field: points}),
            self._pen,
            say(f"plan_page.deduction.{field}"),
        )
        made.setFixedWidth(POINTS_WIDTH)
        self._texts[f"{extra.id} {field}"] = made
        return made

    def _items(self, veto: Veto, exercise: Exercise) -> QWidget:
        """Which item a veto may strike: one of them, or any."""
        chosen = " ".join(veto.items)
        choices = [(item.key, f"{item.key} {item.label}") for item in exercise.items]
        choices.insert(0, ("", say("plan_page.scope.any")))
        if len(veto.items) > 1:
            choices.append((chosen, chosen))
        made = Choice(choices, chosen, lambda keys: self._put(veto.id, items=tuple(keys.split())), self._pen)
        made.setAccessibleName(say("plan_page.scope.items"))
        return made

    def _show(self, exercise: Exercise) -> None:
        for name in ("name", "name_en", "role", "role_en", "place"):
            self._texts[name].show_text(getattr(exercise, name))
        self._texts["minutes"].show_text(str(exercise.minutes))
        for name in ("mode", "evidence", "marked_when"):
            self._choices[name].show_choice(getattr(exercise, name))
        self.topic_card.setChecked(exercise.topic_card)
        for extra in (*exercise.deductions, *exercise.vetoes, *exercise.surprises):
            self._texts[f"{extra.id} name"].show_text(extra.name)
            self._texts[f"{extra.id} name_en"].show_text(extra.name_en)

    def _change_text(self, name: str, text: str) -> None:
        self._change(**{name: text})

    def _change(self, **changes: Any) -> None:
        self._pen.do(change_exercise, self.exercise_id, **changes)

    def _put(self, extra_id: str, **changes: Any) -> None:
        exercise = self._pen.draft.plan.exercise(self.exercise_id)
        if exercise is None:
            return
        there = (*exercise.deductions, *exercise.vetoes, *exercise.surprises)
        extra: Any = next((one for one in there if one.id == extra_id), None)
        if extra is not None:
            if "scope" in changes:
                self._shape = None  # the choice of items comes or goes
            self._pen.do(put_extra, exercise.id, msgspec.structs.replace(extra, **changes))

    def _add(self, kind: type[Any]) -> None:
        found = free_extra_id(self._pen.draft, self.exercise_id, kind)
        names = both(f"plan_editor.new.{kind.__name__.lower()}")
        if kind is Deduction:
            new: Any = Deduction(found, *names, FIRST_POINTS, FIRST_CAP)
        elif kind is Veto:
            new = Veto(found, *names, "exercise")
        else:
            new = Surprise(found, *names)
        if self._pen.do(put_extra, self.exercise_id, new):
            self._texts[f"{found} name"].setFocus()
            self._texts[f"{found} name"].selectAll()
