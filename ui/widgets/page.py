"""What every page is: a title, the batch it speaks about, one primary button, its refusals, a calm empty state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.errors import AppError
from core.words import say
from ui.context import Context, shows
from ui.widgets.basics import ElidedLabel, button, column, holder, icon_button, label, row, shortcut
from ui.widgets.batch_chooser import BatchChooser
from ui.widgets.empty import EmptyState
from ui.widgets.folding import Folding
from ui.widgets.strip import ProgressStrip, Strip

GUTTER, BAR = 16, 12
NARROW = 1000
"""Below this width of a page its margins shrink: 1366 × 768 at 150 % is 911 wide."""


class Page(QWidget):
    """A page of the window. A page fills `body`, and reads in `refresh`.

    `kinds` are the kinds of thing that it shows: after a write that changed one, it reads again, at once if it is in
    sight and otherwise when it comes into sight. `title_code` is the code of its title. A page whose content may be
    higher than the window says `scrolls`; one that has nothing to do with a batch says `batched = False`.
    """

    kinds: ClassVar[frozenset[str]] = frozenset()
    title_code: ClassVar[str] = ""
    scrolls: ClassVar[bool] = False
    batched: ClassVar[bool] = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._stale = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # a page that opens takes the focus from the rail
        self.setAccessibleName(say(self.title_code))
        self.title = label(say(self.title_code), "title")
        self.subtitle = ElidedLabel("subtitle")
        self._primary: QPushButton | None = None
        self._menu: QMenu | None = None
        self.tools = row(spacing=8)
        """Beside the primary button: what a page needs at hand all the time."""
        self.chooser = BatchChooser(context) if self.batched else None
        self._buttons = row(spacing=8)
        self.strip = Strip()
        self.progress_strip = ProgressStrip()
        self.empty = EmptyState()
        self._content = QWidget()
        self._content.setProperty("role", "scrolled")
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(0, 0, GUTTER, 0)
        self.body.setSpacing(16)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._scroll_area() if self.scrolls else self._content)
        self._stack.addWidget(self.empty)
        self._outer = QVBoxLayout(self)
        self._outer.setSpacing(12)
        self._outer.addLayout(self._head())
        strips = column(self.strip, self.progress_strip, spacing=12)
        strips.setContentsMargins(0, 0, GUTTER, 0)
        self._outer.addLayout(strips)
        self._outer.addWidget(self._stack, 1)
        self._set_margins()
        context.changed.connect(self._on_changed)
        context.batch_changed.connect(self._on_batch)
        context.batches_changed.connect(self._show_subtitle)
        self._show_subtitle()

    # What a page says of itself

    def refresh(self) -> None:
        """Read what the page shows and show it. Called on the window's thread; use `ops.read`."""

    def set_primary(
        self, text: str, on: Callable[[], object], keys: str = "", icon: str = "", tip: str = ""
    ) -> QPushButton:
        """The page's one button: what to do next. `keys` also press it, and are shown in its tip."""
        if self._primary is not None:
            self._buttons.removeWidget(self._primary)
            self._primary.hide()  # with it goes its key, which the new one may have too
            self._primary.deleteLater()
        hint = f"{tip} {keys}".strip()
        made = self._primary = button(text, on, "primary", icon, hint)
        self._buttons.addWidget(made)
        if keys:
            shortcut(keys, made, made.click, everywhere=True)
        return made

    def add_action(self, text: str, on: Callable[[], object], icon: str = "", keys: str = "") -> QAction:
        """A secondary action: it waits in the menu behind the three dots."""
        from ui import icons

        if self._menu is None:
            self._menu = QMenu(self)
            more = icon_button("more", say("ui.more"), self._open_menu, kind="secondary")
            self._buttons.insertWidget(0, more)
            self._more = more
        action = self._menu.addAction(text)
        if icon:
            action.setIcon(icons.icon(icon, "muted"))
        if keys:
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)  # of the page in sight, wherever the cursor is
            self.addAction(action)
        action.triggered.connect(lambda: on())
        return action

    def show_empty(
        self, icon: str, title: str, words: str = "", action: str = "", act: Callable[[], object] | None = None
    ) -> None:
        """Show how to begin, instead of the content."""
        self.empty.say(icon, title, words, action, act)
        self._stack.setCurrentWidget(self.empty)

    def show_content(self) -> None:
        """Show the content again."""
        self._stack.setCurrentIndex(0)

    @property
    def shows_empty(self) -> bool:
        """Whether the empty state stands where the content would."""
        return self._stack.currentWidget() is self.empty

    # What operations say to it

    def show_refusal(self, error: AppError) -> None:
        """Say in the strip why an act was refused, and by whose rule."""
        self.strip.show_error(error)

    def clear_refusal(self) -> None:
        """Take the strip away: before the next try."""
        self.strip.clear()

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Say how far a long job is."""
        self.progress_strip.show_progress(text, done, total, cancel)

    def hide_progress(self) -> None:
        """It has ended."""
        self.progress_strip.hide()

    # What happens to it

    def open_with(self, **arguments: Any) -> None:
        """Opened by another page or the search, which say what to look at. A page that can, overrides."""

    def close_something(self) -> bool:
        """Esc: close what opened last within the page; whether there was something."""
        if not self.strip.isHidden():
            self.strip.clear()
            return True
        return False

    def mark_stale(self) -> None:
        """Something that it shows has changed."""
        self._stale = True
        if self.isVisible():
            self._refresh_if_stale()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh_if_stale()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_margins()

    def _refresh_if_stale(self) -> None:
        if self._stale:
            self._stale = False
            self.refresh()

    def _on_changed(self, kinds: frozenset[str]) -> None:
        if shows(self.kinds, kinds):
            self.mark_stale()

    def _on_batch(self, _batch: int | None) -> None:
        self._show_subtitle()
        if self.batched:
            self.mark_stale()

    def _show_subtitle(self) -> None:
        choice = self.context.batch_choice
        if self.batched:
            self.subtitle.setText(choice.subtitle if choice else "")

    def _head(self) -> Any:
        hands = row(None, self.tools, spacing=8)
        if self.chooser is not None:
            hands.addWidget(self.chooser)
        hands.addLayout(self._buttons)
        words = row(self.title, self.subtitle, spacing=12)
        words.setStretchFactor(self.subtitle, 1)
        around = row(Folding(holder(words), hands))
        around.setContentsMargins(0, 0, GUTTER, 0)
        return around

    def _scroll_area(self) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._content)
        bar = area.verticalScrollBar()
        # The bar stands in the gutter, so that the content ends where the head above it ends.
        bar.rangeChanged.connect(
            lambda _low, high: self.body.setContentsMargins(0, 0, GUTTER - BAR if high else GUTTER, 0)
        )
        return area

    def _set_margins(self) -> None:
        side = 32 if self.width() >= NARROW else 20
        self._outer.setContentsMargins(side, 20, side - GUTTER, 16)

    def _open_menu(self) -> None:
        if self._menu is not None:
            self._menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))
