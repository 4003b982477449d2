"""What every test is held to is really noticed: leftovers fail the test that left them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from core.paths import PROGRAM

SAMPLE = """
import logging, os, threading, time
from pathlib import Path
import pytest

release = threading.Event()

def test_clean():
    worker = threading.Thread(target=time.sleep, args=(0.05,))
    worker.start()

def test_thread():
    threading.Thread(target=release.wait, args=(60,), name="forgotten").start()

def test_after_the_thread():
    release.set()

def test_window(qapp):
    from PySide6.QtWidgets import QWidget
    global kept
    kept = QWidget()
    kept.setWindowTitle("forgotten")
    kept.show()

def test_closed_window(qapp):
    from PySide6.QtWidgets import QWidget
    widget = QWidget()
    widget.show()
    widget.close()

def test_qthread(qapp):
    from PySide6.QtCore import QThread
    global running
    running = QThread()
    running.start()

def test_error():
    logging.getLogger("core.store").error("forgotten")

@pytest.mark.logs_errors
def test_expected_error():
    logging.getLogger("core.store").error("meant")

def test_key():
    import keyring
    with pytest.raises(RuntimeError):
        keyring.get_password("zhikao", "test")

def test_home():
    assert not Path(os.environ["ZHIKAO_HOME"]).exists()
    assert list(Path.home().iterdir()) == [Path.home() / "run"]
    assert [name for name in os.environ if name.startswith("ZHIKAO_")] == ["ZHIKAO_HOME", "ZHIKAO_LANG"]
"""

CAUGHT = {
    "test_thread": "threads still alive: ['forgotten']",
    "test_window": "windows still open: [\"QWidget 'forgotten'\"]",
    "test_error": "logged: ['core.store: forgotten']",
}


def test_a_test_that_leaves_a_thread_a_window_or_an_error_behind_fails(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((PROGRAM / "tests" / "conftest.py").read_text("utf-8"), "utf-8")
    (tmp_path / "test_sample.py").write_text(SAMPLE, "utf-8")
    options = ["--rootdir", str(tmp_path), "-p", "no:cacheprovider", "-p", "no:xdist"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(PROGRAM / "pyproject.toml"), *options, str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROGRAM)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "10 passed, 4 errors" in run.stdout, run.stdout + run.stderr
    assert "QThreads still running" in run.stdout
    for name, message in CAUGHT.items():
        assert f"ERROR at teardown of {name} " in run.stdout
        assert message in run.stdout, run.stdout
