# ruff: noqa: F811 - a fixture that is imported has the name of what asks for it
"""What the exam day brings to an examiner's desk: the shared clock's seconds, quick words, recordings, works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from core.examday import commands, work_queries
from core.examday.recordings import digest_file
from core.store import Actors
from core.words import say
from tests.examday.conftest import LIVE, SECRET, Centre, centre, master  # noqa: F401
from tests.ui.conftest import SmallShell
from tests.ui.film import make_film
from ui import ops
from ui.context import BatchChoice, Context, Session
from ui.pages.marking_desk import MarkingDesk
from ui.recording.player import Player
from ui.recording.work_views import PagesView, PictureView, view_of
from ui.workers import Workers

pytestmark = pytest.mark.qt_log_level_fail("CRITICAL")


@pytest.fixture
def desk(
    qtbot, centre: Centre, workers: Workers, shell: SmallShell, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MarkingDesk]:
    for place in ("ui.pages.marking_data.now_ms", "ui.pages.marking_day.now_ms", "ui.pages.studio_clock.now_ms"):
        monkeypatch.setattr(place, lambda: centre.wall.now)
    actor = centre.actor("E01")
    context = Context(centre.store, Session("E01", "E01", frozenset({"examiner"}), Actors(actor)), workers, shell)
    context.offer_batches((BatchChoice(centre.batch, "2026-01"),))
    made = MarkingDesk(context)
    made.resize(1366, 768)
    made.show()  # not the bot's to close: it would do so before the last draft is kept
    yield made
    made.saver.flush()
    made.hide()
    qtbot.waitUntil(lambda: made.saver.clean and not workers.busy, timeout=5000)
    made.deleteLater()


def open_on(qtbot, desk: MarkingDesk, application: int, exercise: str) -> None:
    desk.open_candidate(application, "skill", exercise)
    qtbot.waitUntil(lambda: desk.day_card.shown is not None and desk.day_card.shown.exercise == exercise, timeout=5000)


def test_a_quick_word_is_kept_at_the_second_at_which_the_key_was_pressed(
    qtbot, desk: MarkingDesk, centre: Centre
) -> None:
    centre.phase("live", wait=83.4)
    open_on(qtbot, desk, centre.first, LIVE)
    QTest.keyClick(desk.screen.sheet, Qt.Key.Key_F2)
    QTest.keyClick(desk.screen.sheet, Qt.Key.Key_F4)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu) and len(menu.actions()) == len(work_queries.USUAL_WORDS)
    qtbot.wait(1200)
    QTest.keyClick(menu, Qt.Key.Key_3)
    kept = [(one.second, one.text) for one in desk.moments_of(LIVE)]
    assert kept == [(83, ""), (83, work_queries.USUAL_WORDS[2])]


def test_the_desks_clock_does_not_jump_back_when_something_is_marked(qtbot, desk: MarkingDesk, centre: Centre) -> None:
    centre.phase("live", wait=10)
    open_on(qtbot, desk, centre.first, LIVE)
    centre.wall.wait(50)
    desk.screen.deduction_changed.emit(LIVE, desk.screen._exercise.deductions[0].key, 1)
    assert desk.screen.clock.second == 60


def test_an_opened_card_is_read_at_the_desk_and_a_closed_one_is_not(qtbot, desk: MarkingDesk, centre: Centre) -> None:
    centre.card()
    centre.deal(opened=False)
    open_on(qtbot, desk, centre.first, LIVE)
    assert desk.day_card.isHidden() and desk.day_card.shown.card is None
    centre.act("I01", commands.open_card, centre.first, LIVE)
    desk.context.changed.emit(frozenset({"card.opened"}))
    qtbot.waitUntil(lambda: desk.day_card.isVisible(), timeout=3000)
    assert desk.day_card.shown.card.text == SECRET


def test_a_moment_found_on_the_recording_is_kept_at_the_second_of_the_performance(
    qtbot, desk: MarkingDesk, centre: Centre, tmp_path: Path
) -> None:
    film = make_film(tmp_path / "film.avi")
    centre.phase("live", wait=30)
    centre.act("I01", commands.keep_recording, centre.first, LIVE, digest_file(film), str(film), 2)
    open_on(qtbot, desk, centre.first, LIVE)
    QTest.keyClick(desk.screen.sheet, Qt.Key.Key_F9)
    window = desk.day_card._player
    qtbot.waitUntil(lambda: window.state.text() == say("recording.same"), timeout=5000)
    qtbot.waitUntil(lambda: window.player.media.duration() > 0, timeout=5000)
    window.player.seek(6000)
    qtbot.waitUntil(lambda: window.player.second == 6, timeout=5000)
    QTest.keyClick(window.player, Qt.Key.Key_F2)
    assert [one.second for one in desk.moments_of(LIVE)] == [4]
    assert [one.second for one in window.player._moments] == [6]
    open_on(qtbot, desk, centre.applications[2], LIVE)
    qtbot.waitUntil(lambda: ops.gone(window), timeout=5000)  # it would mark another candidate


def test_every_kind_of_work_is_shown_or_says_that_it_is_not(qtbot, tmp_path: Path) -> None:
    from PySide6.QtGui import QImage, QPainter, QPdfWriter

    writer = QPdfWriter(str(tmp_path / "a.pdf"))
    painter = QPainter(writer)
    painter.drawText(100, 100, "x")
    painter.end()
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    image.save(str(tmp_path / "a.png"))
    make_film(tmp_path / "a.avi", 1)
    kinds = {"pdf": "application/pdf", "png": "image/png", "avi": "video/x-msvideo"}
    wanted = {"pdf": PagesView, "png": PictureView, "avi": Player}
    for suffix, kind in kinds.items():
        made = view_of((tmp_path / f"a.{suffix}").read_bytes(), kind, suffix)
        qtbot.addWidget(made)
        assert type(made) is wanted[suffix]
        if isinstance(made, Player | PagesView):
            made.close_file()
    for kind in ("application/pdf", "image/png", "application/octet-stream"):
        made = view_of(b"broken", kind, "x")
        qtbot.addWidget(made)
        assert type(made) not in wanted.values()
