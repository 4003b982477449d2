"""What is on the screen can be read, in every theme."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from core.paths import PROGRAM
from ui import icons, theme
from ui.registry import PAGES

GROUNDS = ("ground", "surface", "rail", "accent-soft")
WORDS = [
    *[("ink", ground) for ground in (*GROUNDS, "hover", "attention-soft", "danger-soft", "good-soft")],
    *[("muted", ground) for ground in ("ground", "surface", "rail")],
    *[(tone, f"{tone}-soft") for tone in ("attention", "danger", "good", "accent")],
    *[(tone, ground) for tone in ("attention", "danger", "good", "accent") for ground in ("surface", "ground")],
    ("accent", "rail"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("surface", "ink"),
    ("surface", "attention"),
    ("surface", "muted"),
]
EDGES = [
    *[(edge, ground) for edge in ("edge", "accent", "danger") for ground in ("ground", "surface", "rail")],
    ("edge", "accent-soft"),
    ("accent", "accent-soft"),
    ("accent", "track"),
]


@pytest.mark.parametrize("name", theme.NAMES)
def test_every_word_can_be_read_on_its_ground(name: str) -> None:
    colours = theme.load(name).colours
    pale = {pair: round(found, 2) for pair in WORDS if (found := _contrast(colours, pair)) < 4.5}
    assert pale == {}


@pytest.mark.parametrize("name", theme.NAMES)
def test_every_control_has_an_edge_that_can_be_seen(name: str) -> None:
    colours = theme.load(name).colours
    pale = {pair: round(found, 2) for pair in EDGES if (found := _contrast(colours, pair)) < 3}
    assert pale == {}


def test_the_high_contrast_theme_is_the_strongest() -> None:
    high = theme.load("contrast").colours
    assert all(_contrast(high, pair) >= 7 for pair in WORDS if pair[0] in ("ink", "muted"))


def test_contrast_is_measured_as_the_guideline_says() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_every_theme_has_the_same_names() -> None:
    first, *others = (set(theme.load(name).colours) for name in theme.NAMES)
    assert all(other == first for other in others)


@pytest.mark.parametrize("name", theme.NAMES)
def test_the_style_sheet_is_filled_and_its_pictures_are_there(name: str, tmp_path: Path) -> None:
    text = theme.style_sheet(theme.load(name), tmp_path)
    assert "@" not in text
    pictures = re.findall(r"url\((.+?)\)", text)
    assert pictures
    assert all(Path(picture).is_file() for picture in pictures)


def test_no_colour_is_named_outside_the_theme_files() -> None:
    named = re.compile(r"[\"']#[0-9A-Fa-f]{3,8}[\"']")
    found = [path.name for path in (PROGRAM / "ui").rglob("*.py") if named.search(path.read_text("utf-8"))]
    assert found == []
    assert tomllib.loads((theme.THEMES / "dark.toml").read_text("utf-8"))["dark"] is True


def test_figures_stand_under_each_other(qapp: QApplication) -> None:
    font = qapp.font()
    assert font.families()[0] == "Noto Sans CJK SC"
    assert font.featureValue(QFont.Tag("tnum")) == 1


def test_every_icon_that_is_asked_for_is_drawn() -> None:
    drawn = {path.stem for path in icons.ICONS.glob("*.svg")}
    assert {page.icon for page in PAGES} <= drawn
    for name in drawn:
        picture = icons.pixmap(name, "ink", 24).toImage()
        inked = sum(picture.pixelColor(x, y).alpha() > 0 for x in range(24) for y in range(24))
        assert inked > 10, name


def test_icons_follow_the_theme(qapp: QApplication) -> None:
    from ui.widgets.basics import icon_label

    made = icon_label("lock", "ink", 24)
    light = made.pixmap().toImage()
    theme.look().use("dark")
    assert made.pixmap().toImage() != light
    made.deleteLater()


def _contrast(colours: dict[str, str], pair: tuple[str, str]) -> float:
    return theme.contrast(colours[pair[0]], colours[pair[1]])
