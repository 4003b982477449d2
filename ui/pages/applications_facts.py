"""What an applicant states, as a form: nothing at first, and one more row for each thing there is to state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLineEdit, QVBoxLayout, QWidget

from core.standards.facts import Award, Education, Experience, Facts, Held, Training
from core.standards.packs import Pack
from core.words import say
from ui.pages.day_edit import DayEdit
from ui.widgets.basics import button, icon_button, label, row
from ui.widgets.flow import Flow
from ui.widgets.form import Form

MOST_HOURS = 10_000
RANKS = (1, 2, 3)
SCHOOLS = ("中等职业学校", "高级技工学校", "技师学院", "高职院校", "大学本科")
"""Kinds of school as the standards name them; others may be typed."""
SCOPES = ("county", "city", "province", "national")

Fact = Experience | Training | Held | Education | Award


@dataclass(frozen=True)
class Kind:
    """One kind of fact: its key in `Facts`, how many columns its fields take, and how it is filled and read."""

    key: str
    columns: int
    fill: Callable[[Form, Pack, Any], dict[str, QWidget]]
    read: Callable[[dict[str, Any], Pack], Fact | None]


class FactsForm(QWidget):
    """The five kinds of facts. `changed` at every key, so that the answer of 9.1 can follow."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pack: Pack | None = None
        self._rows: list[tuple[Kind, dict[str, QWidget], QFrame]] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(12)
        self._box.addWidget(label(say("desk.facts.words"), "small", wrap=True))
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        self._box.addLayout(self._list)
        adders = Flow()
        self.adders: dict[str, QWidget] = {}
        for kind in KINDS:
            made = button(say(f"desk.fact.{kind.key}"), partial(self.add, kind.key), "chip", "add")
            self.adders[kind.key] = made
            adders.add(made)
        self._box.addWidget(adders)

    def begin(self, pack: Pack, facts: Facts | None = None) -> None:
        """Show the facts of an application, or none, against the lists of a standard."""
        self._pack = pack
        for _, _, frame in list(self._rows):
            self._remove(frame)
        for kind in KINDS:
            for fact in getattr(facts, kind.key) if facts else ():
                self._add(kind, fact)

    def add(self, key: str) -> None:
        """One more row of a kind, and the hand in its first field."""
        fields = self._add(next(kind for kind in KINDS if kind.key == key), None)
        next(iter(fields.values())).setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def facts(self, as_of: date) -> Facts:
        """What stands in the form; a row that says nothing does not count."""
        found: dict[str, list[Fact]] = {kind.key: [] for kind in KINDS}
        for kind, fields, _ in self._rows:
            fact = kind.read(fields, self._standard)
            if fact is not None:
                found[kind.key].append(fact)
        return Facts(as_of=as_of, **{key: tuple(facts) for key, facts in found.items()})  # type: ignore[arg-type]

    def first_problem(self) -> QWidget | None:
        """The first field that can't be read; it is framed in red."""
        for _, fields, _ in self._rows:
            for field in fields.values():
                if (isinstance(field, DayEdit) and field.unclear) or (
                    isinstance(field, HoursEdit) and field.text().strip() and field.hours is None
                ):
                    return field
        return None

    @property
    def _standard(self) -> Pack:
        assert self._pack is not None
        return self._pack

    def _add(self, kind: Kind, fact: Any) -> dict[str, QWidget]:
        frame = QFrame()
        frame.setProperty("kind", "card")
        box = QVBoxLayout(frame)
        box.setContentsMargins(12, 4, 8, 12)
        box.setSpacing(4)
        away = icon_button("cross", say("desk.fact.remove"), partial(self._take_away, frame))
        box.addLayout(row(label(say(f"desk.fact.{kind.key}"), "strong"), None, away))
        form = Form(columns=kind.columns)
        fields = kind.fill(form, self._standard, fact)
        box.addWidget(form)
        for field in fields.values():
            self._listen(field)
        self._rows.append((kind, fields, frame))
        self._list.addWidget(frame)
        return fields

    def _listen(self, field: QWidget) -> None:
        if isinstance(field, QLineEdit):
            field.textChanged.connect(lambda _text: self.changed.emit())
        elif isinstance(field, QComboBox):
            field.currentTextChanged.connect(lambda _text: self.changed.emit())
        elif isinstance(field, QCheckBox):
            field.toggled.connect(lambda _on: self.changed.emit())

    def _take_away(self, frame: QFrame) -> None:
        self._remove(frame)
        self.changed.emit()

    def _remove(self, frame: QFrame) -> None:
        self._rows = [one for one in self._rows if one[2] is not frame]
        self._list.removeWidget(frame)
        frame.hide()
        frame.deleteLater()


class HoursEdit(QLineEdit):
    """Whole or half hours of a course."""

    @property
    def hours(self) -> Decimal | None:
        """The hours; None where the field is empty or no number."""
        try:
            hours = Decimal(self.text().strip())
        except InvalidOperation:
            return None
        return hours if hours.is_finite() and 0 <= hours <= MOST_HOURS else None


