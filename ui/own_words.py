"""Our own words on Qt's own buttons and menus, in the language in use."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QObject, QTranslator

from core.words import known, language, say

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
    "Folder": "ui.qt.folder",
    "&Print": "ui.print",
    "&Print...": "ui.print",
}


class OwnWords(QTranslator):
    """Answers Qt's questions for a word out of our catalogues, then out of Qt's own (file and print dialogs)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chinese = QTranslator(self)
        self._chinese.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))

    def translate(  # type: ignore[override]
        self, context: str, source: str, disambiguation: str | None = None, number: int = -1
    ) -> str | None:
        # None and not "": an empty answer would count as one, and Qt then cannot even read a JPEG.
        code = PLAIN.get(source)
        if code is not None and known(code):
            return say(code)
        if language() != "zh":
            return None
        # A key marked in the English lately is not in Qt's Chinese yet.
        asked = (source, source.replace("&", ""))
        return next(
            filter(None, (self._chinese.translate(context, one, disambiguation, number) for one in asked)), None
        )

    def isEmpty(self) -> bool:
        return False
