"""Which way in: the window or a command.

Asked before anything else is imported, so that the window paints early and a command never loads Qt.
"""

from __future__ import annotations

from collections.abc import Sequence

_TAKES_A_VALUE = frozenset({"--home", "--as", "--with", "--lang", "--theme"})
"""Options of the window and of the frame whose value is a word of its own and not a command."""

_FOR_A_TERMINAL = frozenset({"--json", "--help", "-h", "--version"})
"""Options whose answer belongs on a terminal: whoever types one never wants a window."""


def absent_package(problem: BaseException) -> str | None:
    """The package of others whose lack `problem` is: the program was started without its set-up."""
    name = problem.name if isinstance(problem, ModuleNotFoundError) else None
    return None if name is None or name.partition(".")[0] in ("core", "ui") else name


def set_up_first(package: str) -> str:
    """The sentence for who started the program without its packages; the one that reads sentences may lack too."""
    try:
        from core.words import say

        return say("cli.package_missing", package=package)
    except ModuleNotFoundError:
        return f"{package}: bash installers/start.sh"


def wants_window(arguments: Sequence[str]) -> bool:
    """Whether `main.py` with these arguments opens the window: no command's noun is among them.

    A word that is not a known noun still counts as a command, so that a misspelt one is told so (exit 2)
    instead of opening a window in somebody's script.
    """
    words = iter(arguments)
    for word in words:
        if word in _TAKES_A_VALUE:
            next(words, None)
        elif word in _FOR_A_TERMINAL or not word.startswith("-"):
            return False
    return True
