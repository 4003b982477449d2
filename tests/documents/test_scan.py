"""Codes are found in what people hand in, and hostile files end in a sentence."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.documents import scan
from core.documents.code import draw, modules
from core.documents.layout import document
from core.errors import Refused

TEXT = "https://zhikao.example/v#" + "04821946173850274" * 17


def picture(*texts: str) -> Image.Image:
    sheet = Image.new("RGB", (900, 500 * len(texts)), "white")
    for row, text in enumerate(texts):
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
        sheet.paste(_image(code), (40, 500 * row + 20))
    return sheet


def _image(code: zxingcpp.Barcode) -> Image.Image:
    drawn = code.to_image(scale=6)
    return Image.frombytes("L", (drawn.shape[1], drawn.shape[0]), bytes(memoryview(drawn).cast("B")))


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def pdf(path: Path, *texts: str) -> bytes:
    with document(path, "测试") as pen:
        for text in texts:
            draw(pen, text, 30, 30, 33)
            pen.next_sheet()
    return path.read_bytes()


def test_a_credential_makes_a_code_of_version_8_at_level_m() -> None:
    assert modules(TEXT)[0] == 17 + 4 * 8


def test_all_codes_of_a_picture_are_found_from_top_to_bottom() -> None:
    assert scan.picture_codes(encoded(picture("first", TEXT, "third"))) == ["first", TEXT, "third"]


def test_a_picture_turned_around_still_reads() -> None:
    assert scan.picture_codes(encoded(picture(TEXT).rotate(90, expand=True), "JPEG")) == [TEXT]


def test_a_transparent_ground_is_white() -> None:
    image = picture(TEXT).convert("L").point(lambda grey: 255 - grey)
    clear = Image.new("RGBA", image.size, (0, 0, 0, 0))
    clear.putalpha(image)
    assert scan.picture_codes(encoded(clear)) == [TEXT]


def test_a_picture_without_a_code_has_none() -> None:
    assert scan.picture_codes(encoded(Image.new("RGB", (300, 300), "white"))) == []


def test_every_page_of_a_document_is_read_and_told(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    data = pdf(tmp_path / "codes.pdf", "first", TEXT)
    assert list(scan.pdf_codes(data, lambda page, pages: heard.append((page, pages)))) == [["first"], [TEXT]]
    assert heard == [(1, 2), (2, 2)]


def test_a_giant_sheet_is_drawn_within_bounds(tmp_path: Path) -> None:
    with document(tmp_path / "giant.pdf", "测试", (5_000.0, 5_000.0)) as pen:
        draw(pen, TEXT, 1_000, 1_000, 3_000)
        pen.next_sheet()
    assert list(scan.pdf_codes((tmp_path / "giant.pdf").read_bytes())) == [[TEXT]]


def test_too_many_pages_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MOST_PAGES", 2)
    with pytest.raises(Refused, match=r"documents\.big_pdf"):
        list(scan.pdf_codes(pdf(tmp_path / "codes.pdf", "1", "2", "3")))


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "LARGEST_PDF", 10)
    with pytest.raises(Refused, match=r"documents\.big_pdf"):
        list(scan.pdf_codes(bytes(11)))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"no document", b"%PDF-1.7\n" + bytes(5_000)])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match=r"documents\.bad_pdf"):
        list(scan.pdf_codes(data))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return pdf(tmp_path_factory.mktemp("scan") / "codes.pdf", TEXT)


@settings(max_examples=30)
@given(data=st.data())
def test_a_damaged_document_ends_in_codes_or_one_refusal(data: st.DataObject, whole: bytes) -> None:
    place = data.draw(st.integers(0, len(whole) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=30))
    try:
        list(scan.pdf_codes(whole[:place] + junk + whole[place + len(junk) :]))
    except Refused as refusal:
        assert refusal.code == "documents.bad_pdf"


@pytest.mark.parametrize("text", ["", "1" * 1_001])
def test_a_code_of_nothing_or_of_too_much_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"documents\.code_too_long"):
        modules(text)
