# ruff: noqa: F811 - a fixture is named where it is used
"""The page of exchange: what it says, who may do what on it, and how a centre enrols."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog

from core.association.enrol_codes import EnrolCode, new_code, write_code
from core.association.events import AuthorisationGiven, DecisionGiven
from core.association.fingerprint import fingerprint
from core.exchange import keeping
from core.store import THE_PROGRAM
from core.words import LANGUAGES, use
from tests.exchange.small_hub import Says
from tests.ui.exam import Room, founded, room  # noqa: F401 - fixtures
from tests.ui.sync_office import Association, Office, association, hub, office, shown_words, stick  # noqa: F401 - fixtures

HOSTILE = "⚠ <b>not markup</b> " + "x" * 3000


def test_a_centre_that_is_not_enrolled_is_told_how_to_be_and_talks_to_nobody(office: Office) -> None:
    page = office.page()
    assert page.state.sentence.text() == "本机还没有接入协会，记录都只在本机。"
    assert page._primary.text() == "联网接入协会"
    assert page.stick.isHidden() and page.said.isHidden()
    assert "未接入协会" in office.foot()
    assert office.exchange._service is None
    other = office.page("C01")
    assert other._primary is None
    assert "系统管理员" in shown_words(other.link)
    assert "没有网络可以用U盘" in other.state.note.text()
    for keys in (Qt.Key.Key_U, Qt.Key.Key_O):
        office.room.press(other, (keys, Qt.KeyboardModifier.ControlModifier))
    office.room.settle()
    assert [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()] == []


def test_two_people_enrol_by_code_and_everything_goes_up_by_itself(office: Office) -> None:
    from ui.pages.sync_enrol import OnlineDialog

    made, text = new_code(office.hub.public)
    office.hub.secret = made.secret
    page = office.page()
    office.room.press(page, (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier))
    dialog = office.dialog(OnlineDialog)
    office.room.click(dialog.confirm)
    assert dialog.form._complaints[dialog.address].text() == "请填写这一项。"
    dialog.address.setText(office.hub.url)
    dialog.code.setText(text[:-4])
    office.room.click(dialog.confirm)
    assert "32 个字母和数字" in dialog.form._complaints[dialog.code].text()
    dialog.code.setText(text.lower().replace("-", " "))
    office.room.click(dialog.confirm)
    office.room.settle()
    (second,) = [one for one in dialog.findChildren(QDialog) if one.isVisible()]
    second.account.setText("M01")
    second.pin.setText(office.room.pins["M01"])
    office.room.click(second.confirm)
    office.room.until(lambda: page.strip.text)
    assert fingerprint(office.hub.public) in page.strip.text
    office.rounds(1)
    assert office.hub.chains[1].seq == office.room.store.head.seq
    assert page.state.sentence.text() == "协会已收到全部内容。"
    assert page._primary.text() == "立即同步"
    assert f"本机第 {office.room.store.head.seq:,} 条" in page.state.note.text()
    assert "协会已收到" in office.foot()


def test_a_code_that_the_hub_refuses_is_told_in_the_dialog_and_what_was_typed_stays(office: Office) -> None:
    from ui.pages.sync_enrol import OnlineDialog

    _, text = new_code(office.hub.public)
    page = office.page()
    page.enrol_online()
    dialog = office.dialog(OnlineDialog)
    dialog.address.setText(office.hub.url)
    dialog.code.setText(text)
    office.room.click(dialog.confirm)
    office.room.settle()
    (second,) = [one for one in dialog.findChildren(QDialog) if one.isVisible()]
    second.account.setText("M01")
    second.pin.setText(office.room.pins["M01"])
    office.room.click(second.confirm)
    office.room.until(lambda: dialog.strip.text)
    assert "没有接受这个接入码" in dialog.strip.text
    assert "可能输错了" in dialog.strip.text and "bad_code" not in dialog.strip.text
    assert dialog.code.text() == text
    dialog.reject()


def test_a_code_of_another_hub_than_the_one_at_the_address_is_to_be_compared_once_more(office: Office) -> None:
    from ui.pages.sync_enrol import OnlineDialog

    made, text = new_code(office.hub.public)
    office.hub.secret = made.secret
    page = office.page()
    page.enrol_online()
    dialog = office.dialog(OnlineDialog)
    dialog.address.setText(office.hub.url)
    dialog.code.setText(write_code(EnrolCode(made.secret, bytes(10))))
    for written in ("与接入码对不上", ""):
        office.room.click(dialog.confirm)
        office.room.settle()
        (second,) = [one for one in dialog.findChildren(QDialog) if one.isVisible()]
        second.account.setText("M01")
        second.pin.setText(office.room.pins["M01"])
        office.room.click(second.confirm)
        if written:
            office.room.until(lambda: dialog.strip.text)
            assert written in dialog.strip.text
            dialog.code.setText(text)
    office.room.until(lambda: "测试协会" in page.strip.text)


def test_a_centre_without_a_network_enrols_by_two_files(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui.pages.sync_enrol import AnswerDialog

    request, answer = tmp_path / "request.json", tmp_path / "answer"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(request), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(answer), ""))
    page = office.page()
    page.write_request()
    office.room.until(lambda: page.strip.text)
    answer.write_bytes(office.hub.admit(request.read_bytes()))
    for key, works in (("0000-" * 7 + "0000", False), (fingerprint(office.hub.public).lower(), True)):
        page.read_answer()
        dialog = office.dialog(AnswerDialog)
        dialog.fingerprint.setText(key)
        office.room.click(dialog.confirm)
        office.room.settle()
        (second,) = [one for one in dialog.findChildren(QDialog) if one.isVisible()]
        second.account.setText("M01")
        second.pin.setText(office.room.pins["M01"])
        office.room.click(second.confirm)
        if not works:
            office.room.until(lambda dialog=dialog: dialog.strip.text)
            assert "指纹不符" in dialog.strip.text
            dialog.reject()
            office.room.settle()
    office.room.until(lambda: "测试协会" in page.strip.text)
    # Enrolled, but without an address: the stick is what to do next.
    office.room.until(lambda: page._primary.text() == "写到U盘")
    assert office.exchange._service is None


def test_what_the_association_decided_stands_on_the_page_with_its_reason(office: Office) -> None:
    office.enrol()
    page = office.page()
    office.rounds(1)
    office.hub.say(DecisionGiven("B2026-02", bytes(32), False), DecisionGiven.Part("缺少签名" + HOSTILE))
    office.press_now(page)
    assert "收到协会 1 条消息" in page.strip.text
    office.says(page.said, "没有通过批次 B2026-02", "缺少签名", "<b>")


def test_an_authorisation_names_the_standard_as_people_know_it(office: Office) -> None:
    office.enrol()
    page = office.page()
    office.rounds(1)
    given = ("2026-01-01", "2027-12-31", bytes(32), "99999901", "")
    office.hub.say(AuthorisationGiven("t-caftv-rural-2026", [], *given))
    office.hub.say(AuthorisationGiven("a-standard-to-come", [], *given))
    office.press_now(page)
    office.says(page.said, "乡村直播电商运营师职业能力水平评价规范", "2027-12-31", "a-standard-to-come")


def test_a_link_that_fails_says_why_and_since_when_and_is_over_when_it_is_over(office: Office) -> None:
    office.enrol(quiet=True)
    page = office.page()
    office.press_now(page)
    office.hub.fault = lambda method, path, body: "html"
    office.exchange.moved.connect(page.refresh)  # a later reading overtakes the one that was to say it
    office.press_now(page)
    office.room.until(lambda: page.strip.property("strip") == "attention")
    office.says(page.stuck, "网络要求先登录")
    office.hub.fault = lambda method, path, body: None
    office.press_now(page)
    office.room.until(page.stuck.isHidden)
    office.room.until(lambda: page.strip.property("strip") == "good")


def test_a_fork_is_an_alarm_and_no_mere_missing_link(office: Office) -> None:
    office.hub.fault = lambda method, path, body: Says(403, "withdrawn", device=1) if "hello" in path else None
    office.enrol()
    page = office.page()
    office.rounds(1)
    office.room.until(lambda: "同步需要处理" in office.foot())
    office.says(page.stuck, "已停止接收设备 1")


def test_a_metered_link_is_the_administrators_to_say(office: Office) -> None:
    office.enrol(quiet=True)
    page = office.page("C01")
    assert not page.link.metered.isEnabled() and not page.link.paused.isEnabled() and page.link.change.isHidden()
    page = office.page("M01")
    assert not page.link.metered.isEnabled() and page.link.paused.isEnabled()
    assert "系统管理员" in page.link.metered.toolTip()
    page = office.page()
    office.switch(page.link.metered)
    office.room.settle()
    page = office.page()
    assert page._view.standing.metered and page.link.metered.isChecked()


def test_an_address_that_is_none_is_refused_where_it_was_typed(office: Office) -> None:
    from ui.pages.sync_link import LinkDialog

    office.enrol(quiet=True)
    page = office.page()
    page.change_link()
    dialog = office.dialog(LinkDialog)
    assert dialog.address.text() == office.hub.url and not dialog.password.isEnabled()
    dialog.address.setText("http://hub.example.cn")
    office.room.click(dialog.confirm)
    assert "没有加密" in dialog.form._complaints[dialog.address].text()
    dialog.address.setText(office.hub.url + "/")
    dialog.proxy.setText("http://user:secret@proxy.example.cn:8080")
    office.room.click(dialog.confirm)
    assert "密码另外填写" in dialog.form._complaints[dialog.proxy].text()
    dialog.proxy.setText("http://user@proxy.example.cn:8080")
    assert dialog.password.isEnabled()
    dialog.password.setText("secret")
    office.room.click(dialog.confirm)
    # A machine without a safe keyring: said, with what to do; the address is kept all the same.
    office.room.until(lambda: dialog.strip.text)
    assert "钥匙串" in dialog.strip.text
    assert dialog.password.text() == ""
    dialog.reject()
    page.mark_stale()
    office.room.settle()
    assert page._view.standing.proxy == "http://user@proxy.example.cn:8080"
    assert page._view.standing.hub == office.hub.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_page_stands_inside_its_window(office: Office, language: str) -> None:
    from PySide6.QtWidgets import QLabel

    office.enrol(quiet=True)
    use(language)
    page = office.page()
    office.room.window.resize(911, 512)
    office.room.qtbot.wait(50)
    store = office.room.store
    store.write(THE_PROGRAM, keeping.trouble, "device:1", "exchange.fork", {"device": 1}, 0)
    page.mark_stale()
    office.room.settle()
    office.room.qtbot.wait(50)
    for one in page.findChildren(QLabel):
        if one.isVisible() and one.text() and one.wordWrap():
            assert one.height() >= one.heightForWidth(one.width()), one.text()
            right = one.mapTo(page, QPoint(one.width(), 0)).x()
            assert right <= page.width(), one.text()
