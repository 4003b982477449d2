"""Codes are found in what people hand in, and hostile files end in a sentence."""

from __future__ import annotations

import io
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.documents import scan, scan_apart, scan_pages
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
    monkeypatch.setattr(scan_pages, "MOST_PAGES", 2)
    with pytest.raises(Refused, match=r"documents\.big_pdf"):
        list(scan_pages.page_codes(pdf(tmp_path / "codes.pdf", "1", "2", "3")))


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "LARGEST_PDF", 10)
    with pytest.raises(Refused, match=r"documents\.big_pdf"):
        list(scan.pdf_codes(bytes(11)))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"no document", b"%PDF-1.7\n" + bytes(5_000)])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match=r"documents\.bad_pdf"):
        list(scan.pdf_codes(data))


def bomb(levels: int, times: int) -> bytes:
    """A PDF of 2 KB whose one page draws a form, which draws another so many times, and so on."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, stream(b"/X Do")]
    for level in range(levels):
        form = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]"
        below = b"/Resources<</XObject<</X %d 0 R>>>>" % (6 + level)
        last = level == levels - 1
        objects.append(stream(b"0 0 m 9 9 l S" if last else b"/X Do " * times, form + (b"" if last else below)))
    out, places = b"%PDF-1.5\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return out + head + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), more, content)


def test_a_small_document_that_asks_for_all_the_memory_is_refused_and_harms_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert list(scan.pdf_codes(bomb(2, 3))) == [[]], "drawn a few times it is a document like others"
    began = time.monotonic()
    with pytest.raises(Refused, match=r"documents\.heavy_pdf"):
        list(scan.pdf_codes(bomb(10, 10)))
    assert time.monotonic() - began < 2 * scan_apart.PAGE_SECONDS, "on a busy machine too"
    # Where a system knows no bound of memory the clock ends it: a process that never answers.
    monkeypatch.setattr(scan_apart, "_START", "import sys, time; sys.stdin.buffer.read(); time.sleep(60)")
    monkeypatch.setattr(scan_apart, "PAGE_SECONDS", 0.05)
    with pytest.raises(Refused, match=r"documents\.heavy_pdf"):
        list(scan.pdf_codes(bomb(2, 3)))


def test_a_document_whose_every_page_is_slow_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = (
        "import sys, time; sys.stdin.buffer.read()\n"
        "for _ in range(100):\n    print('{\"codes\": []}', flush=True); time.sleep(0.05)\n"
        "print('{\"done\": true}')"
    )
    monkeypatch.setattr(scan_apart, "_START", slow)
    monkeypatch.setattr(scan_apart, "WHOLE_SECONDS", 1.0)
    with pytest.raises(Refused, match=r"documents\.heavy_pdf"):
        list(scan.pdf_codes(bomb(2, 3)))


def test_whoever_stops_listening_leaves_no_process_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **options: Any) -> None:
            super().__init__(*words, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    pages = scan.pdf_codes(pdf(tmp_path / "codes.pdf", "1", "2", "3"))
    assert next(pages) == ["1"]
    pages.close()  # type: ignore[attr-defined]
    assert [process.returncode is None for process in started] == [False]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return pdf(tmp_path_factory.mktemp("scan") / "codes.pdf", TEXT)


@settings(max_examples=30)
@given(data=st.data())
def test_a_damaged_document_ends_in_codes_or_one_refusal(data: st.DataObject, whole: bytes) -> None:
    place = data.draw(st.integers(0, len(whole) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=30))
    try:
        list(scan_pages.page_codes(whole[:place] + junk + whole[place + len(junk) :]))
    except Refused as refusal:
        assert refusal.code == "documents.bad_pdf"


@pytest.mark.parametrize("text", ["", "1" * 1_001])
def test_a_code_of_nothing_or_of_too_much_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"documents\.code_too_long"):
        modules(text)
