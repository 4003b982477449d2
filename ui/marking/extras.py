"""Deductions and vetoes under the items: how often, and whether this examiner calls for one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from core.words import say
from ui.marking.views import DeductionView, VetoView, points_text
from ui.theme import TOUCH_HEIGHT
from ui.widgets.basics import badge, button, clear, icon_button, label, row


class Extras(QWidget):
    """Steppers for deductions at the left, the vetoes' menu at the right. D and V open them from the keyboard."""

    deducted = Signal(str, int)
    vetoed = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 4, 0, 0)
        self._line.setSpacing(16)
        self._deductions: tuple[DeductionView, ...] = ()
        self._vetoes: tuple[VetoView, ...] = ()
        self._locked = False
        self._veto_button: QPushButton | None = None

    def show_extras(
        self, deductions: Sequence[DeductionView], vetoes: Sequence[VetoView], locked: bool = False
    ) -> None:
        """Show what the exercise has of them."""
        self._deductions, self._vetoes, self._locked = tuple(deductions), tuple(vetoes), locked
        clear(self._line)
        self._veto_button = None
        if self._deductions:
            self._line.addWidget(label(say("ui.marking.deductions"), "muted"))
        for deduction in self._deductions:
            self._line.addLayout(self._stepper(deduction))
        self._line.addStretch(1)
        if self._vetoes:
            called = [veto.label for veto in self._vetoes if veto.called]
            text = say("ui.marking.vetoes", which="、".join(called) or say("ui.marking.no_veto"))
            made = self._veto_button = button(text, self.open_vetoes, "danger" if called else "ghost")
            made.setMinimumHeight(TOUCH_HEIGHT)
            made.setEnabled(not locked)
            self._line.addWidget(made)
        self.setVisible(bool(self._deductions or self._vetoes))

    def open_deductions(self) -> None:
        """A menu of the deductions; choosing one adds one."""
        menu = self._menu()
        for deduction in self._deductions:
            action = menu.addAction(f"{deduction.label}  {points_text(-deduction.points)} × {deduction.times}")
            action.setEnabled(not deduction.most or deduction.times < deduction.most)
            action.triggered.connect(
                lambda _=False, key=deduction.key, times=deduction.times: self.deducted.emit(key, times + 1)
            )
        self._popup(menu)

    def open_vetoes(self) -> None:
        """A menu of the vetoes, each called for or not."""
        menu = self._menu()
        for veto in self._vetoes:
            action = menu.addAction(veto.label)
            action.setCheckable(True)
            action.setChecked(veto.called)
            action.triggered.connect(lambda checked, key=veto.key: self.vetoed.emit(key, checked))
        self._popup(menu)

    def _menu(self) -> QMenu:
        from PySide6.QtCore import Qt

        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _popup(self, menu: QMenu) -> None:
        if menu.isEmpty() or self._locked:
            menu.deleteLater()
            return
        menu.setActiveAction(menu.actions()[0])
        menu.popup(self.mapToGlobal(self.rect().topLeft()))

    def _stepper(self, deduction: DeductionView) -> QHBoxLayout:
        def change(by: int) -> None:
            self.deducted.emit(deduction.key, deduction.times + by)

        less = icon_button("minus", say("ui.marking.deduct.less", what=deduction.label), lambda: change(-1))
        more = icon_button("add", say("ui.marking.deduct.more", what=deduction.label), lambda: change(1))
        for made in (less, more):
            made.setMinimumSize(TOUCH_HEIGHT, TOUCH_HEIGHT)
        less.setEnabled(deduction.times > 0 and not self._locked)
        more.setEnabled((not deduction.most or deduction.times < deduction.most) and not self._locked)
        times = badge(f"× {deduction.times}", "attention" if deduction.times else "plain")
        words = label(f"{deduction.label} {points_text(-deduction.points)}")
        return row(words, less, times, more, spacing=4)
