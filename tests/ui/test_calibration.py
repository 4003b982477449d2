"""考前统一尺度 in the window: opened, marked blind by keyboard, compared, agreed, signed, and seen while marking."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from core.calibration import commands, queries
from core.calibration.readings import Reading
from core.examday.recordings import digest_file
from core.scoring.sheets import Draft, Moment
from core.standards.plans import Exercise
from core.words import say
from tests.calibration import conftest as calibration
from tests.calibration.conftest import Centre, draft
from tests.ui.conftest import SmallShell
from tests.ui.film import make_film
from ui.context import BatchChoice, Context, Session
from ui.dialogs.questions import ConfirmDialog, PinDialog, ReasonDialog
from ui.pages.calibration import CalibrationPage
from ui.pages.calibration_open import OpenTrial
from ui.pages.calibration_spread import ItemDetail
from ui.pages.marking_data import work
from ui.registry import PAGES
from ui.workers import Workers

WAIT = 5000

master, centre, exercise = calibration.master, calibration.centre, calibration.exercise


class Shell(SmallShell):
    """Keeps what was put into the drawer."""

    drawer: QWidget | None = None

    def open_drawer(self, content: QWidget, title: str, width: int = 420) -> None:
        self.close_drawer()
        self.drawer = content

    def close_drawer(self) -> None:
        if self.drawer is not None:
            self.drawer.deleteLater()
            self.drawer = None


Opener = Callable[[str], CalibrationPage]


@pytest.fixture
def contexts(qtbot: QtBot) -> Iterator[list[Context]]:
    """Held until the workers have ended: the last of them must not be the one to let a context go."""
    made: list[Context] = []
    yield made
    for one in made:
        one.deleteLater()


@pytest.fixture
def open_page(qtbot: QtBot, centre: Centre, contexts: list[Context], workers: Workers) -> Iterator[Opener]:
    """Open the page for somebody, at the size of the exam day's laptops."""
    shells: list[Shell] = []

    def opened(login: str) -> CalibrationPage:
        actor = centre.cast.actors[login]
        session = Session(login, login, frozenset(map(str, actor.roles)), centre.cast.act(login))
        shell = Shell()
        shells.append(shell)
        context = Context(centre.store, session, workers, shell)
        contexts.append(context)
        context.offer_batches((BatchChoice(centre.batch, "2026-01"),))
        page = CalibrationPage(context)
        qtbot.addWidget(page)
        page.resize(1158, 700)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(lambda: page.shows_empty or page._detail is not None, timeout=WAIT)
        return page

    yield opened
    for shell in shells:
        shell.close_drawer()
    for shown in QApplication.topLevelWidgets():
        shown.close()


def dialog(qtbot: QtBot, kind: type[Any]) -> Any:
    found: list[Any] = []

    def there() -> bool:
        found[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
        return bool(found)

    qtbot.waitUntil(there, timeout=WAIT)
    return found[0]


def give_pin(qtbot: QtBot, centre: Centre, login: str) -> None:
    asked = dialog(qtbot, PinDialog)
    asked.pin.setText(next(one.pin for one in centre.cast.players if one.login == login))
    asked.confirm.click()


def texts(widget: QWidget) -> str:
    """Everything that can be read on a widget, shown or not."""
    labels = [one.text() for one in widget.findChildren(QLabel)]
    buttons = [one.text() for one in widget.findChildren(QAbstractButton)]
    fields = [one.text() for one in widget.findChildren(QLineEdit)]
    return "\n".join([*labels, *buttons, *fields])


def closed_trial(centre: Centre, exercise: Exercise) -> int:
    trial = centre.open()
    for login, value in zip(centre.examiners, (3, 3, 2, 3, 3, 3), strict=True):
        centre.mark(trial, login, draft(exercise, 3, _4_2_1=[value]))
    return trial


def test_the_manager_opens_a_trial_with_a_clip_whose_digest_is_kept(
    qtbot: QtBot,
    open_page: Opener,
    centre: Centre,
    tmp_path: Path,
) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"moving pictures" * 1000)
    page = open_page("M01")
    assert page.shows_empty
    page.open_new()
    form = page.context.shell.drawer  # type: ignore[attr-defined]
    assert isinstance(form, OpenTrial)
    form.open_it()
    assert centre.ask(queries.trials, centre.batch) == []
    form.exercise.setCurrentIndex(form.exercise.findData("live"))
    form.take_file(clip)
    form.note.setPlainText("示范片段")
    form.open_it()
    qtbot.waitUntil(lambda: page._detail is not None, timeout=WAIT)
    (line,) = centre.ask(queries.trials, centre.batch)
    assert line.sha256 == hashlib.sha256(clip.read_bytes()).digest()
    assert (line.where, line.note, line.size) == (str(clip), "示范片段", 15000)
    assert not page.shows_empty


