"""An examiner at work in a process of its own, so that it can be killed in the middle of marking."""

from __future__ import annotations

import json
import os
from pathlib import Path

from core.house import open_house
from core.people.pins import sign_in
from core.scoring import commands
from core.scoring.sheets import Draft
from core.standards.plans import Exercise
from core.store import Actors
from tests.faults.hands import quick
from tests.rooms import PASSPHRASE, PIN, sheet

KEYSTROKES = 8
"""Drafts of a sheet before it is signed."""


def mark_for_ever(home: Path, said: Path, work: list[tuple[str, int, Exercise]], first: int) -> None:
    """Mark sheet after sheet; say each draft and each signature once it is acknowledged, by a running number.

    The number is the sheet's remark, so that what is found later says which act it is from.
    """
    quick()
    handle = os.open(said, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    number = first
    with open_house(home, PASSPHRASE) as store:
        for login, application, exercise in work:
            actors = Actors(sign_in(store, login, PIN))
            whole = sheet(exercise)
            for stroke in range(KEYSTROKES + 1):
                signing = stroke == KEYSTROKES
                some = dict(list(whole.marks.items())[: stroke + 1]) if not signing else whole.marks
                draft = Draft(some, remark=str(number))
                command = commands.sign_sheet if signing else commands.save_draft
                store.write(actors, command, application, exercise.id, draft)
                line = [login, application, exercise.id, "signed" if signing else "kept", number]
                os.write(handle, json.dumps(line).encode() + b"\n")
                number += 1
