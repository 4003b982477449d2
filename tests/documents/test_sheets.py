"""成绩汇总表 as it is signed and filed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from core.documents.notice import Outcome
from core.documents.sheets import ResultsList, ResultsRow, write_results_list
from core.errors import Refused


def row(number: int) -> ResultsRow:
    outcome = Outcome.PASSED if number % 2 else Outcome.FAILED
    return ResultsRow(f"20261100{number:02d}", "测试一", "110101********0015", ("86.00", "59.99"), outcome)


RESULTS = ResultsList(
    centre="测试区乡村直播电商评价考点",
    batch="2026年第3批",
    standard_title="乡村直播电商运营师职业能力水平评价规范",
    standard_code="T/CAFTV XXXX—2026",
    standard_is_draft=True,
    level="初级",
    components=("职业知识考核", "职业技能考核"),
    rows=[row(number) for number in range(43)],
    settled_by="测试甲",
    confirmed_by=("测试乙",),
    printed=date(2026, 11, 21),
)


def texts(path: Path) -> list[str]:
    pdf = pypdfium2.PdfDocument(path)
    try:
        return [str(page.get_textpage().get_text_bounded()) for page in pdf]
    finally:
        pdf.close()


def test_every_sheet_has_the_head_and_its_number_and_the_last_one_the_signatures(tmp_path: Path) -> None:
    file = tmp_path / "list.pdf"
    heard: list[int] = []
    assert write_results_list(file, RESULTS, heard.append) == 3
    assert heard == [19, 38, 43]
    sheets = texts(file)
    for number, sheet in enumerate(sheets, 1):
        for said in ("成绩汇总表", "征求意见稿", "职业知识考核", "共 43 人，合格 21 人", f"第 {number} 页，共 3 页"):
            assert said in sheet, said
    assert ["测试乙" in sheet for sheet in sheets] == [False, False, True]


def test_every_candidate_stands_on_the_list_once(tmp_path: Path) -> None:
    file = tmp_path / "list.pdf"
    write_results_list(file, RESULTS)
    text = "".join(texts(file))
    assert all(text.count(each.candidate_number) == 1 for each in RESULTS.rows)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rows": []}, "documents.nothing_to_print"),
        ({"components": ()}, "documents.list.no_components"),
        ({"components": ("一", "二", "三", "四")}, "documents.list.no_components"),
        ({"rows": [replace(row(1), name="测अ")]}, "documents.no_glyph"),
        ({"rows": [replace(row(1), remark="备注" * 40)]}, "documents.too_much_text"),
    ],
)
def test_what_cannot_be_listed_is_refused_and_leaves_no_file(
    tmp_path: Path, change: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        write_results_list(tmp_path / "list.pdf", replace(RESULTS, **change))
    assert refusal.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_list_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"documents\.cancelled"):
        write_results_list(tmp_path / "list.pdf", RESULTS, cancelled=lambda: True)
    assert list(tmp_path.iterdir()) == []