def test_an_examiner_marks_the_clip_by_keyboard_alone_and_signs(
    qtbot: QtBot,
    open_page: Opener,
    centre: Centre,
    exercise: Exercise,
) -> None:
    trial = centre.open()
    page = open_page("E01")
    for key in ("3", "2", "1", "n", "0"):
        held = page.sheet.card.in_hand
        assert held is not None
        qtbot.keyClick(held, key)
        qtbot.keyClick(held, Qt.Key.Key_Return)
    give_pin(qtbot, centre, "E01")
    qtbot.waitUntil(lambda: page.sheet.signed, timeout=WAIT)
    own = centre.ask(queries.own_trial, centre.id("E01"), trial)
    assert own.signed
    assert [own.draft.marks[item.key] for item in exercise.items] == [[3], [2], [1], None, [0]]
    assert not page.sheet.card.rows[0].buttons[0].isEnabled()


def test_what_was_marked_is_kept_without_signing(
    qtbot: QtBot,
    open_page: Opener,
    centre: Centre,
    exercise: Exercise,
) -> None:
    trial = centre.open()
    page = open_page("E01")
    qtbot.keyClick(page.sheet.card.in_hand, "2")
    page.sheet.add_moment(61)
    page.hide()

    def kept() -> Draft:
        found: Draft = centre.ask(queries.own_trial, centre.id("E01"), trial).draft
        return found

    first = exercise.items[0].key
    qtbot.waitUntil(lambda: kept() == Draft({first: [2]}, moments=[Moment(61, "", first)]), timeout=WAIT)
    again = open_page("E01")
    assert again.sheet.card.rows[0].mark.choice == 2


@pytest.mark.parametrize("login", ["M01", "S01", "A01", "E01", "E04", "E05"])
def test_the_page_of_no_role_shows_a_mark_of_somebody_else_before_the_trial_is_closed(
    qtbot: QtBot,
    open_page: Opener,
    centre: Centre,
    exercise: Exercise,
    login: str,
) -> None:
    trial = centre.open()
    centre.mark(trial, "E03", Draft(draft(exercise, 1).marks, {"live.wrong_price": 2}, "4.1.1：只有我知道"))
    page = open_page(login)
    assert page.spread.table.total == 0
    assert page.readings.edits == {}
    seen = texts(page)
    assert "只有我知道" not in seen
    assert "1.60" not in seen
    assert not any(row.mark.given for row in page.sheet.card.rows)
    assert "1 / 6" in seen


def test_who_sees_the_page_is_who_may() -> None:
    page = next(one for one in PAGES if one.key == "calibration")
    assert page.roles == {"manager", "examiner", "supervisor", "auditor"}
    assert page.beside, "an examiner's window stays without a rail"


