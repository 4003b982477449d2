"""签名提交: what will be signed and what is missing, the person's own PIN, and a signature for every complete sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from core.errors import Refused
from core.people.pins import sign_in
from core.scoring.commands import sign_sheet
from core.scoring.sheets import Draft
from core.store import Actors
from core.words import say
from ui import ops
from ui.dialogs.questions import PinDialog
from ui.pages.marking_binding import exercise_name, open_count
from ui.pages.marking_data import Work


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
        say("exam.sign.title", number=work.number),
        _words(work, left),
        partial(_check, desk.context),
        lambda actor: _sign(desk, work.application, {key: drafts[key] for key in ready}, actor, done),
    )
    dialog.open()


def _words(work: Work, left: Mapping[str, int]) -> str:
    names = {one.id: (exercise_name(one), len(one.items)) for one in work.exercises}
    now = [
        say("exam.sign.exercise", name=names[key][0], items=names[key][1]) for key, count in left.items() if not count
    ]
    later = [say("exam.sign.missing", name=names[key][0], count=count) for key, count in left.items() if count]
    text = say("exam.sign.words", exercises="、".join(now))
    return f"{text}\n{say('exam.sign.later', exercises='、'.join(later))}" if later else text


def _check(context: Any, pin: str) -> Any:
    """Sign the person in afresh: the signature is made with the key that this PIN opens. On a worker."""
    actor = sign_in(context.store, context.session.login, pin)
    if actor.sign is None:
        raise Refused("people.provisional_pin")
    return actor


def _sign(
    desk: Any, application: int, sheets: Mapping[str, Draft], actor: Any, done: Callable[[tuple[str, ...]], None]
) -> None:
    desk.saver.flush()
    signing = ops.write(desk, _sign_all, application, sheets).acting(Actors(actor))
    signing.on_done(lambda _ids: done(tuple(sheets))).describe(say("exam.sign.doing")).busy(desk.screen.sign).start()


def _sign_all(write: Any, application: int, sheets: Mapping[str, Draft]) -> list[int]:
    """All or none: one transaction. Each draft goes with its signature, so a save that failed signs nothing older."""
    return [sign_sheet(write, application, exercise, draft) for exercise, draft in sheets.items()]
