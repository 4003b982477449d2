"""A dressed application, a small store, and people who may sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from core.store import Actors
from tests.ui.desk import desk, homes  # noqa: F401 - fixtures of the pages on a real centre
from ui import theme
from ui.context import Context, Session
from ui.workers import Workers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The platform without a screen says this of smallest sizes and of menus; nobody can help it."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["zhikao"]


@dataclass
class Wardrobe:
    """Where the images of the look lie that all tests share, and the style sheet that names them."""

    folder: Path
    worn: str = ""


@pytest.fixture(scope="session")
def wardrobe(tmp_path_factory: pytest.TempPathFactory) -> Wardrobe:
    return Wardrobe(tmp_path_factory.mktemp("look"))


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication, wardrobe: Wardrobe) -> None:
    """As the program dresses itself; again only after a test that changed it, since every widget there is pays."""
    if not wardrobe.worn or qapp.styleSheet() != wardrobe.worn:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TMPDIR", str(wardrobe.folder))
            theme.prepare(qapp)
            theme.look().use("light")
        wardrobe.worn = qapp.styleSheet()


@pytest.fixture
def workers(qapp: QApplication) -> Iterator[Workers]:
    made = Workers()
    yield made
    made.close()


@dataclass(frozen=True)
class Written:
    value: Any
    kinds: frozenset[str]


@dataclass
class SmallStore:
    """Numbers in a list behind the store's two methods: enough to see what the window asks and when."""

    numbers: list[int] = field(default_factory=list)
    wrote_as: list[Any] = field(default_factory=list)

    @contextmanager
    def read(self, reader: Any = None) -> Iterator[tuple[int, ...]]:
        yield tuple(self.numbers)

    def write(self, actors: Any, command: Callable[..., Any], *args: Any, **kwargs: Any) -> Written:
        self.wrote_as.append(actors)
        return Written(command(self, *args, **kwargs), frozenset({"number.added"}))


@dataclass
class SmallShell:
    """What a page asked of the window around it."""

    told: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    undo: Callable[[], None] | None = None

    def open_page(self, key: str, **arguments: Any) -> None:
        self.opened.append(key)

    def open_drawer(self, content: QWidget, title: str, width: int = 420) -> None:
        raise AssertionError("no page of these tests opens a drawer")

    def close_drawer(self) -> None:
        pass

    def notify(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        self.told.append(text)
        self.undo = act

    def ask_second_person(self, host: QWidget, purpose: str, act: Callable[[Any], None]) -> None:
        act(("first", "second"))

    def change_pin(self) -> None:
        pass

    def change_look(self, theme: str) -> None:
        pass

    def change_language(self, language: str) -> None:
        pass

    def lock(self) -> None:
        pass


@pytest.fixture
def store() -> SmallStore:
    return SmallStore()


@pytest.fixture
def shell() -> SmallShell:
    return SmallShell()


def session(*roles: str) -> Session:
    """Somebody of the tests, signed in."""
    return Session("M01", "测试一", frozenset(roles or {"manager"}), Actors())


@pytest.fixture
def context(store: SmallStore, shell: SmallShell, workers: Workers) -> Iterator[Context]:
    made = Context(store, session(), workers, shell)
    yield made
    made.deleteLater()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"
