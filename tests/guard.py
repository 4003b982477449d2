"""What a run starts ends with the run, even with one that is killed: nothing of the run is left to stop it then."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


class IfKilled:
    """A command that another process runs as soon as this one dies, unless it hears first that all is `over`.

    It waits at a pipe that nobody else holds: one line is the word that all is over, the pipe's end is death.
    """

    def __init__(self, *words: str) -> None:
        self._waiting = subprocess.Popen(
            ["/bin/sh", "-c", 'read -r _ || exec "$@"', "guard", *words],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def over(self) -> None:
        """What was guarded has ended as it should."""
        self._waiting.communicate(b"\n")


@contextmanager
def if_killed(*words: str) -> Iterator[None]:
    """Run a command if this process dies inside the block."""
    guard = IfKilled(*words)
    try:
        yield
    finally:
        guard.over()
