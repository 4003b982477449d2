"""同步: what the association has got, what it said, what is stuck and why; and both ways there, net and stick."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout

from core.association.commands import accept_enrolment
from core.errors import AppError
from core.exchange.commands import change_link, pause_exchange
from core.people.permission import may
from core.words import say
from ui import ops
from ui.context import Context
from ui.pages.sync_cards import LinkCard, SaidCard, StateCard, StickCard, StuckCard
from ui.pages.sync_data import SyncView, sync_view
from ui.widgets.basics import column, holder, shortcut
from ui.widgets.page import Page

NARROW = 860
"""Below this width one card stands below the other."""
PATIENCE = 600
"""Milliseconds after which a round that nobody asked for shows how far it is."""
GATHER = 300
"""Milliseconds between something happening and reading again: a busy desk writes often, and this page counts all."""
EVERYTHING = frozenset({"*"})
"""What a file of the association may have changed."""


class SyncPage(Page):
    """The page of exchange. It asks; the window's `Exchange` does it, also while this page is not there."""

    title_code: ClassVar[str] = "ui.page.sync"
    scrolls: ClassVar[bool] = True
    batched: ClassVar[bool] = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        actor = context.session.actors.first
        self._may_link = may(actor, change_link)
        self._may_enrol = may(actor, accept_enrolment)
        self._may_pause = may(actor, pause_exchange)
        self._view: SyncView | None = None
        self._primary_is = ""
        self._asked: int | None = None
        self._failed = False
        self._unsaid: AppError | None = None
        """Why a round that was asked for failed. Whichever reading comes next says it: one may overtake another."""
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER)
        self._gather.timeout.connect(self.mark_stale)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._show_course)
        self.state = StateCard()
        self.stuck = StuckCard(self.change_link)
        self.said = SaidCard()
        self.stick = StickCard(self.write_stick, self.read_stick)
        self.link = LinkCard(self._on_metered, self._on_paused, self.change_link)
        self.link.metered.setEnabled(self._may_link)
        if not self._may_link:
            self.link.metered.setToolTip(say("desk_sync.link.admin_only"))
        self.link.paused.setEnabled(self._may_pause)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(16)
        self._columns.addWidget(self.said, 1)
        self._columns.addWidget(holder(column(self.stick, self.link, None, spacing=16)), 1)
        self.body.addWidget(self.state)
        self.body.addWidget(self.stuck)
        self.body.addLayout(self._columns)
        self.body.addStretch(1)
        shortcut("Ctrl+U", self, self.write_stick)
        shortcut("Ctrl+O", self, self.read_stick)
        context.exchange.moved.connect(self._on_moved)

    def refresh(self) -> None:
        ops.read(self, sync_view).on_done(self._show).latest("view").start()

    # What hands do

    def sync_now(self) -> None:
        """Exchange at once, and say what came of it."""
        self.clear_refusal()
        self._asked = self.context.exchange.course.rounds
        self.context.exchange.now()
        self._show_course()

    def write_stick(self) -> None:
        """Choose a stick and write a bundle to it."""
        from ui.pages.sync_stick import WriteDialog

        if self._is_enrolled():
            WriteDialog(self, self.context, self.mark_stale).open()

    def read_stick(self) -> None:
        """Choose what came back, and take it in."""
        from ui.pages.sync_stick import ReadDialog

        if self._is_enrolled():
            ReadDialog(self, self.context, self._on_taken).open()

    def change_link(self) -> None:
        """Address and proxy."""
        from ui.pages.sync_link import LinkDialog

        if self._view is not None:
            now = self._view.standing
            LinkDialog(self, self.context, now.hub, now.proxy, self._on_link).open()

    def enrol_online(self) -> None:
        """By one-time code."""
        from ui.pages.sync_enrol import OnlineDialog

        address = self._view.standing.hub if self._view is not None else ""
        OnlineDialog(self, self.context, address, self._on_enrolled).open()

    def write_request(self) -> None:
        """Write the file that asks to be enrolled."""
        from core.exchange.enrolling import ask_by_file
        from ui.pages.sync_enrol import ask_request_target

        self.clear_refusal()
        target = ask_request_target(self, self.context.store.centre)  # type: ignore[attr-defined]
        if target is not None:
            working = ops.work(self, ask_by_file, self.context.store, self.context.session.actors, target)
            working.on_done(lambda _none: self.strip.say(say("desk_sync.enrol.request.done", file=target.name), "good"))
            working.describe(say("desk_sync.enrol.doing")).start()

    def read_answer(self) -> None:
        """Take the association's answer in."""
        from ui.pages.sync_enrol import AnswerDialog, ask_answer

        self.clear_refusal()
        file = ask_answer(self)
        if file is not None:
            dialog = AnswerDialog(self, self.context, self._on_enrolled)
            dialog.take_file(file)
            dialog.open()

    # What happens to it

    def _on_changed(self, kinds: frozenset[str]) -> None:
        """Whatever is written waits to be sent."""
        if not self._gather.isActive():
            self._gather.start()

    def _on_metered(self, metered: bool) -> None:
        ops.write(self, change_link, metered=metered).on_done(lambda _none: self.context.exchange.look()).start()

    def _on_paused(self, paused: bool) -> None:
        ops.write(self, pause_exchange, paused).on_done(lambda _none: self.context.exchange.look()).start()

    def _on_link(self) -> None:
        self.context.exchange.look()
        self.mark_stale()

    def _on_taken(self) -> None:
        self.context.changed.emit(EVERYTHING)

    def _on_enrolled(self, found: Any) -> None:
        words = say("desk_sync.enrol.done", association=found.association, fingerprint=found.fingerprint)
        self.strip.say(words, "good")
        self.context.exchange.look()
        self.context.changed.emit(EVERYTHING)

    def _on_moved(self) -> None:
        course = self.context.exchange.course
        if course.busy:
            if self._asked is not None or not self.progress_strip.isHidden():
                self._show_course()
            elif not self._patience.isActive():
                self._patience.start()
            return
        self._patience.stop()
        self.hide_progress()
        if course.problem is None and self._failed:
            self._failed = False
            self.clear_refusal()
        self._hold_primary(True)
        self.mark_stale()
        if self._asked is not None and course.rounds > self._asked:
            self._asked = None
            self._say_end()
        elif course.problem is not None and course.problem.code == "exchange.stumbled":
            self.show_refusal(course.problem)

    def _say_end(self) -> None:
        """What came of a round that somebody here asked for."""
        course = self.context.exchange.course
        if course.problem is None:
            words = say("exchange.synced", sent=course.sent, received=course.received)
            self.strip.say(words, "good")
        elif course.problem.code == "exchange.cancelled":
            self.strip.say(course.problem.sentence, "plain")
        else:
            self._failed = True
            self._unsaid = course.problem
            self.refresh()

    def _say_failed(self, problem: AppError, view: SyncView) -> None:
        """The reason is said once: among what is stuck, where it stays until it is over, else here."""
        if any(one.code == problem.code for one in view.standing.stuck):
            self.strip.say(say("desk_sync.failed"), "attention")
        else:
            self.show_refusal(problem)

    def _show_course(self) -> None:
        """How far the round is, with a way to end it."""
        course = self.context.exchange.course
        if self._asked is not None or course.busy:
            moved = course if course.busy else None
            figures = (moved.sent, moved.received, moved.blobs) if moved else (0, 0, 0)
            text = say("exchange.progress", sent=figures[0], received=figures[1], blobs=figures[2])
            if not any(figures):
                text = say("desk_sync.doing")
            self.show_progress(text, 0, 0, self.context.exchange.cancel)
            self._hold_primary(False)

    def _hold_primary(self, free: bool) -> None:
        if self._primary is not None and self._primary_is == "now":
            self._primary.setEnabled(free)

    def _show(self, view: SyncView) -> None:
        self._view = view
        now = view.standing
        self.state.show_view(view)
        self.stuck.show_stuck(now.stuck, self._may_link)
        self.said.show_said(now.said)
        self.said.setHidden(now.association is None)
        self.stick.show_bundles(now.bundles)
        self.stick.setHidden(now.association is None)
        self.link.show_view(view)
        self._offer(view)
        self._hold_primary(not self.context.exchange.course.busy and self._asked is None)
        if self.context.exchange.course.busy and self.progress_strip.isHidden() and not self._patience.isActive():
            self._patience.start()  # it began before this page was there to hear of it
        problem, self._unsaid = self._unsaid, None
        if problem is not None:
            self._say_failed(problem, view)

    def _offer(self, view: SyncView) -> None:
        """The one button, and those of the link."""
        now = view.standing
        acts = []
        if not now.enrolled and self._may_enrol:
            acts.append((say("desk_sync.enrol.request"), self.write_request))
            acts.append((say("desk_sync.enrol.answer"), self.read_answer))
        self.link.change.setHidden(now.association is None or not self._may_link)
        words = ""
        if not now.enrolled:
            words = say(f"desk_sync.enrol.{'by_file' if self._may_enrol else 'ask_admin'}")
        self.link.offer(words, *acts)
        if now.enrolled:
            wanted = "now" if now.hub else "stick"
        else:
            wanted = "enrol" if self._may_enrol else "none"
        if wanted == self._primary_is:
            return
        self._primary_is = wanted
        if wanted == "now":
            self.set_primary(say("desk_sync.now"), self.sync_now, "Ctrl+Return", "sync")
        elif wanted == "stick":
            self.set_primary(say("desk_sync.stick.write"), self.write_stick, "Ctrl+Return", "usb")
        elif wanted == "enrol":
            self.set_primary(say("desk_sync.enrol.online"), self.enrol_online, "Ctrl+Return", "shield")
        elif self._primary is not None:
            self._primary.hide()

    def _is_enrolled(self) -> bool:
        return self._view is not None and self._view.standing.association is not None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._columns.setDirection(direction)
        self.state.be_narrow(narrow)
