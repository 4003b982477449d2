"""Icons: our own strokes on a 24 × 24 field, tinted by a colour's name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

ICONS = Path(__file__).resolve().parent.parent / "resources" / "icons"

GAP = 4

_colours: dict[str, str] = {}


def tint_with(colours: dict[str, str]) -> None:
    """Take the colours of a theme; icons that are asked for from now on wear them."""
    _colours.clear()
    _colours.update(colours)
    _pixmap.cache_clear()


@cache
def _source(name: str) -> str:
    return (ICONS / f"{name}.svg").read_text(encoding="utf-8")


def drawing(name: str, colour: str) -> str:
    """The SVG text of an icon in a colour (`#RRGGBB`)."""
    return _source(name).replace("currentColor", colour)


def pixmap(name: str, tint: str = "ink", size: int = 20, gap: int = 0) -> QPixmap:
    """An icon as a picture `size` logical pixels wide (and `gap` more at the right), sharp on the screen in use."""
    application = QGuiApplication.instance()
    ratio = application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0
    return _pixmap(name, _colours.get(tint, tint), size, gap, ratio)


@cache
def _pixmap(name: str, colour: str, size: int, gap: int, ratio: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(drawing(name, colour).encode()))
    made = QPixmap(QSize(round((size + gap) * ratio), round(size * ratio)))
    made.fill(QColor(Qt.GlobalColor.transparent))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, made.height(), made.height()))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def icon(name: str, tint: str = "ink", size: int = 20, checked: str | None = None, gap: int = 0) -> QIcon:
    """An icon that is faint when disabled and wears the colour `checked` when its button is down."""
    made = QIcon()
    made.addPixmap(pixmap(name, tint, size, gap))
    made.addPixmap(pixmap(name, "faint", size, gap), QIcon.Mode.Disabled)
    if checked:
        made.addPixmap(pixmap(name, checked, size, gap), QIcon.Mode.Normal, QIcon.State.On)
    return made


def wear(widget: QWidget, name: str, tint: str = "ink", size: int = 20, checked: str | None = None) -> None:
    """Give a button or a label an icon that follows the theme."""
    widget.setProperty("drawn", [name, tint, size, checked or ""])
    _dress(widget)


def _dress(widget: QWidget) -> None:
    name, tint, size, checked = widget.property("drawn")
    if isinstance(widget, QAbstractButton):
        # Between icon and words Qt leaves too little, and a style sheet has no word for it: the picture brings it.
        gap = GAP if widget.text() and widget.layoutDirection() is Qt.LayoutDirection.LeftToRight else 0
        widget.setIcon(icon(name, tint, size, checked or None, gap))
        widget.setIconSize(QSize(size + gap, size))
    elif isinstance(widget, QLabel):
        widget.setPixmap(pixmap(name, tint, size))


def retint_all(application: QApplication) -> None:
    """Dress every widget that wears an icon again, after the theme has changed."""
    for widget in application.allWidgets():
        if widget.property("drawn") is not None:
            _dress(widget)
