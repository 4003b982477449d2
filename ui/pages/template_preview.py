"""The sheet under one's hand: a click chooses a part, dragging or the arrow keys move it."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QWidget

from core.documents.template_rules import Box
from core.words import say
from ui.theme import colour, look

EDGE = 12
SLOW = 300
"""Milliseconds after which a sheet that isn't there yet is spoken of."""
VEIL = 200
"""How white a sheet becomes, of 255, that is about to be another one."""
STEP, FINE, COARSE = 0.5, 0.1, 5.0
"""Millimetres that an arrow key moves: as it is, with Ctrl, with Shift. Dragging snaps to the first."""
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class TemplatePreview(QWidget):
    """`chosen(name)` at a click on a part, `moved(name, dx, dy)` in millimetres when it was moved."""

    chosen = Signal(str)
    moved = Signal(str, float, float)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(say("template_editor.preview"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 160)
        self.movable = True
        self._document = QPdfDocument(self)
        self._buffer = QBuffer(self)
        self._picture = QPixmap()
        self._paper = (297.0, 210.0)
        self._boxes: dict[str, Box] = {}
        self._name, self._under = "", ""
        self._from: QPointF | None = None
        self._by = (0.0, 0.0)
        self.slow = False
        """Whether it says that the sheet is being drawn."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SLOW)
        self._timer.timeout.connect(lambda: self._say_slow(True))
        look().changed.connect(self.update)

    def wait(self) -> None:
        """Another sheet is being drawn: where that takes long, say so instead of showing nothing or the old one."""
        if not self.slow:
            self._timer.start()

    def wait_no_more(self) -> None:
        """Nothing is being drawn now."""
        self._timer.stop()
        self._say_slow(False)

    def _say_slow(self, slow: bool) -> None:
        self.slow = slow
        self.update()

    def show_sheet(self, pdf: bytes | None, paper: tuple[float, float], boxes: dict[str, Box]) -> None:
        """Show the sheet; without a PDF the last one stays, with the parts where they are now."""
        self.wait_no_more()
        self._paper, self._boxes = paper, boxes
        if pdf is not None:
            self._document.close()
            self._buffer.close()
            self._buffer.setData(QByteArray(pdf))
            self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
            self._document.load(self._buffer)
            self._render()
        self.update()

    def clear(self) -> None:
        """Nothing to show."""
        self.wait_no_more()
        self._document.close()
        self._picture, self._boxes = QPixmap(), {}
        self.update()

    def choose(self, name: str) -> None:
        """Show which part is chosen."""
        self._name = name
        self.update()

    def place_of(self, name: str) -> QPointF:
        """The middle of a part, in this widget's pixels."""
        return self._rect(self._boxes[name]).center()

    # Pixels and millimetres

    def _sheet(self) -> QRectF:
        wide, high = self._paper
        room = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        scale = min(room.width() / wide, room.height() / high)
        size = QRectF(0, 0, wide * scale, high * scale)
        size.moveCenter(room.center())
        return size

    def _scale(self) -> float:
        """Pixels for a millimetre."""
        return self._sheet().width() / self._paper[0]

    def _rect(self, box: Box) -> QRectF:
        sheet, scale = self._sheet(), self._scale()
        return QRectF(
            sheet.x() + box.left * scale,
            sheet.y() + box.top * scale,
            (box.right - box.left) * scale,
            (box.bottom - box.top) * scale,
        )

    def _at(self, place: QPointF) -> str:
        """The smallest part under a place; the chosen one wins."""
        hit = {name: box for name, box in self._boxes.items() if self._rect(box).contains(place)}
        if self._name in hit:
            return self._name
        return min(hit, key=lambda name: _area(hit[name]), default="")

    def _render(self) -> None:
        sheet, ratio = self._sheet(), self.devicePixelRatioF()
        if self._document.pageCount() and sheet.width() > 1:
            size = QSize(round(sheet.width() * ratio), round(sheet.height() * ratio))
            self._picture = QPixmap.fromImage(self._document.render(0, size))
            self._picture.setDevicePixelRatio(ratio)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._render()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        sheet = self._sheet()
        painter.fillRect(sheet, Qt.GlobalColor.white)
        if not self._picture.isNull():
            painter.drawPixmap(sheet, self._picture, QRectF(self._picture.rect()))
        if self.slow:
            painter.fillRect(sheet, QColor(255, 255, 255, VEIL))
            painter.setPen(Qt.GlobalColor.black)
            painter.drawText(sheet, Qt.AlignmentFlag.AlignCenter, say("template_editor.drawing"))
        painter.setPen(QPen(colour("edge"), 1))
        painter.drawRect(sheet)
        for name in {self._under, self._name} & self._boxes.keys():
            rect = self._rect(self._boxes[name])
            chosen = name == self._name
            if chosen:
                rect.translate(self._by[0] * self._scale(), self._by[1] * self._scale())
            style = Qt.PenStyle.SolidLine if chosen else Qt.PenStyle.DashLine
            painter.setPen(QPen(colour("accent"), 2 if chosen else 1, style))
            painter.drawRect(rect.adjusted(-2, -2, 2, 2))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            name = self._at(event.position())
            if name:
                self._from = event.position()
                if name != self._name:
                    self.choose(name)
                    self.chosen.emit(name)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None and self.movable:
            way = (event.position() - self._from) / self._scale()
            self._by = (_snap(way.x()), _snap(way.y()))
            self.update()
            return
        under = self._at(event.position())
        if under != self._under:
            self._under = under
            self.setCursor(Qt.CursorShape.SizeAllCursor if under and self.movable else Qt.CursorShape.ArrowCursor)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        by, self._by, self._from = self._by, (0.0, 0.0), None
        if by != (0.0, 0.0):
            self.moved.emit(self._name, *by)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = _ARROWS.get(Qt.Key(event.key()))
        if way is None or self._name not in self._boxes or not self.movable:
            super().keyPressEvent(event)
            return
        held = event.modifiers()
        step = COARSE if held & Qt.KeyboardModifier.ShiftModifier else STEP
        step = FINE if held & Qt.KeyboardModifier.ControlModifier else step
        self.moved.emit(self._name, way[0] * step, way[1] * step)


def _snap(millimetres: float) -> float:
    return round(millimetres / STEP) * STEP


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)
