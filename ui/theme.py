"""Colours by name, measures, and the one style sheet that is made of them.

A theme is a small file of names in `resources/themes`. Nothing else in the window names a colour.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PySide6.QtCore import QObject, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ui import icons

THEMES = Path(__file__).resolve().parent.parent / "resources" / "themes"
NAMES = ("light", "dark", "contrast")

FAMILIES = (
    "Noto Sans CJK SC",
    "Microsoft YaHei UI",
    "PingFang SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "sans-serif",
)

MEASURES = {
    "small": "12px",
    "body": "14px",
    "card-title": "15px",
    "title": "22px",
    "figure": "28px",
    "clock": "40px",
    "radius": "6px",
    "radius-card": "8px",
}

GAP = 4
"""The grid. Distances are 4, 8, 12, 16, 24 or 32."""

CONTROL_HEIGHT = 38
TOUCH_HEIGHT = 44
ROW_HEIGHT = 36


@dataclass(frozen=True)
class Theme:
    """One theme: its name, whether its ground is dark, and its colours (`#RRGGBB`) by name."""

    name: str
    dark: bool
    colours: dict[str, str]

    def colour(self, name: str) -> QColor:
        """The colour of that name; a `KeyError` where the theme has none."""
        return QColor(self.colours[name])


class Look(QObject):
    """The theme in use. Widgets that paint themselves listen to `changed`; the style sheet reaches all others."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = load("light")
        self._images: QTemporaryDir | None = None

    def use(self, name: str) -> None:
        """Dress the whole application in the theme `name` (`light`, `dark`, `contrast`; `auto` follows the system)."""
        self.theme = load(following_system() if name == "auto" else name)
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            raise RuntimeError("a theme needs an application")
        images = QTemporaryDir()
        icons.tint_with(self.theme.colours)
        application.setPalette(palette(self.theme))
        application.setStyleSheet(style_sheet(self.theme, Path(images.path())))
        self._images = images  # the last one's files may go only now
        icons.retint_all(application)
        self.changed.emit()


_look: Look | None = None


def look() -> Look:
    """The application's look; made at the first call."""
    global _look
    if _look is None:
        _look = Look()
    return _look


def colour(name: str) -> QColor:
    """A colour of the theme in use."""
    return look().theme.colour(name)


@cache
def load(name: str) -> Theme:
    """Read the theme `name` from its file."""
    found = tomllib.loads((THEMES / f"{name}.toml").read_text(encoding="utf-8"))
    return Theme(found["name"], found["dark"], found["colours"])


def following_system() -> str:
    """`dark` where the desktop is dark, else `light`."""
    from PySide6.QtCore import Qt

    hints = QGuiApplication.styleHints()
    return "dark" if hints.colorScheme() is Qt.ColorScheme.Dark else "light"


def prepare(application: QApplication) -> None:
    """Style and font of the application, before its first window: figures that stand in columns are tabular."""
    application.setStyle("Fusion")
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(14)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("tnum"), 1)
    application.setFont(font)


def style_sheet(theme: Theme, images: Path) -> str:
    """The style sheet of `theme`; tinted images that it needs are written into the folder `images`."""

    def image(found: re.Match[str]) -> str:
        target = images / f"{found[1]}-{found[2]}.svg"
        target.write_text(icons.drawing(found[1], theme.colours[found[2]]), encoding="utf-8")
        return target.as_posix()

    text = (THEMES / "window.qss").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"@icon\(([a-z-]+),([a-z-]+)\)", image, text)
    text = re.sub(r"@@([a-z-]+)", lambda found: MEASURES[found[1]], text)
    return re.sub(r"@([a-z-]+)", lambda found: theme.colours[found[1]], text)


def palette(theme: Theme) -> QPalette:
    """What the style sheet doesn't reach: native menus, placeholders, links, disabled text."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: "ground",
        QPalette.ColorRole.WindowText: "ink",
        QPalette.ColorRole.Base: "surface",
        QPalette.ColorRole.AlternateBase: "ground",
        QPalette.ColorRole.Text: "ink",
        QPalette.ColorRole.Button: "surface",
        QPalette.ColorRole.ButtonText: "ink",
        QPalette.ColorRole.BrightText: "danger",
        QPalette.ColorRole.Highlight: "accent",
        QPalette.ColorRole.HighlightedText: "on-accent",
        QPalette.ColorRole.Accent: "accent",
        QPalette.ColorRole.Link: "accent",
        QPalette.ColorRole.LinkVisited: "accent",
        QPalette.ColorRole.ToolTipBase: "ink",
        QPalette.ColorRole.ToolTipText: "surface",
        QPalette.ColorRole.PlaceholderText: "muted",
        QPalette.ColorRole.Mid: "line",
        QPalette.ColorRole.Dark: "edge",
        QPalette.ColorRole.Light: "surface",
        QPalette.ColorRole.Midlight: "line",
        QPalette.ColorRole.Shadow: "shade",
    }
    for role, name in roles.items():
        made.setColor(role, theme.colour(name))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, theme.colour("faint"))
    return made


def contrast(first: str, second: str) -> float:
    """The contrast of two colours (`#RRGGBB`) by WCAG 2: 1 to 21."""
    bright, dim = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
