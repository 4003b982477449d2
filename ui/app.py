"""Opening the window: paint first, import after, and no bug ends unseen."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import threading
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from core.words import LANGUAGES, say, use
from ui import theme
from ui.entrance import Entrance
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.providers import house_providers
from ui.registry import built
from ui.workers import Workers

EXIT_BUG = 70
EXIT_ENVIRONMENT = 3


def open_window(arguments: list[str]) -> int:
    """Open the window and stay until it is closed; the exit code.

    `--home DIR` names the centre's folder, `--demo` opens a fresh demonstration centre, `--lang zh|en` and
    `--theme light|dark|contrast` win over what was used last.
    """
    wanted = _parse(arguments)
    if isinstance(wanted, int):
        return wanted
    if not _has_display():
        sys.stderr.write(say("ui.no_display") + "\n")
        return EXIT_ENVIRONMENT
    from core.paths import home_or_default

    home = _demo_home() if wanted.demo and wanted.home is None else home_or_default(wanted.home)
    preferences = Preferences.load(home)
    use(wanted.lang or _or_none(preferences.language) or _spoken())
    application = start_application([sys.argv[0]])
    theme.look().use(wanted.theme or preferences.theme)
    workers = Workers()
    entrance = Entrance(home)
    window = MainWindow(entrance, workers, built(), house_providers(), preferences)
    catcher = _Catcher(window)
    catcher.install()
    begin = partial(_begin_demo, window) if wanted.demo else window.begin
    _AfterPaint(window, begin)
    window.show()
    try:
        return application.exec()
    finally:
        catcher.remove()
        window.exchange.stop()
        workers.close()
        entrance.close()
        if wanted.demo and wanted.home is None:
            shutil.rmtree(home.parent, ignore_errors=True)


def start_application(arguments: list[str]) -> QApplication:
    """The Qt application, dressed; with our own words on Qt's own buttons."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication(arguments)
    application.setApplicationName("zhikao")
    application.setApplicationDisplayName(say("ui.product"))
    theme.prepare(application)
    from ui.own_words import OwnWords

    application.installTranslator(OwnWords(application))
    return application


def _demo_home() -> Path:
    from ui.demo import demo_home

    return demo_home()


def _begin_demo(window: MainWindow) -> None:
    from ui.demo import begin_demo

    begin_demo(window)


def _parse(arguments: list[str]) -> argparse.Namespace | int:
    parser = argparse.ArgumentParser(prog="main.py", add_help=False)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--lang", choices=LANGUAGES)
    parser.add_argument("--theme", choices=("auto", *theme.NAMES))
    try:
        return parser.parse_args(arguments)
    except SystemExit as left:
        return int(left.code or 0)


def _has_display() -> bool:
    """Whether there is a screen to open a window on: without one Qt would end the process with a riddle."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _or_none(language: str) -> str | None:
    return language if language in LANGUAGES else None


def _spoken() -> str:
    from core.words import language

    return language()


class _AfterPaint(QObject):
    """Calls `begin` once, after the window's first paint: the imports come when there is something to see."""

    def __init__(self, window: MainWindow, begin: Any) -> None:
        super().__init__(window)
        self._begin = begin
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._begin)
            self.deleteLater()
        return False


class _Catcher(QObject):
    """Takes what nobody caught, on any thread, to a crash report and one dialog at a time."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._old = (sys.excepthook, sys.unraisablehook, threading.excepthook)
        self._telling = False

    def install(self) -> None:
        sys.excepthook = self._on_exception
        sys.unraisablehook = lambda found: self._tell(found.exc_value)
        threading.excepthook = lambda found: self._tell(found.exc_value)

    def remove(self) -> None:
        sys.excepthook, sys.unraisablehook, threading.excepthook = self._old

    def _on_exception(self, kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        self._tell(bug)

    def _tell(self, bug: BaseException | None) -> None:
        if bug is None:
            return
        from core.crash import write_report

        if threading.current_thread() is not threading.main_thread() or self._telling:
            write_report(bug, self._window.home)
            return
        self._telling = True
        try:
            self._window.report_bug(bug)
        finally:
            self._telling = False
