"""考核方案: does it add up, is it lawful. Exercises at the left, their items in the middle, one item in the drawer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QStackedWidget, QWidget

from core.batches.plan_drafts import KeptDraft, plan_draft
from core.batches.queries import plan_of
from core.errors import Refused
from core.examday.plan_change import change_plan, may_change_plan
from core.people.permission import may
from core.standards import plans
from core.standards.plan_checks import problems
from core.standards.plan_exercises import add_exercise, remove_exercise, shift_exercise
from core.store import Id, Read
from core.words import say
from ui import icons, ops
from ui.context import Context
from ui.dialogs.questions import ConfirmDialog
from ui.pages.plan_add import ask_item
from ui.pages.plan_check import CheckDrawer
from ui.pages.plan_contents import KNOWLEDGE, RULES, Contents, parts_of
from ui.pages.plan_exercise import ExerciseDrawer
from ui.pages.plan_file import read_plan, write_plan
from ui.pages.plan_footer import Footer
from ui.pages.plan_items import ItemLine
from ui.pages.plan_keeping import Keeping
from ui.pages.plan_knowledge import KnowledgeView
from ui.pages.plan_pen import Pen, own
from ui.pages.plan_rules import RulesView
from ui.pages.plan_scale import ScaleDrawer
from ui.pages.plan_view import ExerciseView, tighten
from ui.widgets.basics import ElidedLabel, badge, button, icon_button, label, row, set_badge, set_tip, shortcut
from ui.widgets.card import Card
from ui.widgets.page import Page

LEFT, LEFT_NARROW, DRAWER, DRAWER_NARROW = 252, 184, 420, 340
SMALL_WINDOW = 1100
NARROW = 900
TIGHT = 620
"""Below this width of the page the contents make room for the open drawer."""


@dataclass(frozen=True)
class Loaded:
    """The plan of a batch, whether it may still be exchanged, and what a person was editing of it."""

    batch: Id
    plan: plans.Plan
    changeable: bool
    kept: KeptDraft | None


def _load(read: Read, batch: Id, editor: Id | None) -> Loaded:
    kept = plan_draft(read, editor, batch) if editor is not None else None
    return Loaded(batch, plan_of(read, batch), may_change_plan(read, batch), kept)


class PlanPage(Page):
    """The manager edits and adopts; others read."""

    title_code: ClassVar[str] = "ui.page.plan"
    kinds: ClassVar[frozenset[str]] = frozenset({"plan", "candidate_number", "batch"})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._writes = may(context.session.actors.first, change_plan)
        self._opening = "plan_page.exercise.open" if self._writes else "plan_page.exercise.look"
        self._pens: dict[Id, Pen] = {}
        self._changeable = False
        self._drawer: ScaleDrawer | None = None
        self.pen: Pen | None = None
        self.body.setSpacing(12)
        self.keeping = Keeping(self)
        self.subtitle.setMinimumWidth(1)  # cut before the window would have to grow
        self.body.addLayout(self._bar())
        self.body.addWidget(self.keeping.strip)
        self.contents = Contents()
        self.contents.chosen.connect(self._show_part)
        self.stack = QStackedWidget()
        self._left = Card()
        self._left.body.addWidget(self.contents, 1)
        tighten(self._left, 8, 8)
        self.add_button = button(say("plan_page.exercise.add"), self._add_exercise, "link", "add")
        self._left.body.addWidget(self.add_button)
        middle = row(self._left, spacing=12)
        middle.addWidget(self.stack, 1)
        self.body.addLayout(middle, 1)
        self.footer = Footer()
        self.body.addWidget(self.footer)
        self._views: list[QWidget] = []
        self._actions()
        self._set_left()

    # What is shown

    def refresh(self) -> None:
        """Read the plan of the batch in view; what is being edited stays."""
        if self.context.batch is None:
            self.show_empty("plan", say("desk.begin.title"), say("plan_page.no_batch"))
            return
        editor = self.context.session.actors.first.id if self._writes else None
        ops.read(self, _load, self.context.batch, editor).on_done(self._show_loaded).latest("plan").start()

    def _show_loaded(self, loaded: Loaded) -> None:
        self.show_content()
        self._changeable = loaded.changeable
        pen = self._pens.get(loaded.batch)
        if pen is None or pen is not self.pen:
            self.keeping.show_batch()
        if pen is None:
            pen = self._pens[loaded.batch] = Pen(loaded.plan, self._writes, self)
            self.keeping.follow(loaded.batch, pen, loaded.kept)
            pen.changed.connect(partial(self._on_changed_pen, pen))
            pen.refused.connect(partial(self._on_refused, pen))
        else:
            pen.adopted(loaded.plan)
        if pen is not self.pen:
            self._take(pen)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.keeping.watch()

    def hideEvent(self, event: QHideEvent) -> None:
        self.keeping.saver.flush()
        super().hideEvent(event)

    def _take(self, pen: Pen) -> None:
        """Show another plan: everything that writes through a pen is made for it."""
        self.context.shell.close_drawer()
        self.pen = pen
        for view in self._views:
            self.stack.removeWidget(view)
            view.deleteLater()
        self.exercise_view = ExerciseView(pen)
        self.exercise_view.opening.connect(self.open_exercise)
        self.exercise_view.adding.connect(self.add_item)
        self.items = self.exercise_view.items
        self.items.opened.connect(self._open_item)
        self.items.picked.connect(self._on_picked)
        self.rules, self.knowledge = RulesView(pen), KnowledgeView(pen)
        self._views = [self.exercise_view, self.rules, self.knowledge]
        for view in self._views:
            self.stack.addWidget(view)
        self._set_left()

    def _show(self) -> None:
        pen = self.pen
        if pen is None:
            return
        self.contents.show_parts(parts_of(pen.plan))
        self._show_part(self.contents.current)
        self.footer.show_draft(pen.draft)
        self._show_state(pen)

    def _show_part(self, key: str) -> None:
        if self.pen is None:
            return
        if key == RULES:
            self.rules.refresh()
            self.stack.setCurrentWidget(self.rules)
        elif key == KNOWLEDGE:
            self.knowledge.refresh()
            self.stack.setCurrentWidget(self.knowledge)
        else:
            self.exercise_view.show_exercise(key)
            self.stack.setCurrentWidget(self.exercise_view)

    def _show_state(self, pen: Pen) -> None:
        wrong = problems(pen.plan)
        if pen.edited:
            set_badge(self.state, say("plan_page.state.editing", version=pen.plan.version), "attention")
        else:
            set_badge(self.state, say("plan_page.state.adopted", version=pen.plan.version), "good")
        self.title_line.setText(own(pen.plan.title, pen.plan.title_en))
        set_tip(self.title_line, self.title_line.text())
        fixed = "" if self._changeable else say("plan_page.fixed")
        self.reason.setText(fixed if self._writes else "")
        self.reason.setVisible(bool(self.reason.text()))
        self.undo_button.setEnabled(pen.can_undo)
        self.redo_button.setEnabled(pen.can_redo)
        icons.wear(self.check_button, "warning" if wrong else "check", "attention" if wrong else "good", 18)
        self.check_button.setText(say("plan_page.wrong", count=len(wrong)) if wrong else say("plan_page.check"))
        if self._primary is not None:
            self._primary.setEnabled(pen.edited and self._changeable and not wrong)

    # How it is laid out

    def _bar(self) -> Any:
        self.state = badge("", "good")
        self.title_line = ElidedLabel("muted")
        self.reason = label("", "small", "attention")
        self.reason.setMinimumWidth(1)
        self.undo_button = icon_button("back", say("plan_page.undo"), self._undo)
        self.redo_button = icon_button("forward", say("plan_page.redo"), self._redo)
        self.check_button = button(
            say("plan_page.check"), self.open_check, icon="check", tip=say("plan_page.check.tip")
        )
        line = row(self.state, spacing=8)
        line.addWidget(self.title_line, 1)
        line.addWidget(self.keeping.told)
        line.addWidget(self.reason)
        for made in (self.undo_button, self.redo_button):
            if not self._writes:
                made.hide()
            line.addWidget(made)
        line.addWidget(self.check_button)
        line.setContentsMargins(0, 0, 0, 0)
        return line

    def _actions(self) -> None:
        shortcut("Ctrl+E", self, self.open_exercise, everywhere=True)
        self.add_action(say("plan_page.file.save"), self.save_file, "export", "Ctrl+S")
        if not self._writes:
            self.add_button.hide()
        if not self._writes:
            return
        self.set_primary(say("plan_page.adopt"), self.adopt, "", "check", say("plan_page.adopt.tip"))
        self.add_action(say("plan_page.file.open"), self.open_file, "import", "Ctrl+O")
        self.add_action(say("plan_page.back_to_batch"), self._back_to_batch, "back")
        self.add_action(say("plan_page.back_to_default"), self._back_to_default, "plan")
        shortcut("Ctrl+Z", self, self._undo)
        shortcut("Ctrl+Y", self, self._redo)
        shortcut("Ctrl+Shift+Z", self, self._redo)
        shortcut("Insert", self, self.add_item)
        self.contents.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.contents.customContextMenuRequested.connect(
            lambda at: self._exercise_menu().popup(self.contents.viewport().mapToGlobal(at))
        )
        shortcut("Del", self.contents, self._ask_remove)
        shortcut("Ctrl+Up", self.contents, partial(self._shift_exercise, -1))
        shortcut("Ctrl+Down", self.contents, partial(self._shift_exercise, 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_left()

    def _set_left(self) -> None:
        self._left.setFixedWidth(LEFT if self.width() >= NARROW else LEFT_NARROW)
        self._left.setVisible(self.width() >= TIGHT)
        if self.pen is not None:
            self.exercise_view.be_wide(self.width() >= NARROW)

    # What is opened

    @property
    def _drawer_width(self) -> int:
        return DRAWER if self.window().width() >= SMALL_WINDOW else DRAWER_NARROW

    def open_exercise(self) -> None:
        """Open the chosen exercise in the drawer."""
        key = self.contents.current
        if self.pen is not None and self.pen.draft.plan.exercise(key) is not None:
            self.context.shell.open_drawer(ExerciseDrawer(self.pen, key), say(self._opening), self._drawer_width)

    def open_check(self) -> None:
        """Open what is wrong with the plan."""
        if self.pen is not None:
            self.context.shell.open_drawer(CheckDrawer(self.pen), say("plan_page.check"), self._drawer_width)

    def _open_item(self, line: ItemLine) -> None:
        if self.pen is not None:
            title = f"{line.no} {line.item.label}"
            self._drawer = ScaleDrawer(self.pen, line.key)
            self.context.shell.open_drawer(self._drawer, title, self._drawer_width)

    def _on_picked(self, line: ItemLine | None) -> None:
        """With the drawer of an item open, the next one that is looked at comes into it."""
        drawer = self._drawer
        if line is None or drawer is None or ops.gone(drawer):
            return
        if drawer.isVisible() and drawer.key != line.key:
            self._open_item(line)
            self.items.setFocus()

    # What is done

    def adopt(self) -> None:
        """Let the batch be examined by the plan as it stands."""
        if self.pen is None or self.context.batch is None:
            return
        self.clear_refusal()
        writing = ops.write(self, change_plan, self.context.batch, self.pen.plan)
        writing.say_done(say("plan_page.adopted", version=self.pen.plan.version)).start()

    def add_item(self) -> None:
        """Mark another requirement in the chosen exercise."""
        if self.pen is not None and self._writes and self.pen.draft.plan.exercise(self.contents.current) is not None:
            ask_item(self, self.context, self.pen, self.contents.current)

    def _undo(self) -> None:
        if self.pen is not None:
            self.pen.undo()

    def _redo(self) -> None:
        if self.pen is not None:
            self.pen.redo()

    def save_file(self) -> None:
        """Write the plan as it stands to a TOML file."""
        if self.pen is None:
            return
        name = f"{self.pen.plan.id}-v{self.pen.plan.version}.toml"
        chosen, _ = QFileDialog.getSaveFileName(
            self, say("plan_page.file.save"), name, f"{say('plan_page.file')} (*.toml)"
        )
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, path: Path) -> None:
        """Write the plan to this file."""
        if self.pen is not None:
            written = say("plan_page.file.saved", file=path.name)
            ops.work(self, write_plan, path, self.pen.plan).say_done(written).start()

    def open_file(self) -> None:
        """Go on with a plan out of a file."""
        kinds = f"{say('plan_page.file')} (*.toml)"
        chosen, _ = QFileDialog.getOpenFileName(self, say("plan_page.file.open"), "", kinds)
        if chosen:
            self.open_from(Path(chosen))

    def open_from(self, path: Path) -> None:
        """Go on with the plan in this file."""
        self.clear_refusal()
        ops.work(self, read_plan, path).on_done(self._write_over).start()

    def _write_over(self, plan: plans.Plan) -> None:
        if self.pen is None:
            return
        here = self.pen.in_force
        if (plan.standard, plan.level) != (here.standard, here.level):
            self.show_refusal(Refused("batches.plan_of_another", standard=plan.standard, level=plan.level))
            return
        self.pen.write_over(plan)

    def _back_to_batch(self) -> None:
        if self.pen is not None:
            self.pen.write_over(self.pen.in_force)

    def _back_to_default(self) -> None:
        if self.pen is not None:
            here = self.pen.in_force
            ops.work(self, plans.default_plan, here.standard, here.level).on_done(self._write_over).start()

    def _add_exercise(self) -> None:
        if self.pen is not None and self.pen.do(add_exercise):
            self.contents.choose([one.id for one in self.pen.draft.plan.exercises_of("skill")][-1])
            self.open_exercise()

    def _shift_exercise(self, by: int) -> None:
        if self.pen is not None and self.pen.draft.plan.exercise(self.contents.current) is not None:
            self.pen.do(shift_exercise, self.contents.current, by)

    def _ask_remove(self) -> None:
        exercise = self.pen.draft.plan.exercise(self.contents.current) if self.pen is not None else None
        if exercise is None or self.pen is None:
            return
        words = say("plan_page.exercise.remove.words", items=len(exercise.items))
        pen = self.pen

        def remove() -> None:
            pen.do(remove_exercise, exercise.id)

        title = say("plan_page.exercise.remove.title", exercise=own(exercise.name, exercise.name_en))
        ConfirmDialog(self, self.context, title, words, say("plan_page.exercise.remove"), remove, danger=True).open()

    def _exercise_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.pen is not None and self.pen.draft.plan.exercise(self.contents.current) is not None:
            menu.addAction(say("plan_page.exercise.open") + "\tCtrl+E", self.open_exercise)
            menu.addAction(say("plan_page.do.up") + "\tCtrl+↑", partial(self._shift_exercise, -1))
            menu.addAction(say("plan_page.do.down") + "\tCtrl+↓", partial(self._shift_exercise, 1))
            menu.addAction(say("plan_page.exercise.remove") + "\tDel", self._ask_remove)
        return menu

    def _on_changed_pen(self, pen: Pen) -> None:
        if pen is self.pen:
            self._show()

    def _on_refused(self, pen: Pen, error: Any) -> None:
        if pen is self.pen:
            self.show_refusal(error)
