"""Rosters as they come from Excel, WPS, LibreOffice, Google and people in a hurry."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import AppError, EnvironmentFailure, Refused
from core.registration.invented import invent_roster
from core.registration.roster_file import read_roster
from core.registration.roster_sheets import write_rows
from tests.registration.rosters import (
    CSV,
    HEADER,
    INLINE_HEADER,
    INLINE_ROW,
    inline,
    number,
    only,
    raw_book,
    refusals,
    refused_file,
)


def test_a_program_that_writes_texts_into_the_cells_is_read(tmp_path: Path) -> None:
    sheet = f'<worksheet xmlns="MAIN"><sheetData>{INLINE_HEADER}{INLINE_ROW}</row></sheetData></worksheet>'
    assert only(read_roster(raw_book(tmp_path / "r.xlsx", sheet))).id_number == number()


def test_a_sheet_that_claims_to_be_one_cell_is_read_whole(tmp_path: Path) -> None:
    sheet = (
        '<worksheet xmlns="MAIN"><dimension ref="A1"/>'
        f"<sheetData>{INLINE_HEADER}{INLINE_ROW}</row></sheetData></worksheet>"
    )
    assert only(read_roster(raw_book(tmp_path / "r.xlsx", sheet))).name == "测试一"


def test_shared_texts_with_formatted_pieces_and_readings_are_read(tmp_path: Path) -> None:
    pieces = "<r><t>测</t></r><r><rPr><b/></rPr><t>试一</t></r><rPh sb='0' eb='1'><t>ce</t></rPh>"
    strings = [*HEADER, pieces, number(), "19900000001", "初级"]
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{letter}{row}" t="s"><v>{at + 4 * (row - 1)}</v></c>' for at, letter in enumerate("ABCD"))
        + "</row>"
        for row in (1, 2)
    )
    sheet = f'<worksheet xmlns="MAIN"><sheetData>{rows}</sheetData></worksheet>'
    assert only(read_roster(raw_book(tmp_path / "r.xlsx", sheet, strings=strings))).name == "测试一"


def test_the_strict_variant_of_the_format_is_read(tmp_path: Path) -> None:
    sheet = f'<worksheet xmlns="MAIN"><sheetData>{INLINE_HEADER}{INLINE_ROW}</row></sheetData></worksheet>'
    made = raw_book(
        tmp_path / "r.xlsx",
        sheet,
        main="http://purl.oclc.org/ooxml/spreadsheetml/main",
        office="http://purl.oclc.org/ooxml/officeDocument/relationships",
    )
    assert only(read_roster(made)).name == "测试一"


def test_rows_are_numbered_as_the_spreadsheet_numbers_them(tmp_path: Path) -> None:
    far = INLINE_ROW.replace('r="2"', 'r="9"').replace('2" t=', '9" t=').replace("初级", "零级")
    sheet = f'<worksheet xmlns="MAIN"><sheetData>{INLINE_HEADER}{far}</row></sheetData></worksheet>'
    assert refusals(read_roster(raw_book(tmp_path / "r.xlsx", sheet))) == [(9, "申报等级", "roster.level")]


@pytest.mark.parametrize(("properties", "serial"), [("", 36955), ('<workbookPr date1904="1"/>', 35493)])
def test_both_calendars_of_excel_give_the_same_day(tmp_path: Path, properties: str, serial: int) -> None:
    head = INLINE_HEADER.replace("</row>", inline("E1", "培训结业日期") + "</row>")
    row = INLINE_ROW + f'<c r="E2"><v>{serial}</v></c></row>'
    sheet = f'<worksheet xmlns="MAIN"><sheetData>{head}{row}</sheetData></worksheet>'
    made = raw_book(tmp_path / "r.xlsx", sheet, properties=properties)
    assert only(read_roster(made)).training_completed == date(2001, 3, 5)


def test_a_hidden_first_sheet_is_not_taken_for_the_roster(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["列表", "男", "女"])
    book.worksheets[0].sheet_state = "hidden"
    sheet = book.create_sheet("名单")
    sheet.append(HEADER)
    sheet.append(["测试一", number(), "19900000001", "初级"])
    book.save(tmp_path / "r.xlsx")
    assert only(read_roster(tmp_path / "r.xlsx")).name == "测试一"


# Comma-separated files.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_of_any_usual_make_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = "某县花名册\n\n" + CSV.format(number=number())
    if delimiter != ",":
        text = text.replace(",", delimiter)
    (tmp_path / "r.csv").write_bytes(text.replace("\n", "\r\n").encode(encoding))
    row = only(read_roster(tmp_path / "r.csv"))
    assert (row.row, row.name, row.employer) == (4, "测试𬱖", f"示例{delimiter}合作社".replace("\t", " "))


def test_the_standard_characters_of_the_newer_gb_18030_are_not_private_ones(tmp_path: Path) -> None:
    made = CSV.format(number=number()).encode("gb18030").replace("测试".encode("gb18030"), b"\xfe\x51")
    (tmp_path / "r.csv").write_bytes(made)
    assert only(read_roster(tmp_path / "r.csv")).name == "\U00020087𬱖"


def test_a_csv_that_guards_its_numbers_from_rounding_is_read(tmp_path: Path) -> None:
    made = (
        "姓名,证件号码,手机号,申报等级\n"
        f'测试一,"=""{number()}""",\'19900000001,初级\n'
        "测试二,1.10101E+17,19900000001,初级\n"
    )
    (tmp_path / "r.csv").write_text(made, "utf-8")
    roster = read_roster(tmp_path / "r.csv")
    assert [row.id_number for row in roster.rows] == [number()]
    assert refusals(roster) == [(3, "证件号码", "identity.rounded")]


