"""Crash reports: what a maintainer needs to find a bug, and nothing that describes a person.

A report holds versions, types of exceptions and places in the code. It holds no exception's message, no
variable and no path outside the program, because each of these may carry a name, a number or a mark.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import sys
import tempfile
import tomllib
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from core.errors import AppError
from core.paths import PROGRAM, home_or_default

KEPT_REPORTS = 50
"""A bug that strikes in a loop must not fill the disk of the machine that runs an examination."""

_FIRST_FRAMES, _LAST_FRAMES = 20, 60
"""What is shown of a very long stack: where it came from and where it broke."""

_TOLD_VERSIONS = ("PySide6", "sqlalchemy", "sqlcipher3", "cryptography", "reportlab")


def write_report(bug: BaseException, home: Path | None) -> Path:
    """Write what is known of `bug` to `crashes/` of the home folder; the report's path.

    Never raises, since it runs where something has failed already. A home that does not exist is not made (a
    centre may still be founded there): then, or where it can't be written, the report goes to the system's
    temporary folder, and as a last resort to the null device.
    """
    text = report(bug)
    with contextlib.suppress(OSError):
        base = home_or_default(home)
        if base.is_dir():
            folder = base / "crashes"
            folder.mkdir(mode=0o700, exist_ok=True)
            path = _write_new(folder, text)
            _forget_old(folder)
            return path
    with contextlib.suppress(OSError):
        folder = Path(tempfile.mkdtemp(prefix="zhikao-crash-"))
        return _write_new(folder, text)
    return Path(os.devnull)


def report(bug: BaseException) -> str:
    """The text of a report on `bug`."""
    lines = [
        f"zhikao {program_version()}",
        f"at {datetime.now(UTC).isoformat(timespec='seconds')}",
        f"python {platform.python_version()} {platform.machine()}",
        f"system {platform.platform()}",
    ]
    for name in _TOLD_VERSIONS:
        # Only what is loaded already: a report never imports, least of all the window.
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            lines.append(f"{name} {version}")
    for relation, exception in _chain(bug):
        lines += ["", f"{relation}{_name(exception)}", *_frames(exception.__traceback__)]
    return "\n".join(lines) + "\n"


def program_version() -> str:
    """The program's version, as `pyproject.toml` says it."""
    try:
        version = tomllib.loads((PROGRAM / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "unknown"
    return str(version)


def _chain(bug: BaseException) -> Iterator[tuple[str, BaseException]]:
    """The bug, then what caused it, each once, the members of a group included."""
    seen: set[int] = set()
    waiting: list[tuple[str, BaseException]] = [("", bug)]
    while waiting:
        relation, exception = waiting.pop(0)
        if id(exception) in seen:
            continue
        seen.add(id(exception))
        yield relation, exception
        if isinstance(exception, BaseExceptionGroup):
            waiting += [("member: ", member) for member in exception.exceptions]
        if exception.__cause__ is not None:
            waiting.append(("caused by: ", exception.__cause__))
        elif exception.__context__ is not None and not exception.__suppress_context__:
            waiting.append(("while handling: ", exception.__context__))


def _name(exception: BaseException) -> str:
    """The exception's type, with the code of an `AppError` and the number of a system's error."""
    kind = type(exception)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    if isinstance(exception, AppError):
        return f"{name} {exception.code}"
    if isinstance(exception, OSError) and exception.errno is not None:
        return f"{name} {errno.errorcode.get(exception.errno, exception.errno)}"
    return name


def _frames(where: TracebackType | None) -> list[str]:
    frames = [
        f"  {_place(frame.f_code.co_filename)}:{line} in {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(where)
    ]
    hidden = len(frames) - _FIRST_FRAMES - _LAST_FRAMES
    if hidden > 0:
        frames[_FIRST_FRAMES:-_LAST_FRAMES] = [f"  … {hidden} more"]
    return frames


def _place(filename: str) -> str:
    """A source file without the folders that may name the person at the machine."""
    path = Path(filename)
    parts = path.parts
    if "site-packages" in parts:
        return "/".join(parts[parts.index("site-packages") + 1 :])
    if path.is_relative_to(PROGRAM):
        return path.relative_to(PROGRAM).as_posix()
    return path.name


def _write_new(folder: Path, text: str) -> Path:
    """Write `text` to a new file that only this person can read, named by the UTC time."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    path = folder / f"{stamp}.txt"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    return path


def _forget_old(folder: Path) -> None:
    """Keep the last reports only. A report that can't be removed stays."""
    for old in sorted(folder.glob("*.txt"))[:-KEPT_REPORTS]:
        with contextlib.suppress(OSError):
            old.unlink()
