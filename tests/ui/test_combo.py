"""A choice whose words are longer than its place says so; what a field offers while one types can be read."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCompleter, QLineEdit
from pytestqt.qtbot import QtBot

from core.words import use
from tests.ui.desk import Desk
from ui import theme
from ui.widgets.combo import Combo


def _shown(qtbot: QtBot, words: str, width: int) -> Combo:
    made = Combo()
    qtbot.addWidget(made)
    made.addItem(words)
    made.resize(width, 38)
    made.show()
    return made


def test_words_without_room_end_with_an_ellipsis_and_are_whole_under_the_mouse(qtbot: QtBot) -> None:
    long = _shown(qtbot, "Product selection and planning", 130)
    cut = long.shown_text
    assert cut.endswith("…") and len(cut) > 5
    assert long.toolTip() == "Product selection and planning"
    assert long.grab().toImage() == _shown(qtbot, cut, 130).grab().toImage(), "what is painted is what it says"
    assert _shown(qtbot, "Live", 130).shown_text == "Live"


def test_the_exercise_of_the_studio_says_that_its_name_goes_on(desk: Desk) -> None:
    use("en")
    page = desk.sign_in("arranged", "I01", "studio", (911, 512))
    box = page.exercises
    assert box.fontMetrics().horizontalAdvance(box.currentText()) > box.width(), "else there is nothing to show"
    assert box.shown_text.endswith("…")


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
def test_what_is_offered_while_typing_stands_on_a_ground_of_its_own(qtbot: QtBot, name: str) -> None:
    theme.look().use(name)
    field = QLineEdit()
    qtbot.addWidget(field)
    field.setCompleter(QCompleter(["clip.avi", "clop.avi"], field))
    field.show()
    field.completer().setCompletionPrefix("cl")
    field.completer().complete()
    popup = field.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    seen = popup.grab().toImage()
    surface = theme.look().theme.colours["surface"]
    assert seen.pixelColor(seen.width() - 12, seen.height() - 5).name() == surface.lower()
    popup.hide()
