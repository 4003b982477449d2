"""Qt's own dialogs speak the language of the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from core.words import use
from ui.app import start_application
from ui.own_words import OwnWords


@pytest.fixture
def words(qtbot: QtBot) -> Iterator[OwnWords]:
    application = start_application([])
    words = OwnWords()
    application.installTranslator(words)
    yield words
    use("zh")
    application.removeTranslator(words)


def asked(word: str) -> str:
    return QCoreApplication.translate("QFileDialog", word)


def test_the_file_dialog_speaks_chinese_in_a_chinese_window_and_english_in_an_english_one(words: OwnWords) -> None:
    assert asked("Look in:") == "查找范围："
    assert asked("&Look in:") == "查找范围："
    assert asked("File &name:").startswith("文件名")
    assert asked("Folder") == "文件夹"
    assert asked("Cancel") == "取消"
    use("en")
    assert asked("Look in:") == "Look in:"
    assert asked("Cancel") == "Cancel"


def test_a_photo_can_still_be_read(words: OwnWords) -> None:
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    picture.fill(0)
    assert picture.save(buffer, "JPEG")  # type: ignore[call-overload]
    assert not QImage.fromData(kept, "JPEG").isNull()  # type: ignore[call-overload]
