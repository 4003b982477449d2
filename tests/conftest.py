"""What holds for every test: a home of its own, nothing of this machine's touched, nothing left behind."""

from __future__ import annotations

import gc
import logging
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.util import get_temp_dir
from pathlib import Path

# Before anything that reads them at import: no window on a real screen, no key in a real keyring.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

import pytest
from hypothesis import HealthCheck, settings

from tests.rooms import centre, stages  # noqa: F401 - fixtures

GRACE = 2.0
"""Seconds that a thread or window may take to go after its test, on a machine with other work to do."""

settings.register_profile(
    "ci", deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", settings.get_profile("ci"), max_examples=5000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "stage(name): how far the test's centre is: placed, marked, confirmed")
    config.addinivalue_line("markers", "logs_errors: this test is about something that logs an error")
    # A run that is told to end ends what it has started, as one does that is interrupted.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # What starts processes keeps one folder for the whole run, wherever temporary files go when it is first used.
    get_temp_dir()


@pytest.fixture(autouse=True)
def fresh_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder of the program that does not exist yet, in a person's home that is empty, and a folder for
    temporary files that is gone with it."""
    person = tmp_path_factory.getbasetemp() / "homes" / f"{time.monotonic_ns():x}"
    person.mkdir(parents=True)
    runtime = person / "run"
    runtime.mkdir(mode=0o700)
    temporary = person / "tmp"
    temporary.mkdir()
    for name in [name for name in os.environ if name.startswith(("ZHIKAO_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(person))
    monkeypatch.setenv("USERPROFILE", str(person))
    monkeypatch.setenv("LOCALAPPDATA", str(person / "AppData"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("ZHIKAO_HOME", str(person / "zhikao"))
    monkeypatch.setenv("ZHIKAO_LANG", "zh")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    # What a test before may have switched for the whole process.
    monkeypatch.setattr("core.words._language", None)
    if "keyring.core" in sys.modules:
        backend = sys.modules["keyring.core"]
        monkeypatch.setattr(backend, "_keyring_backend", backend.get_keyring())
    random.seed(20261121)
    yield person / "zhikao"
    shutil.rmtree(person, ignore_errors=True)


@pytest.fixture(autouse=True)
def nothing_left_behind(fresh_home: Path) -> Iterator[None]:
    """Fail a test that leaves a thread which keeps the program alive, pool work or a window."""
    threads, windows = set(threading.enumerate()), set(_windows())
    yield
    left = _wait_for(lambda: [t.name for t in threading.enumerate() if t not in threads and not t.daemon])
    assert not left, f"threads still alive: {left}"
    assert _pool_is_idle(), "work of the thread pool still runs"
    shown = _wait_for(lambda: [name for pointer, name in _windows().items() if pointer not in windows])
    _close_windows()
    assert not shown, f"windows still open: {shown}"


@pytest.fixture(scope="session", autouse=True)
def no_thread_at_the_end() -> Iterator[None]:
    """Fail the run that ends with a live QThread: it would abort the process after its tests have passed."""
    yield
    if _application() is None:
        return
    from PySide6.QtCore import QThread
    from shiboken6 import Shiboken

    # By the kind of each object alone: asking a proxy for its class would run its code.
    threads = [each for each in gc.get_objects() if issubclass(type(each), QThread) and Shiboken.isValid(each)]
    here = QThread.currentThread()
    alive = [repr(each) for each in threads if each != here and each.isRunning()]
    assert not alive, f"QThreads still running: {alive}"


@pytest.fixture(autouse=True)
def no_unexpected_error(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which an error was logged, but where it says `@pytest.mark.logs_errors`."""
    errors = _Errors()
    root = logging.getLogger()
    root.addHandler(errors)
    yield
    root.removeHandler(errors)
    if request.node.get_closest_marker("logs_errors") is None:
        assert not errors.seen, f"logged: {errors.seen}"


class _Errors(logging.Handler):
    """Remembers every logged error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(f"{record.name}: {record.getMessage()}")


def _wait_for(leftovers: Callable[[], list[str]]) -> list[str]:
    """What is still left after the grace, asked again and again so that a quick test stays quick."""
    until = time.monotonic() + GRACE
    while (left := leftovers()) and time.monotonic() < until:
        _let_the_window_work()
        time.sleep(0.01)
    return left


def _application() -> object | None:
    """The Qt application, if a test has made one; never imports Qt for a test of the core."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets and widgets.QApplication.instance()


def _windows() -> dict[int, str]:
    """Every window on the screen by the address of its C++ object."""
    if _application() is None:
        return {}
    from PySide6.QtWidgets import QApplication
    from shiboken6 import Shiboken

    return {
        Shiboken.getCppPointer(widget)[0]: f"{type(widget).__name__} {widget.windowTitle()!r}"
        for widget in QApplication.topLevelWidgets()
        if widget.isVisible()
    }


def _close_windows() -> None:
    """So that one test's window does not fail the next."""
    if _application() is not None:
        from PySide6.QtWidgets import QApplication

        QApplication.closeAllWindows()


def _let_the_window_work() -> None:
    if _application() is not None:
        from PySide6.QtCore import QCoreApplication, QEvent

        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _pool_is_idle() -> bool:
    if _application() is None:
        return True
    from PySide6.QtCore import QThreadPool

    return QThreadPool.globalInstance().waitForDone(int(GRACE * 1000))
