"""What the hub's tests run in processes of their own: speaking to a centre until told to stop, or killed at a point."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.association.events import DecisionGiven
from core.hub import ledger as ledgers
from core.hub.hub import open_hub
from core.hub.ledger import Ledger
from core.store import chain, keys
from tests.rooms import CODE

PASSPHRASE = "十月的协会"
POINTS = ("journal", "part", "effect", "seal", "sealed", "commit")
"""Where a recording process is killed, in the order in which it passes them."""


def quick() -> None:
    """Argon2id at its cheapest: what it costs is not what is tested."""
    keys.KDF_MEMORY_KIB, keys.KDF_PASSES = 8, 1


def say(ledger: Ledger, name: str, entries: int = 2) -> None:
    """Something with a part, a few times in one transaction."""
    ledger.hold(CODE)
    for number in range(entries):
        ledger.record(CODE, DecisionGiven(f"{name}-{number}", bytes(32), True), DecisionGiven.Part(f"理由 {name}"))


def speak(home: str, url: str, name: str, times: str) -> None:
    """So many transactions in a row, with serials of their own."""
    quick()
    with open_hub(Path(home), PASSPHRASE, url) as hub:
        for number in range(int(times)):
            hub.act(say, f"{name}{number}", 1 + number % 3)
            hub.act(Ledger.next_numbers, "test", 3)


def killed(home: str, url: str, point: str) -> None:
    """One transaction, in the middle of which this process is killed."""
    quick()
    with open_hub(Path(home), PASSPHRASE, url) as hub:
        if point == "journal":
            _before(ledgers, "encode_part", skip=1)
        elif point == "part":
            _before(type(hub.keys), "seal_part", skip=1)
        elif point == "effect":
            _before(ledgers, "project", skip=1)
        elif point == "seal":
            _before(chain, "make_seal")
        elif point == "sealed":
            _after(Ledger, "_seal")
        else:
            _after(Ledger, "finish")
        hub.act(say, "killed")


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _before(owner: Any, name: str, skip: int = 0) -> None:
    whole: Callable[..., Any] = getattr(owner, name)
    left = [skip]

    def cut(*args: Any, **kwargs: Any) -> Any:
        if not left[0]:
            _kill()
        left[0] -= 1
        return whole(*args, **kwargs)

    setattr(owner, name, cut)


def _after(owner: Any, name: str) -> None:
    whole: Callable[..., Any] = getattr(owner, name)

    def cut(*args: Any, **kwargs: Any) -> Any:
        whole(*args, **kwargs)
        _kill()

    setattr(owner, name, cut)


if __name__ == "__main__":
    {"speak": speak, "killed": killed}[sys.argv[1]](*sys.argv[2:])
