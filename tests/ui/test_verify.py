"""Checking a certificate in the window: whichever way its code comes in, and what is said of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image, ImageFilter
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtMultimedia import QVideoFrame
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from stdnum.iso7064 import mod_11_10

from core.certificates.credential import Credential, key_id, sign, to_text
from core.certificates.lists import HOME_LISTS, home_file, read_lists, sign_lists
from core.certificates.verification import OWN_ISSUERS, Issuer, Revocations, Status, own_issuer
from core.documents.code import draw, modules
from core.documents.layout import document
from tests.ui.conftest import SmallStore
from ui.context import Context, Station
from ui.dialogs.sign_in import SignInGate
from ui.dialogs.verify_gate import VerifyGate
from ui.pages.verify import VerifyPage
from ui.pages.verify_judge import is_whole, typed
from ui.workers import Workers

PLAIN_MACHINE = pytest.mark.qt_log_ignore("This plugin does not support", "Couldn't (load|resolve)", "No RHI backend")
"""Without a graphics card Qt says so; that says nothing of the page."""

CENTRE, HUB, ASSOCIATION, STRANGER = (
    Ed25519PrivateKey.from_private_bytes(bytes(range(at, at + 32))) for at in range(4)
)
DAY = date(2026, 11, 21)
NUMBER = "260119999990100001" + mod_11_10.calc_check_digit("260119999990100001")
RARE = "䶮𬱖𠅤"


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def certificate(index: int = 17, name: str = "测试一", key: Ed25519PrivateKey = ASSOCIATION) -> str:
    return to_text(
        sign(Credential(NUMBER, name, b"\x01" * 6, "t-caftv-rural-2026", "junior", DAY, index), key), "zhikao.example"
    )


def notice() -> str:
    return to_text(
        sign(Credential("N17", "测试二", b"\x01" * 6, "530051-2024", "senior", DAY), CENTRE), "zhikao.example"
    )


def altered(text: str) -> str:
    return text[:-30] + str((int(text[-30]) + 1) % 10) + text[-29:]


def picture(text: str, module: int = 8) -> Image.Image:
    """The code of `text`, this many pixels a module, with its quiet zone."""
    count, rows = modules(text)
    bits = Image.frombytes("1", (count, count), b"".join(rows)).convert("L").point(lambda dark: 0 if dark else 255)
    made = Image.new("L", (count + 8, count + 8), 255)
    made.paste(bits, (4, 4))
    return made.resize((module * made.width, module * made.height), Image.Resampling.NEAREST)


def frame(image: Image.Image, size: tuple[int, int] = (1280, 720)) -> QVideoFrame:
    """What a camera of this size gives when the picture is held before it."""
    whole = Image.new("RGB", size, (96, 92, 88))
    whole.paste(image.convert("RGB"), ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    return QVideoFrame(QImage(whole.tobytes(), *size, 3 * size[0], QImage.Format.Format_RGB888).copy())


@dataclass
class House(SmallStore):
    home: Path = Path()

    def lists(self, dated: datetime, until: datetime, revoked: int = 5) -> None:
        """Have the association's signed lists in the home."""
        key = public(ASSOCIATION)
        issuer = Issuer(key_id(key).hex(), "999999", key.hex(), "测试考点", False, date(2026, 1, 1), None, "99999901")
        bits = bytes([*(0 for _ in range(revoked // 8)), 1 << revoked % 8, 0, 0])
        data = sign_lists("测试协会", [issuer], Revocations(dated, until, bits), HUB)
        own = own_issuer("999999", "测试考点", public(CENTRE), date(2026, 1, 1))
        (self.home / HOME_LISTS).write_bytes(data)
        (self.home / OWN_ISSUERS).write_bytes(home_file([own], ("测试协会", public(HUB)), read_lists(data)))


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(home=tmp_path)
    now = datetime.now(UTC)
    made.lists(now - timedelta(days=1), now + timedelta(days=29))
    return made


@pytest.fixture
def store(house: House) -> House:
    return house


@dataclass
class Scene:
    """The page in a window in front."""

    page: VerifyPage
    qtbot: QtBot
    workers: Workers

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: not self.workers.busy)
            self.qtbot.wait(5)

    def says(self, code: str) -> Callable[[], bool]:
        from core.words import say

        view = self.page.verify
        return lambda: view._card.isVisible() and view.verdict.text() == say(f"exam.verdict.{code}")

    def until(self, code: Status) -> None:
        self.qtbot.waitUntil(self.says(code))

    @property
    def shown(self) -> list[str]:
        """Every word on the verdict's card."""
        from PySide6.QtWidgets import QLabel

        return [each.text() for each in self.page.verify._card.findChildren(QLabel) if each.isVisible()]


@pytest.fixture
def scene(qtbot: QtBot, workers: Workers, context: Context) -> Scene:
    page = VerifyPage(context)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    page.setFocus()
    return Scene(page, qtbot, workers)


def scan(scene: Scene, text: str, end: bool = True) -> None:
    """What a scanner types, to whatever has the cursor."""
    for character in text:
        scene.qtbot.keyClicks(QApplication.focusWidget(), character)
    if end:
        scene.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)


def test_a_scan_shows_what_was_signed_large_with_the_day_of_the_revocation_list(scene: Scene) -> None:
    scan(scene, certificate())
    scene.until(Status.VALID)
    words = "\n".join(scene.shown)
    assert scene.page.verify._card.name.text() == "测试一"
    assert "2601 1999 9990 1000 01" in words and "2026-11-21" in words and "测试协会" in words and "测试考点" in words
    assert "撤销情况截至 20" in words


@pytest.mark.parametrize("place", ["page", "button", "value"])
def test_a_scan_works_wherever_the_cursor_is(scene: Scene, place: str) -> None:
    scan(scene, notice())
    scene.until(Status.PROVISIONAL)
    value = scene.page.verify._card._grid.itemAtPosition(0, 0).layout().itemAt(1).widget()
    {"page": scene.page, "button": scene.page.verify.choose, "value": value}[place].setFocus()
    if place != "page":
        assert not scene.page.verify.text.hasFocus()
    scan(scene, certificate())
    scene.until(Status.VALID)


def test_two_scans_without_enter_are_judged_one_after_the_other(scene: Scene) -> None:
    scan(scene, notice(), end=False)
    scene.until(Status.PROVISIONAL)
    scan(scene, certificate(), end=False)
    scene.until(Status.VALID)
    assert scene.page.verify.text.text() == certificate(), "the second scan took the first one's place"


def test_what_an_input_method_makes_of_a_scan_is_understood(scene: Scene) -> None:
    wide = certificate().translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    for mangled in (
        wide,
        wide.replace("https://", "ｈｔｔｐｓ：、、").replace(".", "。"),
        certificate().upper() + " \n",
    ):
        assert typed(mangled).endswith(certificate().partition("#")[2]) and is_whole(mangled)
        scene.page.verify._card.hide()
        scene.page.verify.text.setText(mangled)
        scene.until(Status.VALID)


def test_every_outcome_has_its_own_word_and_sign(scene: Scene) -> None:
    from ui.pages.verify_card import TONES

    assert len({sign for sign, _ in TONES.values()}) == len(Status) == len(TONES)
    outcomes = {
        certificate(): Status.VALID,
        certificate(5): Status.REVOKED,
        notice(): Status.PROVISIONAL,
        altered(certificate()): Status.ALTERED,
        certificate(key=STRANGER): Status.UNKNOWN_ISSUER,
        "hello": Status.NOT_A_CERTIFICATE,
    }
    for text, outcome in outcomes.items():
        scene.page.verify._card.hide()
        scan(scene, text)
        scene.until(outcome)


def test_an_altered_code_shows_nothing_that_could_be_believed(scene: Scene) -> None:
    scan(scene, certificate())
    scene.until(Status.VALID)
    scan(scene, altered(certificate()))
    scene.until(Status.ALTERED)
    scene.settle()
    words = "\n".join(scene.shown)
    assert "测试一" not in words and "2601" not in words and "不可信" in words


def test_what_an_unknown_issuer_signed_is_shown_as_unproved(scene: Scene) -> None:
    scan(scene, certificate(key=STRANGER))
    scene.until(Status.UNKNOWN_ISSUER)
    assert "以下内容未经证实" in scene.shown and "测试协会" not in "\n".join(scene.shown)


def test_an_expired_list_and_none_at_all_are_said_plainly(scene: Scene, house: House) -> None:
    house.lists(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, tzinfo=UTC))
    scan(scene, certificate())
    scene.until(Status.VALID)
    assert "撤销名单只到 2026-01-01 08:00，已经过期" in "\n".join(scene.shown)
    issuers = home_file(read_lists((house.home / HOME_LISTS).read_bytes()).issuers, None, None)
    (house.home / OWN_ISSUERS).write_bytes(issuers)
    (house.home / HOME_LISTS).unlink()
    scan(scene, certificate())
    scene.qtbot.waitUntil(lambda: "没有核对是否被撤销" in "\n".join(scene.shown))


def test_lists_that_somebody_changed_judge_nothing(scene: Scene, house: House) -> None:
    data = (house.home / HOME_LISTS).read_bytes()
    (house.home / HOME_LISTS).write_bytes(data.replace("测试协会".encode(), "冒名协会".encode()))
    scan(scene, certificate())
    scene.qtbot.waitUntil(lambda: bool(scene.page.verify.strip.text))
    assert not scene.page.verify._card.isVisible()


def test_a_rare_name_is_shown_with_the_fonts_of_the_documents(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtGui import QFontMetrics

    scan(scene, certificate(name=RARE))
    scene.until(Status.VALID)
    name = scene.page.verify._card.name
    assert name.text() == RARE
    assert all(QFontMetrics(name.font()).inFontUcs4(ord(character)) for character in RARE)


def test_a_screen_without_a_rare_character_borrows_it_from_the_documents(qtbot: QtBot) -> None:
    from ui.pages.verify_card import _families_for

    assert _families_for("䶮") and _families_for("𬱖")


def test_files_are_chosen_dropped_and_pasted(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = scene.page.verify
    picture(certificate()).save(tmp_path / "sheet.png")
    with document(tmp_path / "sheet.pdf", "测试") as pen:
        draw(pen, altered(certificate()), 30, 30, 33)
        pen.next_sheet()
        draw(pen, certificate(), 30, 30, 33)
        pen.next_sheet()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "sheet.png"), ""))
    scene.qtbot.keyClick(scene.page.verify.text, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    scene.until(Status.VALID)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "sheet.pdf"))])
    held = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    view.dropEvent(QDropEvent(QPointF(QPoint(9, 9)), *held))
    scene.until(Status.ALTERED)
    assert "2 个验证码" in view._card.about.text()
    out = io.BytesIO()
    picture(notice()).save(out, "PNG")
    for focus in (view.text, view.choose):
        view._card.hide()
        QGuiApplication.clipboard().setImage(QImage.fromData(out.getvalue()))
        focus.setFocus()
        scene.qtbot.keyClick(focus, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        scene.until(Status.PROVISIONAL)


@pytest.mark.parametrize("content", [b"", b"nothing", b"%PDF-1.4 nothing", b"\x89PNG\r\n\x1a\n" + bytes(99)])
def test_a_file_that_is_none_of_these_is_told(scene: Scene, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "wrong.png").write_bytes(content)
    scene.page.verify.check_file(tmp_path / "wrong.png")
    scene.qtbot.waitUntil(lambda: bool(scene.page.verify.strip.text))


def test_a_picture_without_a_code_says_so(scene: Scene, tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), "white").save(tmp_path / "white.jpg")
    scene.page.verify.check_file(tmp_path / "white.jpg")
    scene.until(Status.NOT_A_CERTIFICATE)


