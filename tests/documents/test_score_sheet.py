"""纸质评分表: everything that is to be marked, a box for each mark, and a code by which two people key it in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2
import pytest
import zxingcpp

from core.documents.paper_code import read_paper_code
from core.documents.score_sheet import ScoreSheet, write_score_sheets
from core.errors import Refused
from core.standards.plans import Exercise, Scale, default_plan
from core.standards.points import points_text

PLANS = [
    default_plan(standard, level)
    for standard in ("t-caftv-rural-2026", "530051-2024")
    for level in ("junior", "intermediate", "senior")
]
EXERCISES = {one.id: one for one in PLANS[0].exercises}
DEVICE = 1 << 40


def sheet(exercise: Exercise = EXERCISES["live"], number: int = 1) -> ScoreSheet:
    return ScoreSheet(
        centre="测试区乡村直播电商评价考点",
        batch="2026-01",
        day=date(2026, 11, 21),
        standard="乡村直播电商运营师职业能力水平评价规范",
        level="初级",
        draft=True,
        exercise=exercise,
        number=f"{number:04d}",
        application=DEVICE + number,
        examiner="考评员03",
        examiner_id=DEVICE + 7,
        panel=2,
    )


def pages(path: Path, dots: int = 150) -> list[tuple[str, Any]]:
    pdf = pypdfium2.PdfDocument(path)
    try:
        return [
            (
                str(page.get_textpage().get_text_bounded()),
                page.render(scale=dots / 72, grayscale=True).to_pil().convert("L"),
            )
            for page in pdf
        ]
    finally:
        pdf.close()


def darkest(picture: Any, *box: int) -> int:
    """The darkest point of a part of a page; 255 is white."""
    found: int = picture.crop(box).getextrema()[0]
    return found


def plain(text: str) -> str:
    """Without the breaks of lines."""
    return "".join(text.split())


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.id)
def test_every_item_of_every_shipped_plan_stands_on_its_sheet_once_with_its_words_and_points(
    tmp_path: Path, plan: Any
) -> None:
    file = tmp_path / "sheet.pdf"
    for exercise in plan.exercises:
        write_score_sheets(file, [sheet(exercise)])
        text = plain("".join(text for text, _ in pages(file, 20)))
        for item in exercise.items:
            assert plain(item.label) in text, item.label
            assert points_text(item.maximum) in text
            assert all(plain(option.word) in text for option in item.scale.options)
            assert all(points_text(option.points) in text for option in item.scale.options)
        assert all(plain(one.name) in text for one in (*exercise.deductions, *exercise.vetoes))


def test_a_long_sheet_runs_over_pages_each_with_head_number_and_code(tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    heard: list[int] = []
    long, short = EXERCISES["after_sales"], EXERCISES["live"]
    assert write_score_sheets(file, [sheet(long, 1), sheet(short, 2)], heard.append) == 3
    assert heard == [1, 2]
    found = pages(file)
    for text, _ in found:
        for said in ("评分表", "征求意见稿", "考评员03", "2026-01", "配分", "Candidate no."):
            assert said in text, said
    assert ["0001" in text for text, _ in found] == [True, True, False]
    assert ["第 1 页，共 2 页" in text for text, _ in found] == [True, False, False]
    assert ["第 2 页，共 2 页" in text for text, _ in found] == [False, True, False]
    # Remark and signature stand on the last page of each.
    assert ["考评员签名" in text for text, _ in found] == [False, True, True]
    read = [read_paper_code(zxingcpp.read_barcode(picture).text) for _, picture in found]
    assert [(one.application - DEVICE, one.exercise, one.page) for one in read] == [
        (1, "after_sales", 1),
        (1, "after_sales", 2),
        (2, "live", 1),
    ]


def test_the_words_of_the_levels_stand_again_at_the_top_of_a_page(tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    exercise = EXERCISES["after_sales"]
    write_score_sheets(file, [sheet(exercise)])
    words = exercise.items[0].scale.options[3].word
    assert all(words in text for text, _ in pages(file, 20))


def test_nothing_runs_over_the_margins(tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    write_score_sheets(file, [sheet(one) for one in EXERCISES.values()])
    for _, picture in pages(file, 100):
        wide, high = picture.size
        assert darkest(picture, 0, 0, int(wide * 0.068), high) > 250
        assert darkest(picture, int(wide * 0.934), 0, wide, high) > 250
        assert darkest(picture, 0, int(high * 0.985), wide, high) > 250


def test_a_scale_of_many_levels_stands_below_its_item_with_words(tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    item = EXERCISES["live"].items[0]
    options = tuple(msgspec.structs.replace(item.scale.options[0], value=at, word=f"第{at}档") for at in range(9))
    wide = msgspec.structs.replace(item, scale=Scale("levels", options))
    write_score_sheets(file, [sheet(msgspec.structs.replace(EXERCISES["live"], items=(wide,)))])
    text = pages(file, 20)[0][0]
    assert all(f"第{at}档" in text for at in range(9))


def test_an_item_that_no_page_could_hold_is_refused_by_name(tmp_path: Path) -> None:
    item = EXERCISES["live"].items[0]
    endless = msgspec.structs.replace(item, label="没完没了" * 800)
    exercise = msgspec.structs.replace(EXERCISES["live"], items=(endless,))
    with pytest.raises(Refused) as refusal:
        write_score_sheets(tmp_path / "sheet.pdf", [sheet(exercise)])
    assert refusal.value.code == "papers.sheet.too_long"
    assert "直播运行" in refusal.value.sentence
    assert list(tmp_path.iterdir()) == []


def test_no_sheets_and_a_cancelled_print_leave_no_file(tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    with pytest.raises(Refused, match=r"documents\.nothing_to_print"):
        write_score_sheets(file, [])
    with pytest.raises(Refused, match=r"documents\.cancelled"):
        write_score_sheets(file, [sheet()], cancelled=lambda: True)
    with pytest.raises(Refused, match=r"documents\.no_glyph"):
        write_score_sheets(file, [replace(sheet(), examiner="测अ")])
    assert list(tmp_path.iterdir()) == []
