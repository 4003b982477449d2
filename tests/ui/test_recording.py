# ruff: noqa: F811 - a fixture that is imported has the name of what asks for it
"""A real film with sound: kept, found, compared, played, jumped, marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtMultimedia import QAudioBufferOutput
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from core.examday import commands, work_queries
from core.examday.recordings import digest_file
from core.store import Actors
from core.words import say
from tests.examday.conftest import LIVE, Centre, centre, master  # noqa: F401
from tests.ui.conftest import SmallShell
from tests.ui.film import SAMPLES, make_film, shade
from ui.context import Context, Session
from ui.recording.player import PlayedMoment, Player
from ui.recording.window import RecordingWindow, open_recording
from ui.workers import Workers

# The machine's missing sound and graphics devices are told as warnings; nobody here can help it.
pytestmark = pytest.mark.qt_log_level_fail("CRITICAL")

SECONDS = 8
MOMENTS = (PlayedMoment(6, "价格说错"), PlayedMoment(3, "讲解清楚"))


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from PySide6.QtWidgets import QApplication

    assert QApplication.instance() or True
    return make_film(tmp_path_factory.mktemp("film") / "film.avi", SECONDS)


@pytest.fixture
def player(qtbot, film: Path) -> Iterator[Player]:
    made = Player(marks=True)
    made.resize(900, 500)
    made.show()
    qtbot.addWidget(made)
    made.open(film, MOMENTS)
    qtbot.waitUntil(lambda: made.media.duration() == SECONDS * 1000 and made.picture.has_picture, timeout=10_000)
    yield made
    made.close_file()


def hue(player: Player) -> int:
    found: int = player.picture.grab().toImage().pixelColor(player.picture.rect().center()).hue()
    return found


def stands_at(qtbot, player: Player, second: int) -> None:
    """Wait until the picture is that of a second of the film."""
    wanted = shade(second).hue()
    qtbot.waitUntil(lambda: abs((hue(player) - wanted + 180) % 360 - 180) < 12, timeout=5000)


def test_a_film_is_shown_and_plays_on(qtbot, player: Player) -> None:
    stands_at(qtbot, player, 0)
    QTest.keyClick(player.timeline, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: player.plays and player.second >= 1, timeout=5000)
    stands_at(qtbot, player, player.second)
    QTest.keyClick(player.timeline, Qt.Key.Key_Space)
    assert not player.plays


def test_its_sound_is_played_too(qtbot, film: Path) -> None:
    made = Player()
    qtbot.addWidget(made)
    heard: list[tuple[int, int]] = []
    output = QAudioBufferOutput(made)
    output.audioBufferReceived.connect(
        lambda buffer: heard.append((buffer.format().sampleRate(), max(buffer.constData()[:200])))
    )
    made.media.setAudioBufferOutput(output)
    made.open(film)
    made.toggle()
    qtbot.waitUntil(lambda: len(heard) > 2, timeout=8000)
    assert made.media.hasAudio() and all(rate == SAMPLES and loudest for rate, loudest in heard)
    made.close_file()


def test_one_jumps_from_moment_to_moment_and_marks_the_second_in_view(qtbot, player: Player) -> None:
    marked: list[int] = []
    player.marked.connect(marked.append)
    player.jump(6)
    stands_at(qtbot, player, 4)
    QTest.keyClick(player, Qt.Key.Key_F2)
    QTest.keyClick(player, Qt.Key.Key_Up)
    stands_at(qtbot, player, 1)
    QTest.keyClick(player, Qt.Key.Key_Down)
    stands_at(qtbot, player, 4)
    QTest.keyClick(player.timeline, Qt.Key.Key_Home)
    stands_at(qtbot, player, 0)
    QTest.keyClick(player.timeline, Qt.Key.Key_Right)
    stands_at(qtbot, player, 5)
    assert marked == [4]


def test_the_mouse_seeks_on_the_timeline(qtbot, player: Player) -> None:
    line = player.timeline
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(line.width() * 7 // 8, 16))
    stands_at(qtbot, player, 7)


def test_the_speed_changes_by_keyboard(qtbot, player: Player) -> None:
    QTest.keyClicks(player, "+++")
    assert player.media.playbackRate() == 2.0
    QTest.keyClicks(player, "-")
    assert player.media.playbackRate() == 1.5


def test_what_is_no_film_is_refused_in_words(qtbot, tmp_path: Path) -> None:
    made = Player()
    qtbot.addWidget(made)
    said: list[str] = []
    made.failed.connect(said.append)
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no film" * 1000)
    made.open(bad)
    qtbot.waitUntil(lambda: bool(said), timeout=5000)
    assert said[0] in {say("recording.cannot_decode"), say("recording.cannot_play")}
    made.close_file()


Show = Callable[[Path], RecordingWindow]


@pytest.fixture
def show(
    qtbot,
    centre: Centre,
    workers: Workers,
    shell: SmallShell,
) -> Iterator[Show]:
    host = QWidget()
    host.resize(1366, 768)
    actor = centre.actor("E01")
    host.context = Context(centre.store, Session("E01", "E01", frozenset({"examiner"}), Actors(actor)), workers, shell)
    qtbot.addWidget(host)
    opened: list[RecordingWindow] = []

    def show_(file: Path) -> RecordingWindow:
        centre.phase("live")
        centre.act("I01", commands.keep_recording, centre.first, LIVE, digest_file(file), str(file))
        (line,) = centre.ask(work_queries.recordings, actor, centre.first, LIVE)
        opened.append(open_recording(host, line, "录像", MOMENTS, second=3))
        return opened[-1]

    yield show_
    for one in opened:
        one.player.close_file()
        one.close()
    qtbot.waitUntil(lambda: not workers.busy, timeout=5000)


def test_a_kept_recording_is_compared_with_its_digest_while_it_opens(
    qtbot, show: Show, film: Path, tmp_path: Path
) -> None:
    window = show(film)
    qtbot.waitUntil(lambda: window.state.text() == say("recording.same"), timeout=5000)
    stands_at(qtbot, window.player, 1)
    assert window.strip.text == ""


def test_a_recording_that_was_changed_is_shown_as_such(qtbot, show: Show, film: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.avi"
    mine.write_bytes(film.read_bytes())
    size = mine.stat().st_size
    window = show(mine)
    qtbot.waitUntil(lambda: window.state.text() == say("recording.same"), timeout=5000)
    window.player.close_file()
    with mine.open("r+b") as stream:
        stream.seek(size // 2)
        stream.write(b"\x00\xff")
    window.begin()
    qtbot.waitUntil(lambda: window.strip.text == say("recording.changed"), timeout=5000)


def test_a_recording_that_was_moved_is_found_again_and_another_file_is_not_taken_for_it(
    qtbot,
    show: Show,
    film: Path,
    tmp_path: Path,
    centre: Centre,
) -> None:
    mine, moved, other = tmp_path / "mine.avi", tmp_path / "moved.avi", tmp_path / "other.avi"
    mine.write_bytes(film.read_bytes())
    other.write_bytes(film.read_bytes() + b"\0")
    window = show(mine)
    qtbot.waitUntil(lambda: window.state.text() == say("recording.same"), timeout=5000)
    window.player.close_file()
    mine.rename(moved)
    window.begin()
    assert window.strip.text == say("recording.missing", place=str(mine))
    window.take_file(other)
    qtbot.waitUntil(lambda: window.strip.text == say("recording.not_the_one"), timeout=5000)
    window.take_file(moved)
    qtbot.waitUntil(lambda: window.state.text() == say("recording.same"), timeout=5000)
    qtbot.waitUntil(lambda: not window.context.workers.busy, timeout=5000)
    (line,) = centre.ask(work_queries.recordings, centre.actor("E01"), centre.first, LIVE)
    assert line.place == str(moved) and line.kept_at == str(mine)
