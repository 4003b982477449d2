"""分差: a closed trial side by side, the items that differ most first; one item's details in the drawer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.calibration.comparison import ComparedDeduction, ComparedItem, TrialMarks
from core.scoring.sheets import Mark as SignedMark
from core.standards.plans import Exercise, Item
from core.words import language, say
from ui.marking.views import clock_text, points_text
from ui.models.paged import Column, Tone
from ui.pages.calibration_data import Detail
from ui.pages.marking_binding import BETWEEN, COUNTED, code_of, unit_of
from ui.widgets.basics import button, label, row, rule
from ui.widgets.card import Card
from ui.widgets.table import DataTable

MANY = 2
"""Of so many more alike only the number is said: who differs is what one looks for."""


class SpreadView(QWidget):
    """The figures in one line, then the table. `opened(ComparedItem)` for one item's details."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail: Detail | None = None
        self._summary = label("", "muted", wrap=True)
        self._card = Card()
        self.table = DataTable(self._columns(), lambda line: line.item.key)
        self.table.setAccessibleName(say("calibration.spread"))
        self.table.opened.connect(self.opened)
        self._card.body.addWidget(self._summary)
        self._card.body.addWidget(self.table, 1)
        self._deductions = label("", "muted", wrap=True)
        self._card.body.addWidget(self._deductions)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._card)

    def show_trial(self, detail: Detail) -> None:
        """Show a closed trial."""
        found = detail.comparison
        self._detail = detail
        if found is None:
            return
        self._summary.setText(
            say(
                "calibration.summary",
                examiners=len(found.sheets),
                differing=found.differing,
                items=len(found.items),
                spread=points_text(found.spread),
                maximum=points_text(found.maximum),
            )
        )
        self.table.show_rows(sorted(found.items, key=lambda one: (-one.apart, not one.disputed)))
        told = [deduction_text(detail, one) for one in found.deductions]
        self._deductions.setText("　".join(told))
        self._deductions.setVisible(bool(told))

    def _columns(self) -> list[Column]:
        def who(line: ComparedItem) -> str:
            return groups_text(self._detail, line) if self._detail is not None else ""

        def far(line: ComparedItem) -> Tone:
            return "attention" if line.differs else "muted"

        return [
            Column(say("exam.panel.code"), lambda line: code_of(line.item), width=68, tone=lambda line: "muted"),
            Column(say("exam.panel.item"), lambda line: line.item.label, width=140, stretch=True),
            Column(say("calibration.maximum"), lambda line: points_text(line.item.maximum), numeric=True, width=68),
            Column(say("calibration.lowest"), lambda line: _points(line.lowest), numeric=True, width=76),
            Column(say("calibration.highest"), lambda line: _points(line.highest), numeric=True, width=80),
            Column(say("exam.panel.apart"), lambda line: points_text(line.apart), numeric=True, width=76, tone=far),
            Column(
                say("calibration.who"), who, width=170, stretch=True, tone=lambda line: "" if line.differs else "muted"
            ),
        ]


class ItemDetail(QWidget):
    """One item in the drawer: what each level says, and who gave what, with their remarks and moments."""

    def __init__(self, context: Any, detail: Detail, line: ComparedItem, play: Callable[[int], object]) -> None:
        """`play(second)` plays the clip from there."""
        super().__init__()
        self.context = context
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(label(line.item.label, "strong", wrap=True))
        for option in line.item.scale.options:
            outer.addWidget(
                label(f"{option_sign(line.item, option.value)}　{points_text(option.points)}", "small", wrap=True)
            )
        if detail.comparison is None:
            return
        code = code_of(line.item)
        for sheet, mark in zip(detail.comparison.sheets, line.given, strict=True):
            outer.addWidget(rule())
            points = points_text(mark.points) if mark is not None else ""
            outer.addLayout(row(label(detail.names.get(sheet.examiner, ""), "strong"), None, label(points, "strong")))
            outer.addWidget(label(mark_text(line.item, mark), "muted", wrap=True))
            for words in remarks_on(sheet, code):
                outer.addWidget(label(words, wrap=True))
            for moment in sheet.moments:
                if moment.item == line.item.key:
                    words = f"{clock_text(moment.second)}  {moment.text}".strip()
                    outer.addLayout(row(button(words, partial(play, moment.second), "link", "play"), None))
        outer.addStretch(1)


def groups_text(detail: Detail, line: ComparedItem) -> str:
    """Who gave what, the few first: who differs is what one looks for; of many alike only how many."""
    if detail.comparison is None:
        return ""
    names: dict[tuple[int, str], list[str]] = {}
    for sheet, mark in zip(detail.comparison.sheets, line.given, strict=True):
        said = say("ui.marking.not_observed") if mark is None else points_text(mark.points)
        if mark is not None and line.item.scale.kind in COUNTED:
            said = f"{mark_text(line.item, mark)}（{said}）"  # the same points may rest on other figures
        names.setdefault((mark.points if mark is not None else -1, said), []).append(
            detail.names.get(sheet.examiner, "")
        )
    parts = []
    for key in sorted(names, key=lambda one: (len(names[one]), one)):
        who, said = names[key], key[1]
        parts.append(f"{said} × {len(who)}" if len(who) > MANY else f"{said} {'、'.join(who)}")
    return "；".join(parts)


def deduction_text(detail: Detail, found: ComparedDeduction) -> str:
    """A deduction with how often each saw it."""
    name = next(one for one in detail.exercise.deductions if one.id == found.id)
    shown = name.name_en if language() == "en" and name.name_en else name.name
    if detail.comparison is None or not found.differs:
        return say("calibration.deduction.alike", name=shown, times=found.times[0] if found.times else 0)
    names = [detail.names.get(sheet.examiner, "") for sheet in detail.comparison.sheets]
    each = "、".join(f"{who} × {times}" for who, times in zip(names, found.times, strict=True) if times)
    return say("calibration.deduction", name=shown, each=each, rest=found.times.count(0))


def mark_text(item: Item, mark: SignedMark | None) -> str:
    """A mark in the plan's words."""
    if mark is None:
        return say("ui.marking.not_observed")
    if item.scale.kind in COUNTED:
        return f"{mark.values[0]} {unit_of(item)}".strip()
    return "、".join(option_sign(item, value) for value in mark.values) or "0"


def option_sign(item: Item, value: int) -> str:
    """An option with its sign and its words."""
    option = next(one for one in item.scale.options if one.value == value)
    words = option.word_en if language() == "en" and option.word_en else option.word
    if item.scale.kind in COUNTED:
        return f"{value} {unit_of(item)}　{words}".strip()
    return f"{value}　{words}" if item.scale.kind == "levels" else words


def remarks_on(sheet: TrialMarks, code: str) -> list[str]:
    """What an examiner wrote about one item: the lines that begin with its code."""
    lines = (line.partition(BETWEEN) for line in sheet.remark.splitlines())
    return [words for begin, _, words in lines if begin == code]


def exercise_label(exercise: Exercise, no: int) -> str:
    """An exercise's name; with its number from the second trial on."""
    name = exercise.name_en if language() == "en" and exercise.name_en else exercise.name
    return say("calibration.again", name=name, no=no) if no > 1 else name


def _points(hundredths: int | None) -> str:
    return "–" if hundredths is None else points_text(hundredths)
