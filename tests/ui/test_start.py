"""The window is there before the work behind it begins, and the process survives its own labels."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from core.paths import PROGRAM

HEAVY = ("sqlalchemy", "sqlcipher3", "reportlab", "qrcode", "keyring", "openpyxl", "PIL", "cryptography", "msgspec")

PAINTED = f"""
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from ui import app
from ui.main_window import MainWindow
heavy = {HEAVY!r}
begin = MainWindow.begin
def after_paint(window):
    print("painted", window.isVisible(), [name for name in heavy if name in sys.modules], flush=True)
    begin(window)
    QTimer.singleShot(0, window.close)
MainWindow.begin = after_paint
print("left", app.open_window(sys.argv[1:]))
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=PROGRAM, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_window_is_painted_before_anything_heavy_is_loaded(home: Path) -> None:
    done = run(PAINTED, "--home", str(home), "--lang", "en", "--theme", "dark")
    assert done.stdout.splitlines() == ["painted True []", "left 0"], done.stderr
    assert not home.exists()


def test_a_misspelt_option_is_told_and_opens_nothing(home: Path) -> None:
    done = run("import sys; from ui.app import open_window; sys.exit(open_window(['--lang', 'xx']))")
    assert done.returncode == 2


def test_a_bug_on_the_windows_thread_becomes_a_report_and_a_dialog(home: Path) -> None:
    code = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from ui import app
from ui.dialogs.crash import CrashDialog
from ui.main_window import MainWindow
begin = MainWindow.begin
def fail():
    raise ZeroDivisionError("测试一")
def look(window):
    dialog = window.findChild(CrashDialog)
    text = open(dialog.path.text(), encoding="utf-8").read()
    print("told", dialog.isVisible(), "ZeroDivisionError" in text, "测试一" in text)
    dialog.accept()
    window.close()
def start(window):
    begin(window)
    QTimer.singleShot(0, fail)
    QTimer.singleShot(200, lambda: look(window))
MainWindow.begin = start
print("left", app.open_window(sys.argv[1:]))
"""
    done = run(code, "--home", str(home))
    assert done.stdout.splitlines() == ["told True True False", "left 0"], done.stderr


def test_a_label_can_change_twenty_thousand_times() -> None:
    code = """
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel()
for number in range(20_000):
    label.setText(str(number))
print(label.text())
"""
    done = run(code)
    assert (done.returncode, done.stdout.strip()) == (0, "19999"), done.stderr
