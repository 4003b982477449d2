"""The pen that a plan is edited with: what every part of the page writes through and listens to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.errors import Refused
from core.standards.plan_draft import Draft, begin
from core.standards.plan_facts import Plan
from core.standards.plan_history import History
from core.standards.plan_rules import numbered
from core.standards.points import NotPoints, read_points
from core.words import language, say

FULL_WIDTH = str.maketrans("０１２３４５６７８９．。", "0123456789..")


class Pen(QObject):
    """One plan under edit, with its undo. `changed` after each step, `refused(error)` when a step can't be done."""

    changed = Signal()
    refused = Signal(object)

    def __init__(self, plan: Plan, writes: bool, parent: QObject | None = None) -> None:
        """`writes`: whether the person may edit; others only look."""
        super().__init__(parent)
        self.writes = writes
        self.in_force = plan
        """The plan that the batch has."""
        self._history = History(begin(plan))

    @property
    def draft(self) -> Draft:
        """The draft as it stands."""
        return self._history.draft

    @property
    def plan(self) -> Plan:
        """The plan as it stands, under a version of its own once it differs from the one in force."""
        return numbered(self.draft.plan, self.in_force)

    @property
    def edited(self) -> bool:
        """Whether it differs from the plan in force."""
        return self.draft.plan != self.in_force

    @property
    def can_undo(self) -> bool:
        return bool(self._history.past)

    @property
    def can_redo(self) -> bool:
        return bool(self._history.future)

    def do(self, act: Callable[..., Draft], *args: Any, **changes: Any) -> bool:
        """Do `act(draft, …)`; whether it could be done. What it refuses is told, and nothing has changed."""
        return self._take(lambda history: history.do(lambda draft: act(draft, *args, **changes)))

    def resume(self, draft: Draft) -> None:
        """Go on with a draft that was kept. It can be undone: then the plan in force stands again."""
        if self.writes:
            self._history = History(draft, past=(self._history.draft,))

    def write_over(self, plan: Plan) -> bool:
        """Go on with another plan altogether: a file, the default. It can be undone."""
        return self._take(lambda history: history.do(lambda _draft: begin(plan)))

    def undo(self) -> None:
        """Take the last step back."""
        self._take(History.undo)

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._take(History.redo)

    def adopted(self, plan: Plan) -> None:
        """The batch has another plan now. An unedited draft follows it."""
        if plan == self.in_force:
            return
        follows = not self.edited or self.plan == plan
        self.in_force = plan
        if follows:
            self._history = History(begin(plan))
        self.changed.emit()

    def _take(self, step: Callable[[History], History]) -> bool:
        if not self.writes:
            return False
        try:
            after = step(self._history)
        except Refused as refusal:
            self.refused.emit(refusal)
            self.changed.emit()  # fields show again what stands
            return False
        if after is not self._history:
            self._history = after
            self.changed.emit()
        return True


def typed_points(text: str) -> int:
    """Hundredths of what a person typed, full-width figures too. No points: refused in words."""
    written = text.strip().translate(FULL_WIDTH)
    try:
        return read_points(written)
    except NotPoints as problem:
        raise Refused("plan_page.bad_points", written=text.strip(), reason=say(f"points.{problem.reason}")) from None


def own(chinese: str, english: str) -> str:
    """The name of something of a plan in the language in use."""
    return english if language() == "en" and english else chinese
