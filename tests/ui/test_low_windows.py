"""On a small laptop at 150 % nothing lies over something else, and names that have their room are whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from core.words import use
from tests.ui.desk import Desk
from ui.context import BatchChoice, Context
from ui.dialogs.questions import ConfirmDialog
from ui.main_window import SMALLEST
from ui.pages.knowledge_double import RowsDialog, ask_double
from ui.widgets.basics import holder, row
from ui.widgets.batch_chooser import BatchChooser

LOW = (911, 512)


def place(one: QWidget, inside: QWidget) -> QRect:
    return QRect(one.mapTo(inside, QPoint(0, 0)), one.size())


def test_the_knowledge_page_has_a_place_for_every_field_in_a_low_window(desk: Desk) -> None:
    page = desk.sign_in("arranged", "M01", "knowledge", LOW)
    fields = [page.points, page.keep, *(one for one in page.states.values() if one.isVisibleTo(page))]
    places = [place(one, page) for one in fields]
    assert not [(a, b) for at, a in enumerate(places) for b in places[at + 1 :] if a.intersects(b)]
    area = next(one for one in page.findChildren(QScrollArea) if one.isAncestorOf(page.keep))
    area.ensureWidgetVisible(fields[-1])
    desk.wait(10)
    assert fields[-1].visibleRegion().boundingRect().size() == fields[-1].size()


@pytest.mark.parametrize("size", [LOW, (1366, 768)])
def test_beside_the_topic_cards_the_clock_of_the_studio_is_whole(desk: Desk, size: tuple[int, int]) -> None:
    page = desk.sign_in("arranged", "M01", "studio", size)
    desk.window.setMinimumSize(SMALLEST)  # as the main window's: it is not made wider by what is in it
    page._open_cards()
    desk.wait(20)
    assert desk.window.width() == size[0]
    assert page.run.visibleRegion().boundingRect().size() == page.run.size()
    if page.exercises.isVisible():
        assert not place(page.exercises, page).intersects(place(page.studios, page))
    desk.window.close_drawer()
    desk.wait(20)
    assert page.exercises.isVisible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_of_a_question_can_be_read(desk: Desk, language: str) -> None:
    page = desk.sign_in("arranged", "M01", "knowledge", LOW)
    use(language)
    ask_double(page, on=False)
    (asked,) = [one for one in desk.window.window().findChildren(ConfirmDialog) if one.isVisible()]
    words = max(asked.findChildren(QLabel), key=lambda one: len(one.text()))
    assert words.visibleRegion().boundingRect().height() >= words.heightForWidth(words.width())
    asked.reject()


def test_the_names_of_the_rows_of_a_knowledge_score_are_whole(desk: Desk) -> None:
    page = desk.sign_in("arranged", "M01", "knowledge", LOW)
    page.ask_rows()
    (asked,) = [one for one in desk.window.window().findChildren(RowsDialog) if one.isVisible()]
    assert asked.width() <= LOW[0] and asked.height() <= LOW[1], "its buttons are on the screen"
    captions = [one for one in asked.form.findChildren(QLabel) if one.buddy() is not None]
    assert len(captions) == len(asked.fields)
    assert not [one.text() for one in captions if one.width() < one.fontMetrics().horizontalAdvance(one.text())]
    asked.reject()


def test_a_batch_is_named_in_full_where_there_is_room(qtbot: QtBot, context: Context) -> None:
    context.offer_batches((BatchChoice(7, "2026-01 · 2026-11-22"),))
    chooser = BatchChooser(context)
    whole = holder(row(None, chooser))
    qtbot.addWidget(whole)
    whole.resize(600, 60)
    whole.show()
    for width in (chooser.sizeHint().width() - 40, chooser.sizeHint().width()):
        chooser.resize(width, chooser.height())  # as a head that is laid out anew makes it smaller for a moment
    assert chooser.text() == "2026-01 · 2026-11-22"


def test_in_a_low_window_the_rail_shows_that_there_are_more_steps(desk: Desk) -> None:
    desk.sign_in("arranged", "M01", "overview", LOW)
    rail = desk.window.rail
    bar, (above, below) = rail._area.verticalScrollBar(), rail._hints
    assert bar.maximum() > 0, "else there is nothing to show"
    assert (above.isVisible(), below.isVisible()) == (False, True)
    while below.isVisible():
        before = bar.value()
        below.click()
        assert bar.value() > before
    assert above.isVisible() and bar.value() == bar.maximum()
    last = [one for key, one in rail._buttons.items() if rail._area.isAncestorOf(one)][-1]
    assert last.visibleRegion().boundingRect().height() == last.height()
    desk.window.resize(1366, 1000)
    desk.wait(20)
    assert (above.isVisible(), below.isVisible()) == (False, False)
