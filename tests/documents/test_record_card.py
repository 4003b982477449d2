"""记录卡: two on a sheet, cut, stacked, written on in a hurry, and found again by its code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from core.documents.paper_code import PaperCode, read_paper_code
from core.documents.record_card import LINES, RecordCard, write_record_cards
from core.errors import Refused
from core.standards.plans import default_plan

PLAN = default_plan("t-caftv-rural-2026", "junior")
LIVE = next(one for one in PLAN.exercises if one.id == "live")
LONGEST = next(one for one in PLAN.exercises if one.id == "after_sales")
DEVICE = 1 << 40


def card(number: int, **changes: Any) -> RecordCard:
    made = RecordCard(
        centre="测试区乡村直播电商评价考点",
        batch="2026-01",
        day=date(2026, 11, 21),
        exercise=LIVE,
        number=f"{number:04d}",
        application=DEVICE + number,
        examiner="考评员03",
        examiner_id=DEVICE + 7,
        panel=2,
    )
    return replace(made, **changes)


def pages(path: Path) -> list[tuple[str, Any]]:
    """Text and picture (150 dots an inch) of every page."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        return [
            (
                str(page.get_textpage().get_text_bounded()),
                page.render(scale=150 / 72, grayscale=True).to_pil().convert("L"),
            )
            for page in pdf
        ]
    finally:
        pdf.close()


def darkest(picture: Any, *box: int) -> int:
    """The darkest point of a part of a page; 255 is white."""
    found: int = picture.crop(box).getextrema()[0]
    return found


def codes(picture: Any) -> list[str]:
    """What a scanner reads on a page, from the top down."""
    found = zxingcpp.read_barcodes(picture)
    return [one.text for one in sorted(found, key=lambda one: one.position.top_left.y)]


def test_the_cut_halves_laid_upon_each_other_are_in_order(tmp_path: Path) -> None:
    file = tmp_path / "cards.pdf"
    heard: list[int] = []
    assert write_record_cards(file, [card(number) for number in range(1, 6)], heard.append) == 3
    assert heard == [2, 4, 5]
    read = [[read_paper_code(text) for text in codes(picture)] for _, picture in pages(file)]
    upper, lower = [page[0] for page in read], [page[1] for page in read if len(page) > 1]
    assert [one.application - DEVICE for one in [*upper, *lower]] == [1, 2, 3, 4, 5]
    assert {(one.kind, one.exercise, one.examiner) for one in upper} == {("card", "live", DEVICE + 7)}


def test_a_card_says_whom_and_what_and_shows_the_items_to_choose_from(tmp_path: Path) -> None:
    file = tmp_path / "cards.pdf"
    write_record_cards(file, [card(12)])
    ((text, _),) = pages(file)
    for said in ("记录卡", "0012", "直播运行", "考评员03", "2026-01", "Candidate no.", "RECORD CARD"):
        assert said in text, said
    for item in LIVE.items:
        assert item.label in text
        assert str(item.requirement) in text
    assert all(one.name in text for one in (*LIVE.deductions, *LIVE.vetoes))


def test_a_card_has_twelve_lines(tmp_path: Path) -> None:
    file = tmp_path / "cards.pdf"
    write_record_cards(file, [card(1)])
    ((text, _),) = pages(file)
    written = text.split()
    assert LINES == 12
    assert all(str(line) in written for line in range(1, 13))
    assert "13" not in written


def test_an_exercise_of_many_items_still_fits_on_half_a_sheet(tmp_path: Path) -> None:
    file = tmp_path / "cards.pdf"
    write_record_cards(file, [card(1, exercise=LONGEST), card(2)])
    ((text, picture),) = pages(file)
    assert all(item.label in text for item in LONGEST.items)
    assert len(codes(picture)) == 2
    # Between the halves there is nothing but the marks where to cut.
    wide, high = picture.size
    assert darkest(picture, int(wide * 0.06), high // 2 - 20, int(wide * 0.94), high // 2 + 20) > 250


def test_endless_items_are_cut_with_a_sign_and_never_run_over_the_edge(tmp_path: Path) -> None:
    many = tuple(
        replace_struct(LIVE.items[0], key=f"9.{at}", requirement=None, label="很长的评分项名称" * 6) for at in range(80)
    )
    file = tmp_path / "cards.pdf"
    write_record_cards(file, [card(1, exercise=replace_struct(LIVE, items=many))])
    ((text, picture),) = pages(file)
    assert "…" in text
    wide, high = picture.size
    assert darkest(picture, int(wide * 0.955), 0, wide, high // 2 - 5) > 250


def replace_struct(found: Any, **changes: Any) -> Any:
    import msgspec

    return msgspec.structs.replace(found, **changes)


def test_no_cards_and_a_cancelled_print_leave_no_file(tmp_path: Path) -> None:
    file = tmp_path / "cards.pdf"
    with pytest.raises(Refused, match=r"documents\.nothing_to_print"):
        write_record_cards(file, [])
    with pytest.raises(Refused, match=r"documents\.cancelled"):
        write_record_cards(file, [card(1)], cancelled=lambda: True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    ["", "ZK1", "ZK1 card 1 live", "ZK2 card 1 live 2 1", "ZK1 card -1 live 2 1", "ZK1 card 1 live 2 1 x", "https://a"],
)
def test_a_foreign_code_is_not_taken_for_a_paper(text: str) -> None:
    with pytest.raises(Refused, match=r"papers\.not_a_code"):
        read_paper_code(text)


def test_what_a_code_says_is_what_is_read_from_it() -> None:
    code = PaperCode("sheet", DEVICE + 1, "after_sales", DEVICE + 2, 3)
    assert read_paper_code(f" {code.text}\n") == code
