"""Our own words on Qt's own buttons and menus, in the language in use."""

from __future__ import annotations

from PySide6.QtCore import QTranslator

from core.words import known, say

PLAIN = {
    "OK": "ui.qt.ok",
    "&OK": "ui.qt.ok",
    "Cancel": "ui.cancel",
    "&Cancel": "ui.cancel",
    "Save": "ui.save",
    "&Save": "ui.save",
    "Close": "ui.close",
    "&Close": "ui.close",
    "&Yes": "ui.qt.yes",
    "&No": "ui.qt.no",
    "&Open": "ui.qt.open",
    "Open": "ui.qt.open",
    "&Undo": "ui.qt.undo",
    "&Redo": "ui.qt.redo",
    "Cu&t": "ui.qt.cut",
    "&Copy": "ui.copy",
    "&Paste": "ui.qt.paste",
    "Delete": "ui.qt.delete",
    "Select All": "ui.qt.select_all",
    "&Print": "ui.print",
    "&Print...": "ui.print",
}


class OwnWords(QTranslator):
    """Answers Qt's questions for a word out of our catalogues; what is not there stays as Qt has it."""

    def translate(  # type: ignore[override]
        self, context: str, source: str, disambiguation: str | None = None, number: int = -1
    ) -> str | None:
        # None and not "": an empty answer would count as one, and Qt then cannot even read a JPEG.
        code = PLAIN.get(source)
        return say(code) if code is not None and known(code) else None

    def isEmpty(self) -> bool:
        return False
