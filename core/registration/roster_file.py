"""The roster file: many candidates at once, row by row either read whole or refused with the reason.

The contract's "Roster file" is the rule. A row is refused for all that is wrong with it at once, so that it is mended
once. Reading decides nothing about eligibility, levels of a batch, or who has applied already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path

import msgspec

from core.errors import Refused
from core.registration import identity
from core.registration.roster_columns import (
    BY_FIELD,
    COLUMNS,
    FURTHEST_HEADER_ROW,
    Header,
    header,
    score,
)
from core.registration.roster_source import Row, Source, Uncalculated, open_source
from core.registration.roster_values import ERROR_CELLS, Cell, Unclear
from core.words import say

MOST_ROWS = 200_000
PROGRESS_EVERY = 500


class RosterRow(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate's application as the roster states it, normalised. None: the roster does not say.

    `row` is the spreadsheet's number. `sex` is `male` or `female`, `id_kind` one of `identity.KINDS`, levels are
    `junior`, `intermediate`, `senior`, `award_scope` is `county`, `city`, `province` or `national`. Birth date
    and sex are taken from the identity number where the roster leaves them out.
    """

    row: int
    name: str
    id_kind: str
    id_number: str
    phone: str
    level: str
    sex: str | None = None
    birth_date: date | None = None
    education: str | None = None
    employer: str | None = None
    school: str | None = None
    major: str | None = None
    graduated: date | None = None
    final_year: bool | None = None
    conditions: tuple[str, ...] = ()
    occupation: str | None = None
    occupation_from: date | None = None
    training_hours: int | None = None
    training_completed: date | None = None
    training_certificate: str | None = None
    held_level: str | None = None
    held_number: str | None = None
    held_date: date | None = None
    award_scope: str | None = None
    award_rank: int | None = None
    photo: str | None = None


class RowRefusal(msgspec.Struct, frozen=True):
    """Why a row is not taken: the column and code of the first reason, and a sentence of all of them."""

    row: int
    column: str
    code: str
    message: str


class Roster(msgspec.Struct, frozen=True):
    """What a roster file holds. Every row with anything in it is in `rows` or in `refused`, once, in order."""

    rows: tuple[RosterRow, ...]
    refused: tuple[RowRefusal, ...]
    ignored_columns: tuple[str, ...]


def read_roster(path: Path, progress: Callable[[int], None] | None = None) -> Roster:
    """Read an .xlsx or .csv roster.

    `progress` is told the number of rows read so far now and then; what it raises ends the reading. Raises
    `Refused` where the file as a whole can't be used, `EnvironmentFailure` where it can't be opened.
    """
    with open_source(path) as source:
        head, rows = find_header(source)
        reader = _Reader(head, source.epoch)
        for number, cells in rows:
            reader.take(number, cells)
            if progress is not None and reader.taken % PROGRESS_EVERY == 0:
                progress(reader.taken)
        return reader.roster()


def find_header(source: Source) -> tuple[Header, Iterator[Row]]:
    """The header and the rows below it. Refused: no row near the top names any column of a roster."""
    first: list[Row] = []
    best, best_at = 0, 0
    for row in source.rows:
        first.append(row)
        found = score(row[1])
        if found > best:
            best, best_at = found, len(first) - 1
        if len(first) == FURTHEST_HEADER_ROW:
            break
    if not best:
        raise Refused("roster.empty" if not any(map(_filled, first)) else "roster.no_header")
    number, cells = first[best_at]
    return header(number, cells), chain(first[best_at + 1 :], source.rows)


def today() -> date:
    """The date in China, where a birth date may not lie after it."""
    return (datetime.now(UTC) + timedelta(hours=8)).date()


def _filled(row: Row) -> bool:
    return any(cell is not None and cell != "" for cell in row[1])


