"""Where things stand on this machine."""

from __future__ import annotations

import os
from pathlib import Path

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