# Files that are no rosters.


def test_files_of_other_kinds_are_named_with_what_to_do(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    cases = {
        "roster.empty": b"",
        "roster.old_format": ole,
        "roster.encrypted": ole + "EncryptedPackage".encode("utf-16-le") + bytes(40),
        "roster.other_format": document.getvalue(),
        "roster.web_page": b"\xef\xbb\xbf\r\n<html><table><tr><td>",
        "roster.unreadable": b"\x00\x01\x02 not a table",
        "roster.no_header": "随便写的一行字".encode(),
    }
    for code, content in cases.items():
        (tmp_path / "r.xlsx").write_bytes(content)
        assert refused_file(tmp_path / "r.xlsx") == code
    (tmp_path / "r.csv").write_bytes(b"a\x00b,c")
    assert refused_file(tmp_path / "r.csv") == "roster.unreadable"
    (tmp_path / "r.csv").write_bytes(b"\xff\xff\xff")
    assert refused_file(tmp_path / "r.csv") == "roster.unreadable"


def test_a_file_that_is_not_there_is_the_machines_matter(tmp_path: Path) -> None:
    for path in (tmp_path / "none.xlsx", tmp_path):
        with pytest.raises(EnvironmentFailure, match=r"roster\.no_file"):
            read_roster(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    plain = f'<worksheet xmlns="MAIN"><sheetData>{INLINE_HEADER}</sheetData></worksheet>'
    large = raw_book(tmp_path / "large.xlsx", plain, extra={"xl/media/a.bin": bytes(30_000_000)})
    assert large.stat().st_size < 100_000
    assert refused_file(large) == "roster.bomb"
    entity = '<!DOCTYPE worksheet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + plain
    assert refused_file(raw_book(tmp_path / "entity.xlsx", entity)) == "roster.bomb"
    many = raw_book(tmp_path / "many.xlsx", plain, extra={f"x/{at}": b"" for at in range(5_001)})
    assert refused_file(many) == "roster.bomb"


def test_a_row_far_beyond_any_sheet_does_not_hang_the_program(tmp_path: Path) -> None:
    far = INLINE_ROW.replace('r="2"', 'r="99999999999"')
    sheet = f'<worksheet xmlns="MAIN"><sheetData>{INLINE_HEADER}{far}</row></sheetData></worksheet>'
    try:
        roster = read_roster(raw_book(tmp_path / "r.xlsx", sheet))
        assert len(roster.rows) <= 1
    except Refused as refused:
        assert refused.code == "roster.unreadable"


@settings(max_examples=150, deadline=5_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_no_bytes_whatever_do_more_than_refuse(tmp_path: Path, content: bytes) -> None:
    target = tmp_path / "r.csv"
    for made in (content, CSV.format(number=number()).encode() + content, b"PK\x03\x04" + content):
        target.write_bytes(made)
        try:
            read_roster(target)
        except AppError as refused:
            assert refused.sentence != refused.code


@settings(max_examples=120, deadline=5_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_workbook_does_no_more_than_refuse(tmp_path: Path, data: st.DataObject) -> None:
    whole = tmp_path / "whole.xlsx"
    if not whole.exists():
        write_rows(whole, invent_roster(3, "junior", 1))
    content = bytearray(whole.read_bytes())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    for _ in range(data.draw(st.integers(1, 6))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(content)
    try:
        read_roster(damaged)
    except AppError as refused:
        assert refused.sentence != refused.code


@settings(max_examples=100, deadline=5_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_xml_inside_a_sound_package_does_no_more_than_refuse(tmp_path: Path, data: st.DataObject) -> None:
    sheet = f'<worksheet xmlns="MAIN"><sheetData>{INLINE_HEADER}{INLINE_ROW}</row></sheetData></worksheet>'
    at = data.draw(st.integers(0, len(sheet)))
    cut = data.draw(st.integers(0, 30))
    put = data.draw(
        st.sampled_from(["", "<", ">", "&#0;", "&x;", "<c", "</c>", "<v>1E999</v>", '" r="ZZZ9"', "<f>1</f>", "]]>"])
    )
    made = raw_book(tmp_path / "r.xlsx", sheet[:at] + put + sheet[at + cut :])
    try:
        read_roster(made)
    except AppError as refused:
        assert refused.sentence != refused.code
