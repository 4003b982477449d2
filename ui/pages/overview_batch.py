"""A new batch: which standard and level, on which day, by which plan; and what that plan holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QComboBox, QDateEdit, QFileDialog, QWidget

from core.batches.commands import create_batch
from core.clock import today
from core.errors import AppError, EnvironmentFailure
from core.standards import plans
from core.standards.packs import Pack, packs
from core.words import language, say
from ui import ops
from ui.context import Context
from ui.dialogs.sheet import Sheet
from ui.widgets.basics import badge, column, holder, label, row
from ui.widgets.form import Form

LARGEST_PLAN = 4 << 20


@dataclass(frozen=True)
class Choice:
    """A plan that was read and checked, and the lines that say what it holds."""

    plan: plans.Plan
    lines: tuple[str, ...]


class NewBatchDialog(Sheet):
    """Begins a batch. The plan is read and checked while one chooses, so that nothing of it surprises later."""

    def __init__(self, parent: QWidget, context: Context) -> None:
        super().__init__(parent, context, say("desk.batch.new"), say("desk.batch.new.words"), width=560)
        self._context = context
        self._packs: tuple[Pack, ...] = ()
        self._choice: Choice | None = None
        self._file: Path | None = None
        form = Form(columns=2)
        self.standard = form.add(say("desk.batch.standard"), QComboBox(), span=0)
        self.level = form.add(say("desk.batch.level"), QComboBox())
        self.day = form.add(say("desk.batch.day"), QDateEdit(QDate(today().year, today().month, today().day)))
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setCalendarPopup(True)
        self.plan = form.add(say("desk.batch.plan"), QComboBox(), span=0)
        self.plan.addItem(say("desk.batch.plan.default"))
        self.plan.addItem(say("desk.batch.plan.file"))
        self.body.addWidget(form)
        self.draft = badge(say("standards.draft"), "attention")
        self.draft.hide()
        self.summary = label("", "small", wrap=True)
        self.summary.setMinimumHeight(76)
        self.body.addWidget(holder(column(row(self.draft, None), self.summary, spacing=8)))
        self.confirm = self.add_buttons(say("desk.batch.create"), self._on_confirm)
        self.confirm.setEnabled(False)
        self.standard.currentIndexChanged.connect(self._on_standard)
        self.level.currentIndexChanged.connect(self._read_plan)
        self.plan.activated.connect(self._on_plan)
        ops.work(self, packs).on_done(self._offer).start()
        self.standard.setFocus()

    def _offer(self, found: tuple[Pack, ...]) -> None:
        # Standards with conditions, weights and components first: those are evaluated most.
        self._packs = tuple(sorted(found, key=lambda pack: pack.assessment is None))
        for pack in self._packs:
            self.standard.addItem(f"{pack.standard.code}　{pack.standard.title}", pack.id)

    def _on_standard(self, at: int) -> None:
        pack = self._packs[at]
        self.draft.setVisible(pack.is_draft)
        self.level.blockSignals(True)
        self.level.clear()
        for level in pack.levels:
            self.level.addItem(level.name, level.id)
        self.level.blockSignals(False)
        self._read_plan()

    def _on_plan(self, at: int) -> None:
        if at == 0:
            self._file = None
        else:
            title, kinds = say("desk.batch.plan.choose"), say("desk.batch.plan.kinds") + " (*.toml *.json)"
            chosen, _filter = QFileDialog.getOpenFileName(self, title, "", kinds)
            self._file = Path(chosen) if chosen else None
            self.plan.setItemText(1, self._file.name if self._file else say("desk.batch.plan.file"))
            if not chosen:
                self.plan.setCurrentIndex(0)
        self._read_plan()

    def _read_plan(self, *_: object) -> None:
        self._choice = None
        self.confirm.setEnabled(False)
        self.strip.clear()
        standard, level = self.standard.currentData(), self.level.currentData()
        if standard and level:
            reading = ops.work(self, _read, standard, level, self._file).latest("plan")
            reading.on_done(self._show_plan).on_refused(self._on_bad_plan).start()

    def _show_plan(self, choice: Choice) -> None:
        self._choice = choice
        self.summary.setText("\n".join(choice.lines))
        self.confirm.setEnabled(True)
        self.adjustSize()

    def _on_bad_plan(self, error: AppError) -> None:
        self.summary.setText("")
        self.show_refusal(error)

    def _on_confirm(self) -> None:
        if self._choice is None:
            return
        day = self.day.date().toPython()
        plan = self._choice.plan
        writing = ops.write(self, create_batch, self.standard.currentData(), self.level.currentData(), day, plan)
        writing.on_done(self._on_created).busy(self.confirm).describe(say("desk.batch.creating")).start()

    def _on_created(self, batch: int) -> None:
        self.accept()
        self._context.choose_batch(batch)
        self._context.shell.notify(say("desk.batch.created"))


def _read(standard: str, level: str, file: Path | None) -> Choice:
    if file is None:
        plan = plans.default_plan(standard, level)
    else:
        try:
            if file.stat().st_size > LARGEST_PLAN:
                raise EnvironmentFailure("desk.file_too_large", file=file.name)
            content = file.read_bytes()
        except OSError as problem:
            raise EnvironmentFailure("desk.file_unreadable", file=file.name, problem=problem.strerror or "") from None
        plan = plans.load(content)
    english = language() == "en"
    lines = [say("desk.plan.title", title=plan.title_en if english else plan.title, version=plan.version)]
    for component in plan.components:
        exercises = plan.exercises_of(component.id)
        minutes = sum(exercise.minutes for exercise in exercises) or component.min_minutes
        lines.append(
            say(
                "desk.plan.component" if exercises else "desk.plan.paper",
                name=component.name_en if english else component.name,
                exercises=len(exercises),
                items=sum(len(exercise.items) for exercise in exercises),
                minutes=minutes,
            )
        )
    if plan.own_rules:
        lines.append(say("desk.plan.own_rules", count=len(plan.own_rules)))
    return Choice(plan, tuple(lines))
