"""操作记录与备份: what happened, does it still hold, and where the last backup is."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from core import audit
from core.clock import china_time
from core.words import say
from ui import ops
from ui.context import Context
from ui.models.paged import Column, Rows
from ui.pages.audit_safety import SafetyView
from ui.widgets.basics import column, holder, label, row
from ui.widgets.card import Card
from ui.widgets.page import Page
from ui.widgets.table import DataTable
from ui.widgets.tabs import Tabs, scrolled

MAY_BACK_UP = ("admin", "manager")
NOT_IN_JOURNAL = frozenset({"draft.saved", "exchange"})


class AuditPage(Page):
    """Two tabs: the journal, the newest first, and how safe it is."""

    title_code: ClassVar[str] = "ui.page.audit"
    batched: ClassVar[bool] = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.person = QComboBox()
        self.person.setAccessibleName(say("exam.audit.person"))
        self.kind = QComboBox()
        self.kind.setAccessibleName(say("exam.audit.kind"))
        for box, everything in ((self.person, "exam.audit.everybody"), (self.kind, "exam.audit.everything")):
            box.addItem(say(everything), None)
            box.setMinimumWidth(200)
            box.setMaxVisibleItems(16)
            box.activated.connect(lambda _at: self._load())
        self._count = label("", "muted")
        self.table = DataTable(_columns(), lambda line: line.id)
        self.table.setAccessibleName(say("exam.audit.journal"))
        self.table.loaded.connect(lambda total: self._count.setText(say("exam.audit.count", count=total)))
        self.safety = SafetyView(self, context)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._journal())
        self._pages.addWidget(scrolled(self.safety))
        self.tabs = Tabs([say("exam.audit.journal"), say("exam.audit.safety")], self._pages, self)
        self.body.addWidget(self.tabs)
        self.body.addWidget(self._pages, 1)
        if context.session.has(*MAY_BACK_UP):
            self.set_primary(say("exam.backup.now"), self.safety.back_up, "Ctrl+B", "save")
        context.changed.connect(self._on_any)

    def refresh(self) -> None:
        ops.read(self, audit.filters).on_done(self._show_filters).latest("filters").start()
        self._load()
        self.safety.refresh()

    def open_with(self, **arguments: Any) -> None:
        """Opened on a tab: `tab="safety"`."""
        self.tabs.choose(1 if arguments.get("tab") == "safety" else 0)

    def _on_any(self, kinds: frozenset[str]) -> None:
        """Whatever is written is an entry, but for what is kept on this machine alone."""
        if kinds - NOT_IN_JOURNAL:
            self.mark_stale()

    def _load(self) -> None:
        actor, kind = self.person.currentData(), self.kind.currentData()
        kinds = frozenset({kind}) if kind else frozenset()

        def query(read: Any, offset: int, limit: int) -> Rows:
            found, total = audit.lines(read, offset, limit, actor=actor, kinds=kinds)
            return Rows(found, total)

        self.table.load(self, query)

    def _show_filters(self, found: tuple[list[audit.Who], list[str]]) -> None:
        people, kinds = found
        _fill(self.person, [(one.name, one.id) for one in people])
        _fill(self.kind, sorted((audit.kind_text(kind), kind) for kind in kinds))

    def _journal(self) -> QWidget:
        card = Card()
        card.body.addWidget(self.table, 1)
        hint = label(say("exam.audit.hint"), "small", wrap=True)
        filters = row(self.person, self.kind, self._count, spacing=12)
        filters.addWidget(hint, 1)
        hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        page = column(filters, spacing=12)
        page.addWidget(card, 1)
        return holder(page)


def _columns() -> list[Column]:
    return [
        Column(say("exam.audit.time"), lambda line: _time(line.entry.at), width=172),
        Column(
            say("exam.audit.what"), lambda line: audit.kind_text(line.entry.kind), width=200, stretch=True, strong=True
        ),
        Column(say("exam.audit.who"), lambda line: line.who or say("exam.audit.program"), width=150, stretch=True),
        Column(say("exam.audit.second"), lambda line: line.second, width=130, stretch=True),
        Column(say("exam.audit.batch"), lambda line: line.batch, width=100),
        Column(
            say("exam.audit.number"),
            lambda line: f"{line.entry.device} · {line.entry.seq}",
            numeric=True,
            width=110,
            tone=lambda line: "muted",
        ),
    ]


def _time(at: int) -> str:
    return china_time(at).strftime("%Y-%m-%d %H:%M:%S")


def _fill(box: QComboBox, choices: list[tuple[str, Any]]) -> None:
    """What the box offers, without losing what was chosen."""
    chosen = box.currentData()
    while box.count() > 1:
        box.removeItem(1)
    for text, value in choices:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(chosen)) if chosen is not None else 0)