@PLAIN_MACHINE
def test_without_a_camera_a_sentence_says_what_to_do(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.pages.verify_camera.QMediaDevices.videoInputs", list)
    scene.page.verify.look.click()
    assert "没有可用的摄像头" in scene.page.verify.strip.text
    assert not scene.page.verify.camera.isVisible()


@pytest.fixture
def looking(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """The camera's view open, fed with frames as the system would."""
    monkeypatch.setattr("ui.pages.verify_camera.CameraView.start", lambda self: None)
    scene.page.verify.look.click()
    return scene


def held_up(scene: Scene, image: Image.Image, size: tuple[int, int] = (1280, 720)) -> None:
    """Hold a picture before the camera for as long as it takes to read one frame."""
    camera = scene.page.verify.camera
    before = camera._last
    scene.qtbot.waitUntil(lambda: (camera.picture.sink.setVideoFrame(frame(image, size)), camera._last != before)[1])
    scene.settle()


@PLAIN_MACHINE
@pytest.mark.parametrize(
    "spoil",
    [
        lambda sheet: sheet.filter(ImageFilter.GaussianBlur(2.5)),
        lambda sheet: sheet.rotate(17, expand=True, fillcolor=200, resample=Image.Resampling.BICUBIC),
        lambda sheet: sheet.rotate(180),
        lambda sheet: sheet.resize((171, 171), Image.Resampling.LANCZOS),
        lambda sheet: sheet.point(lambda grey: 70 + grey // 4),
    ],
    ids=["blurred", "turned", "upside down", "small", "pale"],
)
def test_a_camera_reads_what_is_held_before_it(looking: Scene, spoil: Callable[[Image.Image], Image.Image]) -> None:
    held_up(looking, spoil(picture(certificate())))
    looking.until(Status.VALID)


@PLAIN_MACHINE
def test_a_camera_goes_on_to_the_next_sheet_and_keeps_the_last_verdict_between(looking: Scene) -> None:
    held_up(looking, picture(certificate()))
    looking.until(Status.VALID)
    checked = looking.page.verify._card.checked.text()
    held_up(looking, Image.new("L", (400, 400), 255))
    assert looking.says(Status.VALID)() and looking.page.verify._card.checked.text() == checked
    held_up(looking, picture(altered(certificate())))
    looking.until(Status.ALTERED)


@PLAIN_MACHINE
def test_the_camera_is_off_until_asked_for_and_when_the_page_is_left(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scene.page.verify.camera is None
    stopped: list[bool] = []
    monkeypatch.setattr("ui.pages.verify_camera.CameraView.start", lambda self: None)
    monkeypatch.setattr("ui.pages.verify_camera.CameraView.stop", lambda self: stopped.append(True))
    scene.page.verify.look.click()
    assert not stopped
    scene.page.hide()
    assert stopped and scene.page.verify.look.text() == "打开摄像头"
    scene.page.show()
    assert not scene.page.verify.camera.isVisible()


def test_who_has_no_account_may_check_a_certificate(qtbot: QtBot, workers: Workers, house: House) -> None:
    station, left = Station(workers), []
    gate = SignInGate(station, lambda login, pin: None)
    qtbot.addWidget(gate)
    wanted: list[bool] = []
    gate.verify_wanted.connect(lambda: wanted.append(True))
    next(each for each in gate.findChildren(QPushButton) if each.text() == "核验证书").click()
    assert wanted
    checking = VerifyGate(station, house.home, lambda: left.append(True))
    qtbot.addWidget(checking)
    with qtbot.waitActive(checking):
        checking.show()
        checking.activateWindow()
    checking.back.setFocus()
    qtbot.keyClicks(checking.back, certificate()[0])
    qtbot.keyClicks(checking.verify.text, certificate()[1:])
    qtbot.keyClick(checking.verify.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: checking.verify.verdict.text() == "有效的证书")
    qtbot.keyClick(checking, Qt.Key.Key_Escape)
    assert left
    qtbot.waitUntil(lambda: not workers.busy)
