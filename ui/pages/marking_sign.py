"""签名提交: what will be signed and what is missing, the person's own PIN, and one signature for every sheet that is complete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from core.errors import EnvironmentFailure, Refused
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
    """Ask for the PIN and sign; `done(exercises)` when they are. Nothing is signed that is not on the disk."""
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
        lambda actor: desk.saver.when_clean(
            partial(_sign, desk, work, ready, actor, done),
            lambda: desk.show_refusal(EnvironmentFailure("exam.sign.not_saved")),
        ),
    )
    dialog.open()


def _words(work: Work, left: Mapping[str, int]) -> str:
    names = {one.id: (exercise_name(one), len(one.items)) for one in work.exercises}
    now = [say("exam.sign.exercise", name=names[key][0], items=names[key][1]) for key, count in left.items() if not count]
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
    desk: Any, work: Work, exercises: tuple[str, ...], actor: Any, done: Callable[[tuple[str, ...]], None]
) -> None:
    signing = ops.write(desk, _sign_all, work.application, exercises).acting(Actors(actor))
    signing.on_done(lambda _ids: done(exercises)).describe(say("exam.sign.doing")).busy(desk.screen.sign).start()


def _sign_all(write: Any, application: int, exercises: tuple[str, ...]) -> list[int]:
    """All or none: one transaction."""
    return [sign_sheet(write, application, exercise) for exercise in exercises]