def test_the_manager_closes_early_with_a_reason(
    qtbot: QtBot,
    open_page: Opener,
    centre: Centre,
    exercise: Exercise,
) -> None:
    trial = centre.open()
    centre.mark(trial, "E03", draft(exercise, 1))
    page = open_page("M01")
    page.close_it()
    asked = dialog(qtbot, ReasonDialog)
    assert "考评员01" in texts(asked)
    assert "考评员03" not in texts(asked)
    asked.reason.setPlainText("两人请假")
    asked.confirm.click()
    qtbot.waitUntil(lambda: page.spread.table.total == 5, timeout=WAIT)
    assert centre.ask(queries.trial, trial).close_reason == "两人请假"


def test_a_closed_trial_shows_the_items_that_differ_first_and_who_gave_what(
    qtbot: QtBot,
    open_page: Opener,
    centre: Centre,
    exercise: Exercise,
) -> None:
    closed_trial(centre, exercise)
    page = open_page("S01")
    qtbot.waitUntil(lambda: page.spread.table.total == 5, timeout=WAIT)
    first = page.spread.table.paged.row_at(0)
    assert first is not None
    assert (first.item.key, first.apart) == ("4.2.1", 100)
    model = page.spread.table.paged
    shown = [model.index(0, column).data() for column in range(model.columnCount())]
    assert shown[-1] == "3.00 考评员03；4.00 × 5"
    page.spread.table.setFocus()
    page.spread.table.select_line(0)
    qtbot.keyClick(page.spread.table, Qt.Key.Key_Return)
    opened = page.context.shell.drawer  # type: ignore[attr-defined]
    assert isinstance(opened, ItemDetail)
    assert "2　多数时候做到，偶有遗漏" in texts(opened)
    assert page.readings.edits == {}, "a supervisor changes nothing"


def test_leaders_agree_and_sign_and_the_reading_is_seen_while_marking(
    qtbot: QtBot,
    open_page: Opener,
    centre: Centre,
    exercise: Exercise,
) -> None:
    trial = closed_trial(centre, exercise)
    page = open_page("E01")
    page.tabs.choose(1)
    field = page.readings.edits["4.2.1", 3]
    qtbot.keyClicks(field, "every question in 10 s")
    page.agree()
    dialog(qtbot, ConfirmDialog).confirm.click()
    qtbot.waitUntil(lambda: page._detail is not None and page._detail.agreement is not None, timeout=WAIT)
    page.sign_readings()
    give_pin(qtbot, centre, "E01")
    qtbot.waitUntil(lambda: not centre.ask(queries.agreement, trial).wants(centre.id("E01")), timeout=WAIT)
    seen = centre.ask(work, centre.id("E02"), centre.batch, centre.applications[0], "skill")
    assert seen.readings == {}
    other = open_page("E04")
    assert other.tabs.current == 1, "who has to sign sees what"
    other.sign_readings()
    give_pin(qtbot, centre, "E04")
    qtbot.waitUntil(lambda: centre.ask(queries.agreement, trial).in_force, timeout=WAIT)
    seen = centre.ask(work, centre.id("E02"), centre.batch, centre.applications[0], "skill")
    assert seen.readings == {("4.2.1", 3): "every question in 10 s"}


def test_a_reading_that_is_being_typed_is_kept_and_offered_for_agreement(
    qtbot: QtBot,
    open_page: Opener,
    centre: Centre,
    exercise: Exercise,
) -> None:
    trial = closed_trial(centre, exercise)
    page = open_page("E01")
    page.tabs.choose(1)
    qtbot.keyClicks(page.readings.edits["4.2.1", 2], "abc")
    qtbot.waitUntil(lambda: centre.ask(queries.reading_draft, trial) == [Reading("4.2.1", 2, "abc")], timeout=WAIT)
    again = open_page("M01")
    assert again.readings.edits["4.2.1", 2].text() == "abc"
    assert again.readings.differs
    assert again._primary is not None
    assert again._primary.text() == "记录尺度"


