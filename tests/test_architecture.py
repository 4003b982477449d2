"""The walls of the house hold, and the checks that say so can fail."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from core.paths import PROGRAM
from tests import walls

LONGEST_MODULE = 400
HEAVIEST = 1 << 20
"""Bytes of a file."""
AGREED = re.compile(r"main\.py|pyproject\.toml|ui|core|resources|installers|tests|README\.md|[A-Z]+(\.md|\.txt)?|\..*")

MODULES = walls.parse(PROGRAM, "core", "ui")
PACKAGES = {
    ".".join(path.parent.relative_to(PROGRAM).parts)
    for top in ("core", "ui")
    for path in (PROGRAM / top).rglob("__init__.py")
}
IMPORTS = walls.imports(MODULES, PACKAGES)


def sample(**sources: str) -> dict[str, ast.Module]:
    """Small modules by name, with `__` for the dot."""
    return {name.replace("__", "."): ast.parse(text) for name, text in sources.items()}


def test_the_core_knows_no_window_and_the_window_no_database() -> None:
    assert walls.window_walls(IMPORTS) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("core__results__queries", "from PySide6.QtCore import QObject"),
        ("core__results__queries", "def late():\n    import ui.ops"),
        ("ui__pages__results", "import sqlalchemy.orm"),
        ("ui__pages__results", "from core.store.journal import Write"),
        ("ui__pages__results", "from core.store import journal"),
        ("ui__pages__results", "from core.results.tables import Result"),
        ("ui__pages__results", "from core.results import apply"),
    ],
)
def test_a_hole_between_core_and_window_is_seen(module: str, source: str) -> None:
    modules = sample(core__store__journal="", core__results__tables="", core__results__apply="", **{module: source})
    assert walls.window_walls(walls.imports(modules))


def test_the_window_may_use_what_the_store_offers_to_everybody() -> None:
    modules = sample(core__store="", core__store__journal="", ui__ops="from core.store import Store")
    assert walls.window_walls(walls.imports(modules)) == []


def test_no_room_imports_upward_or_reaches_into_another() -> None:
    assert walls.room_walls(IMPORTS) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("core__people__commands", "from core.registration.queries import application"),
        ("core__people__commands", "from core.registration import queries"),
        ("core__store__store", "from core.people.queries import account"),
        ("core__words", "from core.store import Store"),
        ("core__results__commands", "from core.cli.frame import Call"),
        ("core__results__queries", "from core.registration.tables import Application"),
        ("core__cli__batch", "from core.registration.apply import withdraw"),
        ("core__people__commands", "from ..registration import queries"),
    ],
)
def test_a_hole_between_two_rooms_is_seen(module: str, source: str) -> None:
    modules = sample(core__registration__queries="", core__registration__tables="", **{module: source})
    assert walls.room_walls(walls.imports(modules))


def test_a_room_may_read_and_ask_what_stands_below_it() -> None:
    modules = sample(
        core__certificates__commands="from core.results import queries\nfrom core.errors import Refused",
        core__results__queries="from core.results.tables import Result\nfrom core.store.tables import Derived",
    )
    assert walls.room_walls(walls.imports(modules)) == []


def test_the_hub_shares_bytes_with_a_centre_and_none_of_its_tables() -> None:
    assert walls.hub_walls(IMPORTS) == []


@pytest.mark.parametrize(
    "source",
    [
        "from core.store.tables import Derived",
        "from core.store.journal import Write",
        "def late():\n    from core.association.apply import accept",
        "from core.results import queries",
        "import core.people.commands",
    ],
)
def test_a_hole_between_hub_and_centre_is_seen(source: str) -> None:
    modules = sample(core__results__queries="", core__people__commands="", core__hub__acts=source)
    assert walls.hub_walls(walls.imports(modules))


def test_the_hub_may_use_events_and_the_bytes_of_the_journal() -> None:
    modules = sample(
        core__store="",
        core__hub__acts="from core.store import Id, chain\nfrom core.association import events",
        core__association__events="",
        core__store__chain="",
    )
    assert walls.hub_walls(walls.imports(modules)) == []


def test_every_part_of_the_core_has_its_place_in_the_order() -> None:
    assert walls.unknown_rooms(MODULES) == []
    assert walls.unknown_rooms(["core.helpers.things", "core.results.queries"]) == ["helpers"]


def test_only_the_store_opens_or_commits_a_transaction() -> None:
    assert walls.transactions(MODULES) == []
    assert walls.databases(IMPORTS) == []


def test_a_commit_outside_the_store_is_seen() -> None:
    modules = sample(core__results__commands="import sqlite3\ndef settle(s):\n    s.execute('x')\n    s.commit()")
    assert walls.transactions(modules) == ["core.results.commands:4 calls commit"]
    assert walls.databases(walls.imports(modules))


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert walls.circles(IMPORTS) == []


def test_a_circle_is_seen_through_three_modules_and_inside_functions() -> None:
    modules = sample(
        core__a="import core.b",
        core__b="def late():\n    from core import c",
        core__c="from core.a import thing",
        core__d="import core.a",
    )
    assert walls.circles(walls.imports(modules)) == [["core.a", "core.b", "core.c"]]


def test_an_import_for_types_alone_closes_no_circle() -> None:
    modules = sample(
        core__a="import core.b", core__b="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import core.a"
    )
    assert walls.circles(walls.imports(modules)) == []


def test_heavy_libraries_wait_until_they_are_used() -> None:
    assert walls.heavy_at_start(IMPORTS) == []


def test_a_heavy_library_behind_the_first_page_is_seen() -> None:
    modules = sample(
        core__documents__drawing="from reportlab.pdfgen import canvas",
        core__documents__lists="def write():\n    from core.documents import drawing",
        core__results__commands="from core.documents import lists",
        ui__pages__results="from core.documents.drawing import page",
    )
    assert walls.heavy_at_start(walls.imports(modules)) == ["ui.pages.results loads reportlab"]


def test_no_module_is_longer_than_one_idea_needs() -> None:
    long = {
        str(path.relative_to(PROGRAM)): lines
        for top in ("core", "ui", "tests", "installers")
        for path in python_files(top)
        if (lines := path.read_text("utf-8").count("\n")) > LONGEST_MODULE
    }
    assert long == {}


def unused(modules: Mapping[str, ast.Module], texts: Iterable[str]) -> list[str]:
    """Functions and classes whose names stand nowhere but where they are made.

    Those with a decorator are called by what decorates them, `__those__` by Python, and `thoseLikeThis` by Qt.
    """
    words = Counter(word for text in texts for word in re.findall(r"\w+", text))
    return [
        f"{module}.{node.name}"
        for module, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and not node.decorator_list
        and words[node.name] == 1
        and not node.name.startswith("__")
        and not (isinstance(node, ast.FunctionDef) and node.name != node.name.lower())
    ]


def test_everything_that_is_made_is_used() -> None:
    texts = [path.read_text("utf-8") for top in ("core", "ui", "tests", "installers") for path in python_files(top)]
    assert unused(MODULES, texts) == []


def test_something_that_nobody_uses_is_seen() -> None:
    source = "class Kept: ...\ndef left(): ...\ndef used(one: Kept): ...\ndef mousePressEvent(): used()"
    assert unused({"core.a": ast.parse(source)}, [source]) == ["core.a.left"]


def python_files(top: str) -> list[Path]:
    return sorted((PROGRAM / top).rglob("*.py"))


def test_no_file_is_heavy() -> None:
    heavy = {
        str(path.relative_to(PROGRAM)): size
        for top in ("core", "ui", "tests", "installers", "resources")
        for path in (PROGRAM / top).rglob("*")
        if path.is_file() and (size := path.stat().st_size) > HEAVIEST
    }
    assert heavy == {}


def test_the_top_of_the_project_holds_the_agreed_entries_only() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=PROGRAM, capture_output=True, text=True, check=False)
    names = {line.split("/")[0] for line in listed.stdout.splitlines()}
    if not names:
        # Not a git checkout: then what lies there, but what a run leaves behind.
        names = {path.name for path in PROGRAM.iterdir()} - {"__pycache__", "build", "dist"}
    assert {name for name in names if not AGREED.fullmatch(name)} == set()
    assert not AGREED.fullmatch("helpers") and not AGREED.fullmatch("notes.txt")


@pytest.mark.parametrize("package", ["core.cli", "core.store", "core.standards"])
def test_the_core_runs_where_there_is_no_qt(package: str) -> None:
    code = f"import sys, {package}; print([name for name in sys.modules if name.startswith(('PySide6', 'ui'))])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=PROGRAM, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def pins(text: str) -> dict[str, str]:
    """The pinned version of every package that a requirements file names."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith(("#", "-r ")):
            requirement = Requirement(line)
            (specifier,) = requirement.specifier
            assert specifier.operator == "==", line
            found[canonicalize_name(requirement.name)] = specifier.version
    return found


@pytest.mark.parametrize(
    ("name", "ranges"),
    [
        ("requirements.txt", lambda project: project["dependencies"]),
        ("requirements-dev.txt", lambda project: project["optional-dependencies"]["dev"]),
        ("requirements-hub.txt", lambda project: project["optional-dependencies"]["hub"]),
    ],
)
def test_what_the_set_up_installs_is_within_what_the_project_allows(
    name: str, ranges: Callable[[dict[str, object]], list[str]]
) -> None:
    project = tomllib.loads((PROGRAM / "pyproject.toml").read_text("utf-8"))["project"]
    pinned = pins((PROGRAM / "installers" / name).read_text("utf-8"))
    for text in ranges(project):
        requirement = Requirement(text)
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), text


def test_the_windows_starter_has_the_line_ends_that_windows_needs() -> None:
    text = Path(PROGRAM / "installers" / "start.cmd").read_bytes()
    assert text.count(b"\n") == text.count(b"\r\n") > 0
