"""What a hand does to a run that needs a question first, or another act by where things stand."""

from __future__ import annotations

from functools import partial
from typing import Any

from core.examday import commands
from core.words import say
from ui.dialogs.questions import ConfirmDialog, ReasonDialog
from ui.pages.studio_clock import now_ms


class RunHands:
    """For the candidate in view of a studio's page."""

    def __init__(self, page: Any) -> None:
        self._page = page

    def pause_or_resume(self) -> None:
        """F8. It goes on in the studio that the page shows."""
        page, found = self._page, self._page.detail
        if not page.able or found is None or found.clock.phase in ("", "ended"):
            return
        if found.clock.paused:
            page.do(commands.resume_run, page.studio)
        else:
            asked = now_ms()
            pause = partial(page.do, commands.pause_run)
            self._ask("studio.pause", say("studio.pause.words"), lambda reason: pause(reason, asked))

    def end(self) -> None:
        """Shift+F8: end before its time."""
        page = self._page
        if page.able and page.detail is not None:
            ConfirmDialog(
                page,
                page.context,
                say("studio.end.title", number=page.number),
                say("studio.end.words"),
                say("studio.end"),
                partial(page.begin_phase, "ended"),
                danger=True,
            ).open()

    def reopen(self) -> None:
        """Let an ended run go on, by two people."""
        page = self._page
        if page.able and page.detail is not None:

            def reopen(reason: str) -> None:
                purpose = say("studio.reopen.purpose", number=page.number)
                page.write(commands.reopen_run, reason).two_people(purpose).start()

            self._ask("studio.reopen", say("studio.reopen.words"), reopen)

    def card_step(self) -> None:
        """F6: draw, open or collect the card, whichever is next."""
        page, found = self._page, self._page.detail
        if found is None or page.card.step.isHidden() or not page.card.step.isEnabled():
            return
        if found.card is None:
            page.do(commands.draw_card)
        elif found.card.opened_at is None:
            page.do(commands.open_card)
        else:
            page.do(commands.collect_card)

    def draw_again(self) -> None:
        """Another card, with a reason; of an opened one by two people."""
        page, found = self._page, self._page.detail
        if found is None or found.card is None:
            return
        opened = found.card.opened_at is not None

        def again(reason: str) -> None:
            drawing = page.write(commands.draw_card, reason)
            if opened:
                drawing = drawing.two_people(say("studio.card.again.purpose", number=page.number))
            drawing.start()

        words = say("studio.card.again.opened" if opened else "studio.card.again.words")
        ReasonDialog(page, page.context, say("studio.card.again"), words, again).open()

    def stage(self, no: int) -> None:
        """Ctrl+1 …: stage a planned surprise of the card."""
        page = self._page
        card = page.detail.card if page.detail else None
        if page.able and card is not None and card.content is not None and no < len(card.content.surprises):
            page.do(commands.stage_surprise, no)

    def _ask(self, code: str, words: str, act: Any) -> None:
        page = self._page
        title = say(f"{code}.title", number=page.number)
        ReasonDialog(page, page.context, title, words, act, say(code)).open()
