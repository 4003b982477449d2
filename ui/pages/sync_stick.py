"""The two dialogs of a stick: which one to write to, and which file of it to read. Nothing else asks for a path."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStorageInfo, QTimer
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QRadioButton, QWidget

from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.fitted import FittedSheet
from ui.widgets.basics import button, clear, column, label, row

WIDTH = 520
STICKS = ("/media/", "/run/media/", "/mnt/", "/Volumes/")
"""Where systems other than Windows show what is plugged in."""
_REMOVABLE = 2
"""Windows' own word for such a drive."""


@dataclass(frozen=True)
class Stick:
    """A drive that was plugged in; `free` bytes are left on it."""

    name: str
    folder: Path
    free: int


def sticks() -> list[Stick]:
    """The drives that somebody can take out. Blocks where one does not answer."""
    found = []
    for volume in QStorageInfo.mountedVolumes():
        root = volume.rootPath()
        if volume.isValid() and volume.isReady() and not volume.isReadOnly() and _is_stick(root):
            found.append(Stick(volume.displayName() or root, Path(root), volume.bytesAvailable()))
    return found


def _is_stick(root: str) -> bool:
    if sys.platform == "win32":
        import ctypes

        return int(ctypes.windll.kernel32.GetDriveTypeW(os.path.splitdrive(root)[0] + "\\")) == _REMOVABLE
    return root.startswith(STICKS)


class StickDialog(FittedSheet):
    """A choice, one button, and at the end the sentence that the stick may be taken out."""

    def __init__(self, parent: QWidget, context: Context, name: str, done: Callable[[], object]) -> None:
        words = say(f"desk_sync.{name}.words")
        super().__init__(parent, context, say(f"desk_sync.stick.{name}"), words, WIDTH)
        self.context: Context = context
        self._name, self._done = name, done
        self._group = QButtonGroup(self)
        self._values: list[Any] = []
        self._running = False
        self._choices = column(spacing=4)
        self.body.addLayout(self._choices)
        self._again = button(say("desk_sync.look_again"), self.look, "link")
        self._elsewhere = button(say(f"desk_sync.{name}.elsewhere"), self.choose_elsewhere, "link")
        self.body.addLayout(row(self._again, self._elsewhere, None, spacing=16))
        self.confirm = self.add_buttons(say(f"desk_sync.{name}.do"), self._on_confirm)
        self.confirm.setEnabled(False)
        self.look()

    def look(self) -> None:
        """See what is plugged in now."""
        ops.work(self, self.find).on_done(self._offer).latest("sticks").busy(self._again).start()

    def find(self) -> list[Any]:
        """What there is to choose from; runs on a worker."""
        raise NotImplementedError

    def words_of(self, found: Any) -> tuple[str, bool]:
        """How a choice is said, and whether it may be chosen."""
        raise NotImplementedError

    def choose_elsewhere(self) -> None:
        """Let somebody name another place."""
        raise NotImplementedError

    def act(self, chosen: Any) -> None:
        """Do it."""
        raise NotImplementedError

    def begin(self, text: str, function: Callable[..., Any], *args: Any) -> None:
        """Run what blocks; `told` says what came of it."""
        self.strip.clear()
        self._running = True
        working = ops.work(self, function, *args).describe(text).on_done(self._finish).on_ended(self._ended)
        hands = (self.confirm, self._again, self._elsewhere, self.cancel)
        working.busy(*(one for one in hands if one.isEnabled())).start()

    def reject(self) -> None:
        """Esc does not leave while the stick must stay in."""
        if not self._running:
            super().reject()

    def told(self, value: Any) -> str:
        """The sentence at the end."""
        raise NotImplementedError

    def _offer(self, found: list[Any]) -> None:
        for old in self._group.buttons():
            self._group.removeButton(old)
        clear(self._choices)
        self._values = found
        for at, one in enumerate(found):
            words, may = self.words_of(one)
            if not may:
                self._choices.addWidget(label(words, "small"))
                continue
            choice = QRadioButton(words)
            self._group.addButton(choice, at)
            self._choices.addWidget(choice)
        choices = self._group.buttons()
        if not choices:
            self._choices.addWidget(label(say(f"desk_sync.{self._name}.none"), "muted", wrap=True))
        self.confirm.setEnabled(bool(choices))
        self.fit()
        if choices:
            choices[0].setChecked(True)
            QTimer.singleShot(0, choices[0], choices[0].setFocus)  # once the button that looked again has let go

    def _on_confirm(self) -> None:
        if (at := self._group.checkedId()) >= 0:
            self.act(self._values[at])

    def _ended(self) -> None:
        self._running = False

    def _finish(self, value: Any) -> None:
        clear(self._choices)
        self.confirm.hide()
        self._again.hide()
        self._elsewhere.hide()
        self.cancel.setText(say("ui.close"))
        self.cancel.setDefault(True)
        self.cancel.setFocus()
        self.strip.say(self.told(value), "good")
        self.fit()
        self._done()


