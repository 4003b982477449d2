"""One certificate as it will come out, inside the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.certificates.pages import pages_of
from core.certificates.standing import CertificateLine
from core.certificates.templates import template_of
from core.documents.certificate import Layer, certificate_pdf
from core.errors import AppError
from core.words import say
from ui import ops
from ui.pages.template_preview import TemplatePreview
from ui.widgets.basics import icon_button, label
from ui.widgets.card import Card


def one_page(read: Any, certificate: int, layer: Layer, reissue: bool = False) -> tuple[bytes, tuple[float, float]]:
    """A certificate's sheet by the template in force, as its next `reissue` is if so, and the paper it stands on."""
    (page,) = pages_of(read, [certificate])
    page = replace(page, copy=page.copy + reissue)
    template = template_of(read)
    return certificate_pdf(page, template, layer=layer), (template.paper.width, template.paper.height)


class SheetPreview(Card):
    """The sheets of a run, one at a time: Page Up and Page Down, or the arrows over it. `host` starts the reading."""

    def __init__(self, host: Any) -> None:
        super().__init__(say("exam.preview"))
        self._host = host
        self._lines: tuple[CertificateLine, ...] = ()
        self._layer, self._reissue = Layer.WHOLE, False
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

    def show_lines(self, lines: Sequence[CertificateLine], layer: Layer, reissue: bool = False) -> None:
        """Show the sheets of these certificates; the one in sight stays, if it is among them."""
        held = self._lines[self._at].id if self._at < len(self._lines) else None
        shown = [one.id for one in self._lines], self._layer, self._reissue
        self._lines, self._layer, self._reissue = tuple(lines), layer, reissue
        self._at = next((at for at, one in enumerate(lines) if one.id == held), 0)
        if shown != ([one.id for one in lines], layer, reissue):
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
        self.view.wait()
        wanted = line.id, self._layer, self._reissue
        reading = ops.read(self._host, one_page, *wanted).on_done(lambda found: self._show(wanted, found))
        reading.on_refused(self._refused).on_ended(self.view.wait_no_more).latest("preview").start()

    def _show(self, wanted: tuple[int, Layer, bool], found: tuple[bytes, tuple[float, float]]) -> None:
        """Nothing may be wanted any more, or another sheet."""
        if self._lines and wanted == (self._lines[self._at].id, self._layer, self._reissue):
            self.view.show_sheet(*found, {})

    def _refused(self, problem: AppError) -> None:
        """The sheet before this one may not stand under this one's name."""
        self.view.clear()
        self._host.show_refusal(problem)
