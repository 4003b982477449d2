"""Deductions and vetoes under the items: how often, and whether this examiner calls for one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from core.words import say
from ui.marking.views import DeductionView, VetoView, points_text
from ui.widgets.basics import badge, button, clear, holder, icon_button, label, restyle, row
from ui.widgets.flow import Flow


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
        self._narrow = False
        self._deduct_button: QPushButton | None = None
        self._veto_button: QPushButton | None = None

    def show_extras(
        self, deductions: Sequence[DeductionView], vetoes: Sequence[VetoView], locked: bool = False
    ) -> None:
        """Show what the exercise has of them."""
        self._deductions, self._vetoes, self._locked = tuple(deductions), tuple(vetoes), locked
        clear(self._line)
        self._deduct_button = self._veto_button = None
        if self._narrow and self._deductions:
            taken = "、".join(f"{one.label} × {one.times}" for one in self._deductions if one.times)
            text = say("ui.marking.deductions", which=taken or say("ui.marking.no_veto"))
            made = self._deduct_button = button(text, self.open_deductions, "ghost")
            restyle(made, "touch", "true")
            made.setEnabled(not locked)
            self._line.addWidget(made)
            self._line.addStretch(1)
        else:
            flow = Flow()  # several deductions break into lines
            for deduction in self._deductions:
                flow.add(holder(self._stepper(deduction)))
            self._line.addWidget(flow, 1)
        if self._vetoes:
            called = [veto.label for veto in self._vetoes if veto.called]
            text = say("ui.marking.vetoes", which="、".join(called) or say("ui.marking.no_veto"))
            made = self._veto_button = button(text, self.open_vetoes, "danger" if called else "ghost")
            restyle(made, "touch", "true")
            made.setEnabled(not locked)
            self._line.addWidget(made)
        self.setVisible(bool(self._deductions or self._vetoes))

    def be_narrow(self, narrow: bool) -> None:
        """Steppers take a line each on a small screen: there a menu stands for them."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.show_extras(self._deductions, self._vetoes, self._locked)

    def open_deductions(self) -> None:
        """A menu of the deductions: each once more, or once less."""
        menu = self._menu()
        for one in self._deductions:
            what = f"{one.label} {points_text(-one.points)} × {one.times}"
            more = menu.addAction(say("ui.marking.deduct.more", what=what))
            more.setEnabled(not one.most or one.times < one.most)
            more.triggered.connect(partial(self.deducted.emit, one.key, one.times + 1))
        for one in self._deductions:
            if one.times:
                less = menu.addAction(say("ui.marking.deduct.less", what=one.label))
                less.triggered.connect(partial(self.deducted.emit, one.key, one.times - 1))
        self._popup(menu, self._deduct_button)

    def open_vetoes(self) -> None:
        """A menu of the vetoes, each called for or not."""
        menu = self._menu()
        for veto in self._vetoes:
            action = menu.addAction(veto.label)
            action.setCheckable(True)
            action.setChecked(veto.called)
            action.triggered.connect(lambda checked, key=veto.key: self.vetoed.emit(key, checked))
        self._popup(menu, self._veto_button)

    def _menu(self) -> QMenu:
        from PySide6.QtCore import Qt

        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _popup(self, menu: QMenu, opener: QWidget | None) -> None:
        if menu.isEmpty() or self._locked:
            menu.deleteLater()
            return
        menu.setActiveAction(menu.actions()[0])
        at = opener or self  # right above what was clicked
        menu.popup(at.mapToGlobal(at.rect().topLeft()))

    def _stepper(self, deduction: DeductionView) -> QHBoxLayout:
        def change(by: int) -> None:
            self.deducted.emit(deduction.key, deduction.times + by)

        less = icon_button("minus", say("ui.marking.deduct.less", what=deduction.label), lambda: change(-1))
        more = icon_button("add", say("ui.marking.deduct.more", what=deduction.label), lambda: change(1))
        for made in (less, more):
            restyle(made, "touch", "true")
        less.setEnabled(deduction.times > 0 and not self._locked)
        more.setEnabled((not deduction.most or deduction.times < deduction.most) and not self._locked)
        times = badge(f"× {deduction.times}", "attention" if deduction.times else "plain")
        words = label(f"{deduction.label} {points_text(-deduction.points)}")
        return row(words, less, times, more, spacing=4)
