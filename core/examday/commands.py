"""Every command of the exam day, in one place for who calls them."""

from __future__ import annotations

from core.examday.card_commands import add_card, collect_card, draw_card, open_card, stage_surprise, withdraw_card
from core.examday.clock_commands import begin_phase, pause_run, reopen_run, resume_run
from core.examday.work_commands import (
    find_recording,
    hand_in_work,
    keep_recording,
    set_moment_words,
    take_up_work,
)

__all__ = [
    "add_card",
    "begin_phase",
    "collect_card",
    "draw_card",
    "find_recording",
    "hand_in_work",
    "keep_recording",
    "open_card",
    "pause_run",
    "reopen_run",
    "resume_run",
    "set_moment_words",
    "stage_surprise",
    "take_up_work",
    "withdraw_card",
]