class _Reader:
    """Takes rows one by one; knows which identity numbers it has seen."""

    def __init__(self, head: Header, epoch: date) -> None:
        self._head = head
        self._columns = [
            (head.at[column.field], column.field, head.reader(column, epoch))
            for column in COLUMNS
            if column.field in head.at
        ]
        self._required = [column.field for column in COLUMNS if column.required]
        self._today = today()
        self._rows: list[RosterRow] = []
        self._problems: dict[int, list[tuple[str, Unclear]]] = {}
        self._seen: defaultdict[str, list[int]] = defaultdict(list)
        self._spilled: set[int] = set()
        self.taken = 0

    def take(self, number: int, cells: Sequence[Cell | None]) -> None:
        """Read one row; an empty one is no row."""
        fields: dict[str, object] = {}
        problems: list[tuple[str, Unclear]] = []
        width = len(cells)
        for at, field, read in self._columns:
            cell = cells[at] if at < width else None
            if cell is None or cell == "":
                continue
            try:
                _refuse_unreadable(cell)
                value = read(cell)
            except Unclear as unclear:
                problems.append((field, unclear))
                continue
            if value is not None:
                fields[field] = value
        named = len(self._head.cells)
        for at in (*self._head.nameless, *range(named, width)):
            if at < width and cells[at] not in (None, ""):
                self._spilled.add(at)
        if not fields and not problems:
            return
        self.taken += 1
        if self.taken > MOST_ROWS:
            raise Refused("roster.too_many_rows", most=MOST_ROWS)
        unclear_fields = {field for field, _ in problems}
        for field in self._required:
            if field not in fields and field not in unclear_fields:
                problems.append((field, Unclear("roster.required", column=BY_FIELD[field].name)))
        problems += self._identify(number, fields, unclear_fields)
        if problems:
            self._problems[number] = problems
        else:
            self._rows.append(RosterRow(row=number, **fields))  # type: ignore[arg-type]

    def roster(self) -> Roster:
        """Everything taken, once rows that share an identity number are refused too."""
        for rows in self._seen.values():
            if len(rows) < 2:
                continue
            for number in rows:
                others = "、".join(str(other) for other in rows if other != number)
                twice = ("id_number", Unclear("roster.twice", rows=others))
                self._problems.setdefault(number, []).append(twice)
        kept = tuple(row for row in self._rows if row.row not in self._problems)
        refused = tuple(_refusal(number, self._problems[number]) for number in sorted(self._problems))
        spilled = tuple(say("roster.nameless_column", letter=_letters(at)) for at in sorted(self._spilled))
        return Roster(kept, refused, self._head.unknown + spilled)

    def _identify(self, number: int, fields: dict[str, object], unclear: set[str]) -> Iterator[tuple[str, Unclear]]:
        """Judge the identity number and hold birth date and sex against it."""
        typed = fields.get("id_number")
        if not isinstance(typed, str):
            return
        self._seen[typed].append(number)
        if "id_kind" in unclear:
            return
        kind = str(fields.setdefault("id_kind", identity.RESIDENT))
        found = identity.check(typed, kind=kind, today=self._today)
        if found.code is not None:
            yield "id_number", Unclear(found.code)
            return
        if found.birth_date is not None and "birth_date" not in unclear:
            if fields.setdefault("birth_date", found.birth_date) != found.birth_date:
                yield "birth_date", Unclear("roster.birth_differs")
        elif isinstance(born := fields.get("birth_date"), date) and born > self._today:
            yield "birth_date", Unclear("roster.birth_future")
        told = found.sex is not None and "sex" not in unclear
        if told and fields.setdefault("sex", found.sex) != found.sex:
            yield "sex", Unclear("roster.sex_differs")


def _refuse_unreadable(cell: Cell) -> None:
    if isinstance(cell, Uncalculated):
        raise Unclear("roster.formula")
    if isinstance(cell, str) and cell[:1] == "#" and cell in ERROR_CELLS:
        raise Unclear("roster.error_cell")


def _refusal(number: int, problems: list[tuple[str, Unclear]]) -> RowRefusal:
    field, first = problems[0]
    message = say(first.code, **first.values)
    if len(problems) > 1:
        message = " ".join(
            say("roster.at", column=BY_FIELD[at].name, sentence=say(problem.code, **problem.values))
            for at, problem in problems
        )
    return RowRefusal(number, BY_FIELD[field].name, first.code, message)


def _letters(at: int) -> str:
    """A column's letters: A for 0."""
    letters = ""
    at += 1
    while at:
        at, last = divmod(at - 1, 26)
        letters = chr(65 + last) + letters
    return letters
