"""One certificate in the drawer: where it is, what happened to it, and what may be done with it now."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from core.certificates.commands import ask_revocation, void_certificate
from core.certificates.handing_commands import LONGEST_RECEIVER, record_collected, record_delivered, withdraw_collection
from core.certificates.standing import HANDED_OUT, CertificateLine, State
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.questions import ReasonDialog
from ui.dialogs.sheet import Sheet
from ui.pages.accounts_form import DrawerHost
from ui.pages.certificates_data import TONES, state_text
from ui.widgets.basics import badge, button, column, label, row, rule
from ui.widgets.form import Form
from ui.widgets.page import Page


class ProxyDialog(Sheet):
    """Who takes a certificate for its owner, and what they showed."""

    def __init__(self, parent: QWidget, context: Context, line: CertificateLine, act: Callable[[str], None]) -> None:
        super().__init__(parent, context, say("certs.proxy"), say("certs.proxy.words", name=line.name))
        self._act = act
        self.form = Form()
        self.receiver = self.form.add(say("certs.proxy.who"), QLineEdit(), hint=say("certs.proxy.hint"), required=True)
        self.receiver.setMaxLength(LONGEST_RECEIVER)
        self.body.addWidget(self.form)
        self.confirm = self.add_buttons(say("certs.proxy.do"), self._on_confirm)
        self.receiver.setFocus()

    def _on_confirm(self) -> None:
        who = self.receiver.text().strip()
        if not who:
            self.form.complain(self.receiver, say("certificates.proxy_needs_name"))
            return
        self.accept()
        self._act(who)


class CertificateDrawer(DrawerHost):
    """`print_it(purpose, line)` opens the print view on this one; `settle(line)` the question after doubtful sheets."""

    def __init__(
        self,
        page: Page,
        line: CertificateLine,
        may_act: bool,
        live: frozenset[int],
        print_it: Callable[[str, CertificateLine], None],
        settle: Callable[[CertificateLine], None],
    ) -> None:
        super().__init__(page.context)
        self._page = page
        self.line = line
        self._print, self._settle = print_it, settle
        self.buttons: dict[str, QPushButton] = {}
        head = row(label(line.candidate_number, "strong"), label(line.name, "card-title"), None, spacing=12)
        head.addWidget(badge(state_text(line, live), TONES[line.state]))
        number = label(line.number, "strong")
        number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.box.addLayout(column(head, number, spacing=8))
        facts = column(*(label(text, "muted", wrap=True) for text in _facts(line)), spacing=4)
        self.box.addLayout(facts)
        if line.name_differs and line.alive:
            self.box.addWidget(label(say("certs.differs.words"), "", "attention", wrap=True))
        if line.doubled:
            self.box.addWidget(label(say("certs.doubled.words"), "", "danger", wrap=True))
        if line.why:
            self.box.addWidget(label(say("certs.why", reason=line.why), "muted", wrap=True))
        if may_act and not (line.state is State.DOUBTFUL and line.run in live):
            self._add_acts()
        self.box.addStretch(1)

    # What may be done

    def _add_acts(self) -> None:
        line = self.line
        first: dict[State, tuple[tuple[str, Callable[[], None]], ...]] = {
            State.WAITING: (("print", partial(self._print, "first", line)), ("delivered", self.deliver)),
            State.DOUBTFUL: (("settle", partial(self._settle, line)),),
            State.PRINTED: (("collect", self.collect), ("proxy", self.collect_by_proxy)),
        }
        later: list[tuple[str, Callable[[], None]]] = []
        if line.state is State.PRINTED:
            later.append(("again", partial(self._print, "again", line)))
        if line.state in HANDED_OUT:
            later += [("reissue", partial(self._print, "reissue", line)), ("withdraw", self.withdraw)]
        if line.alive and line.state is not State.DOUBTFUL:
            if line.state not in HANDED_OUT and not line.handed_out:
                later.append(("void", self.void))
            if not line.asked:
                later.append(("revoke", self.ask_revocation))
        acts = first.get(line.state, ())
        for at, (name, act) in enumerate(acts):
            self.box.addWidget(self._button(name, act, "secondary" if at else "primary"))
        if later:
            self.box.addWidget(rule())
            self.box.addLayout(column(*(row(self._button(name, act, "ghost"), None) for name, act in later), spacing=0))
        if acts:
            self.setFocusProxy(self.buttons[acts[0][0]])

    def _button(self, name: str, act: Callable[[], None], kind: str) -> QPushButton:
        made = self.buttons[name] = button(say(f"certs.act.{name}"), act, kind)
        made.setAutoDefault(kind == "primary")  # Enter presses it
        return made

    def collect(self) -> None:
        """Its owner has taken it."""
        line = self.line
        # The page is the host: the undo is still to be had when this drawer shows somebody else.
        writing = ops.write(self._page, record_collected, line.id).busy(self.buttons["collect"])
        writing.on_refused(self.show_refusal)
        undo = say("certs.undo_reason")
        writing.undoable(say("certificates.collected", number=line.number), withdraw_collection, line.id, undo).start()

    def collect_by_proxy(self) -> None:
        """Somebody else takes it."""
        ProxyDialog(self, self.context, self.line, self._collected_by).open()

    def deliver(self) -> None:
        """The association has printed it, and it has arrived."""
        writing = ops.write(self, record_delivered, [self.line.id]).busy(self.buttons["delivered"])
        writing.say_done(say("certs.delivered", count=1)).start()

    def withdraw(self) -> None:
        """It was not collected after all."""

        def act(reason: str) -> None:
            ops.write(self, withdraw_collection, self.line.id, reason).start()

        self._ask("withdraw", act)

    def void(self) -> None:
        """Its number is gone for good; two people."""

        def act(reason: str) -> None:
            writing = ops.write(self, void_certificate, self.line.id, reason)
            writing.two_people(say("certs.void.purpose", number=self.line.number))
            writing.say_done(say("certs.void.done", number=self.line.number)).start()

        self._ask("void", act)

    def ask_revocation(self) -> None:
        """Ask the association; two people."""

        def act(reason: str) -> None:
            writing = ops.write(self, ask_revocation, self.line.id, reason)
            writing.two_people(say("certs.revoke.purpose", number=self.line.number))
            writing.say_done(say("certificates.asked", number=self.line.number)).start()

        self._ask("revoke", act)

    def _collected_by(self, who: str) -> None:
        writing = ops.write(self, record_collected, self.line.id, True, who)
        writing.say_done(say("certificates.collected", number=self.line.number)).start()

    def _ask(self, what: str, act: Callable[[str], None]) -> None:
        ReasonDialog(
            self, self.context, say(f"certs.act.{what}"), say(f"certs.ask.{what}"), act, say(f"certs.do.{what}")
        ).open()


def _facts(line: CertificateLine) -> list[str]:
    facts = [say("certs.fact.issued", day=line.issued.isoformat())]
    if line.delivered:
        facts.append(say("certs.fact.delivered"))
    if line.copies:
        facts.append(say("certs.fact.copies", count=line.copies))
    if line.reissues:
        facts.append(say("certs.reissued", count=line.reissues))
    if line.collected_at is not None:
        at = line.collected_at.strftime("%Y-%m-%d %H:%M")
        by_proxy = line.state is State.PROXY
        facts.append(say("certs.fact.proxy", at=at, who=line.receiver) if by_proxy else say("certs.fact.own", at=at))
    if line.asked and line.state is not State.REVOKED:
        facts.append(say("certs.fact.asked"))
    return facts
