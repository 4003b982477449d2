"""Where things stand on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from core.errors import EnvironmentFailure

PROGRAM = Path(__file__).resolve().parent.parent
"""The folder of the program itself: `main.py`, `core/`, `ui/`, `resources/`."""


def default_home() -> Path:
    """Where this system keeps a person's program data, so the home folder of a centre that names none."""
    import platformdirs

    return platformdirs.user_data_path("zhikao", appauthor=False)


def home_or_default(home: Path | None) -> Path:
    """The home folder: the given one, else `ZHIKAO_HOME`, else the system's default. It need not exist."""
    if home is not None:
        return home.expanduser()
    named = os.environ.get("ZHIKAO_HOME")
    return Path(named).expanduser() if named else default_home()


def plain_file(target: Path) -> Path:
    """Where a file that is written as `target` stands, links followed; it need not exist.

    A device or a pipe: exit 3, since what is written whole and then renamed would take its place.
    """
    place = Path(os.path.realpath(target))
    if place.exists() and not (place.is_file() or place.is_dir()):
        raise EnvironmentFailure("store.no_plain_file", file=str(target))
    return place
