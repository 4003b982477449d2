"""The door of Zhikao: without a command the window opens, a command runs it."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    """Open the window, or run the command that `arguments` name; the process's exit code."""
    from core.door import absent_package, set_up_first, wants_window

    if wants_window(arguments):
        try:
            from ui.app import open_window
        except ModuleNotFoundError as problem:
            if (package := absent_package(problem)) is None:
                raise
            sys.stderr.write(set_up_first(package) + "\n")
            return 3
        return open_window(arguments)
    from core.cli import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
