"""When a process is killed: at any moment of its start, or once it has said so much, however slow the machine is."""

from __future__ import annotations

import random
import time
from multiprocessing.context import ForkServerProcess
from pathlib import Path

PATIENCE = 60.0
"""Seconds that a process may take until it has said what is waited for."""
START = 0.25
"""Seconds until a kill that is to fall into the start."""
ACT = 0.01
"""Seconds that an act takes, about."""


def kill_somewhere(process: ForkServerProcess, said: Path, dice: random.Random, most: int) -> None:
    """Let a process run that says each act in a line of `said`, and kill it in its start or in the middle of an act,
    `most` acts later at the latest. It may come to its end before."""
    before = lines(said)
    process.start()
    more = dice.randrange(most)
    if more == 0:
        time.sleep(dice.uniform(0.0, START))
    else:
        until = time.monotonic() + PATIENCE
        while lines(said) < before + more and process.is_alive():
            assert time.monotonic() < until, "it stopped acting"
            time.sleep(0.001)
        assert process.exitcode in (None, 0)
        time.sleep(dice.uniform(0.0, ACT))
    process.kill()
    process.join()
    process.close()


def lines(said: Path) -> int:
    """How many whole lines a file has."""
    return said.read_bytes().count(b"\n") if said.exists() else 0
