"""Rosters as other programs would write them, for the tests of their reading."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from stdnum.cn import ric

from core.errors import Refused
from core.registration.roster_file import Roster, RosterRow, read_roster

HEADER = ("姓名", "证件号码", "手机号", "申报等级")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def number(order: int = 123, born: str = "19900101", region: str = "110101") -> str:
    """An invented identity number with its right check digit."""
    stem = f"{region}{born}{order:03d}"
    return stem + ric.calc_check_digit(stem + "0")


def person(order: int = 123, **fields: object) -> dict[str, object]:
    """A whole row by column name, changed by `fields`."""
    return {
        "姓名": "测试一",
        "证件号码": number(order),
        "手机号": "19900000001",
        "申报等级": "初级",
        **fields,
    }


def save(path: Path, rows: Sequence[Sequence[object]], **book: object) -> Path:
    """An .xlsx of `rows`."""
    made = openpyxl.Workbook()
    for key, value in book.items():
        setattr(made, key, value)
    for row in rows:
        made.worksheets[0].append(list(row))
    made.save(path)
    return path


def read_people(tmp_path: Path, *people: dict[str, object], **book: object) -> Roster:
    """What the program reads of people written to an .xlsx."""
    names = list(dict.fromkeys(name for one in people for name in one))
    return read_roster(
        save(tmp_path / "r.xlsx", [names, *([one.get(name) for name in names] for one in people)], **book)
    )


def only(roster: Roster) -> RosterRow:
    assert roster.refused == ()
    (row,) = roster.rows
    return row


def refusals(roster: Roster) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.code) for one in roster.refused]


def refused_file(path: Path) -> str:
    with pytest.raises(Refused) as caught:
        read_roster(path)
    assert caught.value.sentence != caught.value.code
    return caught.value.code


# A workbook written by hand, as other programs write it.


def raw_book(
    path: Path,
    sheet: str,
    *,
    strings: Sequence[str] = (),
    properties: str = "",
    main: str = MAIN,
    office: str = OFFICE,
    extra: dict[str, bytes] | None = None,
) -> Path:
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">{properties}'
        '<sheets><sheet name="名单" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">'
        + "".join(f"<si>{one if one.startswith('<') else f'<t>{one}</t>'}</si>" for one in strings)
        + "</sst>",
        "xl/worksheets/sheet1.xml": sheet.replace("MAIN", main),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return path


def inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


INLINE_HEADER = (
    '<row r="1">' + "".join(inline(f"{letter}1", name) for letter, name in zip("ABCD", HEADER, strict=True)) + "</row>"
)
INLINE_ROW = '<row r="2">' + "".join(
    inline(f"{letter}2", text) for letter, text in zip("ABCD", ("测试一", number(), "19900000001", "初级"), strict=True)
)


CSV = '姓名,证件号码,手机号,申报等级,工作单位\n测试𬱖,{number},19900000001,初级,"示例,合作社"\n'
