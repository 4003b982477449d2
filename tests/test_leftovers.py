"""What every test is held to is really noticed: leftovers fail the test that left them."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

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
    assert sorted(Path.home().iterdir()) == [Path.home() / "run", Path.home() / "tmp"]
    assert [name for name in os.environ if name.startswith("ZHIKAO_")] == ["ZHIKAO_HOME", "ZHIKAO_LANG"]

def test_temporary_folder(tmp_path):
    import tempfile
    (tmp_path.parent / "forgotten").write_text(tempfile.mkdtemp())

def test_temporary_folder_is_gone(tmp_path):
    assert not Path((tmp_path.parent / "forgotten").read_text()).exists()
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
    assert "12 passed, 4 errors" in run.stdout, run.stdout + run.stderr
    assert "QThreads still running" in run.stdout
    for name, message in CAUGHT.items():
        assert f"ERROR at teardown of {name} " in run.stdout
        assert message in run.stdout, run.stdout


TOLD_TO_END = """
import time
from pathlib import Path
import pytest

@pytest.fixture(scope="session")
def server():
    Path("runs").touch()
    yield
    Path("runs").unlink()

def test_long(server):
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nobody is told to end there")
def test_a_run_that_is_told_to_end_ends_what_it_has_started(tmp_path: Path) -> None:
    from tests.printing.private_cups import wait_until

    (tmp_path / "conftest.py").write_text((PROGRAM / "tests" / "conftest.py").read_text("utf-8"), "utf-8")
    (tmp_path / "test_sample.py").write_text(TOLD_TO_END, "utf-8")
    command = [sys.executable, "-m", "pytest", "--rootdir", str(tmp_path), "-p", "no:cacheprovider", str(tmp_path)]
    surroundings = {**os.environ, "PYTHONPATH": str(PROGRAM)}
    with subprocess.Popen(command, cwd=tmp_path, env=surroundings, stdout=subprocess.DEVNULL) as run:
        wait_until((tmp_path / "runs").exists)
        run.terminate()
    assert run.returncode == pytest.ExitCode.INTERRUPTED
    assert not (tmp_path / "runs").exists()


SERVERS = """
import sys, time
from contextlib import ExitStack
from tests.hub.cluster import cluster, programs
from tests.printing.private_cups import COMMANDS, found, private_cups

with ExitStack() as servers:
    folders = []
    if programs():
        folders.append(servers.enter_context(cluster("fsync=off")))
    if all(map(found, COMMANDS)):
        folders.append(servers.enter_context(private_cups()).folder)
    print(*folders, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes as Linux shows them")
def test_a_run_that_is_killed_leaves_no_server_and_no_folder_of_one() -> None:
    from tests.printing.private_cups import wait_until

    with subprocess.Popen([sys.executable, "-c", SERVERS], cwd=PROGRAM, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        folders = run.stdout.readline().split()
        assert all(Path(folder).is_dir() and _processes_of(folder) for folder in folders)
        run.kill()
    wait_until(lambda: not any(Path(folder).exists() or _processes_of(folder) for folder in folders))


def _processes_of(folder: str) -> list[str]:
    """The processes, but guards, that have a folder in their command."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_text(errors="replace")
            if folder in words and not words.startswith("/bin/sh"):
                found.append(words)
    return found
