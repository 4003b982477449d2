"""Keying a sheet that was written on paper: when a typing is whole, and where two of them differ. Pure."""

from __future__ import annotations

import unicodedata
from typing import Literal

from core.errors import Refused
from core.scoring.sheets import Draft, check_draft
from core.standards.plans import Exercise

ITEM, DEDUCTION, VETO, REMARK = "item:", "deduction:", "veto:", "remark"
LARGEST_SCAN = 15 << 20
"""A page of a telephone's camera has 3 to 8 MB."""
MOST_SCANS = 8

PaperState = Literal["open", "screen", "once", "differs", "agreed", "signed"]
"""`open`: nobody has keyed it; `screen`: it is being marked on this machine's screen; `once`: one person has keyed it;
`differs`, `agreed`: two have; `signed`."""


def check_typing(exercise: Exercise, typed: Draft) -> None:
    """Refuse a typing that the plan does not have, or in which an item was passed over.

    A cell that is blank on the paper is said to be so (a mark of None): passing it over would hide a slip of the hand.
    """
    check_draft(exercise, typed)
    if typed.moments:
        raise Refused("scoring.bad_moment")
    passed_over = [item.key for item in exercise.items if item.key not in typed.marks]
    if passed_over:
        raise Refused("paper.incomplete", count=len(passed_over))


def differing_cells(exercise: Exercise, one: Draft, other: Draft) -> tuple[str, ...]:
    """The cells in which two typings differ, in the sheet's order: `item:…`, `deduction:…`, `veto:…`, `remark`.

    A remark is compared without its blanks and widths of letters, which no two people type alike.
    """
    cells = [
        ITEM + item.key
        for item in exercise.items
        if _values(one.marks.get(item.key)) != _values(other.marks.get(item.key))
    ]
    cells += [
        DEDUCTION + found.id
        for found in exercise.deductions
        if one.deductions.get(found.id, 0) != other.deductions.get(found.id, 0)
    ]
    cells += [VETO + name for name in sorted(set(one.vetoes) ^ set(other.vetoes))]
    if _plain(one.remark) != _plain(other.remark):
        cells.append(REMARK)
    return tuple(cells)


def scan_kind(content: bytes) -> str:
    """The media type of a scan by its content: a picture or a PDF. Anything else, nothing, or too much: refused."""
    if len(content) > LARGEST_SCAN:
        raise Refused("paper.scan_too_large", most=LARGEST_SCAN >> 20)
    for begins, kind in _BEGINNINGS:
        if content.startswith(begins):
            return kind
    raise Refused("paper.scan_unknown")


_BEGINNINGS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", "application/pdf"))


def _values(marked: list[int] | None) -> list[int] | None:
    return None if marked is None else sorted(marked)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
