"""How far examiners who saw the same clip lie apart, item by item. Pure; points are hundredths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.scoring.sheets import Deducted, Mark, Moment
from core.standards.plans import Exercise, Item
from core.store import Id


@dataclass(frozen=True)
class TrialMarks:
    """What one examiner signed in a trial."""

    examiner: Id
    marks: tuple[Mark, ...]
    deductions: tuple[Deducted, ...]
    remark: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class ComparedItem:
    """One item with what each examiner gave, in their order. None: not observed."""

    item: Item
    given: tuple[Mark | None, ...]

    @property
    def points(self) -> tuple[int, ...]:
        """What was given by those who observed it."""
        return tuple(mark.points for mark in self.given if mark is not None)

    @property
    def lowest(self) -> int | None:
        """The least that anybody gave."""
        return min(self.points, default=None)

    @property
    def highest(self) -> int | None:
        """The most that anybody gave."""
        return max(self.points, default=None)

    @property
    def apart(self) -> int:
        """Highest less lowest."""
        return max(self.points) - min(self.points) if self.points else 0

    @property
    def disputed(self) -> bool:
        """Whether some observed it and some did not: nothing to subtract, but something to talk about."""
        return 0 < len(self.points) < len(self.given)

    @property
    def differs(self) -> bool:
        """Whether the examiners were not of one mind."""
        return self.apart > 0 or self.disputed


@dataclass(frozen=True)
class ComparedDeduction:
    """One deduction with how often each examiner saw it happen."""

    id: str
    times: tuple[int, ...]

    @property
    def differs(self) -> bool:
        """Whether they did not see the same."""
        return len(set(self.times)) > 1


@dataclass(frozen=True)
class Comparison:
    """A closed trial side by side."""

    sheets: tuple[TrialMarks, ...]
    items: tuple[ComparedItem, ...]
    """In the plan's order."""
    deductions: tuple[ComparedDeduction, ...]
    totals: tuple[int, ...]
    """Each examiner's total of the items that everybody observed, less deductions, floored at 0."""
    maximum: int
    """The full points of those items."""

    @property
    def spread(self) -> int:
        """The highest total less the lowest."""
        return max(self.totals) - min(self.totals) if self.totals else 0

    @property
    def differing(self) -> int:
        """On how many items they were not of one mind."""
        return sum(one.differs for one in self.items)


def compare(exercise: Exercise, sheets: Sequence[TrialMarks]) -> Comparison:
    """Put the sheets of one trial side by side."""
    by_item = [{mark.item: mark for mark in sheet.marks} for sheet in sheets]
    items = tuple(ComparedItem(item, tuple(of.get(item.key) for of in by_item)) for item in exercise.items)
    common = [one for one in items if one.given and None not in one.given]
    totals = []
    for at, sheet in enumerate(sheets):
        earned = sum(mark.points for one in common if (mark := one.given[at]) is not None)
        totals.append(max(0, earned - sum(one.points for one in sheet.deductions)))
    times = [{one.id: one.times for one in sheet.deductions} for sheet in sheets]
    return Comparison(
        sheets=tuple(sheets),
        items=items,
        deductions=tuple(
            ComparedDeduction(one.id, tuple(of.get(one.id, 0) for of in times))
            for one in exercise.deductions
            if any(one.id in of for of in times)
        ),
        totals=tuple(totals),
        maximum=sum(one.item.maximum for one in common),
    )