def slim(made: QComboBox) -> QComboBox:
    """A choice that is as wide as its place, and not as its longest entry."""
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(4)
    return made


def combo(values: Sequence[tuple[str, object]], current: object, *, typed: bool = False) -> QComboBox:
    """A choice with an empty first entry; with `typed` something else may be written."""
    made = slim(QComboBox())
    made.setEditable(typed)
    made.addItem("", None)
    for words, value in values:
        made.addItem(words, value)
    at = made.findData(current)
    if at >= 0:
        made.setCurrentIndex(at)
    elif typed and current:
        made.setEditText(str(current))
    if typed:
        made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    return made


def _named(names: Sequence[str]) -> list[tuple[str, object]]:
    return [(name, name) for name in names]


def _fill_experience(form: Form, pack: Pack, fact: Experience | None) -> dict[str, QWidget]:
    occupations = (pack.standard.occupation, *pack.lists.related_occupations)
    chosen = combo(_named(occupations), fact.occupation if fact else None, typed=True)
    return {
        "occupation": form.add(say("desk.fact.occupation"), chosen, span=0),
        "first": form.add(say("desk.fact.first"), DayEdit(fact.first if fact else None)),
        "last": form.add(say("desk.fact.last"), DayEdit(fact.last if fact else None), hint=say("desk.fact.last.hint")),
    }


def _read_experience(fields: dict[str, Any], pack: Pack) -> Experience | None:
    occupation = fields["occupation"].currentText().strip()
    first, last = fields["first"].day, fields["last"].day
    return Experience(occupation or None, first, last) if occupation or first or last else None


def _fill_training(form: Form, pack: Pack, fact: Training | None) -> dict[str, QWidget]:
    hours = HoursEdit(f"{fact.hours:f}" if fact and fact.hours is not None else "")
    number = QLineEdit(fact.certificate_no or "" if fact else "")
    return {
        "hours": form.add(say("desk.fact.hours_field"), hours),
        "completed": form.add(say("desk.fact.completed"), DayEdit(fact.completed if fact else None)),
        "certificate_no": form.add(say("desk.fact.certificate_no"), number),
    }


def _read_training(fields: dict[str, Any], pack: Pack) -> Training | None:
    hours, completed = fields["hours"].hours, fields["completed"].day
    number = fields["certificate_no"].text().strip()
    return Training(hours, completed, number or None) if hours is not None or completed or number else None


def _fill_held(form: Form, pack: Pack, fact: Held | None) -> dict[str, QWidget]:
    levels = [(level.name, level.id) for level in pack.levels]
    return {
        "level": form.add(say("desk.batch.level"), combo(levels, fact.level if fact else None)),
        "issued": form.add(say("desk.fact.issued"), DayEdit(fact.issued if fact else None)),
    }


def _read_held(fields: dict[str, Any], pack: Pack) -> Held | None:
    level, issued = fields["level"].currentData(), fields["issued"].day
    return Held(pack.id, level, issued) if level or issued else None


def _fill_education(form: Form, pack: Pack, fact: Education | None) -> dict[str, QWidget]:
    final = QCheckBox()
    final.setChecked(bool(fact and fact.final_year))
    school = combo(_named(SCHOOLS), fact.school if fact else None, typed=True)
    major = combo(_named(pack.lists.related_majors), fact.major if fact else None, typed=True)
    return {
        "school": form.add(say("desk.fact.school"), school),
        "major": form.add(say("desk.fact.major"), major),
        "graduated": form.add(say("desk.fact.graduated"), DayEdit(fact.graduated if fact else None)),
        "final_year": form.add(say("desk.fact.final_year"), final),
    }


def _read_education(fields: dict[str, Any], pack: Pack) -> Education | None:
    school, major = fields["school"].currentText().strip(), fields["major"].currentText().strip()
    graduated, final = fields["graduated"].day, fields["final_year"].isChecked()
    return Education(school or None, major or None, graduated, final) if school or major or graduated else None


def _fill_award(form: Form, pack: Pack, fact: Award | None) -> dict[str, QWidget]:
    scopes = [(say(f"eligibility.scope.{scope}"), scope) for scope in SCOPES]
    ranks = [(say("desk.fact.rank", rank=rank), rank) for rank in RANKS]
    return {
        "scope": form.add(say("desk.fact.scope"), combo(scopes, fact.scope if fact else None)),
        "rank": form.add(say("desk.fact.rank_field"), combo(ranks, fact.rank if fact else None)),
    }


def _read_award(fields: dict[str, Any], pack: Pack) -> Award | None:
    scope, rank = fields["scope"].currentData(), fields["rank"].currentData()
    return Award(scope, rank) if scope or rank else None


KINDS = (
    Kind("experience", 2, _fill_experience, _read_experience),
    Kind("training", 3, _fill_training, _read_training),
    Kind("certificates", 2, _fill_held, _read_held),
    Kind("education", 2, _fill_education, _read_education),
    Kind("awards", 2, _fill_award, _read_award),
)
