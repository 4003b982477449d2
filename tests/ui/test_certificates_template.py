# ruff: noqa: F811 - a fixture is named where it is used
"""The template beside its sheet: moved by hand, checked as it is typed, adopted by two people."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from core.certificates.templates import template_id, template_of
from core.documents.template import read_template
from tests.ui.certified import Seat, ended, seat  # noqa: F401 - fixtures
from ui.pages.template_data import part


def editor(seat: Seat, login: str = "C1") -> Any:
    page = seat.sit_down("issued", login)
    page.tabs.choose(2)
    seat.wait()
    return page.template


def type_in(seat: Seat, view: Any, name: str, text: str) -> None:
    """Somebody changes a field of the part in hand and leaves it."""
    kind = type(part(view.template, view.chosen))
    field = {**view.forms, **view.whole}[kind].fields[name]
    field.setText(text)
    field.editingFinished.emit()
    seat.wait()


def said(view: Any) -> str:
    from PySide6.QtWidgets import QLabel

    return " ".join(one.text() for one in view.side.findChildren(QLabel) if not one.isHidden())


def adopted(seat: Seat) -> Any:
    with seat.entrance.store.read() as read:
        return template_of(read), template_id(read)


def test_a_part_is_dragged_to_another_place_and_back(seat: Seat) -> None:
    view = editor(seat)
    before = part(view.template, "seal")
    place = view.preview.place_of("seal").toPoint()
    way = QPoint(round(-10 * view.preview._scale()), round(-4 * view.preview._scale()))
    QTest.mousePress(view.preview, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseMove(view.preview, place + way)
    QTest.mouseRelease(view.preview, Qt.MouseButton.LeftButton, pos=place + way)
    seat.wait()
    after = part(view.template, view.chosen)
    assert view.chosen in ("seal", "issuer", "issuer_en", "issued", "issued_en", "seal_label")
    moved_from = part(adopted(seat)[0], view.chosen)
    assert (after.x - moved_from.x, after.y - moved_from.y) == pytest.approx((-10, -4), abs=0.5)
    seat.press(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert part(view.template, "seal") == before and view.template == adopted(seat)[0]


def test_arrow_keys_move_the_part_in_hand(seat: Seat) -> None:
    view = editor(seat)
    view.choose("seal")
    x = part(view.template, "seal").x
    view.preview.setFocus()
    seat.press(view.preview, Qt.Key.Key_Left)
    seat.press(view.preview, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert part(view.template, "seal").x == pytest.approx(x - 0.6)


def test_words_of_the_state_are_said_beside_the_field_and_are_not_adopted(seat: Seat) -> None:
    view = editor(seat)
    view.choose("title")
    type_in(seat, view, "text", "国 家 职业资格证书")
    assert "不得使用" in said(view)
    view.choose("code")
    seat.wait(10)
    assert "不得使用" in said(view)  # it is not forgotten while another part is in hand
    seat.primary(view._page)
    assert "不得使用" in view._page.strip.text
    assert adopted(seat)[1] == 0


def test_a_code_too_small_or_off_the_paper_is_told_at_once(seat: Seat) -> None:
    view = editor(seat)
    view.choose("code")
    view.forms[type(part(view.template, "code"))].fields["side"].setValue(20)
    seat.wait()
    assert "不能小于" in said(view)
    view.step_back()
    seat.wait()
    view.choose("seal")
    view.forms[type(part(view.template, "seal"))].fields["x"].setValue(295)
    seat.wait()
    assert "超出了纸张" in said(view)
    seat.primary(view._page)
    assert "超出了纸张" in view._page.strip.text


def test_a_template_is_adopted_by_two_people_and_printed_by_from_then_on(seat: Seat) -> None:
    view = editor(seat)
    page = view._page
    seat.primary(page)
    assert "没有改动" in page.strip.text
    view.choose("template")
    type_in_issuer(seat, view, "测试协会")
    assert view.state.text() == "有改动，未采用"
    seat.primary(page)
    seat.second()
    assert adopted(seat)[0].issuer.name == "测试协会"
    assert view.state.text() == "正在使用"
    page.tabs.choose(0)
    page.open_print("first")
    seat.wait()
    from core.documents.certificate import Layer
    from ui.pages.certificates_preview import one_page

    with seat.entrance.store.read(seat.window.context.session.actors.first) as read:
        data, _ = one_page(read, seat.lines[0].id, Layer.WHOLE)
    assert "测试协会" in text_of(data)


def type_in_issuer(seat: Seat, view: Any, name: str) -> None:
    from core.documents.template import Issuer

    field = view.whole[Issuer].fields["name"]
    field.setText(name)
    field.editingFinished.emit()
    seat.wait()


def text_of(data: bytes) -> str:
    from pypdf import PdfReader

    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def test_a_seals_picture_is_taken_and_a_person_is_asked_to_look_at_it(
    seat: Seat, tmp_path: Path, monkeypatch: Any
) -> None:
    from PIL import Image

    view = editor(seat)
    Image.new("RGBA", (80, 80), (200, 30, 30, 90)).save(tmp_path / "seal.png")
    (tmp_path / "words.png").write_text("not a picture")
    for name, taken in (("words.png", False), ("gone.png", False), ("seal.png", True)):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given, name=name: (str(tmp_path / name), ""))
        view.choose("seal")
        view.open_seal()
        seat.wait()
        assert bool(view.template.seal.image) is taken
        assert bool(view._page.strip.text) is not taken
    assert "不能有国徽" in said(view)
    view.drop_seal.click()
    seat.wait()
    assert not view.template.seal.image


def test_a_template_goes_into_a_file_and_comes_back(seat: Seat, tmp_path: Path, monkeypatch: Any) -> None:
    view = editor(seat)
    target = tmp_path / "t.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(target), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (str(target), ""))
    view.start_from("portrait")
    seat.wait()
    wanted = view.template
    assert wanted.paper.width < wanted.paper.height
    view.save_file()
    seat.wait()
    assert read_template(target.read_bytes()) == wanted
    view.reset()
    seat.wait()
    assert view.template == adopted(seat)[0]
    view.open_file()
    seat.wait()
    assert view.template == wanted
    target.write_bytes(b"\x00\xff")
    view.open_file()
    seat.wait()
    assert view._page.strip.text and view.template == wanted


def test_who_may_not_adopt_can_look_only(seat: Seat) -> None:
    view = editor(seat, "A1")
    assert not view._stack.isEnabled()
    before = view.template
    view.choose("seal")
    seat.press(view.preview, Qt.Key.Key_Left)
    assert view.template == before
