"""Knowledge scores from a file: one row a candidate, by candidate number, as a total or by the rows of 7.4.1."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import msgspec

from core.arrangement.queries import numbers
from core.batches.queries import refuse_closed
from core.errors import AppError, Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.registration.roster_source import open_source
from core.registration.roster_values import Cell, Unclear, as_text
from core.scoring.commands import score_knowledge
from core.scoring.knowledge import key_knowledge
from core.scoring.knowledge_queries import enters_twice
from core.standards.plans import Plan
from core.standards.points import NotPoints, read_points
from core.store import Id, Write
from core.words import say

NUMBER, TOTAL = "考号", "成绩"
FURTHEST_HEADER_ROW = 20
NUMBER_DIGITS = 4


class ScoreLine(msgspec.Struct, frozen=True):
    """One row: the candidate number and the points in hundredths; `rows` where they were given by row of 7.4.1."""

    row: int
    number: str
    total: int
    rows: tuple[tuple[str, int], ...]


class ScoreRefusal(msgspec.Struct, frozen=True):
    """A row that was not taken, and why."""

    row: int
    column: str
    code: str
    message: str


class ScoreFile(msgspec.Struct, frozen=True):
    """What a score file holds."""

    lines: tuple[ScoreLine, ...]
    refused: tuple[ScoreRefusal, ...]


def read_scores(path: Path, plan: Plan) -> ScoreFile:
    """Read an .xlsx or .csv with the columns 考号 and 成绩, or 考号 and every row of the knowledge examination (7.4.1).

    Refused: a file without these columns, and a plan without a knowledge examination. Rows that can't be read are
    returned with the reason.
    """
    columns: dict[str, int] = {}
    lines: list[ScoreLine] = []
    refused: list[ScoreRefusal] = []
    if plan.component("knowledge") is None:
        raise Refused("arrangement.no_such_component")
    by_row = {row.name: row.key for row in plan.knowledge}
    with open_source(path) as source:
        for count, (number, cells) in enumerate(source.rows, start=1):
            if not columns:
                columns = _header(cells, by_row)
                if not columns and count >= FURTHEST_HEADER_ROW:
                    break
                continue
            if all(cell in (None, "") for cell in cells):
                continue
            try:
                lines.append(_line(number, cells, columns, by_row))
            except Refused as problem:
                refused.append(_refusal(number, str(problem.values.get("column", "")), problem))
    if not columns:
        raise Refused("scores.no_header", number=NUMBER, total=TOTAL)
    return ScoreFile(*_without_doubles(lines, refused))


@permitted(Role.MANAGER)
def import_scores(write: Write, batch: Id, lines: Sequence[ScoreLine]) -> tuple[int, tuple[ScoreRefusal, ...]]:
    """Enter the scores that can be taken, all in one transaction; how many, and the rows that can't be.

    Where the centre has scores entered twice the file is one of the two entries.
    """
    enter = key_knowledge if enters_twice(write, batch) else score_knowledge
    refuse_closed(write, batch)
    by_number = {number: application for application, number in numbers(write, batch).items()}
    refused = []
    for line in lines:
        application = by_number.get(line.number)
        try:
            if application is None:
                raise Refused("scores.unknown_number", number=line.number)
            enter(write, application, line.total, line.rows)
        except Refused as problem:
            refused.append(_refusal(line.row, NUMBER, problem))
    return len(lines) - len(refused), tuple(refused)


def _header(cells: Sequence[Cell | None], by_row: dict[str, str]) -> dict[str, int]:
    titles = {str(cell).strip().rstrip("*"): index for index, cell in enumerate(cells) if cell not in (None, "")}
    if NUMBER not in titles:
        return {}
    if TOTAL in titles or all(name in titles for name in by_row):
        return titles
    raise Refused("scores.no_header", number=NUMBER, total=TOTAL)


def _line(row: int, cells: Sequence[Cell | None], columns: dict[str, int], by_row: dict[str, str]) -> ScoreLine:
    def cell(title: str) -> Cell | None:
        return cells[columns[title]] if columns[title] < len(cells) else None

    number = _text(cell(NUMBER), NUMBER)
    if number.isdecimal():
        number = number.zfill(NUMBER_DIGITS)  # what a spreadsheet takes for a number loses its zeros
    rows: tuple[tuple[str, int], ...] = ()
    if all(name in columns for name in by_row) and by_row:
        rows = tuple((key, _points(cell(name), name)) for name, key in by_row.items())
    total = _points(cell(TOTAL), TOTAL) if TOTAL in columns else sum(points for _, points in rows)
    return ScoreLine(row, number, total, rows)


def _text(cell: Cell | None, column: str) -> str:
    try:
        text = as_text(cell).strip() if cell is not None else ""
    except Unclear:
        text = ""
    if not text:
        raise Refused("scores.missing", column=column)
    return text


def _points(cell: Cell | None, column: str) -> int:
    """Points of a cell. A spreadsheet's 83.35 is a float; its shortest decimal is what was typed."""
    if isinstance(cell, float):
        cell = format(Decimal(repr(cell)), "f")
    text = _text(cell, column)
    try:
        return read_points(text.removesuffix(".0"))
    except NotPoints:
        raise Refused("scores.bad_points", column=column, given=text[:20]) from None


def _refusal(row: int, column: str, problem: AppError) -> ScoreRefusal:
    return ScoreRefusal(row, column, problem.code, problem.sentence)


def _without_doubles(
    lines: list[ScoreLine], refused: list[ScoreRefusal]
) -> tuple[tuple[ScoreLine, ...], tuple[ScoreRefusal, ...]]:
    """Two rows for one candidate are both refused: nobody can know which one is meant."""
    counted: dict[str, int] = {}
    for line in lines:
        counted[line.number] = counted.get(line.number, 0) + 1
    doubled = [line for line in lines if counted[line.number] > 1]
    refused += [
        ScoreRefusal(line.row, NUMBER, "scores.twice", say("scores.twice", number=line.number)) for line in doubled
    ]
    kept = tuple(line for line in lines if counted[line.number] == 1)
    return kept, tuple(sorted(refused, key=lambda one: one.row))
