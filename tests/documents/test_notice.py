"""成绩告知单 as a candidate holds it: complete, legible, scannable, and never a certificate."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from core.certificates.credential import Credential, sign, to_text
from core.documents import scan
from core.documents.notice import ComponentRow, Notice, Outcome, write_notices
from core.errors import EnvironmentFailure, Refused

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def code(number: int, name: str = "测试一") -> str:
    credential = Credential(f"N{number}", name, b"\x01" * 6, "t-caftv-rural-2026", "junior", date(2026, 11, 21))
    return to_text(sign(credential, KEY), "zhikao.example")


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (413, 531), "#9bb7d4").save(out, "JPEG")
    return out.getvalue()


PASSED = ComponentRow("职业知识考核", "86.00", "100", "60", True)
FAILED = ComponentRow("职业技能考核", "59.99", "100", "60", False, "评议后成绩")
ABSENT = ComponentRow("综合评审", "缺考", "100", "60", None)
NOTICE = Notice(
    number="N1099511628012",
    centre="测试区乡村直播电商评价考点",
    standard_title="乡村直播电商运营师职业能力水平评价规范",
    standard_code="T/CAFTV XXXX—2026",
    standard_edition="2026 征求意见稿",
    standard_is_draft=True,
    occupation="乡村直播电商运营师",
    level="初级",
    name="测试一",
    identity="110101********0015",
    candidate_number="2026110001",
    photo=photo(),
    rows=(PASSED, FAILED),
    outcome=Outcome.FAILED,
    batch_date=date(2026, 11, 20),
    issued=date(2026, 11, 21),
    code=code(1_099_511_628_012),
)


def texts(path: Path) -> list[str]:
    pdf = pypdfium2.PdfDocument(path)
    try:
        return [str(page.get_textpage().get_text_bounded()) for page in pdf]
    finally:
        pdf.close()


def codes(path: Path, dots: int) -> list[str]:
    pdf = pypdfium2.PdfDocument(path)
    try:
        out = io.BytesIO()
        pdf[0].render(scale=dots / 72).to_pil().save(out, "PNG")
    finally:
        pdf.close()
    return scan.picture_codes(out.getvalue())


def test_a_notice_says_all_that_a_candidate_is_told(tmp_path: Path) -> None:
    file = tmp_path / "notice.pdf"
    assert write_notices(file, [NOTICE]) == 1
    (text,) = texts(file)
    for said in (
        "成绩告知单",
        "本告知单不是证书",
        NOTICE.number,
        NOTICE.centre,
        NOTICE.standard_title,
        NOTICE.standard_code,
        "征求意见稿",
        NOTICE.name,
        NOTICE.identity,
        NOTICE.candidate_number,
        "职业知识考核",
        "86.00",
        "59.99",
        "评议后成绩",
        "未全部合格",
        "2026-11-20",
        "2026-11-21",
    ):
        assert said in text, said


def test_a_standard_in_force_is_not_called_a_draft(tmp_path: Path) -> None:
    file = tmp_path / "notice.pdf"
    write_notices(file, [replace(NOTICE, standard_is_draft=False, standard_edition="2024年3.0版")])
    assert "征求意见稿" not in texts(file)[0]


@pytest.mark.parametrize("dots", [100, 150, 200, 300])
def test_the_printed_code_is_read_back_from_a_scan(tmp_path: Path, dots: int) -> None:
    file = tmp_path / "notice.pdf"
    write_notices(file, [NOTICE])
    assert codes(file, dots) == [NOTICE.code]


def test_each_candidate_has_one_sheet_with_their_own_code_and_progress_is_told(tmp_path: Path) -> None:
    file = tmp_path / "notices.pdf"
    heard: list[int] = []
    notices = [replace(NOTICE, number=f"N{number}", code=code(number)) for number in (17, 18, 19)]
    assert write_notices(file, iter(notices), heard.append) == 3
    assert heard == [1, 2, 3]
    assert list(scan.pdf_codes(file.read_bytes())) == [[notice.code] for notice in notices]


@pytest.mark.parametrize(
    "change",
    [
        {"photo": None},
        {"rows": (PASSED,), "outcome": Outcome.PASSED},
        {
            "rows": (
                PASSED,
                FAILED,
                ABSENT,
                ComponentRow("加试科目名称较长的情况也要放得下", "100.00", "100", "60", True),
            )
        },
        {"rows": (replace(ABSENT, remark="因病缓考，已登记下一批次补考"),), "outcome": Outcome.OPEN},
        {"centre": "测试维吾尔自治区测试哈萨克自治州测试县乡村直播电商职业能力评价考点"},
        {"name": "阿卜杜热合曼·买买提吐尔逊·阿布都克力木江·艾合买提·热合曼江·吐尔逊·依明"},
        {"name": "䶮𬱖𬭎㼆龘𠅤𪚥"},
    ],
)
def test_long_short_rare_and_missing_things_all_find_their_place(tmp_path: Path, change: dict[str, object]) -> None:
    file = tmp_path / "notice.pdf"
    notice = replace(NOTICE, **change)
    write_notices(file, [notice])
    text = texts(file)[0].replace("\r\n", "").replace("\n", "")
    assert notice.name in text
    assert notice.centre in text
    assert all(row.name in text and row.remark in text for row in notice.rows)
    assert codes(file, 200) == [notice.code]


def test_nothing_of_the_sheet_comes_near_the_code(tmp_path: Path) -> None:
    file = tmp_path / "notice.pdf"
    write_notices(file, [replace(NOTICE, centre="测试维吾尔自治区测试哈萨克自治州测试县乡村直播电商职业能力评价考点")])
    pdf = pypdfium2.PdfDocument(file)
    picture = pdf[0].render(scale=4, grayscale=True).to_pil()
    pdf.close()
    import zxingcpp

    (found,) = zxingcpp.read_barcodes(picture)
    corners = (found.position.top_left, found.position.bottom_right)
    side = corners[1].x - corners[0].x
    assert side / picture.width * 210 >= 30
    quiet = round(4 * side / 49)
    for strip in (
        (corners[0].x - quiet, corners[0].y - quiet, corners[1].x + quiet, corners[0].y - 6),
        (corners[0].x - quiet, corners[1].y + 6, corners[1].x + quiet, corners[1].y + quiet),
        (corners[0].x - quiet, corners[0].y - quiet, corners[0].x - 6, corners[1].y + quiet),
        (corners[1].x + 6, corners[0].y - quiet, corners[1].x + quiet, corners[1].y + quiet),
    ):
        assert picture.crop(strip).getextrema() == (255, 255)


def test_a_name_that_cannot_be_printed_stops_the_whole_print_and_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "notices.pdf"
    file.write_bytes(b"old")
    with pytest.raises(Refused, match=r"documents\.no_glyph"):
        write_notices(file, [NOTICE, replace(NOTICE, name="测अ")])
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_cancelled_print_leaves_no_file(tmp_path: Path) -> None:
    done: list[int] = []

    def endless() -> Iterator[Notice]:
        while True:
            yield NOTICE

    with pytest.raises(Refused, match=r"documents\.cancelled"):
        write_notices(tmp_path / "notices.pdf", endless(), done.append, lambda: len(done) >= 5)
    assert list(tmp_path.iterdir()) == []


def test_a_print_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"documents\.nothing_to_print"):
        write_notices(tmp_path / "notices.pdf", [])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_sentence_and_no_crash(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match=r"documents\.not_written"):
        write_notices(tmp_path / "missing" / "notices.pdf", [NOTICE])


def test_what_does_not_fit_is_refused_and_never_cut(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"documents\.too_much_text"):
        write_notices(tmp_path / "notices.pdf", [replace(NOTICE, centre="考点" * 60)])


def test_a_photo_that_cannot_be_printed_is_named_by_its_candidate(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"documents\.notice\.bad_photo") as refusal:
        write_notices(tmp_path / "notices.pdf", [replace(NOTICE, photo=b"broken")])
    assert NOTICE.candidate_number in refusal.value.sentence
    assert list(tmp_path.iterdir()) == []


def test_a_fault_while_notices_are_gathered_is_not_blamed_on_the_disk(tmp_path: Path) -> None:
    def broken() -> Iterator[Notice]:
        yield NOTICE
        raise FileNotFoundError("a photo's file")

    with pytest.raises(FileNotFoundError):
        write_notices(tmp_path / "notices.pdf", broken())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [0, 5])
def test_a_notice_has_one_to_four_components(tmp_path: Path, count: int) -> None:
    with pytest.raises(Refused, match=r"documents\.notice\.no_rows"):
        write_notices(tmp_path / "notices.pdf", [replace(NOTICE, rows=(PASSED,) * count)])


@pytest.mark.parametrize("words", ["国家职业资格考点", "国 家 职 业 资 格", "职业技能等级证书"])
def test_a_notice_never_passes_for_a_qualification_of_the_state(tmp_path: Path, words: str) -> None:
    with pytest.raises(Refused, match=r"documents\.forbidden_words"):
        write_notices(tmp_path / "notices.pdf", [replace(NOTICE, centre=words)])


def test_the_programs_own_words_on_paper_hold_no_forbidden_ones() -> None:
    from core.documents.wording import forbidden
    from core.words import sentences

    own = [text for code, text in sentences("zh").items() if code.startswith(("documents.notice.", "documents.list."))]
    assert own
    assert forbidden(*own) is None


def test_a_sheet_is_small_beside_its_photo(tmp_path: Path) -> None:
    def size(count: int) -> int:
        file = tmp_path / f"{count}.pdf"
        write_notices(file, [replace(NOTICE, photo=None, number=f"N{n}", code=code(n)) for n in range(1, count + 1)])
        return file.stat().st_size

    assert (size(22) - size(2)) / 20 < 3 * 1024
