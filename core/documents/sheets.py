"""成绩汇总表, the results list of a batch: what two people answer for and what hangs in the file (10.3).

A4 landscape, the head of the table on every sheet, places for the signatures on the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from core.documents import fonts
from core.documents.layout import (
    A4_LANDSCAPE,
    ACCENT,
    ACCENT_SOFT,
    ATTENTION,
    DANGER,
    GOOD,
    GROUND,
    INK,
    MUTED,
    Align,
    Pen,
    both,
    document,
)
from core.documents.notice import Outcome
from core.documents.wording import refuse_forbidden
from core.errors import Refused

LEFT, RIGHT = 15.0, 282.0
TABLE_TOP, TABLE_HEAD, ROW = 36.0, 9.5, 7.0
ROWS_A_SHEET: Final = 19
MOST_COMPONENTS: Final = 3
_OUTCOME: Final = "documents.notice.overall"
_COLOURS: Final = {Outcome.PASSED: GOOD, Outcome.FAILED: DANGER, Outcome.OPEN: ATTENTION}


@dataclass(frozen=True)
class ResultsRow:
    """One candidate. `scores` stand in the order of the list's components, written out; `identity` is masked."""

    candidate_number: str
    name: str
    identity: str
    scores: tuple[str, ...]
    outcome: Outcome
    remark: str = ""


@dataclass(frozen=True)
class ResultsList:
    """A batch's results. `settled_by` and `confirmed_by` are names, empty where a signature is still to come."""

    centre: str
    batch: str
    standard_title: str
    standard_code: str
    standard_is_draft: bool
    level: str
    components: tuple[str, ...]
    rows: Sequence[ResultsRow]
    settled_by: str
    confirmed_by: tuple[str, ...]
    printed: date


@dataclass(frozen=True)
class _Column:
    code: str
    label: str
    english: str
    x: float
    room: float
    align: Align = "left"


