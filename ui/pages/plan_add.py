"""Choosing what an exercise marks besides: the requirements of the level, what is not examined yet first."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from core.standards.plan_draft import REVIEW
from core.standards.plan_editing import Offer, add_requirement, add_review_item, offers
from core.words import say
from ui.context import Station
from ui.dialogs.sheet import Sheet
from ui.models.paged import Column
from ui.pages.plan_pen import Pen, own
from ui.widgets.form import Form
from ui.widgets.inputs import SearchBox
from ui.widgets.table import DataTable

WIDTH, HEIGHT = 640, 320


class RequirementDialog(Sheet):
    """Lists every requirement that the plan lets in; Enter adds one, and the next can follow."""

    def __init__(self, parent: QWidget, context: Station, pen: Pen, exercise_id: str) -> None:
        exercise = pen.draft.plan.exercise(exercise_id)
        name = own(exercise.name, exercise.name_en) if exercise else ""
        super().__init__(parent, context, say("plan_page.add.title", exercise=name), say("plan_page.add.words"), WIDTH)
        self._pen = pen
        self._exercise = exercise_id
        self.search = SearchBox(say("plan_page.add.search"))
        self.search.searched.connect(lambda _text: self._load())
        self.search.entered.connect(lambda _text: self._on_add())
        self.body.addWidget(self.search)
        own_level = pen.draft.plan.level
        columns = (
            Column(
                say("plan_page.column.no"),
                lambda offer: (
                    offer.requirement.no
                    if offer.level.id == own_level
                    else f"{offer.level.name} {offer.requirement.no}"
                ),
                width=96,
            ),
            Column(say("plan_page.column.label"), lambda offer: offer.requirement.label, stretch=True, strong=True),
            Column(
                say("plan_page.column.function"),
                lambda offer: offer.function.name,
                stretch=True,
                tone=lambda _offer: "muted",
            ),
            Column(
                say("plan_page.column.times"),
                lambda offer: say("plan_page.times", times=offer.times) if offer.times else say("plan_page.unmarked"),
                width=104,
                badge=lambda offer: "muted" if offer.times else "attention",
            ),
        )
        self.table = DataTable(columns, row_id=lambda offer: (offer.level.id, offer.requirement.no))
        self.table.setFixedHeight(HEIGHT)
        self.table.opened.connect(lambda _offer: self._on_add())
        self.search.left_downwards.connect(self.table.setFocus)
        self.body.addWidget(self.table)
        self.confirm = self.add_buttons(say("plan_page.add.do"), self._on_add)
        self.cancel.setText(say("plan_page.add.done"))
        pen.changed.connect(self._load)
        pen.refused.connect(self.show_refusal)
        self._load()
        self.search.setFocus()

    def _load(self) -> None:
        wanted = self.search.text().strip()
        found = [
            offer
            for offer in offers(self._pen.draft)
            if all(
                part in f"{offer.requirement.no} {offer.requirement.label} {offer.function.name}"
                for part in wanted.split()
            )
        ]
        found.sort(key=lambda offer: bool(offer.times))
        self.table.show_rows(found)
        if found and self.table.current is None:
            self.table.select_line(0)

    def _on_add(self) -> None:
        offer: Offer | None = self.table.current
        if offer is not None:
            self.strip.clear()
            self._pen.do(add_requirement, self._exercise, offer.level.id, offer.requirement.no)


class ReviewItemDialog(Sheet):
    """An item of a review, in the centre's own words."""

    def __init__(self, parent: QWidget, context: Station, pen: Pen, exercise_id: str) -> None:
        super().__init__(parent, context, say("plan_page.add.review"), say("plan_page.add.review.words"))
        form = Form()
        self.name = form.add(say("plan_page.column.label"), QLineEdit())
        self.body.addWidget(form)
        self._pen, self._exercise = pen, exercise_id
        pen.refused.connect(self.show_refusal)
        self.confirm = self.add_buttons(say("plan_page.add.do"), self._on_confirm)
        self.name.setFocus()

    def _on_confirm(self) -> None:
        self.strip.clear()
        if self._pen.do(add_review_item, self._exercise, self.name.text()):
            self.accept()


def ask_item(parent: QWidget, context: Station, pen: Pen, exercise_id: str) -> None:
    """Ask for what an exercise marks besides, by the component that it belongs to."""
    exercise = pen.draft.plan.exercise(exercise_id)
    if exercise is None:
        return
    kind = ReviewItemDialog if exercise.component == REVIEW else RequirementDialog
    kind(parent, context, pen, exercise_id).open()
