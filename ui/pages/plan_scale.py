"""The drawer of one item: how it is marked, in words and points, and where."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from core.standards.plan_editing import (
    add_option,
    copy_scale,
    move_item,
    remove_option,
    rename_item,
    set_counting,
    set_kind,
    set_maximum,
    set_option,
)
from core.standards.plan_facts import Exercise, Item
from core.standards.plan_shapes import KINDS
from core.words import say
from ui.pages.plan_fields import Choice, NumberField, PointsField, TextField
from ui.pages.plan_pen import Pen, own
from ui.widgets.basics import button, clear, icon_button, label, row, rule
from ui.widgets.form import Form

VALUE_WIDTH, POINTS_WIDTH = 58, 72


class ScaleDrawer(QWidget):
    """One item of the plan. It shows what stands, and goes when the item has gone."""

    def __init__(self, pen: Pen, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pen = pen
        self.key = key
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(12)
        self._shape: object = None
        pen.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the item as it stands; the fields are made anew only where their number changes."""
        found = self._pen.draft.plan.item(self.key)
        if found is None:
            clear(self._body)
            self._shape = None
            self._body.addWidget(label(say("plan_page.item_gone"), "muted", wrap=True))
            return
        exercise, item = found
        places = tuple((one.id, one.name) for one in self._pen.draft.plan.exercises)
        shape = (item.scale.kind, len(item.scale.options), places)
        if shape != self._shape:
            self._shape = shape
            clear(self._body)
            self._build(exercise, item)
        self._show(exercise, item)

    def _build(self, exercise: Exercise, item: Item) -> None:
        pen, plan = self._pen, self._pen.draft.plan
        form = Form(columns=2)
        self.name = form.add(
            say("plan_page.column.label"), TextField(item.label, partial(pen.do, rename_item, self.key), pen), span=0
        )
        self.maximum = form.add(
            say("plan_page.column.maximum"),
            PointsField(item.maximum, lambda points: pen.do(set_maximum, self.key, points), pen),
        )
        same = [one for one in plan.exercises if one.component == exercise.component]
        self.place = form.add(
            say("plan_page.marked_in"),
            Choice(
                [(one.id, own(one.name, one.name_en)) for one in same],
                exercise.id,
                lambda target: pen.do(move_item, self.key, target),
                pen,
            ),
        )
        self.kind = form.add(
            say("plan_page.column.scale"),
            Choice(
                [(kind, say(f"plan_page.kind.{kind}")) for kind in KINDS],
                item.scale.kind,
                lambda kind: pen.do(set_kind, self.key, kind),
                pen,
            ),
            hint=say(f"plan_page.kind.{item.scale.kind}.words"),
            span=0,
        )
        counting = item.scale.kind in ("tiers", "objective")
        if counting:
            self._add_counting(form, item)
        self._body.addWidget(form)
        self._body.addWidget(rule())
        self._body.addLayout(self._options(item))
        if pen.writes:
            more = button(say("plan_page.option.add"), lambda: pen.do(add_option, self.key), "link", "add")
            if item.scale.kind == "yes_no":
                more.hide()
            copy = button(say("plan_page.scale.copy"), lambda: pen.do(copy_scale, self.key), "link", "copy")
            self._body.addLayout(row(more, None, copy))
        self._body.addWidget(label(say("plan_page.scale.words"), "small", wrap=True))
        self._body.addStretch(1)

    def _add_counting(self, form: Form, item: Item) -> None:
        pen, scale = self._pen, item.scale
        self.better = form.add(
            say("plan_page.better"),
            Choice(
                [(way, say(f"plan_page.better.{way}")) for way in ("more", "less")],
                scale.better,
                lambda way: pen.do(set_counting, self.key, better=way),
                pen,
            ),
            span=0,
        )
        self.unit = form.add(
            say("plan_page.unit"), TextField(scale.unit, lambda unit: pen.do(set_counting, self.key, unit=unit), pen)
        )
        self.unit_en = form.add(
            say("plan_page.unit_en"),
            TextField(scale.unit_en, lambda unit: pen.do(set_counting, self.key, unit_en=unit), pen),
        )

    def _options(self, item: Item) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for column, title in enumerate(("plan_page.value", "plan_page.words", "plan_page.points")):
            grid.addWidget(label(say(title), "field"), 0, column)
        self.rows: list[tuple[NumberField, TextField, TextField, PointsField]] = []
        for at in range(len(item.scale.options)):
            fields = self._option(item, at)
            self.rows.append(fields)
            value, word, word_en, points = fields
            grid.addWidget(value, 2 * at + 1, 0)
            grid.addWidget(word, 2 * at + 1, 1)
            grid.addWidget(points, 2 * at + 1, 2)
            grid.addWidget(word_en, 2 * at + 2, 1)
            grid.setRowMinimumHeight(2 * at + 2, 40)
            if self._pen.writes and len(item.scale.options) > 2:
                gone = icon_button("trash", say("plan_page.option.remove", number=at + 1))
                gone.clicked.connect(partial(self._pen.do, remove_option, self.key, at))
                grid.addWidget(gone, 2 * at + 2, 2)
        return grid

    def _option(self, item: Item, at: int) -> tuple[NumberField, TextField, TextField, PointsField]:
        pen, option, said = self._pen, item.scale.options[at], at + 1
        value = NumberField(option.value, lambda new: pen.do(set_option, self.key, at, value=new), pen)
        word = TextField(option.word, lambda new: pen.do(set_option, self.key, at, word=new), pen)
        word_en = TextField(option.word_en, lambda new: pen.do(set_option, self.key, at, word_en=new), pen)
        points = PointsField(option.points, lambda new: pen.do(set_option, self.key, at, points=new), pen)
        value.setFixedWidth(VALUE_WIDTH)
        points.setFixedWidth(POINTS_WIDTH)
        word_en.setPlaceholderText("English")
        for field, name in ((value, "value"), (word, "words"), (word_en, "words_en"), (points, "points")):
            field.setAccessibleName(f"{say(f'plan_page.{name}')} {said}")
        return value, word, word_en, points

    def _show(self, exercise: Exercise, item: Item) -> None:
        self.name.show_text(item.label)
        self.maximum.show_points(item.maximum)
        self.place.show_choice(exercise.id)
        self.kind.show_choice(item.scale.kind)
        if item.scale.kind in ("tiers", "objective"):
            self.better.show_choice(item.scale.better)
            self.unit.show_text(item.scale.unit)
            self.unit_en.show_text(item.scale.unit_en)
        for option, (value, word, word_en, points) in zip(item.scale.options, self.rows, strict=True):
            value.show_text(str(option.value))
            word.show_text(option.word)
            word_en.show_text(option.word_en)
            points.show_points(option.points)
