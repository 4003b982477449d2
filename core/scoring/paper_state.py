"""How far sheets on paper are, by their rows alone: what the room's commands and queries rest on.

Nothing here asks who wants to know; see `paper_queries`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, select

from core.scoring.paper_rules import differing_cells
from core.scoring.sheets import Draft
from core.scoring.tables import PaperKeying, PaperScan, SheetDraft
from core.standards.plans import Exercise
from core.store import Id, Read

Key = tuple[Id, str, Id]
"""Application, exercise, examiner: what a sheet is known by."""
ROUNDS = (1, 2)
_TYPED = tuple[dict[str, list[int] | None], dict[str, int], list[str], str]


@dataclass(frozen=True)
class Typing:
    """One person's typing of a paper sheet. `draft` None: its part is not here."""

    id: Id
    keyer: Id
    round: int
    at: int
    draft: Draft | None = field(repr=False)


@dataclass(frozen=True)
class Paper:
    """The typings of one paper sheet that count, by round."""

    typings: tuple[Typing, ...] = ()

    def by(self, keyer: Id) -> Typing | None:
        """The typing of one person."""
        return next((one for one in self.typings if one.keyer == keyer), None)

    def beside(self, keyer: Id) -> Typing | None:
        """The typing of the other person."""
        return next((one for one in self.typings if one.keyer != keyer), None)

    @property
    def free_round(self) -> int:
        """The round that nobody has typed yet; 0: both are."""
        taken = {one.round for one in self.typings}
        return next((round for round in ROUNDS if round not in taken), 0)

    def differing(self, exercise: Exercise) -> tuple[str, ...] | None:
        """The cells in which the two typings differ; None while one of them is missing."""
        if len(self.typings) != len(ROUNDS):
            return None
        one, other = self.typings
        if one.draft is None or other.draft is None:
            return None
        return differing_cells(exercise, one.draft, other.draft)

    def agreed(self, exercise: Exercise) -> Draft | None:
        """What both typed; None while they have not, or differ."""
        return self.typings[0].draft if self.differing(exercise) == () else None


NOTHING = Paper()


def paper_of(read: Read, application: Id, exercise: str, examiner: Id) -> Paper:
    """How far one paper sheet is."""
    key = (application, exercise, examiner)
    where = (
        PaperKeying.application == application,
        PaperKeying.exercise == exercise,
        PaperKeying.examiner == examiner,
    )
    return _papers(read, *where).get(key, NOTHING)


def papers_in(read: Read, panels: Collection[Id]) -> dict[Key, Paper]:
    """Every sheet of these panels that somebody has keyed."""
    return _papers(read, PaperKeying.panel.in_(list(panels)))


def on_paper(read: Read, examiner: Id) -> set[tuple[Id, str]]:
    """(application, exercise) of an examiner's sheets that somebody has keyed from paper: the screen is closed to
    them."""
    rows = read.rows(
        select(PaperKeying.application, PaperKeying.exercise).where(
            PaperKeying.examiner == examiner, PaperKeying.void.is_(False)
        )
    )
    return {(row.application, row.exercise) for row in rows}


def scans_in(read: Read, panels: Collection[Id]) -> dict[Key, int]:
    """How many scans each sheet of these panels has."""
    counted: dict[Key, int] = {}
    for row in read.rows(
        select(PaperScan.application, PaperScan.exercise, PaperScan.examiner).where(
            PaperScan.panel.in_(list(panels)), PaperScan.void.is_(False)
        )
    ):
        key = (row.application, row.exercise, row.examiner)
        counted[key] = counted.get(key, 0) + 1
    return counted


def begun_on_screen(read: Read) -> set[str]:
    """The drafts on this machine in which something was marked, by `marks.draft_id`."""
    rows = read.rows(select(SheetDraft.id, SheetDraft.draft))
    return {row.id for row in rows if msgspec.json.decode(row.draft, type=Draft) != Draft()}


def _papers(read: Read, *where: ColumnElement[bool]) -> dict[Key, Paper]:
    rows = read.rows(select(PaperKeying).where(PaperKeying.void.is_(False), *where).order_by(PaperKeying.round))
    return _gathered(rows)


def _gathered(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[Key, Paper]:
    found: dict[Key, list[Typing]] = {}
    for row in rows:
        typing = Typing(row.id, row.keyer, row.round, row.keyed_at, _draft(row.typed))
        found.setdefault((row.application, row.exercise, row.examiner), []).append(typing)
    return {key: Paper(tuple(typings)) for key, typings in found.items()}


def _draft(typed: bytes | None) -> Draft | None:
    if typed is None:
        return None
    marks, deductions, vetoes, remark = msgspec.msgpack.decode(typed, type=_TYPED)
    return Draft(marks, deductions, remark, [], vetoes)
