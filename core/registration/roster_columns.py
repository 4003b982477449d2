"""The columns of a roster by the names of the contract, and how each is told and read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from core.errors import Refused
from core.registration import roster_dates as dates
from core.registration import roster_values as values
from core.registration.roster_values import Cell

_REMARK = re.compile(r"^[(\[【][^()\[\]【】]*[)\]】]|[(\[【][^()\[\]【】]*[)\]】]$")
_MARKS = re.compile(r"[\s*:：]+")
FURTHEST_HEADER_ROW = 20
"""A header stands within these rows; what stands above it is a title."""


@dataclass(frozen=True)
class Column:
    """One column: its field of `RosterRow`, its name, what the template adds to the name, and its reader."""

    field: str
    name: str
    read: Callable[..., object]
    note: str = ""
    required: bool = False
    dated: bool = False
    """Whether the reader also needs the workbook's `epoch`."""

    @property
    def title(self) -> str:
        """The header as the template prints it: 申报等级*, 应届(是/否)."""
        return f"{self.name}{self.note}{'*' if self.required else ''}"


_level = partial(values.choice, words=values.LEVELS, code="roster.level")

COLUMNS = (
    Column("name", "姓名", values.name, required=True),
    Column("sex", "性别", partial(values.choice, words=values.SEXES, code="roster.sex")),
    Column("id_kind", "证件类型", partial(values.choice, words=values.ID_KINDS, code="roster.id_kind")),
    Column("id_number", "证件号码", values.id_number, required=True),
    Column("birth_date", "出生日期", dates.day, dated=True),
    Column("phone", "手机号", values.phone, required=True),
    Column("education", "文化程度", values.text),
    Column("employer", "工作单位", values.text),
    Column("school", "毕业院校类型", values.text),
    Column("major", "所学专业", values.text),
    Column("graduated", "毕业日期", dates.graduation, dated=True),
    Column("final_year", "应届", values.yes_no, note="(是/否)"),
    Column("level", "申报等级", _level, required=True),
    Column("conditions", "申报条件", values.conditions, note="(a–f)"),
    Column("occupation", "从业职业", values.text),
    Column("occupation_from", "从业起始日期", dates.day, dated=True),
    Column("training_hours", "培训学时", values.whole_number),
    Column("training_completed", "培训结业日期", dates.day, dated=True),
    Column("training_certificate", "培训证书编号", values.text),
    Column("held_level", "已持证书等级", _level),
    Column("held_number", "已持证书编号", values.text),
    Column("held_date", "已持证书日期", dates.day, dated=True),
    Column("award_scope", "赛事级别", partial(values.choice, words=values.SCOPES, code="roster.scope")),
    Column("award_rank", "赛事名次", values.rank),
    Column("photo", "照片文件名", values.photo),
)
BY_NAME = {column.name: column for column in COLUMNS}
BY_FIELD = {column.field: column for column in COLUMNS}
_TELLING = {BY_FIELD["name"].name, BY_FIELD["id_number"].name}


@dataclass(frozen=True)
class Header:
    """Where each known column stands (0 is the first), what the others are called, and which have no name."""

    row: int
    cells: tuple[str, ...]
    at: dict[str, int]
    unknown: tuple[str, ...]
    nameless: tuple[int, ...]

    def reader(self, column: Column, epoch: date) -> Callable[[Cell], object]:
        """The column's reader, told the workbook's day 0 where it reads dates."""
        return partial(column.read, epoch=epoch) if column.dated else column.read


def plain_title(cell: Cell | None) -> str:
    """A header cell as a column's name: without space, asterisks, colons and remarks in brackets."""
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    return _REMARK.sub("", _MARKS.sub("", unicodedata.normalize("NFKC", cell)))


def score(cells: Sequence[Cell | None]) -> int:
    """How much a row looks like the header: known names, and certain where both telling ones are there."""
    names = {plain_title(cell) for cell in cells if isinstance(cell, str)}
    return len(names & BY_NAME.keys()) + (100 if names >= _TELLING else 0)


def header(row: int, cells: Sequence[Cell | None]) -> Header:
    """Read a header row. Refused: a known column twice, or a required one missing, each by its name."""
    at: dict[str, int] = {}
    unknown: list[str] = []
    nameless: list[int] = []
    for index, cell in enumerate(cells):
        name = plain_title(cell)
        column = BY_NAME.get(name)
        if not name:
            nameless.append(index)
        elif column is None:
            unknown.append(str(cell).strip())
        elif column.field in at:
            raise Refused("roster.duplicate_column", column=name, row=row)
        else:
            at[column.field] = index
    missing = [column.name for column in COLUMNS if column.required and column.field not in at]
    if missing:
        raise Refused("roster.missing_column", columns="、".join(missing), row=row)
    titles = tuple("" if cell is None else str(cell).strip() for cell in cells)
    return Header(row, titles, at, tuple(dict.fromkeys(unknown)), tuple(nameless))
