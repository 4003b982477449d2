"""From a moment of an unsealed panel to the recording, a little before that second."""

from __future__ import annotations

from functools import partial
from typing import Any

from core.examday.commands import keep_recording
from core.people.permission import may
from core.words import say
from ui import ops
from ui.pages.panel_data import Film, PanelMoment, PanelSheets, film
from ui.widgets.strip import Strip


class PanelFilm:
    """Plays for the page `host`. The player is loaded with the first recording that is asked for."""

    def __init__(self, host: Any, strip: Strip) -> None:
        self._host = host
        self._strip = strip
        self.window: Any = None
        """The recording that is open, or was last."""

    def play(self, sheets: PanelSheets, moment: PanelMoment) -> None:
        """Show a moment on its recording. Where none was kept, say so, and where one is put on record."""
        self._strip.clear()
        actor = self._host.context.session.actors.first
        of_it = tuple(one for one in sheets.moments if one.place[0] == moment.place[0])
        seconds = tuple(one.second for one in of_it)
        reading = ops.read(self._host, film, actor, sheets.application, moment.place[0], seconds)
        reading.on_refused(self._strip.show_error).on_done(partial(self._show, sheets, moment, of_it))
        reading.latest("film").start()

    def _show(self, sheets: PanelSheets, moment: PanelMoment, of_it: tuple[PanelMoment, ...], found: Film) -> None:
        from ui.recording.player import PlayedMoment
        from ui.recording.window import open_recording

        if not found.recordings:
            self._say_none(moment)
            return
        recording, seconds = found.recordings[found.found], found.seconds[found.found]
        at = seconds[of_it.index(moment)]
        if not ops.gone(self.window) and self.window.isVisible():
            ids = [one.id for one in found.recordings]
            if self.window.recording.id in ids:  # the one that a hand has chosen stays
                self.window.jump(found.seconds[ids.index(self.window.recording.id)][of_it.index(moment)])
                return
            self.window.close()
        words = [" · ".join(filter(None, (one.text, one.examiner, one.item.partition(" ")[0]))) for one in of_it]
        films = [
            (one, [PlayedMoment(*pair) for pair in zip(of_film, words, strict=True)])
            for one, of_film in zip(found.recordings, found.seconds, strict=True)
        ]
        title = say("moments.film", number=sheets.number, exercise=moment.exercise)
        self.window = open_recording(self._host, recording, title, films[found.found][1], at)
        self.window.offer(films)

    def _say_none(self, moment: PanelMoment) -> None:
        words = say("moments.no_recording", exercise=moment.exercise)
        if may(self._host.context.session.actors.first, keep_recording):
            to_studio = partial(self._host.context.shell.open_page, "studio")
            self._strip.say(words, "attention", "", say("moments.to_studio"), to_studio)
        else:
            self._strip.say(words, "attention")
