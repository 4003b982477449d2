"""What is edited of a plan is kept within a second, and offered again when its page is opened the next time."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import msgspec
from PySide6.QtCore import QEvent, QObject

from core.batches.plan_drafts import KeptDraft, keep_plan_draft
from core.clock import china_time
from core.errors import AppError
from core.standards import plans
from core.standards.plan_draft import Draft
from core.words import say
from ui.pages.marking_saver import Saver
from ui.pages.plan_pen import Pen
from ui.widgets.basics import label, restyle
from ui.widgets.strip import Strip


class DraftSaver(Saver):
    """Of drafts of plans, by batch and the digest of the plan that they were begun on."""

    command: ClassVar[Any] = staticmethod(keep_plan_draft)


class Keeping(QObject):
    """Of the plan page. `strip` says that a draft was found again; `told` that what is edited is on the disk."""

    def __init__(self, page: Any) -> None:
        super().__init__(page)
        self._page = page
        self._kept: dict[int, Draft | None] = {}
        self._watched: QObject | None = None
        self._failing = False
        self.strip = Strip()
        self.told = label("", "small")
        self.told.setMinimumWidth(1)
        self.saver = DraftSaver(page.context, self)
        self.saver.saved.connect(self._on_saved)
        self.saver.failed.connect(self._on_failed)

    def follow(self, batch: int, pen: Pen, kept: KeptDraft | None) -> None:
        """Keep what this pen writes from now on; first go on with what was kept of it, and say so."""
        if kept is not None and _differs(kept.draft, pen.in_force):
            pen.resume(kept.draft)
            when = china_time(kept.saved_at).strftime("%Y-%m-%d %H:%M")
            words = say("plan_page.kept.overtaken" if kept.overtaken else "plan_page.kept", when=when)
            throw_away = partial(pen.write_over, pen.in_force)
            self.strip.say(
                words, "attention" if kept.overtaken else "plain", "", say("plan_page.kept.drop"), throw_away
            )
            self._kept[batch] = pen.draft
        else:
            self._kept[batch] = None
        pen.changed.connect(partial(self._keep, batch, pen))

    def show_batch(self) -> None:
        """Another batch is in view: what was said of the one before is not about it."""
        self.strip.clear()
        self.told.clear()

    def watch(self) -> None:
        """The page is in sight: should its window close, everything is handed over before."""
        if self._watched is not self._page.window():
            self._watched = self._page.window()
            self._watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close and watched is self._watched:
            self.saver.flush()
        return super().eventFilter(watched, event)

    def _keep(self, batch: int, pen: Pen) -> None:
        draft = pen.draft if pen.edited else None
        if draft is None:
            self.strip.clear()
            self.told.clear()
        if draft is not self._kept[batch]:
            self._kept[batch] = draft
            self.saver.keep(batch, plans.digest(pen.in_force).hex(), draft)

    def _on_saved(self, at: int) -> None:
        if self._failing:
            self._failing = False
            self._page.clear_refusal()
        pen = self._page.pen
        if pen is not None and pen.edited:
            self.told.setText(say("plan_page.kept.saved", time=china_time(at).strftime("%H:%M:%S")))
            restyle(self.told, "tone", "")

    def _on_failed(self, error: AppError) -> None:
        self._failing = True
        self.told.setText(say("plan_page.kept.not_saved"))
        restyle(self.told, "tone", "danger")
        self._page.show_refusal(error)


def _differs(draft: Draft, in_force: plans.Plan) -> bool:
    return msgspec.structs.replace(draft.plan, version=in_force.version) != in_force
