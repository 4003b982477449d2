"""The roster sheets that the program writes: the empty template, filled ones, and the refused rows to be mended.

Whatever a cell holds is written as text that no spreadsheet calculates: a name or reason that begins with = + - @ stays
what it says. Files appear whole or not at all.
"""

from __future__ import annotations

import io
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.errors import EnvironmentFailure
from core.paths import plain_file
from core.registration import identity
from core.registration.roster_columns import COLUMNS
from core.registration.roster_file import RosterRow, RowRefusal, find_header
from core.registration.roster_source import Row, open_source
from core.registration.roster_values import Cell
from core.words import say

SHEET = "报名花名册"
EXPLAINED = "填写说明"
REASON = "退回原因"
ORIGINAL_ROW = "原行号"
TEMPLATE_ROWS = 5_000
"""How far down the template's drop-down lists reach."""

CHOICES = {
    "sex": ("男", "女"),
    "id_kind": (
        "居民身份证",
        "港澳居民来往内地通行证",
        "台湾居民来往大陆通行证",
        "港澳台居民居住证",
        "外国人永久居留身份证",
        "护照",
    ),
    "final_year": ("是", "否"),
    "level": ("初级", "中级", "高级"),
    "held_level": ("初级", "中级", "高级"),
    "award_scope": ("县", "市", "省", "全国"),
}
WIDTHS = {"name": 12, "sex": 6, "id_kind": 16, "id_number": 22, "phone": 15, "employer": 24}
_WORDS: dict[str, dict[object, str]] = {
    "sex": {identity.MALE: "男", identity.FEMALE: "女"},
    "id_kind": dict(
        zip(
            (
                identity.RESIDENT,
                identity.HK_MACAO,
                identity.TAIWAN,
                identity.HMT_PERMIT,
                identity.FOREIGN,
                identity.PASSPORT,
            ),
            CHOICES["id_kind"],
            strict=True,
        )
    ),
    "level": dict(zip(("junior", "intermediate", "senior"), CHOICES["level"], strict=True)),
    "held_level": dict(zip(("junior", "intermediate", "senior"), CHOICES["level"], strict=True)),
    "award_scope": dict(zip(("county", "city", "province", "national"), CHOICES["award_scope"], strict=True)),
    "final_year": {True: "是", False: "否"},
}
# What XML 1.0 cannot hold; shown as a replacement character in a refused row.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_template(path: Path) -> None:
    """Write an empty roster: headers, text cells, drop-down lists, and a second sheet that explains each column."""
    write_rows(path, ())


def write_rows(path: Path, rows: Iterable[RosterRow]) -> None:
    """Write a roster of `rows` that `read_roster` reads back as they are (their `row` apart)."""
    titles = [column.title for column in COLUMNS]
    texts = ([_written(column.field, getattr(row, column.field)) for column in COLUMNS] for row in rows)
    with _book(path) as book:
        sheet = book.create_sheet(SHEET)
        for index, column in enumerate(COLUMNS):
            _set_width(sheet, index, WIDTHS.get(column.field, 14))
        _fill(sheet, titles, texts, frozenset(index for index, one in enumerate(COLUMNS) if one.required))
        _add_lists(sheet)
        _explain(book.create_sheet(EXPLAINED))


def write_refused(path: Path, source: Path, refused: Sequence[RowRefusal]) -> None:
    """Write the rows of `source` that were refused, as they stood, with the reason in a last column.

    The file can be mended and imported again: the added columns are unknown to a roster and so ignored.
    """
    reasons = {one.row: one.message for one in refused}
    with open_source(source) as opened, _book(path) as book:
        head, rows = find_header(opened)
        titles = list(head.cells)
        kept = [index for index, title in enumerate(titles) if title not in (REASON, ORIGINAL_ROW)]
        sheet = book.create_sheet(SHEET)
        for index in range(len(kept)):
            _set_width(sheet, index, 16)
        _set_width(sheet, len(kept) + 1, 80)
        _fill(
            sheet,
            [*(titles[index] for index in kept), ORIGINAL_ROW, REASON],
            _refused_rows(rows, kept, reasons),
            frozenset((len(kept) + 1,)),
        )