def write_results_list(
    path: Path,
    results: ResultsList,
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write the list of a batch's results; how many sheets. Refused and cancelled like `notice.write_notices`."""
    if not results.rows:
        raise Refused("documents.nothing_to_print")
    if not 0 < len(results.components) <= MOST_COMPONENTS:
        raise Refused("documents.list.no_components", limit=MOST_COMPONENTS)
    refuse_forbidden(results.centre, results.batch, results.standard_title, results.level)
    columns = _columns(results.components)
    sheets = [results.rows[start : start + ROWS_A_SHEET] for start in range(0, len(results.rows), ROWS_A_SHEET)]
    with document(path, both("documents.list.title")[0], A4_LANDSCAPE) as pen:
        for number, rows in enumerate(sheets):
            if cancelled():
                raise Refused("documents.cancelled")
            _draw_head(pen, results)
            _draw_table_head(pen, columns)
            _draw_rows(pen, columns, rows, number * ROWS_A_SHEET)
            _draw_foot(pen, results, number + 1, len(sheets))
            pen.next_sheet()
            progress(min((number + 1) * ROWS_A_SHEET, len(results.rows)))
    return len(sheets)


def _columns(components: tuple[str, ...]) -> list[_Column]:
    first, each = 128.0, 34.0
    columns = [
        _column("list.row", LEFT + 3, 10),
        _column("notice.candidate_number", LEFT + 15, 30),
        _column("notice.name", LEFT + 47, 30),
        _column("notice.identity", LEFT + 79, 32),
    ]
    columns += [
        _Column("documents.notice.score", name, "", first + each * (place + 1) - 8, each - 3, "right")
        for place, name in enumerate(components)
    ]
    after = first + each * len(components)
    return [
        *columns,
        _column(_OUTCOME.removeprefix("documents."), after, 26),
        _column("notice.remark", after + 28, RIGHT - after - 30),
    ]


def _column(code: str, x: float, room: float) -> _Column:
    chinese, english = both(f"documents.{code}")
    return _Column(f"documents.{code}", chinese, english, x, room)


def _draw_head(pen: Pen, results: ResultsList) -> None:
    chinese, english = both("documents.list.title")
    pen.box(0, 0, pen.width, 3, fill=ACCENT)
    pen.text(LEFT, 17, chinese, 19, face=fonts.BOLD, spacing=3)
    pen.text(LEFT, 22.5, english.upper(), 7, colour=MUTED, spacing=1.6)
    label = "documents.notice.centre"
    pen.inside(
        RIGHT, 15, results.centre, 150, (11.5, 10, 9), label=label, face=fonts.BOLD, colour=ACCENT, align="right"
    )
    about = f"{both('documents.list.batch')[0]} {results.batch}    {results.level}"
    pen.inside(RIGHT, 21, about, 150, (10, 9, 8), label="documents.list.batch", align="right")
    standard = f"{results.standard_title}（{results.standard_code}）"
    if results.standard_is_draft:
        standard += f"  {both('documents.notice.draft')[0]}"
    label = "documents.notice.standard"
    pen.inside(RIGHT, 27, standard, 200, (9, 8, 7), label=label, colour=MUTED, align="right")


def _draw_table_head(pen: Pen, columns: list[_Column]) -> None:
    pen.box(LEFT, TABLE_TOP, RIGHT - LEFT, TABLE_HEAD, fill=ACCENT_SOFT)
    for column in columns:
        y = TABLE_TOP + (4.4 if column.english else 6)
        with pen.cell(0, head=True):
            pen.inside(
                column.x,
                y,
                column.label,
                column.room,
                (9.5, 8.5, 7.5),
                label=column.code,
                face=fonts.BOLD,
                colour=ACCENT,
                align=column.align,
            )
            pen.text(column.x, TABLE_TOP + 7.6, column.english, 6, colour=ACCENT, align=column.align)


def _draw_rows(pen: Pen, columns: list[_Column], rows: Sequence[ResultsRow], before: int) -> None:
    y = TABLE_TOP + TABLE_HEAD
    for place, row in enumerate(rows):
        if place % 2:
            pen.box(LEFT, y, RIGHT - LEFT, ROW, fill=GROUND)
        outcome = both(f"documents.notice.{row.outcome}")[0]
        cells = (
            str(before + place + 1),
            row.candidate_number,
            row.name,
            row.identity,
            *row.scores,
            outcome,
            row.remark,
        )
        for column, text in zip(columns, cells, strict=True):
            with pen.cell(place + 1):
                pen.inside(
                    column.x,
                    y + 4.6,
                    text,
                    column.room,
                    (9.5, 8.5, 7),
                    label=column.code,
                    most=2,
                    colour=_COLOURS[row.outcome] if column.code == _OUTCOME else INK,
                    align=column.align,
                )
        y += ROW
    pen.rule(LEFT, y, RIGHT)


def _draw_foot(pen: Pen, results: ResultsList, number: int, count: int) -> None:
    pen.rule(LEFT, 198, RIGHT)
    passed = sum(row.outcome is Outcome.PASSED for row in results.rows)
    pen.text(LEFT, 203, both("documents.list.count", count=len(results.rows), passed=passed)[0], 8.5, colour=MUTED)
    printed = f"{both('documents.list.printed')[0]} {results.printed.isoformat()}"
    pen.text(pen.width / 2, 203, printed, 8.5, colour=MUTED, align="centre")
    page = both("documents.list.page", page=number, pages=count)[0]
    pen.text(RIGHT, 203, page, 8.5, colour=MUTED, align="right")
    if number == count:
        _draw_signatures(pen, results)


def _draw_signatures(pen: Pen, results: ResultsList) -> None:
    y = 191.0
    places = [("documents.list.settled", results.settled_by)]
    confirmed = [*results.confirmed_by, "", ""][:2]
    places += [("documents.list.confirmed", name) for name in confirmed]
    for place, (code, name) in enumerate(places):
        x = LEFT + 92 * place
        wide = pen.text(x, y, both(code)[0], 10, colour=MUTED)
        pen.inside(x + wide + 4, y, name, 46, (10.5, 9, 8), label=code)
        pen.rule(x + wide + 3, y + 1.6, x + 72, colour=MUTED)
