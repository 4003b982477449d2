"""Where there is no CUPS a sheet is drawn through Qt: at its own size, finely enough for its code."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from core.documents import scan
from core.documents.code import draw
from core.documents.layout import document
from core.errors import EnvironmentFailure
from core.printing.cups import Cups
from core.printing.run import Report, Run, Sheet
from core.printing.spooler import NotTaken, Options, Quality, State, Trouble
from tests.printing.paper import Memory
from ui.printing import spooler
from ui.printing.qt_printer import QtSpooler

CODES = ["https://zhikao.example/v#123456789012345678901234567890", "https://zhikao.example/v#2"]


@pytest.fixture
def sheet(tmp_path: Path) -> bytes:
    with document(tmp_path / "sheet", "测试") as pen:
        draw(pen, CODES[0], 30, 30, 33)
        pen.next_sheet()
        draw(pen, CODES[1], 30, 30, 33)
        pen.next_sheet()
    return (tmp_path / "sheet").read_bytes()


class Into:
    """Devices that print into numbered files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0

    def __call__(self, name: str) -> QPrinter:
        self.count += 1
        made = QPrinter(QPrinter.PrinterMode.HighResolution)
        made.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        made.setOutputFileName(str(self.folder / f"{self.count}.pdf"))
        return made


@pytest.mark.parametrize("quality", list(Quality))
def test_a_sheet_is_drawn_at_its_own_size_and_its_codes_read(
    qapp: QApplication, sheet: bytes, tmp_path: Path, quality: Quality
) -> None:
    import pypdfium2

    printer = QtSpooler(Into(tmp_path))
    job = printer.submit("P", sheet, Options(quality=quality))
    assert printer.state(job).state is State.PRINTED and not printer.follows
    drawn = (tmp_path / "1.pdf").read_bytes()
    assert list(scan.pdf_codes(drawn)) == [[CODES[0]], [CODES[1]]]
    places = []
    for data in (sheet, drawn):
        opened = pypdfium2.PdfDocument(data)
        assert opened[0].get_size() == pytest.approx((595.3, 841.9), abs=1)
        dark = opened[0].render(scale=2, grayscale=True).to_pil().point(lambda grey: 255 if grey < 128 else 0)
        places.append(dark.getbbox())
        opened.close()
    assert places[0] == pytest.approx(places[1], abs=2), "a dot is a third of a millimetre"


def test_a_run_through_qt_prints_every_sheet(qapp: QApplication, sheet: bytes, tmp_path: Path) -> None:
    class Known(QtSpooler):
        def printers(self) -> list:  # type: ignore[type-arg]
            from core.printing.spooler import Printer

            return [Printer("P", "P")]

    memory = Memory()
    made = [Sheet(str(number), lambda: sheet) for number in (1, 2, 3)]
    report = Run(Known(Into(tmp_path)), "P", Options(quality=Quality.NORMAL), made, memory).go()
    assert report == Report(printed=("1", "2", "3")) and len(list(tmp_path.glob("*.pdf"))) == 3


def test_what_is_no_pdf_is_not_handed_over(qapp: QApplication, tmp_path: Path) -> None:
    with pytest.raises(NotTaken, match="not_drawn"):
        QtSpooler(Into(tmp_path)).submit("P", b"nothing", Options())
    assert list(tmp_path.iterdir()) == []


def test_a_printer_that_is_not_there_takes_nothing(qapp: QApplication, sheet: bytes) -> None:
    with pytest.raises(EnvironmentFailure):
        QtSpooler().submit("没有这台", sheet, Options())


def test_a_job_of_another_time_is_not_known(qapp: QApplication) -> None:
    assert QtSpooler().state("P-7").trouble is Trouble.GONE
    assert not QtSpooler().cancel("P-7")


def test_cups_is_used_where_its_commands_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("lp", "lpstat"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert isinstance(spooler(), Cups)
    (tmp_path / "lp").unlink()
    assert isinstance(spooler(), QtSpooler)
