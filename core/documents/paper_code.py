"""The code on a paper of marking: with it whoever keys the paper in finds the sheet that it belongs to.

Plain text, `ZK1 card 1099511627826 live 1099511627790 1`: the kind of paper, the application, the exercise, the
examiner, the page. It holds no name and no mark, and proves nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast

from core.errors import Refused

if TYPE_CHECKING:
    from core.documents.layout import Pen

Kind = Literal["card", "sheet"]

SMALLEST_MODULE: Final = 0.5
"""Millimetres. Office scanners at 150 dpi and plain cameras read that with ease."""
_MARK: Final = "ZK1"
_WRITTEN: Final = re.compile(
    rf"{_MARK} (card|sheet) ([0-9]{{1,19}}) ([A-Za-z0-9][A-Za-z0-9._-]{{0,39}}) ([0-9]{{1,19}}) ([0-9]{{1,3}})",
    re.ASCII,
)


@dataclass(frozen=True)
class PaperCode:
    """Which paper it is. `page` counts from 1."""

    kind: Kind
    application: int
    exercise: str
    examiner: int
    page: int = 1

    @property
    def text(self) -> str:
        """What stands in the code."""
        return f"{_MARK} {self.kind} {self.application} {self.exercise} {self.examiner} {self.page}"


def read_paper_code(text: str) -> PaperCode:
    """The paper that a scanner has read. Anything else is refused (`papers.not_a_code`)."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise Refused("papers.not_a_code")
    kind, application, exercise, examiner, page = found.groups()
    return PaperCode(cast(Kind, kind), int(application), exercise, int(examiner), int(page))


def draw_paper_code(pen: Pen, code: PaperCode, x: float, y: float, side: float) -> None:
    """Draw it with its left upper corner at (x, y), `side` millimetres wide; its quiet zone lies outside."""
    from core.documents.code import modules

    count, rows = modules(code.text)
    if side / count < SMALLEST_MODULE:
        raise ValueError(side)
    pen.mask(x, y, side, count, b"".join(rows))
