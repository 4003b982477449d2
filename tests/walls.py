"""The walls of the house as checks over source text: who may import whom, and who may write.

Every check takes parsed modules and returns one sentence for each breach, so that `test_architecture.py` can ask it of
the program and of small wrong samples.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

GROUND = ("errors", "words", "paths", "clock", "door", "crash")
"""Modules of `core` itself that every room may use and that use no room."""

ROOMS = (
    "store",
    "standards",
    "people",
    "documents",
    "printing",
    "batches",
    "registration",
    "arrangement",
    "examday",
    "scoring",
    "calibration",
    "results",
    "association",
    "certificates",
    "exchange",
)
"""From the lowest up: a room imports only what stands before it. `documents` draws what it is handed."""

ABOVE = ("rooms", "house", "audit", "hub", "demo", "cli")
"""What uses the rooms and is used by none of them, from the lowest up: `rooms` is the list of all of them that a store
is opened with, `house` the centre as one, and only the doors stand higher."""

PRIVATE_FURNITURE = ("tables", "apply")
"""What of a room nobody else imports, but the list of rooms and the store's own users of its bases."""

FURNITURE = ("events", "apply", "tables", "commands", "queries")

HEAVY = ("reportlab", "qrcode", "keyring", "PIL", "openpyxl", "zxingcpp", "pypdfium2", "pypinyin", "httpx")
"""Libraries that cost start-up time: imported inside the functions that use them, or by modules that are."""

CODEC = ("actors", "basics", "chain", "engine", "events", "files", "keys", "segments")
"""What of the store the hub may use: the bytes of entries, its own events, how files and connections are handled."""

OWN_TRANSACTIONS = ("core.hub.database",)
"""Outside of the store the one module that opens and commits transactions: of the association's own database."""

DATABASES = ("sqlcipher3", "sqlite3", "apsw")
TRANSACTION_CALLS = ("commit", "rollback", "begin", "begin_nested")


@dataclass(frozen=True)
class Import:
    """One module that imports another: by full name, with the line, and whether it costs or binds at run time."""

    importer: str
    target: str
    line: int
    lazy: bool
    """Inside a function, so done when it is first called."""
    typing_only: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.target}"


def parse(root: Path, *packages: str) -> dict[str, ast.Module]:
    """Every module below the named packages of `root`, by full name."""
    found = {}
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = ast.parse(path.read_text("utf-8"), str(path))
    return found


def imports(modules: Mapping[str, ast.Module], packages: Iterable[str] = ()) -> list[Import]:
    """Every import of `modules`. `packages` names those that are packages, for relative imports."""
    inside = set(packages)
    return [
        Import(name, target, node.lineno, lazy, typing_only)
        for name, tree in modules.items()
        for node, lazy, typing_only in _import_nodes(tree)
        for target in _targets(node, name, name in inside, modules)
    ]


def window_walls(found: Iterable[Import]) -> list[str]:
    """The core knows no window; the window knows no database and no room's insides."""
    breaches = []
    for each in found:
        top = each.target.split(".")[0]
        if each.importer.split(".")[0] == "core":
            wrong = top in ("PySide6", "shiboken6", "ui", "main")
        else:
            wrong = (
                top in ("sqlalchemy", *DATABASES)
                or each.target.startswith("core.store.")
                or each.target.split(".")[-1] in PRIVATE_FURNITURE
            )
        if wrong:
            breaches.append(str(each))
    return breaches


def room_walls(found: Iterable[Import]) -> list[str]:
    """No room imports upward, and nobody imports another room's tables or apply functions."""
    breaches = []
    for each in found:
        importer, target = room_of(each.importer), room_of(each.target)
        if importer is None or target is None or importer == target:
            continue
        if _height(target) > _height(importer) or (_height(target) == _height(importer) and target in GROUND):
            breaches += [] if importer in GROUND and target in GROUND else [f"{each}: upward"]
        private = each.target.split(".")[-1] in PRIVATE_FURNITURE
        if private and target != "store" and importer != "rooms":
            breaches.append(f"{each}: that room's own furniture")
    return breaches


