"""Printing through Qt, where there is no CUPS: each sheet is drawn at the printer's own fineness.

The system takes a sheet whole or not at all, but does not tell whether it came out: `follows` is False, and whoever
prints is asked to look at the last sheets.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from core.errors import EnvironmentFailure
from core.printing.spooler import Choices, JobStatus, NotTaken, Options, Printer, Quality, State, Trouble

DOTS_PER_INCH: Final = {Quality.NORMAL: 300, Quality.HIGH: 600}
"""A code of 0.6 mm a module and the fine lines around it hold from 300 on."""
MOST_PIXELS: Final = 40_000_000
"""A4 at 600 dots is 35 million; a larger sheet is drawn less finely, never below 300."""
LEAST: Final = 300
_POINTS: Final = 72.0


class QtSpooler:
    """The print system of Windows, or of any machine without CUPS; see `core.printing.spooler.Spooler`."""

    follows = False

    def __init__(self, make: Callable[[str], QPrinter] | None = None) -> None:
        """`make` answers the device for a printer's name: without it the system's printer of that name."""
        self._make = _system_printer if make is None else make
        self._numbers = count(1)
        self._taken: set[str] = set()

    def printers(self) -> list[Printer]:
        """The printers that the system offers, its default first."""
        found = [
            Printer(
                each.printerName(), each.description() or each.printerName(), each.isDefault(), True, _trouble(each)
            )
            for each in QPrinterInfo.availablePrinters()
        ]
        return sorted(found, key=lambda printer: (not printer.default, printer.name))

    def choices(self, printer: str) -> Choices:
        """The papers of this printer. Its trays are chosen in its own settings."""
        info = QPrinterInfo.printerInfo(printer)
        return Choices(tuple(size.key() for size in info.supportedPageSizes()))

    def submit(self, printer: str, pdf: bytes, options: Options) -> str:
        """Draw one sheet on the printer."""
        device = self._make(printer)
        if not device.isValid():
            raise NotTaken("printing.no_such_printer", printer=printer)
        buffer = QBuffer()
        buffer.setData(QByteArray(pdf))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        document = QPdfDocument(None)
        try:
            document.load(buffer)
            if document.pageCount() < 1:
                raise NotTaken("printing.not_drawn", printer=printer)
            _prepare(device, document.pagePointSize(0), options)
            _draw(device, document, printer)
        finally:
            document.close()
            buffer.close()
        job = f"{printer}-{next(self._numbers)}"
        self._taken.add(job)
        return job

    def state(self, job: str) -> JobStatus:
        """The system has taken it, or this process does not know it."""
        return JobStatus(State.PRINTED) if job in self._taken else JobStatus(State.LOST, Trouble.GONE)

    def cancel(self, job: str) -> bool:
        """What the system has taken it does not give back."""
        return False


def _system_printer(name: str) -> QPrinter:
    info = QPrinterInfo.printerInfo(name)
    if info.isNull():
        raise NotTaken("printing.no_such_printer", printer=name)
    return QPrinter(info, QPrinter.PrinterMode.HighResolution)


def _prepare(device: QPrinter, points: QSizeF, options: Options) -> None:
    """Paper, turn, edges and fineness: the sheet covers the paper at its own size."""
    device.setDocName("zhikao")
    device.setCopyCount(options.copies)
    device.setFullPage(True)
    device.setResolution(DOTS_PER_INCH[options.quality])
    if isinstance(options.paper, str):
        size = (
            QPageSize(QPageSize.PageSizeId[options.paper])
            if options.paper in QPageSize.PageSizeId.__members__
            else None
        )
    else:
        size = QPageSize(QSizeF(*sorted(options.paper)), QPageSize.Unit.Millimeter)
    device.setPageSize(size or QPageSize(QPageSize.PageSizeId.A4))
    wide = points.width() > points.height()
    device.setPageOrientation(QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait)
    device.setPageMargins(QMarginsF(0, 0, 0, 0))
    if options.tray.lower() == "manual":
        device.setPaperSource(QPrinter.PaperSource.Manual)


def _draw(device: QPrinter, document: QPdfDocument, printer: str) -> None:
    """Every page at its own size from the paper's corner; nothing is scaled to fit."""
    painter = QPainter()
    if not painter.begin(device):
        raise NotTaken("printing.not_drawn", printer=printer)
    try:
        for number in range(document.pageCount()):
            if number and not device.newPage():
                raise EnvironmentFailure("printing.refused", printer=printer, problem="")
            points = document.pagePointSize(number)
            dots = device.resolution()
            wide, high = points.width() / _POINTS * dots, points.height() / _POINTS * dots
            shrink = max(min(1.0, (MOST_PIXELS / (wide * high)) ** 0.5), min(1.0, LEAST / dots))
            picture = document.render(number, QSize(round(wide * shrink), round(high * shrink)))
            if picture.isNull():
                raise EnvironmentFailure("printing.not_drawn", printer=printer)
            corner = device.pageLayout().paintRectPixels(dots).topLeft()
            painter.drawImage(QRectF(-corner.x(), -corner.y(), wide, high), picture)
    except BaseException:
        device.abort()
        raise
    finally:
        ended = painter.end()
    if not ended or device.printerState() is QPrinter.PrinterState.Error:
        raise EnvironmentFailure("printing.refused", printer=printer, problem="")


def _trouble(info: QPrinterInfo) -> Trouble | None:
    return Trouble.OFFLINE if info.state() is QPrinter.PrinterState.Error else None
