"""Record cards and paper score sheets from the documents page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.words import say
from tests.calibration import conftest as calibration
from tests.calibration.conftest import Centre
from tests.ui.conftest import SmallShell
from ui.context import BatchChoice, Context, Session
from ui.pages import documents_marking
from ui.pages.documents import DocumentsPage
from ui.workers import Workers

WAIT = 8000
master, centre = calibration.master, calibration.centre


Opener = Callable[[str], DocumentsPage]


@pytest.fixture
def contexts(qtbot: QtBot) -> Iterator[list[Context]]:
    """Held until the workers have ended: the last of them must not be the one to let a context go."""
    made: list[Context] = []
    yield made
    for one in made:
        one.deleteLater()


@pytest.fixture
def open_page(qtbot: QtBot, centre: Centre, contexts: list[Context], workers: Workers) -> Opener:
    def opened(login: str) -> DocumentsPage:
        made = page_of(qtbot, centre, workers, login)
        contexts.append(made.context)
        return made

    return opened


def page_of(qtbot: QtBot, centre: Centre, workers: Workers, login: str) -> DocumentsPage:
    actor = centre.cast.actors[login]
    session = Session(login, login, frozenset(map(str, actor.roles)), centre.cast.act(login))
    context = Context(centre.store, session, workers, SmallShell())
    context.offer_batches((BatchChoice(centre.batch, "2026-01"),))
    page = DocumentsPage(context)
    qtbot.addWidget(page)
    page.resize(1158, 700)
    page.show()
    return page


def titles(page: DocumentsPage) -> list[str]:
    return [action.text() for action in (page._menu.actions() if page._menu is not None else [])]


def test_live_exercises_are_proposed_and_what_is_ticked_is_counted(qtbot: QtBot, open_page: Opener) -> None:
    page = open_page("M01")
    documents_marking.ask(page, "cards")

    def shown() -> list[documents_marking.ExercisesDialog]:
        return [one for one in QApplication.topLevelWidgets() if isinstance(one, documents_marking.ExercisesDialog)]

    qtbot.waitUntil(lambda: bool(shown()), timeout=WAIT)
    (dialog,) = shown()
    assert dialog.chosen == {"setup", "live"}
    assert dialog._total.text() == say("papers.total", count=24)
    dialog.boxes["setup"].click()
    dialog.boxes["live"].click()
    assert not dialog.confirm.isEnabled()
    dialog.reject()


@pytest.mark.parametrize(("what", "pages"), [("cards", 6), ("sheets", 12)])
def test_the_file_is_written_and_shown(qtbot: QtBot, open_page: Opener, tmp_path: Path, what: str, pages: int) -> None:
    page = open_page("M01")
    target = tmp_path / "papers.pdf"
    documents_marking.write(page, what, frozenset({"live"}), target)
    qtbot.waitUntil(target.exists, timeout=WAIT)
    qtbot.waitUntil(lambda: bool(page.context.shell.told), timeout=WAIT)  # type: ignore[attr-defined]
    pdf = pypdfium2.PdfDocument(target)
    assert len(pdf) == pages
    pdf.close()
    assert page.preview.isVisible()


@pytest.mark.parametrize(("login", "offered"), [("M01", True), ("I01", True), ("R01", False), ("S01", False)])
def test_papers_are_printed_by_who_arranges_the_day(open_page: Opener, login: str, offered: bool) -> None:
    assert (say("papers.cards") in titles(open_page(login))) == offered
