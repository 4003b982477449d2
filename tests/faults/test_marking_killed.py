"""Killed in the middle of marking: every draft and every signature that was acknowledged is there."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
from pathlib import Path

import pytest

from core.house import open_house
from core.scoring.marks import own_sheet, signed_sheet
from tests.faults import marking_hands
from tests.faults.kills import kill_somewhere
from tests.rooms import PANEL, PASSPHRASE, Centre, Stages, cheap_keys

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills of other systems")

KILLS = int(os.environ.get("FAULT_RUNS", "30"))
"""How often marking is killed; a thorough run says 200."""


def test_marking_that_is_killed_loses_no_draft_and_no_signature(stages: Stages, tmp_path: Path) -> None:
    dice = random.Random(1)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.marking_hands"])
    drafts = signatures = number = round_ = 0
    with cheap_keys():
        while round_ < KILLS:
            home, said = tmp_path / f"home{round_}", tmp_path / f"said{round_}"
            centre = stages.copy("placed", home)
            exercises = centre.exercises()
            work = [(who, one, each) for one in centre.applications for each in exercises for who in PANEL]
            centre.store.close()
            while work and round_ < KILLS:
                round_ += 1
                process = context.Process(target=marking_hands.mark_for_ever, args=(home, said, work, number))
                kill_somewhere(process, said, dice, 24)
                lines = said.read_bytes().split(b"\n")[:-1] if said.exists() else []
                told = [json.loads(line) for line in lines]
                with open_house(home, PASSPHRASE) as store:
                    found = Centre(store, centre.actors, centre.batch, centre.applications)
                    work, number = _still_there(found, told, work)
                    if round_ % 10 == 0 or round_ == KILLS:
                        found.holds()
                drafts = max(drafts, sum(line[3] == "kept" for line in told))
                signatures = max(signatures, sum(line[3] == "signed" for line in told))
    assert drafts > KILLS and signatures > 2, "the hands hardly marked anything"


def _still_there(centre: Centre, told: list[list], work: list) -> tuple[list, int]:  # type: ignore[type-arg]
    """What is left to mark, and the next number; a loss fails here."""
    last: dict[tuple[str, int, str], tuple[str, int]] = {}
    for login, application, exercise, state, number in told:
        last[login, application, exercise] = (state, number)
    left = []
    for login, application, exercise in work:
        who = centre.id(login)
        state, number = last.get((login, application, exercise.id), ("", -1))
        signed = centre.ask(signed_sheet, who, application, exercise.id)
        if signed is not None:
            # Acknowledged, or done in the blink between the disk and the word.
            assert int(signed.remark) >= number
        else:
            assert state != "signed", f"a signature was lost: {login} {application} {exercise.id}"
            left.append((login, application, exercise))
            if state == "kept":
                kept = centre.ask(own_sheet, who, application, exercise.id).draft
                assert int(kept.remark) >= number, f"a draft was lost: {login} {application} {exercise.id}"
                assert kept.marks, "a draft came back empty"
    return left, max((line[4] for line in told), default=-1) + 2
