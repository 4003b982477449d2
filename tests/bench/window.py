"""How long the window takes until it is painted and ready, beside a bare PySide6 window in the same run.

    python -m tests.bench.window [ROUNDS]

Each start is a process of its own, timed from outside by the words it prints; the goal is at most twice the bare
window.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

PROGRAM = Path(__file__).resolve().parent.parent.parent
BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1366, 768)
window.show()
QTimer.singleShot(0, lambda: (print("ready", flush=True), application.quit()))
sys.exit(application.exec())
"""
OURS = """
import sys
from PySide6.QtCore import QTimer
from ui import app
found = app.MainWindow.begin
def begin(window):
    found(window)
    print("ready", flush=True)
    QTimer.singleShot(0, app.QApplication.quit)
app.MainWindow.begin = begin
sys.exit(app.open_window(["--home", sys.argv[1]]))
"""


def seconds(source: str, home: str) -> float:
    """One start, until it says that it is ready."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(PROGRAM)}
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", source, home],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=PROGRAM,
    ) as started:
        assert started.stdout is not None
        line = started.stdout.readline()
        took = time.perf_counter() - began
    if line.strip() != b"ready":
        raise SystemExit("the window did not start")
    return took


def main(rounds: int) -> None:
    """Bare and ours in turn."""
    with TemporaryDirectory() as home:
        seconds(BARE, home), seconds(OURS, home)
        bare, ours = [], []
        for _ in range(rounds):
            bare.append(seconds(BARE, home))
            ours.append(seconds(OURS, home))
    usual, took = median(bare) * 1000, median(ours) * 1000
    print(f"bare {usual:.0f} ms, ours {took:.0f} ms, {took / usual:.2f} times")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