def _refused_rows(rows: Iterator[Row], kept: list[int], reasons: dict[int, str]) -> Iterator[list[str]]:
    for number, cells in rows:
        if number in reasons:
            texts = [_as_it_stood(cells[index]) if index < len(cells) else "" for index in kept]
            yield [*texts, str(number), reasons[number]]


def _as_it_stood(cell: Cell | None) -> str:
    """A source cell as text. A number keeps its digits: one that was rounded is to be typed again, not restored."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < identity.DOUBLE_LIMIT:
        return str(int(cell))
    return str(cell)


def _written(field: str, value: object) -> str:
    """A field of `RosterRow` as a person would write it."""
    if value is None:
        return ""
    if field in _WORDS:
        return _WORDS[field][value]
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value)


@contextmanager
def _book(path: Path) -> Iterator[Any]:
    """A new workbook that takes its name only when it is whole and flushed."""
    from openpyxl import Workbook

    path, book, whole = plain_file(path), Workbook(write_only=True), io.BytesIO()
    try:
        try:
            yield book
        finally:
            # Also where filling it failed: only saving closes and removes openpyxl's own temporary files.
            book.save(whole)
        unfinished = path.with_name(f".{secrets.token_hex(8)}.xlsx")
        try:
            with unfinished.open("xb") as stream:
                stream.write(whole.getbuffer())
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as problem:
        raise EnvironmentFailure("roster.unwritable", file=path.name, problem=problem.strerror or "") from None


def _fill(sheet: Any, titles: Sequence[str], rows: Iterable[Sequence[str]], marked: frozenset[int]) -> None:
    """The header, kept in sight, and the rows as text; `marked` headers are the ones to look at."""
    from openpyxl.styles import Alignment, Font, PatternFill

    sheet.freeze_panes = "B2"
    header = []
    for index, title in enumerate(titles):
        cell = _text_cell(sheet)(title)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="B03A2E" if index in marked else "2F5D50")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        header.append(cell)
    sheet.append(header)
    text = _text_cell(sheet)
    for row in rows:
        sheet.append([text(value) if value else None for value in row])


def _text_cell(sheet: Any) -> Callable[[str], Any]:
    """A maker of cells that hold text and nothing else, whatever it begins with."""
    from openpyxl.cell import WriteOnlyCell

    def cell(value: str) -> Any:
        made: Any = WriteOnlyCell(sheet, _UNWRITABLE.sub("\ufffd", value)[:32_000])
        made.data_type = "s"
        made.number_format = "@"
        if value[:1] in "=+-@":
            made.quotePrefix = True
        return made

    return cell


def _set_width(sheet: Any, index: int, width: int) -> None:
    """A column's width, and text as the format of its cells that are still empty."""
    from openpyxl.utils import get_column_letter

    column: Any = sheet.column_dimensions[get_column_letter(index + 1)]
    column.width = width
    column.number_format = "@"


def _add_lists(sheet: Any) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for index, column in enumerate(COLUMNS):
        choices = CHOICES.get(column.field)
        rule = DataValidation(
            type="list" if choices else None,
            formula1=f'"{",".join(choices)}"' if choices else None,
            allow_blank=True,
            showErrorMessage=bool(choices),
            showInputMessage=True,
            promptTitle=column.name,
            prompt=say(f"roster.column.{column.field}")[:250],
        )
        letter = get_column_letter(index + 1)
        rule.add(f"{letter}2:{letter}{TEMPLATE_ROWS}")
        sheet.data_validations.append(rule)


def _explain(sheet: Any) -> None:
    titles = [say("roster.explain.column"), say("roster.explain.required"), say("roster.explain.meaning")]
    for index, width in enumerate((18, 8, 90)):
        _set_width(sheet, index, width)
    texts = (
        (
            column.title,
            say("roster.explain.yes") if column.required else "",
            say(f"roster.column.{column.field}"),
        )
        for column in COLUMNS
    )
    _fill(sheet, titles, texts, frozenset())
