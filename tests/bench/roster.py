"""How fast a roster is checked and journalled, beside openpyxl reading the same file alone.

    python -m tests.bench.roster [ROWS]

Prints rows a second and the ratio of times; the goal is at most 3 times openpyxl alone and 4,000 rows a second.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

import openpyxl

from core.batches.commands import create_batch
from core.demo.cast import engage
from core.house import found_centre
from core.registration.invented import write_invented
from core.registration.roster_file import read_roster
from core.registration.roster_import import import_rows

ROUNDS = 3
STANDARD, LEVEL = "t-caftv-rural-2026", "junior"


def read_alone(file: Path) -> int:
    """What reading costs without any of us."""
    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    count = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return count


def main(rows: int) -> None:
    """Measure in turn, so that a machine whose speed drifts treats both alike."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "roster.xlsx"
        write_invented(file, rows, LEVEL, random.Random(1).randrange(1000))
        store, _ = found_centre(Path(folder) / "home", "999999", "示例考点", "246810", "bench passphrase")
        with store:
            cast = engage(store, "246810", 0)
            alone, checked, entered = [], [], []
            for _ in range(ROUNDS):
                batch = store.write(cast.act("M01"), create_batch, STANDARD, LEVEL, date(2026, 11, 21)).value
                began = time.perf_counter()
                read_alone(file)
                read_done = time.perf_counter()
                roster = read_roster(file)
                check_done = time.perf_counter()
                store.write(cast.act("R01"), import_rows, batch, roster.rows, {})
                done = time.perf_counter()
                alone.append(read_done - began)
                checked.append(check_done - read_done)
                entered.append(done - check_done)
    whole = median(checked) + median(entered)
    print(f"openpyxl alone {median(alone):.2f} s, checked {median(checked):.2f} s, journalled {median(entered):.2f} s")
    print(f"{rows / whole:,.0f} rows/s; {whole / median(alone):.2f} times openpyxl alone")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
