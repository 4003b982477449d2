"""签名提交: what will be signed and what is missing, the person's own PIN, and a signature for every complete sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from core.scoring.commands import sign_sheet
from core.scoring.sheets import Draft
from core.standards.plans import Exercise
from core.store import Actors
from core.words import say
from ui import ops
from ui.dialogs.questions import PinDialog
from ui.pages.marking import MarkingScreen
from ui.pages.marking_binding import exercise_name, open_count, raised_text
from ui.pages.marking_data import Work
from ui.pages.marking_pin import own_actor


def ask_to_sign(
    desk: Any, work: Work, drafts: Mapping[str, Draft], current: str, done: Callable[[tuple[str, ...]], None]
) -> None:
    """Ask for the PIN and sign; `done(exercises)` when they are. What is signed is what is on screen."""
    left = {one.id: open_count(one, drafts[one.id]) for one in work.exercises if one.id not in work.signed}
    ready = tuple(key for key, count in left.items() if not count)
    if current not in ready:
        return
    dialog = PinDialog(
        desk,
        desk.context,
        say("works.sign.title" if work.work else "exam.sign.title", number=work.number),
        _words(work, left, drafts),
        partial(own_actor, desk.context),
        lambda actor: _sign(
            desk,
            [(work.application, key, drafts[key]) for key in ready],
            actor,
            desk.screen.sign,
            lambda: done(ready),
        ),
    )
    dialog.open()


def ask_to_sign_works(
    desk: Any,
    exercise: Exercise,
    drafts: Mapping[int, Draft],
    screen: MarkingScreen,
    done: Callable[[tuple[int, ...]], None],
) -> None:
    """Ask for the PIN and sign every complete work of an exercise at once; `done(applications)` when they are."""
    ready = tuple(one for one, draft in drafts.items() if not open_count(exercise, draft))
    if not ready:
        return
    name = exercise_name(exercise)
    dialog = PinDialog(
        desk,
        desk.context,
        say("works.sign.all", count=len(ready)),
        say("works.sign.words", exercise=name, count=len(ready)),
        partial(own_actor, desk.context),
        lambda actor: _sign(
            desk,
            [(one, exercise.id, drafts[one]) for one in ready],
            actor,
            screen.sign,
            lambda: done(ready),
        ),
    )
    dialog.open()


def has_own_pin(context: Any, screen: MarkingScreen) -> bool:
    """Whether the person has a PIN of their own; if not, that is said over the items."""
    if context.session.provisional:
        screen.strip.say(say("people.provisional_pin"), "attention", "", say("ui.pin.change"), context.shell.change_pin)
    return not context.session.provisional


def _words(work: Work, left: Mapping[str, int], drafts: Mapping[str, Draft]) -> str:
    names = {one.id: (exercise_name(one), len(one.items)) for one in work.exercises}
    now = [
        say("exam.sign.exercise", name=names[key][0], items=names[key][1]) for key, count in left.items() if not count
    ]
    later = [say("exam.sign.missing", name=names[key][0], count=count) for key, count in left.items() if count]
    raised = "、".join(
        filter(None, (raised_text(one, drafts[one.id]) for one in work.exercises if left.get(one.id) == 0))
    )
    lines = [say("exam.sign.words", exercises="、".join(now))]
    lines += [say("exam.sign.raised", vetoes=raised)] if raised else []
    lines += [say("exam.sign.later", exercises="、".join(later))] if later else []
    return "\n".join(lines)


def _sign(
    desk: Any, sheets: Sequence[tuple[int, str, Draft]], actor: Any, button: QWidget, done: Callable[[], None]
) -> None:
    desk.saver.flush()
    signing = ops.write(desk, _sign_all, sheets).acting(Actors(actor))
    signing.on_done(lambda _ids: done()).describe(say("exam.sign.doing")).busy(button).start()


def _sign_all(write: Any, sheets: Sequence[tuple[int, str, Draft]]) -> list[int]:
    """All or none: one transaction. Each draft goes with its signature, so a save that failed signs nothing older."""
    return [sign_sheet(write, application, exercise, draft) for application, exercise, draft in sheets]
