"""One certificate as it will come out, inside the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.certificates.pages import pages_of
from core.certificates.standing import CertificateLine
from core.certificates.templates import template_of
from core.documents.certificate import Layer, certificate_pdf
from core.words import say
from ui import ops
from ui.pages.template_preview import TemplatePreview
from ui.widgets.basics import icon_button, label
from ui.widgets.card import Card


def one_page(read: Any, certificate: int, layer: Layer) -> tuple[bytes, tuple[float, float]]:
    """A certificate's sheet by the template in force, and the paper it stands on."""
    (page,) = pages_of(read, [certificate])
    template = template_of(read)
    return certificate_pdf(page, template, layer=layer), (template.paper.width, template.paper.height)


class SheetPreview(Card):
    """The sheets of a run, one at a time: Page Up and Page Down, or the arrows over it. `host` starts the reading."""

    def __init__(self, host: Any) -> None:
        super().__init__(say("exam.preview"))
        self._host = host
        self._lines: tuple[CertificateLine, ...] = ()
        self._layer = Layer.WHOLE
        self._at = 0
        self.view = TemplatePreview()
        self.view.setAccessibleName(say("exam.preview"))
        self.view.movable = False
        self.place = label("", "muted")
        self.before = icon_button("chevron-left", f"{say('certs.before')}  Alt+←", lambda: self.step(-1))
        self.after = icon_button("chevron-right", f"{say('certs.after')}  Alt+→", lambda: self.step(1))
        self.before.setShortcut("Alt+Left")
        self.after.setShortcut("Alt+Right")
        for tool in (self.place, self.before, self.after):
            self.tools.addWidget(tool)
        self.body.addWidget(self.view, 1)

    def show_lines(self, lines: Sequence[CertificateLine], layer: Layer) -> None:
        """Show the sheets of these certificates; the one in sight stays, if it is among them."""
        held = self._lines[self._at].id if self._at < len(self._lines) else None
        same = layer is self._layer and [one.id for one in lines] == [one.id for one in self._lines]
        self._lines, self._layer = tuple(lines), layer
        self._at = next((at for at, one in enumerate(lines) if one.id == held), 0)
        if not same:
            self._load()

    def step(self, by: int) -> None:
        """Show the next one, or the one before."""
        if 0 <= self._at + by < len(self._lines):
            self._at += by
            self._load()

    def _load(self) -> None:
        total = len(self._lines)
        self.before.setEnabled(self._at > 0)
        self.after.setEnabled(self._at + 1 < total)
        if not total:
            self.place.setText("")
            self.view.clear()
            return
        line = self._lines[self._at]
        self.place.setText(say("certs.place_of", at=self._at + 1, total=total, name=line.name))
        ops.read(self._host, one_page, line.id, self._layer).on_done(self._show).latest("preview").start()

    def _show(self, found: tuple[bytes, tuple[float, float]]) -> None:
        self.view.show_sheet(*found, {})
