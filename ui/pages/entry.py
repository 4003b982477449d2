"""纸质评分录入: a sheet that was written on paper is found by its code, keyed twice, and confirmed by who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QStackedWidget

from core.batches.queries import plan_of
from core.documents.paper_code import read_paper_code
from core.errors import AppError
from core.people.permission import may
from core.scoring.paper import confirm_paper, go_on_paper, key_paper, return_paper, withdraw_typing
from core.scoring.paper_queries import OwnTyping, PaperLine, agreed_sheet, may_key, own_typing, paper_lines
from core.standards.plans import Plan
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.questions import ConfirmDialog, ReasonDialog
from ui.models.paged import Column, Tone
from ui.pages.entry_confirm import ConfirmView
from ui.pages.entry_sheet import TypingView
from ui.pages.marking_binding import exercise_name
from ui.pages.shelves import Shelves
from ui.widgets.basics import button, label, row
from ui.widgets.card import Card
from ui.widgets.inputs import SearchBox
from ui.widgets.page import Page
from ui.widgets.table import DataTable

SHELVES = ("todo", "differs", "mine", "agreed", "signed", "all")
TONES: dict[str, Tone] = {
    "open": "muted",
    "screen": "plain",
    "once": "accent",
    "differs": "attention",
    "agreed": "accent",
    "signed": "good",
}


@dataclass(frozen=True)
class Found:
    """The sheets of a batch that this person has to do with."""

    plan: Plan
    lines: tuple[PaperLine, ...]
    keys: bool
    """Whether this person may key."""


class EntryPage(Page):
    """The list; one sheet being keyed or confirmed in its place."""

    title_code: ClassVar[str] = "ui.page.entry"
    kinds: ClassVar[frozenset[str]] = frozenset({"paper", "sheet", "draft", "panel", "attendance", "place", "account"})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        actor = context.session.actors.first
        self._me: int = actor.id
        self._may_key, self._may_confirm = may(actor, key_paper), may(actor, confirm_paper)
        self._may_manage = may(actor, withdraw_typing) and not self._may_key
        self._found: Found | None = None
        self.search = SearchBox(say("entry.search"))
        self.search.setMinimumWidth(320)
        self.search.searched.connect(lambda _text: self._show_lines())
        self.search.entered.connect(self._on_entered)
        self.search.left_downwards.connect(self._to_table)
        self.shelves = Shelves(SHELVES, "entry.shelf")
        self.shelves.chosen.connect(lambda _key: self._show_lines())
        self.table = DataTable(
            (
                Column(say("desk.number"), lambda line: line.number, width=90, strong=True),
                Column(say("entry.exercise"), self._exercise, width=120, stretch=True),
                Column(say("entry.examiner"), lambda line: line.examiner_name, width=110),
                Column(say("entry.panel"), lambda line: str(line.panel_no), True, 64, optional=True),
                Column(say("entry.keyers"), lambda line: "、".join(line.keyer_names), width=130, optional=True),
                Column(say("entry.scans"), lambda line: str(line.scans or ""), True, 72, optional=True),
                Column(say("entry.state"), _state_text, width=150, badge=lambda line: TONES[line.state]),
            )
        )
        self.table.setAccessibleName(say("ui.page.entry"))
        self.table.opened.connect(self.open_line)
        card = Card()
        card.body.addLayout(row(self.search, None, self.shelves, spacing=16))
        self.nothing = label(say("entry.nothing"), "muted", wrap=True)
        card.body.addWidget(self.nothing)
        card.body.addWidget(self.table, 1)
        self.hint = label("", "small", wrap=True)
        card.body.addWidget(self.hint)
        self.typing = TypingView(self, context, self._on_keyed, self.close_something)
        self.confirming = ConfirmView(self, context, self._to_list, self.close_something)
        self.stack = QStackedWidget()
        for face in (card, self.typing, self.confirming):
            self.stack.addWidget(face)
        self.body.addWidget(self.stack, 1)
        if self._may_confirm and not self._may_key:
            # Who only marks has no rail to go back by.
            self.tools.addWidget(
                button(say("ui.page.marking"), lambda: context.shell.open_page("marking"), icon="back")
            )
            self.add_action(say("entry.return"), self._on_return_line, "back")
            self.add_action(say("entry.give_up_screen"), self._on_give_up, "note")
        if self._may_manage:
            self.add_action(say("entry.release"), self._on_release, "back")

    def refresh(self) -> None:
        """Read how far every sheet is. A sheet in hand stays as it is."""
        if self.context.batch is None:
            self.show_empty("edit", say("exam.no_batch"), say("exam.no_batch.words"))
            return
        ops.read(self, _read, self.context.batch, self._me, self._may_manage).on_done(self._show).latest("list").start()

    def open_with(self, **arguments: Any) -> None:
        """Opened on a sheet (`code=` what its QR says)."""
        if arguments.get("code"):
            self._on_entered(str(arguments["code"]))

    def close_something(self) -> bool:
        if self.stack.currentIndex():
            self._to_list()
            return True
        return super().close_something()

    def open_line(self, line: PaperLine) -> None:
        """Key a sheet, or confirm it."""
        self.clear_refusal()
        if self._found is not None and self._found.keys:
            self._open_typing(*line.id)
        elif self._may_confirm and line.examiner == self._me:
            if line.state == "screen":
                self._on_give_up()
            else:
                reading = ops.read(self, agreed_sheet, self._me, line.application, line.exercise).latest("sheet")
                reading.on_done(self._show_agreed).start()

    # What is shown

    def _show(self, found: Found) -> None:
        self._found = found
        if not found.lines:
            self.show_empty("edit", say("entry.empty"), say("entry.empty.words"))
            return
        self.show_content()
        self.hint.setText(say("entry.hint.key" if found.keys else "entry.hint.look"))
        if self._may_key and not found.keys:
            self.hint.setText(say("paper.keyer_in_panel"))
        counts = {key: sum(self._lies_on(line, key) for line in found.lines) for key in SHELVES}
        self.shelves.show_counts(counts, always=1)
        self.shelves.show_shelf("mine", found.keys and counts["mine"] > 0)
        self._show_lines()
        if self.hasFocus():
            self.search.setFocus() if found.keys else self._to_table()

    def _show_lines(self) -> None:
        if self._found is None:
            return
        wanted = self.search.text().strip()
        shelf = self.shelves.current
        self.table.show_rows(
            [
                line
                for line in self._found.lines
                if (wanted in line.number or wanted in line.examiner_name if wanted else self._lies_on(line, shelf))
            ]
        )
        self.nothing.setVisible(not self.table.total)

    def _lies_on(self, line: PaperLine, shelf: str) -> bool:
        mine = self._me in line.keyers
        if shelf == "all":
            return True
        if shelf == "mine":
            return mine and line.state == "once"
        if shelf == "todo":
            if self._found is not None and self._found.keys:
                return (line.state in ("open", "once") and not mine) or (line.state == "differs" and mine)
            if self._may_confirm:
                return line.state == "agreed"
            return line.state in ("once", "differs", "agreed")
        return line.state == shelf and (shelf != "signed" or bool(line.keyers))

    def _exercise(self, line: PaperLine) -> str:
        exercise = self._found.plan.exercise(line.exercise) if self._found else None
        return exercise_name(exercise) if exercise else line.exercise

    # What happens

    def _on_entered(self, text: str) -> None:
        """A scanner, or a number typed by hand, with Enter."""
        self.clear_refusal()
        if (at := text.upper().find("ZK1")) >= 0:  # a scanner types behind whatever stands there
            text = text[at:]
            self.search.clear()
            try:
                code = read_paper_code(text)
            except AppError as problem:
                self.show_refusal(problem)
                return
            self._open_key(code.application, code.exercise, code.examiner)
            return
        self._show_lines()
        if self.table.total == 1 and (line := self.table.paged.row_at(0)) is not None:
            self.open_line(line)
        else:
            self._to_table()

    def _open_key(self, application: int, exercise: str, examiner: int) -> None:
        if self._found is not None:
            line = next((one for one in self._found.lines if one.id == (application, exercise, examiner)), None)
            if line is None:
                self.strip.say(say("entry.not_here"), "attention")
            else:
                self.open_line(line)

    def _open_typing(self, application: int, exercise: str, examiner: int) -> None:
        self.typing.leave()
        reading = ops.read(self, own_typing, self._me, application, exercise, examiner).latest("sheet")
        reading.on_done(self._show_typing).start()

    def _show_typing(self, typing: OwnTyping) -> None:
        self.stack.setCurrentWidget(self.typing)
        self.typing.show_typing(typing)

    def _show_agreed(self, sheet: Any) -> None:
        self.stack.setCurrentWidget(self.confirming)
        self.confirming.show_sheet(sheet, self._me)

    def _on_keyed(self, typing: OwnTyping, differing: object) -> None:
        if isinstance(differing, (list, tuple)) and differing:
            self._open_typing(typing.application, typing.exercise.id, typing.examiner)
            self.strip.say(say("entry.differs_now", count=len(differing)), "attention")
            return
        code = "entry.keyed_agreed" if differing is not None else "entry.keyed_once"
        if typing.keyed or differing is not None or not self.typing.done.isHidden():
            self.context.shell.notify(say(code, number=typing.number))
        self._to_list()
        self.search.setFocus()
        self.search.selectAll()  # the next scan or number takes its place

    def _to_list(self) -> None:
        self.typing.leave()
        self.stack.setCurrentIndex(0)
        self.mark_stale()
        self._to_table()

    def _to_table(self) -> None:
        if self.table.total and self.table.current is None:
            self.table.select_line(0)
        self.table.setFocus()

    def _on_give_up(self) -> None:
        line: PaperLine | None = self.table.current
        if line is None or line.examiner != self._me or line.state != "screen":
            self.strip.say(say("entry.give_up_screen.none"), "attention")
            return
        act = ops.write(self, go_on_paper, line.application, line.exercise).say_done(say("entry.given_up"))
        words = say("entry.give_up_screen.words", number=line.number, exercise=self._exercise(line))
        title = say("entry.give_up_screen")
        ConfirmDialog(self, self.context, title, words, title, act.start, danger=True).open()

    def _on_return_line(self) -> None:
        line: PaperLine | None = self.table.current
        if line is None or line.examiner != self._me or not line.keyers or line.state == "signed":
            self.strip.say(say("entry.nothing_keyed"), "attention")
            return
        title, words = say("entry.return.title", number=line.number), say("entry.return.words")

        def act(reason: str) -> None:
            writing = ops.write(self, return_paper, line.application, line.exercise, reason)
            writing.say_done(say("entry.returned")).start()

        ReasonDialog(self, self.context, title, words, act, say("entry.return")).open()

    def _on_release(self) -> None:
        line: PaperLine | None = self.table.current
        if line is None or line.state not in ("once", "differs"):
            self.strip.say(say("entry.nothing_keyed"), "attention")
            return
        # The one who keyed last is the one who is missing where both have typed.
        title = say("entry.release")
        words = say("entry.release.words", number=line.number, who="、".join(line.keyer_names))
        ReasonDialog(self, self.context, title, words, partial(self._release, line), title).open()

    def _release(self, line: PaperLine, reason: str) -> None:
        self.clear_refusal()
        ops.write(self, _withdraw_all, line, reason).say_done(say("entry.withdrawn")).start()


def _withdraw_all(write: Any, line: PaperLine, reason: str) -> None:
    """Every typing of a sheet, in one transaction: it is keyed anew by whoever is there."""
    for round in (1, 2):
        withdraw_typing(write, *line.id, round, reason)


def _read(read: Any, batch: int, me: int, all_of_them: bool) -> Found:
    lines = paper_lines(read, batch)
    keys = may_key(read, me, batch)
    shown = [line for line in lines if keys or all_of_them or line.examiner == me]
    return Found(plan_of(read, batch), tuple(shown), keys)


def _state_text(line: PaperLine) -> str:
    text = say(f"entry.state.{line.state}")
    return f"{text} {line.differing}" if line.differing else text
