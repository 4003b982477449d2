"""The clip of a trial in its own window: the same player as for recordings, with the moments that may be seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.examday.recordings import Match
from core.examday.work_queries import RecordingLine
from core.scoring.sheets import Draft, Moment
from core.standards.plans import Exercise
from core.words import say
from ui.pages.calibration_data import Detail
from ui.pages.marking_binding import code_of, exercise_name
from ui.recording.player import PlayedMoment
from ui.recording.window import RecordingWindow
from ui.widgets.basics import set_badge


class ClipWindow(RecordingWindow):
    """A clip is no candidate's recording: where somebody found it again is not put on record."""

    def _take_other(self, path: Path, match: Match) -> None:
        if match != "same":
            super()._take_other(path, match)
            return
        set_badge(self.state, say("recording.same"), "good")
        self._open(path)


def open_clip(
    host: Any, found: Detail, second: int | None = None, on_mark: Callable[[int], object] | None = None
) -> ClipWindow:
    """Play a trial's clip over the window of `host`: with everybody's moments once it is closed, else one's own."""
    line = found.line
    clip = RecordingLine(
        id=line.id,
        application=0,
        exercise=line.exercise,
        sha256=line.sha256,
        size=line.size,
        lead=0,
        through_pauses=True,
        place=line.where,
        kept_at=line.where,
        at=line.opened_at,
    )
    title = say("calibration.clip.title", exercise=exercise_name(found.exercise))
    made = ClipWindow(host, host.context, clip, title, moments_of(found), on_mark)
    made.begin(second)
    return made


def moments_of(found: Detail) -> list[PlayedMoment]:
    """The moments that may be seen: of a closed trial everybody's with names, else one's own."""
    if found.comparison is None:
        return own_moments(found.exercise, found.own.draft) if found.own is not None else []
    return [
        PlayedMoment(
            one.second,
            say("calibration.moments_of", name=found.names.get(sheet.examiner, ""), text=_words(found.exercise, one)),
        )
        for sheet in found.comparison.sheets
        for one in sheet.moments
    ]


def own_moments(exercise: Exercise, draft: Draft) -> list[PlayedMoment]:
    """The moments of a sheet that is being written."""
    return [PlayedMoment(one.second, _words(exercise, one)) for one in draft.moments]


def _words(exercise: Exercise, moment: Moment) -> str:
    codes = {item.key: code_of(item) for item in exercise.items}
    return f"{codes.get(moment.item, '')} {moment.text}".strip()