class WriteDialog(StickDialog):
    """Writes a bundle to a stick."""

    def __init__(self, parent: QWidget, context: Context, done: Callable[[], object]) -> None:
        super().__init__(parent, context, "write", done)

    def find(self) -> list[Stick]:
        return sticks()

    def words_of(self, found: Stick) -> tuple[str, bool]:
        words = say("desk_sync.write.stick", name=found.name, folder=found.folder, free=f"{found.free / 1e9:.1f}")
        return words, True

    def choose_elsewhere(self) -> None:
        from core.exchange.sticks import SUFFIX, bundle_name

        name = bundle_name(self.context.store)  # type: ignore[arg-type]
        chosen, _ = QFileDialog.getSaveFileName(self, say("desk_sync.stick.write"), name, f"*{SUFFIX}")
        if chosen:
            self._write(Path(chosen))

    def act(self, chosen: Stick) -> None:
        from core.exchange.sticks import bundle_name

        self._write(chosen.folder / bundle_name(self.context.store))  # type: ignore[arg-type]

    def _write(self, target: Path) -> None:
        from core.exchange.courier import write_bundle
        from core.house import may_travel

        self.begin(say("desk_sync.write.doing"), write_bundle, self.context.store, target, may_travel)

    def told(self, value: Any) -> str:
        words = say("exchange.bundle_written", number=value.number, entries=value.entries, blobs=value.blobs)
        return words + (say("exchange.bundle_left", blobs=value.blobs_left) if value.blobs_left else "")


class ReadDialog(StickDialog):
    """Reads what came back on a stick, or any file of the association."""

    def __init__(self, parent: QWidget, context: Context, done: Callable[[], object]) -> None:
        super().__init__(parent, context, "read", done)

    def find(self) -> list[Any]:
        from ui.pages.sync_data import on_sticks

        return on_sticks(self.context.store, [one.folder for one in sticks()])

    def words_of(self, found: Any) -> tuple[str, bool]:
        from ui.pages.sync_data import short_time

        words = say(
            f"desk_sync.read.{found.kind}", file=found.path.name, number=found.number, at=short_time(found.at_ms)
        )
        return words, found.kind in ("reply", "hub")

    def choose_elsewhere(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, say("desk_sync.stick.read"))
        if chosen:
            self._read(Path(chosen))

    def act(self, chosen: Any) -> None:
        self._read(chosen.path)

    def _read(self, source: Path) -> None:
        from core.exchange.courier import read_bundle

        self.begin(say("desk_sync.read.doing"), read_bundle, self.context.store, source)

    def told(self, value: Any) -> str:
        code = "doubled" if value.doubled else "old" if value.old else "read"
        words = say(f"exchange.bundle_{code}", received=value.received, receipts=value.receipts)
        return words + (say("desk_sync.read.problems") if value.problems else "")
