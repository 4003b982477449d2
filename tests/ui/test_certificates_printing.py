# ruff: noqa: F811 - a fixture is named where it is used
"""Printing out of the window: sheets, jams, a killed program, numbered paper, files. Nobody has to guess."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from core.certificates.blank_commands import receive_blanks
from core.certificates.blanks import balance, next_in_stock
from core.certificates.handing_commands import record_collected, record_delivered
from core.certificates.print_commands import hand_over, start_print
from core.certificates.printers import printer_setup
from core.demo.association import code_area
from core.documents.scan_pages import page_codes
from core.printing.spooler import Trouble
from tests.printing.paper import PaperPrinter
from tests.ui.certified import Seat, ended, seat  # noqa: F401 - fixtures
from ui.pages import certificates_preview
from ui.pages.certificates_settle import SettleDialog
from ui.pages.certificates_setup import SetupDialog


def code_numbers(seat: Seat, sheets: list[bytes]) -> list[str]:
    """Whose certificates came out, by what their codes say."""
    from core.certificates.credential import from_text, read

    texts = [text for sheet in sheets for page in page_codes(sheet, within=code_area()) for text in page]
    return [read(from_text(text)).credential.number for text in texts]


def choose(view: Any, printer: str) -> None:
    view.printer.setCurrentIndex(view.printer.findData(printer))


def run_to_its_end(seat: Seat, view: Any) -> None:
    seat.qtbot.waitUntil(lambda: view.job is None, timeout=20_000)
    seat.wait()


def left_in_doubt(seat: Seat, handed: int = 3) -> None:
    """A program was killed while sheets were in the printer."""
    seat.prepare("issued")
    ids = [line.id for line in seat.lines]
    run = seat.act("C1", start_print, seat.ended.batch, ids, "P")
    seat.act("C1", hand_over, run, ids[:handed])


def test_every_sheet_comes_out_once_and_is_recorded(seat: Seat) -> None:
    page = seat.sit_down("issued")
    view = seat.open_printing(page)
    assert page._primary.text() == "打印 4 份"
    seat.primary(page)
    run_to_its_end(seat, view)
    assert code_numbers(seat, seat.tray.paper) == [line.number for line in seat.lines]
    assert seat.states == ["printed"] * 4
    assert view.progress.count.text() == "4 / 4"


def test_only_the_chosen_range_is_printed(seat: Seat) -> None:
    page = seat.sit_down("issued")
    view = seat.open_printing(page, ranges="2-3")
    assert page._primary.text() == "打印 2 份"
    seat.primary(page)
    run_to_its_end(seat, view)
    assert seat.states == ["waiting", "printed", "printed", "waiting"]
    view.ranges.setText("7")
    assert "1 到 2" in view.form._complaints[view.ranges].text()
    assert page._primary.isHidden()  # nothing is chosen, so there is nothing to press


def test_after_a_jam_the_last_good_one_is_asked_and_the_rest_can_be_printed(seat: Seat) -> None:
    page = seat.sit_down("issued")
    view = seat.open_printing(page)

    def jam(printer: PaperPrinter) -> None:
        printer.trouble = Trouble.JAM

    seat.tray.at_tick[4] = jam
    seat.primary(page)
    run_to_its_end(seat, view)
    assert "卡纸" in page.strip.text
    done = len(seat.tray.paper)
    dialog = seat.dialog(SettleDialog)
    doubtful = [str(line.state) for line in seat.lines].count("doubtful")
    assert 0 < doubtful < 4
    dialog.none.click()
    seat.wait()
    assert seat.states.count("printed") == done and "doubtful" not in seat.states
    seat.tray.trouble = None
    seat.primary(page)
    run_to_its_end(seat, view)
    assert seat.states == ["printed"] * 4
    assert code_numbers(seat, seat.tray.paper) == [line.number for line in seat.lines]


def test_a_killed_program_asks_first_what_came_out(seat: Seat) -> None:
    left_in_doubt(seat)
    page = seat.sit_down()
    dialog = seat.dialog(SettleDialog)
    seat.press(dialog.last, Qt.Key.Key_Return)
    assert dialog.isVisible() and seat.states.count("doubtful") == 3  # no answer is no answer
    seat.press(dialog.last, Qt.Key.Key_Down)
    seat.press(dialog.last, Qt.Key.Key_Down)
    assert dialog.table.current[1].id == seat.lines[1].id
    seat.press(dialog.last, Qt.Key.Key_Return)
    assert seat.states == ["printed", "printed", "waiting", "waiting"]
    assert page._primary.text() == "打印 2 份"


def test_the_last_good_one_is_named_in_any_way(seat: Seat) -> None:
    from core.certificates.credential import to_text

    left_in_doubt(seat)
    line = seat.lines[1]
    seat.sit_down()
    dialog = seat.dialog(SettleDialog)
    for words in ("2", line.number[-4:], line.candidate_number, line.name, to_text(line.token, "verify.example")):
        dialog.last.clear()
        dialog.last.setText(words)
        assert dialog.table.current[1].id == line.id and dialog.table.selectedIndexes(), words
        dialog.last.setText("9")
        assert not dialog.table.selectedIndexes()
    dialog.last.setText(line.number)
    dialog.confirm.click()
    seat.wait()
    assert seat.states == ["printed", "printed", "waiting", "waiting"]


def test_who_cannot_say_yet_is_reminded_and_nothing_is_printed_twice(seat: Seat) -> None:
    left_in_doubt(seat)
    page = seat.sit_down()
    seat.dialog(SettleDialog).reject()
    seat.wait()
    assert page._primary.text() == "确认打印结果"
    view = seat.open_printing(page)
    assert [line.id for line in view.lines] == [seat.lines[3].id]


def test_a_stopped_run_leaves_the_rest_to_be_printed(seat: Seat) -> None:
    page = seat.sit_down("issued")
    view = seat.open_printing(page)
    seat.tray.on_submit = lambda number: view.job.stop() if number == 2 else None
    seat.primary(page)
    run_to_its_end(seat, view)
    came_out = len(seat.tray.paper)
    assert came_out < 4
    assert seat.states == ["printed"] * came_out + ["waiting"] * (4 - came_out)


def test_printing_again_takes_a_reason_and_two_people(seat: Seat) -> None:
    seat.prepare("issued")
    seat.act("C1", record_delivered, [line.id for line in seat.lines])
    page = seat.sit_down()
    view = seat.open_printing(page, "again", "1")
    seat.primary(page)
    assert view.form._complaints[view.reason].text()
    view.reason.setText("测试：墨粉脱落")
    seat.primary(page)
    seat.second()
    run_to_its_end(seat, view)
    assert code_numbers(seat, seat.tray.paper) == [seat.lines[0].number]
    assert [line.copies for line in seat.lines] == [1, 0, 0, 0]


def test_a_reissue_keeps_its_number_and_is_counted(seat: Seat) -> None:
    seat.prepare("issued")
    seat.act("C1", record_delivered, [line.id for line in seat.lines])
    seat.act("C1", record_collected, seat.lines[0].id)
    page = seat.sit_down()
    number = seat.lines[0].number
    page.open_one(page.list.table.paged.row_at(0))
    seat.window.drawer.content.buttons["reissue"].click()
    seat.wait()
    view = page.printing
    assert "补发" in view.preview.view._document.getAllText(0).text()  # as it will come out
    view.reason.setText("测试：遗失")
    seat.primary(page)
    seat.second()
    run_to_its_end(seat, view)
    assert (seat.lines[0].number, seat.lines[0].reissues) == (number, 1)
    assert code_numbers(seat, seat.tray.paper) == [number]


def test_numbered_paper_is_used_in_its_order(seat: Seat) -> None:
    seat.prepare("issued")
    seat.act("C1", receive_blanks, "T001", "T003")
    page = seat.sit_down()
    view = seat.open_printing(page, ranges="1-2")
    view.numbered.setChecked(True)
    seat.wait()
    assert view.first_paper.text() == "T001"
    assert not view.copies.isEnabled()
    view.first_paper.setText("T002")
    seat.primary(page)
    run_to_its_end(seat, view)
    with seat.entrance.store.read() as read:
        found = balance(read)
        assert printer_setup(read, "P").numbered  # next time it is proposed
        assert next_in_stock(read, 3) == ["T001"]  # the sheets from T002 on were taken
    assert (found.used, found.left) == (2, 1)


def test_too_little_numbered_paper_stops_before_anything_is_handed_over(seat: Seat) -> None:
    seat.prepare("issued")
    seat.act("C1", receive_blanks, "T001", "T003")
    page = seat.sit_down()
    view = seat.open_printing(page)
    view.numbered.setChecked(True)
    seat.wait()
    seat.primary(page)
    run_to_its_end(seat, view)
    assert "库存只有 3 张" in page.strip.text
    assert seat.tray.paper == [] and seat.states == ["waiting"] * 4


def test_a_sheet_that_takes_long_to_draw_is_announced_and_never_stands_under_another_name(
    seat: Seat, monkeypatch: Any
) -> None:
    go_on = threading.Event()
    drawn = certificates_preview.one_page

    def slow(*given: Any) -> Any:
        go_on.wait(20)
        return drawn(*given)

    monkeypatch.setattr(certificates_preview, "one_page", slow)
    page = seat.sit_down("issued")
    page.open_print("first")
    view = page.printing
    sheet = view.preview.view
    seat.qtbot.waitUntil(lambda: sheet.slow, timeout=20_000)
    view.ranges.setText("9")  # none of them
    assert not sheet.slow
    go_on.set()
    seat.wait()
    assert sheet._document.pageCount() == 0  # what came too late belongs to nothing here
    view.ranges.setText("1")
    seat.wait()
    assert sheet._document.pageCount() == 1 and not sheet.slow


@pytest.mark.parametrize("each", [False, True])
def test_a_file_for_all_or_one_for_each(seat: Seat, tmp_path: Path, monkeypatch: Any, each: bool) -> None:
    page = seat.sit_down("issued")
    view = seat.open_printing(page)
    choose(view, "PDF/" if each else "PDF")
    target = tmp_path / ("folder" if each else "all.pdf")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *given: str(target))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(target), ""))
    assert page._primary.text() == "写入文件，4 份"
    seat.primary(page)
    run_to_its_end(seat, view)
    files = sorted(target.glob("*.pdf")) if each else [target]
    assert len(files) == (4 if each else 1)
    assert sorted(code_numbers(seat, [file.read_bytes() for file in files])) == sorted(
        line.number for line in seat.lines
    )
    assert seat.states == ["printed"] * 4


def test_a_file_that_cannot_be_written_leaves_everything_to_be_printed(
    seat: Seat, tmp_path: Path, monkeypatch: Any
) -> None:
    page = seat.sit_down("issued")
    view = seat.open_printing(page)
    choose(view, "PDF")
    (tmp_path / "all.pdf").mkdir()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(tmp_path / "all.pdf"), ""))
    seat.primary(page)
    run_to_its_end(seat, view)
    assert page.strip.text
    assert seat.states == ["waiting"] * 4


def test_what_is_measured_on_the_test_sheet_sets_the_printer(seat: Seat) -> None:
    page = seat.sit_down("issued")
    view = seat.open_printing(page)
    view.open_setup()
    dialog = seat.dialog(SetupDialog)
    dialog.test.click()
    seat.wait()
    assert len(seat.tray.jobs) == 1 and dialog.said.text()
    dialog.left.setValue(11.5)
    dialog.bar_across.setValue(99.0)
    dialog.take.click()
    assert dialog.across.value() == pytest.approx(101.01)
    assert dialog.dx.value() < 0 and dialog.dy.value() == 0
    dialog.confirm.click()
    seat.wait()
    with seat.entrance.store.read() as read:
        kept = printer_setup(read, "P")
    assert kept.scale_x == 10_101 and kept.dx < 0
    assert view.setup == kept


def test_measures_count_even_if_nobody_asked_to_work_them_out(seat: Seat) -> None:
    page = seat.sit_down("issued")
    view = seat.open_printing(page)
    view.open_setup()
    dialog = seat.dialog(SetupDialog)
    dialog.bar_down.setValue(98.0)
    dialog.confirm.click()
    seat.wait()
    with seat.entrance.store.read() as read:
        assert printer_setup(read, "P").scale_y == 10_204


def test_the_setup_grows_with_what_it_says(seat: Seat) -> None:
    page = seat.sit_down("issued")
    view = seat.open_printing(page)
    view.open_setup()
    dialog = seat.dialog(SetupDialog)
    dialog.take.click()
    seat.wait()
    assert dialog.height() >= dialog.layout().totalHeightForWidth(dialog.width())


def test_an_overprint_leaves_the_frame_to_the_paper(seat: Seat) -> None:
    page = seat.sit_down("issued")
    view = seat.open_printing(page, ranges="1")
    seat.primary(page)
    run_to_its_end(seat, view)
    view.overprint.setChecked(True)
    view.ranges.setText("1")
    seat.primary(page)
    run_to_its_end(seat, view)
    whole, over = seat.tray.paper
    assert len(over) < len(whole)
    assert code_numbers(seat, [over]) == [seat.lines[1].number]


def test_a_machine_without_a_printer_still_writes_files(seat: Seat, monkeypatch: Any) -> None:
    monkeypatch.setattr(PaperPrinter, "printers", lambda self: [])
    page = seat.sit_down("issued")
    view = seat.open_printing(page)
    assert "没有打印机" in view.form._complaints[view.printer].text()
    assert view.to_file and page._primary.text() == "写入文件，4 份"
