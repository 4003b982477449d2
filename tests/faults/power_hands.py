"""What is recorded for `power`: a centre at work, founded, backed up.

python -m tests.faults.power_hands (write|found|back_up) HOME FILE [--careless]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from core.store import Store, engine
from tests.faults import hands
from tests.store import room
from tests.store.room import BOTH

ACTS = 90
CARELESS = "--careless"
"""As a store that trusts the disk's memory: whoever cuts the power must find what that loses."""


def write(home: Path, said: Path) -> None:
    """Some acts, each number said as soon as it is acknowledged."""
    handle = os.open(said, os.O_WRONLY | os.O_CREAT)
    with Store.open(home, room.PASSPHRASE) as store:
        for number in range(ACTS):
            store.write(BOTH, hands.act, number)
            os.write(handle, b"%d\n" % number)


def main() -> None:
    work, home, file, *rest = sys.argv[1:]
    hands.quick()
    if rest == [CARELESS]:
        engine._PRAGMAS = tuple(one.replace("FULL", "NORMAL") for one in engine._PRAGMAS)
    match work:
        case "write":
            write(Path(home), Path(file))
        case "found":
            hands.found(Path(home))
            Path(file).write_text("founded")
        case "back_up":
            hands.back_up(Path(home), Path(file))


if __name__ == "__main__":
    main()
