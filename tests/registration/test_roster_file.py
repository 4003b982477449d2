"""What a roster's header and cells mean, and which rows are refused."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from core.errors import Refused
from core.registration.roster_file import read_roster
from core.registration.roster_sheets import write_rows
from tests.registration.rosters import (
    HEADER,
    INLINE_HEADER,
    INLINE_ROW,
    inline,
    number,
    only,
    person,
    raw_book,
    read_people,
    refusals,
    refused_file,
    save,
)

# Headers.


def test_titles_blank_rows_and_decorated_headers_are_understood(tmp_path: Path) -> None:
    made = save(
        tmp_path / "r.xlsx",
        [
            ["某县报名花名册"],
            [],
            ["备注", "手机号\n(必填)", " 姓　名* ", "证件号码（必填）", "*申报等级：", "序号", "应届(是/否)"],
            ["无", 19900000001, "测试一", number(), "初级", 1, "否"],
            [None] * 7,
            [None, None, None, None, None, 2, None],
        ],
    )
    roster = read_roster(made)
    row = only(roster)
    assert (row.row, row.phone, row.final_year) == (4, "19900000001", False)
    assert roster.ignored_columns == ("备注", "序号")


def test_a_column_without_a_header_is_named_if_anything_stands_in_it(tmp_path: Path) -> None:
    made = save(tmp_path / "r.xlsx", [[*HEADER, None, None], ["测试一", number(), "19900000001", "初级", None, "丢"]])
    assert [one for one in read_roster(made).ignored_columns if "F" in one]
    assert len(read_roster(made).ignored_columns) == 1


def test_a_header_that_cannot_be_used_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"roster\.missing_column") as missing:
        read_roster(save(tmp_path / "a.xlsx", [["姓名", "证件号码", "申报等级"]]))
    assert "手机号" in missing.value.sentence
    with pytest.raises(Refused, match=r"roster\.duplicate_column") as twice:
        read_roster(save(tmp_path / "b.xlsx", [[*HEADER, "手机号*"]]))
    assert "手机号" in twice.value.sentence
    assert refused_file(save(tmp_path / "c.xlsx", [["甲", "乙"], [1, 2]])) == "roster.no_header"
    assert refused_file(save(tmp_path / "d.xlsx", [])) == "roster.empty"


# Cells.


@pytest.mark.parametrize(
    ("column", "written", "field", "meant"),
    [
        ("姓名", "  测　试 ", "name", "测试"),
        ("姓名", "阿依古丽·测试", "name", "阿依古丽·测试"),
        ("姓名", "𬱖䶮", "name", "𬱖䶮"),
        ("姓名", "\uf9dc測", "name", "\uf9dc測"),  # a compatibility ideograph stays itself
        ("姓名", "葛\U000e0101测", "name", "葛\U000e0101测"),
        ("姓名", "Test  One", "name", "Test One"),
        ("姓名", "\ufeff测试\u200b", "name", "测试"),
        ("性别", "男", "sex", "male"),
        ("性别", "M", "sex", "male"),
        ("出生日期", "1990.1.1", "birth_date", date(1990, 1, 1)),
        ("出生日期", "1990年1月1日", "birth_date", date(1990, 1, 1)),
        ("出生日期", "１９９０／１／１", "birth_date", date(1990, 1, 1)),
        ("出生日期", "1990-01-01 00:00:00", "birth_date", date(1990, 1, 1)),
        ("出生日期", 19900101, "birth_date", date(1990, 1, 1)),
        ("出生日期", "19900101", "birth_date", date(1990, 1, 1)),
        ("出生日期", 19900101.0, "birth_date", date(1990, 1, 1)),
        ("出生日期", datetime(1990, 1, 1, 8), "birth_date", date(1990, 1, 1)),
        ("出生日期", 32874, "birth_date", date(1990, 1, 1)),
        ("毕业日期", "2001-03", "graduated", date(2001, 3, 1)),
        ("毕业日期", "2001年3月", "graduated", date(2001, 3, 1)),
        ("毕业日期", 200103, "graduated", date(2001, 3, 1)),
        ("手机号", 19900000001.0, "phone", "19900000001"),
        ("手机号", "+86 199-0000-0001", "phone", "19900000001"),
        ("手机号", "\u202d199 0000 0001\u202c", "phone", "19900000001"),
        ("手机号", "１９９００００００01", "phone", "19900000001"),
        ("申报等级", "中级工", "level", "intermediate"),
        ("申报等级", "Junior", "level", "junior"),
        ("申报等级", 3, "level", "senior"),
        ("应届", "是", "final_year", True),
        ("应届", False, "final_year", False),
        ("申报条件", "A、c", "conditions", ("a", "c")),
        ("申报条件", "b)", "conditions", ("b",)),
        ("申报条件", "ａ，ｂ", "conditions", ("a", "b")),
        ("培训学时", 80.0, "training_hours", 80),
        ("培训学时", "80学时", "training_hours", 80),
        ("培训证书编号", 20250001, "training_certificate", "20250001"),
        ("赛事级别", "县（市）级", "award_scope", "county"),
        ("赛事级别", "全国", "award_scope", "national"),
        ("赛事名次", "二等奖", "award_rank", 2),
        ("赛事名次", "第3名", "award_rank", 3),
        ("赛事名次", 1.0, "award_rank", 1),
        ("照片文件名", " 001.jpg ", "photo", "001.jpg"),
        ("照片文件名", 7, "photo", "7"),
        ("工作单位", "第一行\n第二行", "employer", "第一行 第二行"),
        ("工作单位", "   ", "employer", None),
    ],
)
def test_a_cell_means_what_its_writer_meant(
    tmp_path: Path, column: str, written: object, field: str, meant: object
) -> None:
    row = only(read_people(tmp_path, person(**{column: written})))
    assert getattr(row, field) == meant


@pytest.mark.parametrize(
    ("column", "written", "code"),
    [
        ("姓名", None, "roster.required"),
        ("姓名", " 　", "roster.required"),
        ("姓名", "测\u202e试", "roster.invisible"),
        ("姓名", "12345", "roster.name"),
        ("姓名", 12345, "roster.name"),
        ("姓名", "测\ue816", "roster.private_character"),
        ("姓名", "测" * 61, "roster.too_long"),
        ("性别", "女", "roster.sex_differs"),
        ("性别", "不详", "roster.sex"),
        ("出生日期", "1990-01-02", "roster.birth_differs"),
        ("出生日期", "01/02/90", "roster.date"),
        ("出生日期", "1990-02-30", "roster.date"),
        ("出生日期", "1990-01", "roster.month"),
        ("出生日期", 1990, "roster.date"),
        ("出生日期", time(8, 0), "roster.not_text"),
        ("手机号", "12345", "roster.phone"),
        ("手机号", "1.99E+10", "roster.phone"),
        ("申报等级", "技师", "roster.level"),
        ("申报条件", "a-f", "roster.conditions"),
        ("申报条件", "g", "roster.conditions"),
        ("培训学时", "八十", "roster.number"),
        ("培训学时", 80.5, "roster.number"),
        ("培训学时", -80, "roster.number"),
        ("赛事级别", "校", "roster.scope"),
        ("赛事名次", 0, "roster.rank"),
        ("照片文件名", "../别处/001.jpg", "roster.photo"),
        ("照片文件名", "C:\\001.jpg", "roster.photo"),
        ("应届", "也许", "roster.yes_no"),
        ("证件类型", "学生证", "roster.id_kind"),
        ("证件号码", None, "roster.required"),
        ("证件号码", "110101199001011238", "identity.check_digit"),
        ("证件号码", 110101199001011234.0, "identity.rounded"),
        ("证件号码", 110101199001011000, "identity.rounded"),
        ("证件号码", "1.10101E+17", "identity.rounded"),
        ("证件号码", "110101199001011232.0", "identity.rounded"),
        ("证件号码", "H12345678", "identity.other_kind"),
        ("工作单位", "#N/A", "roster.error_cell"),
        ("工作单位", "=1+1", "roster.formula"),  # openpyxl writes it as a formula without its result
    ],
)
def test_a_cell_that_cannot_be_taken_refuses_its_row_by_name(
    tmp_path: Path, column: str, written: object, code: str
) -> None:
    roster = read_people(tmp_path, person(**{column: written}), person(200, 姓名="测试二"))
    assert refusals(roster) == [(2, column, code)]
    assert roster.refused[0].message not in ("", code)
    assert [row.row for row in roster.rows] == [3]


def test_an_identity_number_written_as_an_exact_integer_is_taken(tmp_path: Path) -> None:
    exact = next(
        found
        for order in range(100, 999)
        if (found := number(order))[-1] != "X" and int(float(int(found))) != int(found)
    )
    sheet = INLINE_ROW.replace(inline("B2", number()), f'<c r="B2"><v>{exact}</v></c>')
    made = raw_book(
        tmp_path / "r.xlsx",
        f'<worksheet xmlns="MAIN"><sheetData>{INLINE_HEADER}{sheet}</row></sheetData></worksheet>',
    )
    assert only(read_roster(made)).id_number == exact


def test_birth_and_sex_are_taken_from_the_identity_number(tmp_path: Path) -> None:
    row = only(read_people(tmp_path, person(124)))
    assert (row.birth_date, row.sex, row.id_kind) == (date(1990, 1, 1), "female", "resident_id")


def test_other_documents_are_taken_as_stated(tmp_path: Path) -> None:
    roster = read_people(
        tmp_path,
        person(证件号码="H12345678", 证件类型="回乡证", 出生日期="1990-01-01", 性别="女"),
        person(证件号码="E12345678", 证件类型="护照"),
        person(证件号码=number(region="810000"), 证件类型="港澳台居民居住证"),
    )
    kinds = [(row.id_kind, row.birth_date) for row in roster.rows]
    born = date(1990, 1, 1)
    assert kinds == [("hk_macao_pass", born), ("passport", None), ("hmt_residence_permit", born)]


def test_two_rows_with_one_identity_number_are_both_refused_and_name_each_other(tmp_path: Path) -> None:
    typed_otherwise = number(123).replace("1990", "1990 ")
    roster = read_people(
        tmp_path, person(123), person(200, 姓名="测试二"), person(123, 证件号码=typed_otherwise, 手机号="错")
    )
    assert refusals(roster) == [(2, "证件号码", "roster.twice"), (4, "手机号", "roster.phone")]
    assert "4" in roster.refused[0].message
    assert [row.row for row in roster.rows] == [3]


def test_a_row_is_told_all_that_is_wrong_with_it_at_once(tmp_path: Path) -> None:
    (refused,) = read_people(tmp_path, person(性别="女", 手机号="错", 申报等级="零级")).refused
    assert all(column in refused.message for column in ("性别", "手机号", "申报等级"))
    assert number() not in refused.message


def test_a_cell_merged_over_rows_holds_for_each_of_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([*HEADER, "工作单位"])
    for order, name in enumerate(("测试一", "测试二", "测试三"), start=200):
        sheet.append([name, number(order), "19900000001", "初级", None])
    sheet["E2"] = "示例合作社"
    sheet.merge_cells("E2:E3")
    book.save(tmp_path / "r.xlsx")
    assert [row.employer for row in read_roster(tmp_path / "r.xlsx").rows] == ["示例合作社", "示例合作社", None]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "<b>测试</b>", "'; DROP TABLE--"])
def test_text_that_looks_like_a_command_stays_text_and_goes_out_as_text(tmp_path: Path, text: str) -> None:
    made = tmp_path / "r.csv"
    made.write_text(
        "姓名,证件号码,手机号,申报等级,工作单位\n" + f'测试一,{number()},19900000001,初级,"{text}"\n', "utf-8"
    )
    row = only(read_roster(made))
    assert row.employer == text
    write_rows(tmp_path / "out.xlsx", [row])
    assert only(read_roster(tmp_path / "out.xlsx")).employer == text
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
