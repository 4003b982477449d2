"""What was done to a draft, so that it can be taken back and done again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.standards.plan_draft import Draft
from core.standards.plan_sentences import retold

MOST_STEPS = 200

Act = Callable[[Draft], Draft]


@dataclass(frozen=True)
class History:
    """The draft as it is, and the drafts before and after it."""

    draft: Draft
    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()

    @property
    def original(self) -> Draft:
        """The draft that the editing began with (as far back as is kept)."""
        return self.past[0] if self.past else self.draft

    def do(self, act: Act) -> History:
        """Do something; what changes nothing is no step. A refusal changes nothing either."""
        done = retold(self.draft, act(self.draft))
        if done == self.draft:
            return self
        return History(done, (*self.past, self.draft)[-MOST_STEPS:])

    def undo(self) -> History:
        """Take the last step back."""
        if not self.past:
            return self
        return replace(self, draft=self.past[-1], past=self.past[:-1], future=(self.draft, *self.future))

    def redo(self) -> History:
        """Do again what was taken back last."""
        if not self.future:
            return self
        return replace(self, draft=self.future[0], past=(*self.past, self.draft), future=self.future[1:])
