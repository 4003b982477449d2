"""Whoever changes the file behind the program's back is found out."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.errors import IntegrityFailure
from core.store import HeadAt, Store, backup, erasure
from core.store.basics import PartErased
from core.store.engine import connect
from core.store.tables import Derived
from tests.store import room
from tests.store.room import BOTH

JOURNAL = {"journal": ("arrival", "device", "seq", "body", "hash"), "parts": ("device", "seq", "bytes")}
JOURNAL["seals"] = ("device", "seq", "signature")
TIMES = int(os.environ.get("FAULT_RUNS", "150"))
"""How many changes of the journal are tried; a thorough run says more."""


@dataclass(frozen=True)
class Sample:
    """A closed store with every sort of entry in it."""

    home: Path
    key: bytes
    heads: list[HeadAt]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, quick_keys: None) -> Iterator[Sample]:
    folder = tmp_path_factory.mktemp("sample")
    first = room.found(folder / "first")
    first.write(BOTH, room.many, 70)
    _, store = _restored(first, folder)
    first.close()
    terminal = room.joined(folder / "terminal", store)
    thing = terminal.write(BOTH, room.open_thing, "终端", photo=b"x").value
    room.take(store, room.cut(terminal))  # type: ignore[arg-type]
    terminal.write(BOTH, room.score_thing, thing, 80)
    room.take(store, room.cut(terminal, 2))  # type: ignore[arg-type]
    for number in range(5):
        store.write(BOTH, room.open_thing, f"后{number}")
    store.write(BOTH, erasure.erase_part, store.write(BOTH, room.open_thing, "删").value)
    store.write(BOTH, room.place, 3)
    room.sound(store)
    made = Sample(store.home, store.key, store.heads())
    terminal.close()
    store.close()
    yield made


def _restored(store: Store, folder: Path) -> tuple[object, Store]:
    code = room.recovery_code(store)
    backup.make(store, folder / "backup.zkb")
    return backup.restore(folder / "backup.zkb", folder / "second", code, room.PASSPHRASE)


def seen(sample: Sample, home: Path, *, witnesses: bool = False) -> bool:
    """Whether opening, verifying or comparing says that something does not hold."""
    try:
        with Store.open(home, room.PASSPHRASE) as store:
            found = store.verify(sample.heads if witnesses else [])
            return bool(found.problems) or bool(store.compare()[1])
    except IntegrityFailure:
        return True


def copied(sample: Sample, tmp_path: Path) -> Path:
    home = tmp_path / "copy"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    for name in ("store.db", "keys.json"):
        shutil.copy(sample.home / name, home / name)
    return home


def other(dice: random.Random, value: object) -> object:
    """Some other value of the same sort."""
    match value:
        case int():
            return value + dice.choice((-1, 1, 2, 1000, -value, 1 << 61)) if value else 1
        case bytes():
            if not value or dice.random() < 0.2:
                return dice.choice((b"", dice.randbytes(5), value + b"\0")) if value else b"x"
            place = dice.randrange(len(value))
            return value[:place] + bytes([value[place] ^ (1 << dice.randrange(8))]) + value[place + 1 :]
        case None:
            return 1
        case _:
            return f"{value}x"


def test_the_untouched_sample_holds(sample: Sample, tmp_path: Path) -> None:
    assert not seen(sample, copied(sample, tmp_path), witnesses=True)


@pytest.mark.parametrize("table", JOURNAL)
@pytest.mark.parametrize("deed", ["update", "delete", "swap", "insert"])
def test_every_change_of_the_journal_is_found(sample: Sample, tmp_path: Path, table: str, deed: str) -> None:
    dice = random.Random(f"{table} {deed}")
    columns = JOURNAL[table]
    raw = connect(sample.home / "store.db", sample.key)
    rows = raw.execute(f"SELECT rowid, {', '.join(columns)} FROM {table}").fetchall()
    raw.close()
    missed = []
    for _ in range(TIMES // 12):
        row, partner = dice.sample(rows, 2)
        column = dice.choice(columns)
        at = columns.index(column) + 1
        match deed:
            case "update":
                statements = [
                    (f"UPDATE OR IGNORE {table} SET {column} = ? WHERE rowid = ?", (other(dice, row[at]), row[0]))
                ]
            case "delete":
                statements = [(f"DELETE FROM {table} WHERE rowid = ?", (row[0],))]
            case "swap":
                last = columns[-1]
                statements = [
                    (f"UPDATE {table} SET {last} = ? WHERE rowid = ?", (partner[-1], row[0])),
                    (f"UPDATE {table} SET {last} = ? WHERE rowid = ?", (row[-1], partner[0])),
                ]
            case _:
                values = [other(dice, value) if dice.random() < 0.5 else value for value in row[1:]]
                values[-2 if table != "journal" else 2] = dice.choice((1, 200, 9999))
                values[0] = values[0] if table != "journal" else len(rows) + 1
                marks = ", ".join("?" * len(values))
                statements = [(f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})", tuple(values))]
        home = copied(sample, tmp_path)
        changed = room.behind_its_back(home, sample.key, *statements)
        if changed and not seen(sample, home):
            missed.append(statements)
    assert missed == []


def test_every_change_of_a_derived_table_is_found(sample: Sample, tmp_path: Path) -> None:
    dice = random.Random(7)
    raw = connect(sample.home / "store.db", sample.key)
    tables = {
        name: raw.execute(f'SELECT rowid, * FROM "{name}"').fetchall()
        for name, table in Derived.metadata.tables.items()
        if name.startswith(("test_", "devices", "centre", "erased"))
    }
    raw.close()
    missed = []
    for name, rows in tables.items():
        columns = [column.name for column in Derived.metadata.tables[name].columns]
        marks = ", ".join("?" * len(columns))
        fresh = tuple(1 << 50 if n == 0 else 1 for n in range(len(columns)))
        deeds = [(f'INSERT INTO "{name}" VALUES ({marks})', fresh)]
        for row in dice.sample(rows, min(2, len(rows))):
            deeds.append((f'DELETE FROM "{name}" WHERE rowid = ?', (row[0],)))
            deeds += [
                (f'UPDATE OR IGNORE "{name}" SET "{column}" = ? WHERE rowid = ?', (other(dice, value), row[0]))
                for column, value in zip(columns, row[1:], strict=True)
            ]
        for deed in deeds:
            home = copied(sample, tmp_path)
            if room.behind_its_back(home, sample.key, deed) and not seen(sample, home):
                missed.append(deed)
    assert missed == []


@pytest.mark.parametrize(
    "deed",
    [
        "CREATE TRIGGER quiet AFTER INSERT ON test_things BEGIN DELETE FROM test_things WHERE id = NEW.id; END",
        "DROP TRIGGER journal_no_update",
        "CREATE VIEW v AS SELECT 1",
        "DROP TABLE test_scores",
        "ALTER TABLE test_scores ADD COLUMN extra",
        "DROP TABLE seals",
    ],
)
def test_what_acts_behind_the_programs_back_is_found(sample: Sample, tmp_path: Path, deed: str) -> None:
    home = copied(sample, tmp_path)
    raw = connect(home / "store.db", sample.key)
    raw.execute(deed)
    raw.close()
    assert seen(sample, home)


def test_one_flipped_bit_anywhere_in_the_file_is_found(sample: Sample, tmp_path: Path) -> None:
    dice = random.Random(9)
    home = copied(sample, tmp_path)
    data = (home / "store.db").read_bytes()
    missed = []
    for _ in range(max(200, TIMES)):
        place, bit = dice.randrange(len(data)), dice.randrange(8)
        changed = bytearray(data)
        changed[place] ^= 1 << bit
        (home / "store.db").write_bytes(changed)
        for suffix in ("-wal", "-shm"):
            (home / f"store.db{suffix}").unlink(missing_ok=True)
        if not seen(sample, home):
            missed.append(place)
    assert missed == []


def test_a_tail_cut_off_with_its_seals_is_seen_by_what_was_noted_outside(sample: Sample, tmp_path: Path) -> None:
    home = copied(sample, tmp_path)
    raw = connect(home / "store.db", sample.key)
    device = int(raw.execute("SELECT value FROM meta WHERE name = 'device'").fetchone()[0])
    (last,) = raw.execute("SELECT max(seq) FROM journal WHERE device = ?", (device,)).fetchone()
    raw.close()
    room.behind_its_back(
        home,
        sample.key,
        ("DELETE FROM journal WHERE device = ? AND seq = ?", (device, last)),
        ("DELETE FROM seals WHERE device = ? AND seq = ?", (device, last)),
        ("DELETE FROM test_places", ()),
    )
    assert not seen(sample, home)
    assert seen(sample, home, witnesses=True)


def test_a_tail_cut_off_is_seen_by_the_backups_made_from_here(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with room.found(home) as store:
        store.write(BOTH, room.place, 1)
        backup.make(store, tmp_path / "backup.zkb")
        assert store.verify().problems == []
        key = store.key
    room.behind_its_back(
        home,
        key,
        ("DELETE FROM journal WHERE seq = 2", ()),
        ("DELETE FROM seals WHERE seq = 2", ()),
        ("DELETE FROM test_places", ()),
    )
    with Store.open(home, room.PASSPHRASE) as store:
        assert [problem.kind for problem in store.verify().problems] == ["tail"]


def test_a_part_erased_on_one_persons_word_alone_is_found(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with room.found(home) as store:
        thing = store.write(BOTH, room.open_thing, "灯").value
        store.write(room.Actors(room.FIRST), lambda write: write.record(PartErased(1, thing & 0xFF)))
        key = store.key
    room.behind_its_back(home, key, ("DELETE FROM parts", ()), ("UPDATE test_things SET secret = NULL", ()))
    with Store.open(home, room.PASSPHRASE) as store:
        assert [problem.kind for problem in store.verify().problems] == ["part_missing"]


def test_an_entry_that_is_none_any_more_is_said_and_never_a_crash(sample: Sample, tmp_path: Path) -> None:
    home = copied(sample, tmp_path)
    room.behind_its_back(home, sample.key, ("UPDATE journal SET body = x'00' WHERE arrival = 40", ()))
    with Store.open(home, room.PASSPHRASE) as store:
        assert "body" in {problem.kind for problem in store.verify().problems}
        assert store.compare()[1] == ["journal"]
        for act in (store.rebuild, lambda: list(store.export())):
            with pytest.raises(IntegrityFailure) as caught:
                act()
            assert caught.value.code == "journal.unreadable"
        for problem in store.verify().problems:
            assert problem.sentence != f"journal.problem.{problem.kind}"


def test_a_damaged_page_stops_reading_with_a_sentence(sample: Sample, tmp_path: Path) -> None:
    home = copied(sample, tmp_path)
    data = bytearray((home / "store.db").read_bytes())
    raw = connect(home / "store.db", sample.key)
    (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'test_things'").fetchone()
    raw.close()
    data[(page - 1) * 4096 + 50] ^= 1
    (home / "store.db").write_bytes(data)
    with Store.open(home, room.PASSPHRASE) as store:
        for _ in range(2):
            with pytest.raises(IntegrityFailure) as caught, store.read() as read:
                room.things(read)
            assert caught.value.code == "store.damaged"
        assert [problem.kind for problem in store.verify().problems] == ["page"]
        with store.read() as read:
            assert room.scores(read) != []
        with pytest.raises(IntegrityFailure):
            store.write(BOTH, room.many, 200)
        with pytest.raises(IntegrityFailure):
            backup.make(store, tmp_path / "backup.zkb")
        assert not (tmp_path / "backup.zkb").exists()
