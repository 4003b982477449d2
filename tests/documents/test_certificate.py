"""Certificates as a candidate holds them: what they say, what they look like, what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec
import pypdfium2
import pytest
from PIL import ImageChops

from core.documents import scan
from core.documents.certificate import (
    CertificatePage,
    Fit,
    Layer,
    calibration_page,
    certificate_pdf,
    corrected,
    write_certificates,
    write_each,
)
from core.documents.template import Template, with_seal
from core.errors import EnvironmentFailure, Refused
from tests.documents.papers import ISSUER, PAGE, code, photo, picture, template, texts

BOTH = pytest.mark.parametrize("orientation", ["landscape", "portrait"])
Orientation = Literal["landscape", "portrait"]


def pages(count: int) -> list[CertificatePage]:
    return [replace(PAGE, number=f"2601132011502{n:05d}7", code=code(n)) for n in range(1, count + 1)]


@BOTH
def test_a_certificate_says_who_reached_what_where_and_when(orientation: Orientation) -> None:
    (text,) = texts(certificate_pdf(PAGE, template(orientation)))
    for said in (
        "职业能力水平评价证书",
        *(PAGE.number, PAGE.name, PAGE.identity, PAGE.sex, PAGE.occupation, PAGE.level, PAGE.centre),
        *(PAGE.standard_code, PAGE.standard_title, "Junior", ISSUER.name, ISSUER.name_en),
        *("2000年2月29日", "2026年11月22日", "22 November 2026"),
    ):
        assert said is not None
        assert said in text.replace("\n", ""), said
    assert "{" not in text


@BOTH
@pytest.mark.parametrize("dots", [100, 150, 300])
def test_the_code_on_the_page_is_the_one_that_was_signed(orientation: Orientation, dots: int, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    picture(certificate_pdf(PAGE, template(orientation)), dots).save(sheet)
    assert scan.picture_codes(sheet.read_bytes()) == [PAGE.code]


@BOTH
def test_nothing_is_printed_within_the_quiet_zone_of_the_code(orientation: Orientation) -> None:
    import zxingcpp

    image = picture(certificate_pdf(replace(PAGE, demonstration=True), template(orientation)), 300).convert("L")
    (found,) = zxingcpp.read_barcodes(image)
    left, top = found.position.top_left.x, found.position.top_left.y
    right, bottom = found.position.bottom_right.x, found.position.bottom_right.y
    assert (right - left) / 300 * 25.4 >= 30
    quiet, sure = round(4 * (right - left) / 53), 6
    for strip in (
        (left - quiet, top - quiet, right + quiet, top - sure),
        (left - quiet, bottom + sure, right + quiet, bottom + quiet),
        (left - quiet, top - quiet, left - sure, bottom + quiet),
        (right + sure, top - quiet, right + quiet, bottom + quiet),
    ):
        assert image.crop(strip).getextrema() == (255, 255)


@BOTH
@pytest.mark.parametrize(
    "change",
    [
        {"name": "阿卜杜热合曼·买买提吐尔逊·阿布都克力木江·艾合买提"},
        {"name": "䶮𬱖𬭎㼆龘𠅤𬴃𫖯𣗋𬀪㛃𤧛"},
        {"name": "𪚥"},
        {"centre": "测试维吾尔自治区测试哈萨克自治州测试县乡村直播电商职业能力评价考点"},
        {"standard_title": "直播电商运营与短视频内容创作及乡村特色农产品网络营销从业人员职业能力水平评价规范"},
        {"identity": None, "sex": None, "birth": None, "photo": None},
        {"standard_is_draft": True, "demonstration": True, "copy": 3},
    ],
)
def test_long_rare_and_missing_things_find_their_place(orientation: Orientation, change: dict[str, object]) -> None:
    page = replace(PAGE, **change)  # type: ignore[arg-type]
    file = certificate_pdf(page, template(orientation))
    text = texts(file)[0].replace("\n", "")
    for said in (page.name, page.centre, page.standard_title):
        assert said in text
    import zxingcpp

    assert [found.text for found in zxingcpp.read_barcodes(picture(file, 200))] == [page.code]


@BOTH
def test_what_no_template_may_hide_is_said_plainly(orientation: Orientation) -> None:
    plain = texts(certificate_pdf(PAGE, template(orientation)))[0]
    marked = texts(
        certificate_pdf(replace(PAGE, standard_is_draft=True, demonstration=True, copy=2), template(orientation))
    )[0]
    for said in ("演示样张", "DEMONSTRATION", "征求意见稿", "补发 1", "Reissue 1"):
        assert said in marked, said
        assert said not in plain, said


def test_a_demonstration_shows_across_the_sheet() -> None:
    plain, marked = (picture(certificate_pdf(replace(PAGE, demonstration=on), template()), 72) for on in (False, True))
    middle = (250, 180, 600, 420)
    changed = (
        ImageChops.difference(plain.crop(middle), marked.crop(middle)).convert("L").point(lambda v: 255 * (v > 12))
    )
    assert changed.getbbox() is not None
    assert changed.histogram()[255] > 0.05 * changed.width * changed.height


def test_every_sheet_of_a_file_is_its_own_and_progress_is_told(tmp_path: Path) -> None:
    file, heard = tmp_path / "all.pdf", list[int]()
    assert write_certificates(file, iter(pages(3)), template(), progress=heard.append) == 3
    assert heard == [1, 2, 3]
    assert list(scan.pdf_codes(file.read_bytes())) == [[code(n)] for n in (1, 2, 3)]
    for page, text in zip(pages(3), texts(file), strict=True):
        assert page.number in text


def test_the_same_certificates_make_the_same_file(tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        write_certificates(tmp_path / name, pages(2), template())
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_stock_and_overprint_together_are_the_whole_sheet() -> None:
    own = msgspec.structs.replace(template(), frame=msgspec.structs.replace(template().frame, visible=False))
    whole, over, stock = (picture(certificate_pdf(PAGE, own, layer=layer)) for layer in Layer)
    assert ImageChops.difference(ImageChops.multiply(over, stock), whole).convert("L").getextrema()[1] <= 40
    said_over, said_stock = (
        texts(certificate_pdf(PAGE, own, layer=layer))[0] for layer in (Layer.OVERPRINT, Layer.STOCK)
    )
    assert PAGE.name in said_over and PAGE.number in said_over
    assert "证书" not in said_over.replace("编号", "")
    assert "职业能力水平评价证书" in said_stock
    assert not any(own in said_stock for own in (PAGE.name, PAGE.number, PAGE.centre))


def ink(file: bytes) -> tuple[float, float, float, float]:
    """Where the ink of a sheet lies, in millimetres."""
    box = picture(file, 300).convert("L").point(lambda value: 255 * (value < 200)).getbbox()
    assert box is not None
    return tuple(side / 300 * 25.4 for side in box)  # type: ignore[return-value]


def test_an_overprint_moves_and_stretches_by_the_printers_own_figures() -> None:
    drawn = {
        fit: ink(certificate_pdf(PAGE, template(), layer=Layer.OVERPRINT, fit=fit))
        for fit in (Fit(), Fit(dx_mm=150, dy_mm=-275), Fit(scale_x=10_100, scale_y=9_900))
    }
    plain, moved, stretched = drawn.values()
    assert [there - here for here, there in zip(plain, moved, strict=True)] == pytest.approx([1.5, -2.75] * 2, abs=0.15)
    wanted = [side * (0.99 if place % 2 else 1.01) for place, side in enumerate(plain)]
    assert list(stretched) == pytest.approx(wanted, abs=0.15)


@pytest.mark.parametrize("now", [Fit(), Fit(120, -80, 10_050, 9_940)])
def test_a_measured_calibration_sheet_puts_any_printer_right(now: Fit) -> None:
    def prints(sent: float, stretch: float, off: float) -> float:
        return stretch * sent + off

    across, down, off = 0.985, 1.012, (1.7, -2.3)
    left = prints(10 * now.scale_x / 10_000 + now.dx_mm / 100, across, off[0])
    top = prints(10 * now.scale_y / 10_000 + now.dy_mm / 100, down, off[1])
    bars = (100 * across * now.scale_x / 10_000, 100 * down * now.scale_y / 10_000)
    hundredths = [round(value * 100) for value in (left, top, *bars)]
    fit = corrected(now, left=hundredths[0], top=hundredths[1], across=hundredths[2], down=hundredths[3])
    for place in (0.0, 50.0, 200.0):
        assert prints(place * fit.scale_x / 10_000 + fit.dx_mm / 100, across, off[0]) == pytest.approx(place, abs=0.05)
        assert prints(place * fit.scale_y / 10_000 + fit.dy_mm / 100, down, off[1]) == pytest.approx(place, abs=0.05)


def test_the_calibration_sheets_frame_keeps_ten_millimetres_and_says_its_settings() -> None:
    file = calibration_page((210.0, 297.0), Fit())
    assert ink(file) == pytest.approx((10, 10, 200, 287), abs=0.2)
    assert "1.20" in texts(calibration_page((210.0, 297.0), Fit(dx_mm=120)))[0]


def test_a_character_that_no_font_has_stops_the_print_under_the_persons_number(tmp_path: Path) -> None:
    file = tmp_path / "all.pdf"
    file.write_bytes(b"old")
    wrong = replace(pages(2)[1], name="测अ")
    with pytest.raises(Refused, match=r"template\.no_glyph") as refusal:
        write_certificates(file, [PAGE, wrong], template())
    assert "अ" in refusal.value.sentence and "U+0905" in refusal.value.sentence
    assert wrong.number in refusal.value.sentence
    assert (file.read_bytes(), list(tmp_path.iterdir())) == (b"old", [file])


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"name": "测" * 200}, "template.sheet"),
        ({"photo": b"broken"}, "template.sheet"),
        ({"code": "x" * 1_001}, "template.sheet"),
        ({"number": " "}, "template.sheet"),
        ({"occupation": "国家职业资格"}, "template.sheet"),
        ({"centre": "測試國 家考點"}, "template.sheet"),
    ],
)
def test_what_cannot_be_printed_as_it_should_leaves_no_file(
    tmp_path: Path, change: dict[str, object], refused: str
) -> None:
    with pytest.raises(Refused) as refusal:
        write_certificates(tmp_path / "all.pdf", [PAGE, replace(PAGE, **change)], template())  # type: ignore[arg-type]
    assert refusal.value.code == refused
    assert list(tmp_path.iterdir()) == []


def test_a_person_may_be_called_what_an_association_must_not_say() -> None:
    assert "李国家" in texts(certificate_pdf(replace(PAGE, name="李国家"), template()))[0]


def test_a_cancelled_print_of_nobody_and_a_missing_folder_end_in_words(tmp_path: Path) -> None:
    def endless() -> Iterator[CertificatePage]:
        while True:
            yield PAGE

    done: list[int] = []
    with pytest.raises(Refused, match=r"documents\.cancelled"):
        write_certificates(
            tmp_path / "a.pdf", endless(), template(), progress=done.append, cancelled=lambda: len(done) >= 4
        )
    with pytest.raises(Refused, match=r"documents\.nothing_to_print"):
        write_certificates(tmp_path / "a.pdf", [], template())
    with pytest.raises(EnvironmentFailure, match=r"documents\.not_written"):
        write_certificates(tmp_path / "missing" / "a.pdf", [PAGE], template())
    assert list(tmp_path.iterdir()) == []


def test_one_file_a_candidate_or_none_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "each"
    files = write_each(folder, pages(3), template(), lambda page: f"{page.number}.pdf")
    assert sorted(folder.iterdir()) == sorted(files)
    for page, file in zip(pages(3), files, strict=True):
        assert page.number in texts(file)[0]
    kept = {file: file.read_bytes() for file in files}
    with pytest.raises(Refused, match=r"template\.no_glyph"):
        write_each(folder, [PAGE, replace(pages(2)[1], name="अ")], template(), lambda page: f"{page.number}.pdf")
    assert {file: file.read_bytes() for file in folder.iterdir()} == kept
    for name in ("../up.pdf", "same.pdf"):
        with pytest.raises(ValueError, match="plain and differ"):
            write_each(folder, pages(2), template(), lambda page, name=name: name)
    assert set(folder.iterdir()) == set(kept)


def test_a_seal_stands_on_the_certificate_where_the_template_puts_it() -> None:
    import io

    from PIL import Image, ImageDraw

    seal = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(seal).ellipse((4, 4, 396, 396), outline=(200, 20, 20, 220), width=24)
    out = io.BytesIO()
    seal.save(out, "PNG")
    own: Template = with_seal(template(), out.getvalue())
    image = picture(certificate_pdf(PAGE, own), 100)
    dots = 100 / 25.4
    red = image.getpixel((round(own.seal.x * dots), round((own.seal.y - own.seal.size / 2 + 1) * dots)))
    assert isinstance(red, tuple) and red[0] > 180 and red[1] < 90
    assert with_seal(own, None) == template()


def test_a_seal_scanned_on_white_paper_hides_neither_the_issuer_nor_the_day() -> None:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (400, 400), "white").save(out, "PNG")
    plain, seal = template(), template().seal
    bare = msgspec.structs.replace(plain, seal=msgspec.structs.replace(seal, ring=False))
    scanned = picture(certificate_pdf(PAGE, with_seal(bare, out.getvalue())), 100)
    differs = ImageChops.difference(scanned, picture(certificate_pdf(PAGE, bare), 100)).convert("L")
    assert differs.getextrema()[1] < 30, "at most the edges of letters are drawn a little differently"


def test_a_sheet_adds_at_most_three_kilobytes_to_its_photo(tmp_path: Path) -> None:
    def size(count: int) -> int:
        file = tmp_path / f"{count}.pdf"
        write_certificates(file, pages(count), template())
        return file.stat().st_size

    assert (size(42) - size(2)) / 40 - len(photo()) < 3 * 1024


def test_the_memory_of_a_print_does_not_grow_with_its_sheets(tmp_path: Path) -> None:
    import tracemalloc

    def peak(count: int) -> int:
        tracemalloc.start()
        write_certificates(tmp_path / "a.pdf", (PAGE for _ in range(count)), template())
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(2)
    assert peak(240) - peak(40) < 200 * 1024


def test_a_photo_stands_in_the_file_as_it_was_taken() -> None:
    file = certificate_pdf(PAGE, template())
    assert PAGE.photo is not None and PAGE.photo in file
    pdf = pypdfium2.PdfDocument(file)
    assert len(pdf) == 1
    pdf.close()


def test_a_photo_is_never_stretched_into_its_place() -> None:
    own = template()
    own = msgspec.structs.replace(own, photo=msgspec.structs.replace(own.photo, x=32, width=50))
    image = picture(certificate_pdf(PAGE, own), 100)
    dots = 100 / 25.4
    blue = [
        x
        for x in range(round(30 * dots), round(85 * dots))
        if image.getpixel((x, round((own.photo.y + 22) * dots))) == image.getpixel((round(57 * dots), round(90 * dots)))
    ]
    assert len(blue) / dots == pytest.approx(35, abs=0.5)
    assert blue[0] / dots == pytest.approx(32 + 7.5, abs=0.5)


@BOTH
def test_a_name_of_several_parts_is_broken_between_two_of_them(orientation: Orientation) -> None:
    name = "阿卜杜热合曼·买买提艾力·吾布力卡斯木江·托合提"
    (said,) = texts(certificate_pdf(replace(PAGE, name=name), template(orientation)))
    parts = [line for line in said.split("\n") if "·" in line]
    assert len(parts) == 2 and "".join(parts) == name and parts[0].endswith("·"), parts
    (whole,) = texts(certificate_pdf(replace(PAGE, name="测试" * 6 + "·" + "测试" * 10), template(orientation)))
    assert "测试" * 6 in whole, "where its parts are too long it is still printed"