def test_all_items_can_be_shown_not_only_those_that_differ(
    qtbot: QtBot,
    open_page: Opener,
    centre: Centre,
    exercise: Exercise,
) -> None:
    closed_trial(centre, exercise)
    page = open_page("M01")
    page.tabs.choose(1)
    assert {item for item, _ in page.readings.edits} == {"4.2.1"}
    qtbot.mouseClick(page.readings.filter, Qt.MouseButton.LeftButton)
    assert {item for item, _ in page.readings.edits} == {item.key for item in exercise.items}


def test_an_examiner_without_a_rail_finds_back_to_the_desk(open_page: Opener) -> None:
    page = open_page("E01")
    assert page.shows_empty
    assert "评分" in [one.text() for one in page.findChildren(QAbstractButton)]


def test_on_a_small_screen_a_menu_stands_for_the_list(
    qtbot: QtBot,
    open_page: Opener,
    centre: Centre,
    exercise: Exercise,
) -> None:
    closed_trial(centre, exercise)
    page = open_page("M01")
    page.resize(847, 480)
    qtbot.wait(20)
    assert page._list_card.isHidden()
    assert page.head.choose.isVisible()
    assert page.minimumSizeHint().width() <= 847
    assert page.minimumSizeHint().height() <= 480


@pytest.mark.parametrize(("login", "offered"), [("M01", True), ("S01", False), ("E01", False)])
def test_only_the_manager_is_offered_to_open_a_trial(open_page: Opener, login: str, offered: bool) -> None:
    page = open_page(login)
    titles = [action.text() for action in (page._menu.actions() if page._menu is not None else [])]
    assert ("发起试评" in titles) == offered


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "clip.avi", 8)


@pytest.mark.qt_log_level_fail("CRITICAL")  # the machine's missing sound device is told as a warning
def test_the_clip_plays_beside_the_items_and_f2_keeps_a_moment_of_the_item_in_hand(
    qtbot: QtBot, open_page: Opener, centre: Centre, exercise: Exercise, film: Path
) -> None:
    kept = digest_file(film)
    trial = centre.act("M01", commands.open_trial, centre.batch, "live", kept.sha256, kept.size, str(film))
    page = open_page("E01")
    page.play()
    window = page._clip
    player = window.player
    qtbot.waitUntil(lambda: player.media.duration() == 8000 and player.picture.has_picture, timeout=10_000)
    qtbot.waitUntil(lambda: window.state.text() == say("recording.same"), timeout=WAIT)
    player.jump(6)
    qtbot.waitUntil(lambda: player.second == 4, timeout=WAIT)
    qtbot.keyClick(player, Qt.Key.Key_F2)

    def moments() -> list[Moment]:
        found: list[Moment] = centre.ask(queries.own_trial, centre.id("E01"), trial).draft.moments
        return found

    qtbot.waitUntil(lambda: moments() == [Moment(4, "", exercise.items[0].key)], timeout=WAIT)
    assert "00:04" in texts(window)
    window.close()


@pytest.mark.qt_log_level_fail("CRITICAL")
def test_of_a_closed_trial_everybodys_moments_are_on_the_clip_and_another_file_is_told(
    qtbot: QtBot, open_page: Opener, centre: Centre, exercise: Exercise, film: Path
) -> None:
    trial = centre.act("M01", commands.open_trial, centre.batch, "live", bytes(32), film.stat().st_size, str(film))
    centre.mark(trial, "E03", Draft(draft(exercise, 1).marks, moments=[Moment(5, "价格说错", "4.1.1")]))
    page = open_page("E01")
    page.play()
    assert "价格说错" not in texts(page._clip)
    qtbot.waitUntil(lambda: page._clip.state.text() == say("recording.changed.short"), timeout=WAIT)
    page._clip.close()
    centre.act("M01", commands.close_trial, trial, "够了")
    page.mark_stale()
    qtbot.waitUntil(lambda: page.spread.table.total == 5, timeout=WAIT)
    page.play(5)
    assert "考评员03：4.1.1 价格说错" in texts(page._clip)
    page._clip.close()