def hub_walls(found: Iterable[Import]) -> list[str]:
    """The association's side shares bytes and event structs with a centre, and none of its tables, effects or acts."""
    breaches = []
    for each in found:
        target = each.target.split(".")
        if room_of(each.importer) != "hub" or target[:1] != ["core"] or room_of(each.target) in ("hub", None):
            continue
        of_store = room_of(each.target) == "store" and len(target) > 2 and target[2] not in CODEC
        if of_store or target[-1] in ("tables", "apply", "commands", "queries"):
            breaches.append(str(each))
    return breaches


def unknown_rooms(modules: Iterable[str]) -> list[str]:
    """Packages and modules of `core` that have no place in the order of the rooms."""
    rooms = {room for name in modules if (room := room_of(name)) is not None}
    return sorted(rooms.difference(GROUND, ROOMS, ABOVE))


def transactions(modules: Mapping[str, ast.Module]) -> list[str]:
    """Calls outside `core.store` that open or end a transaction."""
    return [
        f"{name}:{node.lineno} calls {node.func.attr}"
        for name, tree in modules.items()
        if name.startswith("core.") and room_of(name) != "store" and name not in OWN_TRANSACTIONS
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TRANSACTION_CALLS
    ]


def databases(found: Iterable[Import]) -> list[str]:
    """Imports of a database driver outside `core.store`."""
    return [str(each) for each in found if each.target.split(".")[0] in DATABASES and room_of(each.importer) != "store"]


def heavy_at_start(found: Iterable[Import]) -> list[str]:
    """Doors of the program that load a heavy library before anybody has asked for what it does."""
    eager: dict[str, set[str]] = {}
    for each in found:
        if not each.lazy and not each.typing_only:
            eager.setdefault(each.importer, set()).add(each.target)
    doors = sorted(name for name in eager if _is_door(name))
    return [
        f"{door} loads {library}"
        for door in doors
        for library in sorted({target.split(".")[0] for target in _reachable(door, eager)}.intersection(HEAVY))
    ]


def circles(found: Iterable[Import]) -> list[list[str]]:
    """Groups of modules that import each other, inside functions too; imports for types alone don't count."""
    edges: dict[str, set[str]] = {}
    for each in found:
        if not each.typing_only and each.importer != each.target:
            edges.setdefault(each.importer, set()).add(each.target)
    reach = {name: _reachable(name, edges) for name in edges}
    groups = {tuple(sorted(other for other in reach[name] if name in reach.get(other, ()))) for name in edges}
    return [list(group) for group in sorted(groups) if len(group) > 1]


def room_of(module: str) -> str | None:
    """The room of a module of `core`; None outside and for `core` itself."""
    parts = module.split(".")
    return parts[1] if parts[0] == "core" and len(parts) > 1 else None


def _is_door(module: str) -> bool:
    """Whether the window or the command line loads this module before it knows what a person wants."""
    top, room, last = module.split(".")[0], room_of(module), module.split(".")[-1]
    return top == "ui" or room in GROUND or room in ("store", "cli") or last in FURNITURE


def _height(room: str) -> int:
    if room in GROUND:
        return -1
    order = (*ROOMS, *ABOVE)
    return order.index(room) if room in order else len(order)


def _reachable(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for target in edges.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def _import_nodes(
    tree: ast.AST, lazy: bool = False, typing_only: bool = False
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool, bool]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, lazy, typing_only
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for inner in node.body:
                yield from _import_nodes(ast.Module([inner], []), lazy, True)
            for inner in node.orelse:
                yield from _import_nodes(ast.Module([inner], []), lazy, typing_only)
        else:
            inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _import_nodes(node, inside, typing_only)


def _targets(
    node: ast.Import | ast.ImportFrom, importer: str, is_package: bool, modules: Mapping[str, ast.Module]
) -> list[str]:
    """The modules that one statement imports: a name from a package is its module of that name, if it has one."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        above = importer.split(".")[: None if is_package and node.level == 1 else int(is_package) - node.level]
        base = ".".join([*above, *([base] if base else [])])
    return [f"{base}.{alias.name}" if f"{base}.{alias.name}" in modules else base for alias in node.names]
