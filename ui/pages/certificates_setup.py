"""How one printer is set: offset and scale found by a test sheet with 100 mm bars, tray, overprint, numbered paper."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QWidget

from core.certificates.printers import LEAST_SCALE, MOST_SCALE, MOST_SHIFT, PrinterSetup, keep_printer_setup
from core.documents.calibration import BAR, FRAME
from core.documents.certificate import Fit, calibration_page, corrected
from core.printing.spooler import Options, Spooler
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.low import LowBody
from ui.dialogs.sheet import ROUND, Sheet
from ui.pages.certificates_run import paper_name
from ui.widgets.basics import button, column, holder, label, row
from ui.widgets.form import Form

WIDTH = 672
FURTHEST = 40.0
"""Millimetres by which a measured frame or bar may differ; more is a slip of the hand."""


class SetupDialog(Sheet):
    """`done(setup)` when it is kept."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        spooler: Spooler,
        printer: str,
        setup: PrinterSetup,
        trays: tuple[str, ...],
        paper: tuple[float, float],
        done: Callable[[PrinterSetup], None],
    ) -> None:
        super().__init__(parent, context, say("certs.setup", printer=printer), say("certs.setup.words"), WIDTH)
        self._spooler, self._printer, self._paper, self._done = spooler, printer, paper, done
        self._setup = setup
        self.form = Form(4)
        self.tray = self.form.add(say("certs.tray"), QComboBox(), span=0)
        self.tray.addItem(say("certs.tray.usual"), "")
        for name in trays:
            self.tray.addItem(name, name)
        if setup.tray and setup.tray not in trays:
            self.tray.addItem(setup.tray, setup.tray)
        self.tray.setCurrentIndex(max(self.tray.findData(setup.tray), 0))
        shift, least, most = MOST_SHIFT / 100, LEAST_SCALE / 100, MOST_SCALE / 100
        self.dx = self.form.add(say("certs.setup.dx"), _figures(-shift, shift, " mm"))
        self.dy = self.form.add(say("certs.setup.dy"), _figures(-shift, shift, " mm"))
        self.across = self.form.add(say("certs.setup.across"), _figures(least, most, " %"))
        self.down = self.form.add(say("certs.setup.down"), _figures(least, most, " %"))
        self.form.section(say("certs.setup.measured"))
        self.form.add_wide(label(say("certs.setup.measured.words"), "muted", wrap=True))
        frame, bar = (FRAME - FRAME, FRAME + FURTHEST), (BAR - FURTHEST, BAR + FURTHEST)
        self.left = self.form.add(say("certs.setup.left"), _figures(*frame, " mm"))
        self.top = self.form.add(say("certs.setup.top"), _figures(*frame, " mm"))
        self.bar_across = self.form.add(say("certs.setup.bar_across"), _figures(*bar, " mm"))
        self.bar_down = self.form.add(say("certs.setup.bar_down"), _figures(*bar, " mm"))
        self._measures = {self.left: FRAME, self.top: FRAME, self.bar_across: BAR, self.bar_down: BAR}
        """The fields for what is measured, with what they say where the printer is right."""
        self.test = button(say("certs.setup.test"), self.print_test, icon="print")
        self.take = button(say("certs.setup.take"), self.take_measures)
        self.said = label("", "small", wrap=True)
        self.said.hide()
        asked = column(self.form, row(self.test, self.take, None), self.said, spacing=8)
        self.body.addWidget(LowBody(holder(asked), WIDTH - ROUND))
        self.confirm = self.add_buttons(say("certs.setup.keep"), self.keep)
        self._show(setup.fit)

    @property
    def setup(self) -> PrinterSetup:
        """What the fields say."""
        return PrinterSetup(
            dx=_whole(self.dx),
            dy=_whole(self.dy),
            scale_x=_whole(self.across),
            scale_y=_whole(self.down),
            overprint=self._setup.overprint,
            numbered=self._setup.numbered,
            tray=self.tray.currentData() or "",
        )

    def print_test(self) -> None:
        """Print the test sheet as a certificate would come out with what the fields say."""
        self.strip.clear()
        options = Options(paper=paper_name(self._paper), tray=self.tray.currentData() or "")
        page = calibration_page(self._paper, self.setup.fit)
        working = ops.work(self, self._spooler.submit, self._printer, page, options).busy(self.test)
        working.describe(say("certs.setup.sending"))
        working.on_done(lambda _job: self._say(say("certs.setup.sent"))).start()

    def take_measures(self) -> None:
        """Work out what the printer needs from what was measured on the test sheet."""
        left, top, across, down = map(_whole, self._measures)
        self._show(corrected(self.setup.fit, left=left, top=top, across=across, down=down))
        self._say(say("certs.setup.taken"))

    def keep(self) -> None:
        """Keep it for this printer, on this machine; what was measured counts, whether or not it was worked out."""
        if any(_whole(one) != usual * 100 for one, usual in self._measures.items()):
            self.take_measures()
        setup = self.setup
        writing = ops.write(self, keep_printer_setup, self._printer, setup).busy(self.confirm)
        writing.on_done(lambda _none: self._kept(setup)).start()

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.show()
        self._grow()

    def _kept(self, setup: PrinterSetup) -> None:
        self.accept()
        self._done(setup)

    def _show(self, fit: Fit) -> None:
        for field, value in zip(
            (self.dx, self.dy, self.across, self.down), (fit.dx_mm, fit.dy_mm, fit.scale_x, fit.scale_y), strict=True
        ):
            field.setValue(value / 100)
        for field, usual in self._measures.items():
            field.setValue(usual)


def _figures(least: float, most: float, unit: str) -> QDoubleSpinBox:
    made = QDoubleSpinBox()
    made.setDecimals(2)
    made.setRange(least, most)
    made.setSingleStep(0.1)
    made.setSuffix(unit)
    return made


def _whole(field: QDoubleSpinBox) -> int:
    return round(field.value() * 100)
