# ruff: noqa: F811 - a fixture is named where it is used
"""The certificates page on a real store: what is missing, issuing, handing out, voiding, numbered paper, lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel

from core.certificates.blank_commands import receive_blanks, spoil_blanks
from core.certificates.blanks import balance
from core.certificates.credential import to_text
from core.certificates.events import CertificateIssued
from core.certificates.handing_commands import record_delivered
from core.certificates.standing import State
from core.people.pins import sign_in
from core.store import Actors, acts
from core.store.segments import take_in
from tests.hub.devices import Device
from tests.rooms import ADMIN_PIN, CODE, PIN
from tests.ui.certified import Seat, ended, seat  # noqa: F401 - fixtures
from ui.dialogs.questions import ConfirmDialog, ReasonDialog
from ui.pages.certificates_blanks import BlanksDialog
from ui.pages.certificates_data import note_text, positions
from ui.pages.certificates_drawer import CertificateDrawer, ProxyDialog
from ui.pages.template_data import SAMPLE_NUMBER


def here(seat: Seat) -> Any:
    """The page with four certificates that have arrived from the association."""
    seat.prepare("issued")
    seat.act("C1", record_delivered, [line.id for line in seat.lines])
    return seat.sit_down()


def drawer(seat: Seat) -> Any:
    found = seat.window.drawer.content
    assert isinstance(found, CertificateDrawer)
    return found


def open_first(seat: Seat, page: Any) -> Any:
    page.list.table.select_line(0)
    page.list.table.setFocus()
    seat.press(page.list.table, Qt.Key.Key_Return)
    return drawer(seat)


def test_a_number_that_another_certificate_has_too_is_said_in_the_list_and_in_the_drawer(seat: Seat) -> None:
    store = seat.prepare("issued")
    other, one = Device(CODE, 77), seat.lines[0]
    part = CertificateIssued.Part(one.token, one.issued.isoformat())
    other.write(CertificateIssued(one.application, one.batch, one.number, one.lease, one.serial, 0), part, second=2)
    two = Actors(sign_in(store, "admin", ADMIN_PIN), sign_in(store, "M1", PIN))
    store.write(two, acts.admit, 77, other.public)
    store.write(two, take_in, other.segment())
    page = seat.sit_down()
    assert [note_text(line) for line in seat.lines][:3] == ["编号重复", "编号重复", ""]
    open_first(seat, page)
    said = [each.text() for each in drawer(seat).findChildren(QLabel)]
    assert any("不要发放" in text for text in said)


# What is missing, and issuing


def test_what_is_missing_is_named_and_goes_when_the_associations_file_is_taken_in(seat: Seat, tmp_path: Path) -> None:
    page = seat.sit_down("met")
    shown = [child.text() for child in page.list.lacks.findChildren(type(page.title))]
    assert {"协会授权", "协会审定", "证书号段"} <= set(shown)
    assert any("需要 4 个" in text for text in shown)
    assert page._primary.text() == "导入协会文件"
    (tmp_path / "answer.zks").write_bytes(seat.ended.file)
    page.take_in_file(tmp_path / "answer.zks")
    seat.wait()
    assert page.list.lacks.isHidden()
    assert page._primary.text() == "出证 4 份"


def test_a_file_that_is_not_the_associations_is_refused_and_nothing_changes(seat: Seat, tmp_path: Path) -> None:
    page = seat.sit_down("met")
    (tmp_path / "photo.zks").write_bytes(b"\x89PNG")
    page.take_in_file(tmp_path / "photo.zks")
    seat.wait()
    assert page.strip.text
    page.take_in_file(tmp_path / "gone.zks")
    seat.wait()
    assert "gone.zks" in page.strip.text
    changed = bytearray(seat.ended.file)
    changed[len(changed) // 2] ^= 1
    (tmp_path / "changed.zks").write_bytes(bytes(changed))
    page.take_in_file(tmp_path / "changed.zks")
    seat.wait()
    assert page.strip.text and page._primary.text() == "导入协会文件"


def test_certificates_are_issued_by_two_people_and_then_wait_to_be_printed(seat: Seat) -> None:
    page = seat.sit_down("allowed")
    assert page._primary.text() == "出证 4 份"
    seat.primary(page)
    seat.second()
    assert seat.states == ["waiting"] * 4
    assert page.list.table.total == 4
    assert page._primary.text() == "打印 4 份"


def test_who_may_not_act_sees_the_list_and_no_buttons(seat: Seat) -> None:
    page = seat.sit_down("issued", "A1")
    assert page.list.table.total == 4
    assert page._primary is None or page._primary.isHidden()
    assert open_first(seat, page).buttons == {}
    assert not page.template.preview.movable


# Handing out


def test_a_scan_opens_the_certificate_and_enter_hands_it_out(seat: Seat) -> None:
    page = here(seat)
    line = seat.lines[2]
    code = to_text(line.token, "verify.example").partition("#")[2]
    page.setFocus()
    for digit in code[:3]:  # the first keys of a scanner arrive while the cursor is anywhere
        seat.qtbot.keyClick(page, ord(digit))
    assert page.list.search.hasFocus()
    page.list.search.setText(code)
    seat.press(page.list.search, Qt.Key.Key_Return)
    shown = drawer(seat)
    assert shown.line.number == line.number
    seat.press(shown.buttons["collect"], Qt.Key.Key_Return)
    assert seat.states == ["printed", "printed", "collected", "printed"]
    assert drawer(seat).line.state is State.COLLECTED


def test_the_end_of_a_number_a_candidate_number_and_a_name_find_one_certificate(seat: Seat) -> None:
    page = here(seat)
    for text in (seat.lines[1].number, seat.lines[1].number[-6:], seat.lines[1].candidate_number, seat.lines[1].name):
        seat.window.close_drawer()
        page.list.search.setText(text)
        seat.press(page.list.search, Qt.Key.Key_Return)
        assert drawer(seat).line.id == seat.lines[1].id, text
    seat.window.close_drawer()
    page.list.search.setText("测试")
    seat.press(page.list.search, Qt.Key.Key_Return)
    assert "没有唯一" in page.strip.text


def test_a_code_that_is_none_of_this_batch_is_not_taken_for_one(seat: Seat) -> None:
    from ui.pages.template_data import sample_page

    page = here(seat)
    page.list.search.setText(sample_page(False).code.partition("#")[2])
    seat.press(page.list.search, Qt.Key.Key_Return)
    assert "不是这一批" in page.strip.text
    assert SAMPLE_NUMBER not in [line.number for line in seat.lines]
    assert seat.states == ["printed"] * 4


def test_handing_out_by_mistake_is_taken_back_at_once(seat: Seat) -> None:
    page = here(seat)
    open_first(seat, page).collect()
    seat.wait()
    assert seat.states[0] == "collected"
    seat.window.toast._on_action()
    seat.wait()
    assert seat.states[0] == "printed"


def test_a_proxy_is_named(seat: Seat) -> None:
    page = here(seat)
    open_first(seat, page).collect_by_proxy()
    dialog = seat.dialog(ProxyDialog)
    dialog.confirm.click()
    assert dialog.isVisible() and seat.states[0] == "printed"
    dialog.receiver.setText("测试代领，身份证")
    dialog.confirm.click()
    seat.wait()
    assert (seat.states[0], seat.lines[0].receiver) == ("proxy", "测试代领，身份证")


def test_what_the_association_printed_arrives_together(seat: Seat) -> None:
    page = seat.sit_down("issued")
    page.deliver_all()
    seat.dialog(ConfirmDialog).confirm.click()
    seat.wait()
    assert seat.states == ["printed"] * 4
    assert page._primary.text() == "发放（4 份待领）"
    seat.primary(page)
    assert seat.window.focusWidget() is page.list.search


# Voiding, revoking


def test_a_voided_certificate_takes_two_people_and_its_owner_may_get_another(seat: Seat) -> None:
    page = seat.sit_down("issued")
    number = seat.lines[0].number
    open_first(seat, page).void()
    dialog = seat.dialog(ReasonDialog)
    dialog.reason.setPlainText("测试：照片不对")
    dialog.confirm.click()
    seat.second()
    assert seat.states[0] == "voided"
    assert page._primary.text() == "出证 1 份"
    assert "测试：照片不对" in [child.text()[3:] for child in drawer(seat).findChildren(type(page.title))]
    seat.primary(page)
    seat.second()
    mine = [line for line in seat.lines if line.candidate_number == seat.lines[0].candidate_number]
    assert [str(line.state) for line in mine] == ["voided", "waiting"]
    assert len({line.number for line in mine} | {number}) == 2


def test_revocation_is_asked_for_by_two_people_and_shown(seat: Seat) -> None:
    page = here(seat)
    open_first(seat, page).ask_revocation()
    dialog = seat.dialog(ReasonDialog)
    dialog.reason.setPlainText("测试：冒名")
    dialog.confirm.click()
    seat.second()
    assert seat.lines[0].asked
    assert "revoke" not in drawer(seat).buttons


# Numbered paper


def test_numbered_paper_is_received_spoiled_and_counted(seat: Seat) -> None:
    page = seat.sit_down("issued")
    view = page.blanks
    page.tabs.choose(1)

    def ask(open_it: Any, **fields: Any) -> BlanksDialog:
        open_it()
        dialog = seat.dialog(BlanksDialog)
        for name, value in fields.items():
            field = dialog.fields[name]
            (field.setValue if name == "count" else getattr(field, "setPlainText", None) or field.setText)(value)
        dialog.confirm.click()
        seat.wait()
        return dialog

    ask(view.open_receive, first="T001", last="T010")
    again = ask(view.open_receive, first="T010", last="T012")
    assert again.isVisible() and "已经登记入库" in again.strip.text
    again.reject()
    ask(view.open_spoil, first="T003", last="T004", reason="折坏")
    unexplained = ask(view.open_count, count=7)
    assert unexplained.isVisible() and unexplained.strip.text
    unexplained.reject()
    ask(view.open_count, count=7, note="少一张")
    assert [view.figures[name]._number.text() for name in ("used", "spoiled", "left")] == ["0", "2", "8"]
    assert view.counts.paged.row_at(0).difference == -1


def test_a_range_of_spoiled_paper_takes_no_sheet_beyond_it(seat: Seat) -> None:
    seat.prepare("issued")
    seat.act("C1", receive_blanks, "T001", "T010")
    seat.act("C1", spoil_blanks, ["T003"], "折坏")
    page = seat.sit_down()
    page.blanks.open_spoil()
    dialog = seat.dialog(BlanksDialog)
    for name, text in (("first", "T002"), ("last", "T004")):
        dialog.fields[name].setText(text)
    dialog.fields["reason"].setPlainText("浸水")
    dialog.confirm.click()
    seat.wait()
    assert dialog.isVisible() and "T003" in dialog.strip.text  # and not T005 in its place
    dialog.reject()
    seat.wait()
    with seat.entrance.store.read() as read:
        assert balance(read).left == 9


def test_printing_opens_by_its_keys_wherever_the_cursor_is(seat: Seat) -> None:
    page = seat.sit_down("issued")
    others = [one for one in seat.window.findChildren(QAbstractButton) if not page.isAncestorOf(one)]
    rail = next(one for one in others if one.isVisible())
    rail.setFocus()
    seat.press(rail, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert page.printing is not None and page.printing.isVisible()


# Other papers


@pytest.mark.parametrize("what", ["register", "sign_for", "labels"])
def test_lists_and_labels_name_everybody(seat: Seat, tmp_path: Path, monkeypatch: Any, what: str) -> None:
    page = here(seat)
    target = tmp_path / "paper.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(target), ""))
    page.save_paper(what)
    seat.wait()
    text = pdf_text(target)
    for line in seat.lines:
        assert line.name in text and line.number in text


def pdf_text(path: Path) -> str:
    from pypdf import PdfReader

    return "".join(page.extract_text() for page in PdfReader(path).pages)


def test_ranges_are_read_as_people_write_them() -> None:
    from core.errors import Refused

    assert positions("", 3) == [0, 1, 2]
    assert positions("1-3，7、 9", 9) == [0, 1, 2, 6, 8]
    assert positions("2—3, 3", 4) == [1, 2]
    for wrong in ("0", "5", "3-1", "a", "1-", "-3", "1,,2", "²"):
        with pytest.raises(Refused):
            positions(wrong, 4)
