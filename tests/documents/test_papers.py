"""发证登记表, 领证签收表 and envelope labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core.documents.labels import Label, LabelSheet, write_labels
from core.documents.registers import Register, RegisterRow, write_register, write_sign_for_list
from core.errors import Refused
from tests.documents.papers import texts

ROWS = [
    RegisterRow(
        number=f"2601132011502{n:05d}7",
        name="测试一",
        identity="110101********0015",
        occupation="乡村直播电商运营师",
        level="初级",
        issued=date(2026, 11, 22),
        phone="138****0000",
        remark="补发 1" if n == 3 else "",
    )
    for n in range(40)
]
REGISTER = Register(
    centre="测试区乡村直播电商评价考点",
    batch="2026年第3批",
    standard_title="乡村直播电商运营师职业能力水平评价规范",
    standard_code="T/CAFTV XXXX—2026",
    standard_is_draft=True,
    rows=ROWS,
    printed=date(2026, 11, 22),
)
LISTS = pytest.mark.parametrize("write", [write_register, write_sign_for_list])
Write = Callable[..., int]


@LISTS
def test_everybody_stands_on_the_list_once_and_every_sheet_has_its_head(tmp_path: Path, write: Write) -> None:
    heard: list[int] = []
    count = write(tmp_path / "list.pdf", REGISTER, heard.append)
    sheets = texts(tmp_path / "list.pdf")
    assert (len(sheets), heard[-1]) == (count, 40)
    assert all("".join(sheets).count(row.number) == 1 for row in ROWS)
    for number, sheet in enumerate(sheets, 1):
        for said in (REGISTER.centre, "征求意见稿", "证书编号", "共 40 人", f"第 {number} 页，共 {count} 页"):
            assert said in sheet, said
        assert ("核对人" in sheet) == (number == count)


def test_the_register_keeps_what_happened_since_and_the_other_list_has_room_to_sign(tmp_path: Path) -> None:
    write_register(tmp_path / "register.pdf", REGISTER)
    write_sign_for_list(tmp_path / "sign.pdf", REGISTER)
    register, sign = ("".join(texts(tmp_path / name)) for name in ("register.pdf", "sign.pdf"))
    assert "补发 1" in register and "2026-11-22" in register and "领取人签名" not in register
    assert "领取人签名" in sign and "138****0000" in sign and "代领" in sign


@LISTS
@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"rows": []}, "documents.nothing_to_print"),
        ({"rows": [replace(ROWS[0], name="测अ")]}, "documents.no_glyph"),
        ({"rows": [replace(ROWS[0], name="测试" * 60)]}, "documents.too_much_text"),
        ({"centre": "国家职业资格考点"}, "documents.forbidden_words"),
    ],
)
def test_what_cannot_be_listed_leaves_no_file(
    tmp_path: Path, write: Write, change: dict[str, object], refused: str
) -> None:
    with pytest.raises(Refused) as refusal:
        write(tmp_path / "list.pdf", replace(REGISTER, **change))  # type: ignore[arg-type]
    assert refusal.value.code == refused
    with pytest.raises(Refused, match=r"documents\.cancelled"):
        write(tmp_path / "list.pdf", REGISTER, cancelled=lambda: True)
    assert list(tmp_path.iterdir()) == []


def labels(count: int) -> list[Label]:
    return [
        Label("测试一", ("测试省测试市测试区测试街道测试路一百二十三号四单元五零六室",), f"L{n:03d}")
        for n in range(count)
    ]


@pytest.mark.parametrize(("count", "used", "sheets"), [(24, 0, 1), (25, 0, 2), (24, 1, 2), (23, 1, 1), (1, 23, 1)])
def test_labels_fill_their_sheets_from_the_first_unused_one(tmp_path: Path, count: int, used: int, sheets: int) -> None:
    assert write_labels(tmp_path / "labels.pdf", labels(count), used=used) == sheets
    found = texts(tmp_path / "labels.pdf")
    assert len(found) == sheets
    assert all("".join(found).count(label.foot) == 1 for label in labels(count))
    assert found[0].count("测试一") == min(count, 24 - used)


def test_a_label_never_reaches_into_the_next(tmp_path: Path) -> None:
    from tests.documents.papers import picture

    label = Label("阿卜杜热合曼·买买提吐尔逊", ("测试省测试市" * 9, "138****0000"), "L000")
    write_labels(tmp_path / "labels.pdf", [label], used=4)
    box = picture(tmp_path / "labels.pdf", 100).convert("L").point(lambda value: 255 * (value < 200)).getbbox()
    assert box is not None
    left, top, right, bottom = (side / 100 * 25.4 for side in box)
    assert left >= 70 + 5 and right <= 140 - 5 and top >= 37.5 + 4 and bottom <= 74.5 - 3


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"labels": []}, "documents.nothing_to_print"),
        ({"used": 24}, "template.labels_off_paper"),
        ({"used": -1}, "template.labels_off_paper"),
        ({"sheet": LabelSheet(columns=4)}, "template.labels_off_paper"),
        ({"labels": [Label("测试一", ("测试" * 150,))]}, "documents.too_much_text"),
    ],
)
def test_labels_that_do_not_fit_are_refused(tmp_path: Path, change: dict[str, object], refused: str) -> None:
    with pytest.raises(Refused) as refusal:
        write_labels(tmp_path / "labels.pdf", **{"labels": labels(2), **change})  # type: ignore[arg-type]
    assert refusal.value.code == refused
    assert list(tmp_path.iterdir()) == []
