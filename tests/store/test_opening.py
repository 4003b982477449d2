"""Opening what is there, and refusing in words what can't be opened."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import AppError, EnvironmentFailure, IntegrityFailure, Refused
from core.paths import PROGRAM
from core.store import Store, founding
from core.store.engine import connect
from tests.store import room
from tests.store.room import BOTH


def fails(kind: type[AppError], code: str, home: Path, passphrase: str | None = room.PASSPHRASE) -> None:
    with pytest.raises(kind) as caught:
        Store.open(home, passphrase).close()
    assert caught.value.code == code
    assert caught.value.sentence != code


def test_a_folder_without_a_centre_says_so(tmp_path: Path) -> None:
    fails(EnvironmentFailure, "store.no_store", tmp_path)
    fails(EnvironmentFailure, "store.no_store", tmp_path / "nowhere")


def test_a_wrong_or_missing_passphrase_opens_nothing(tmp_path: Path) -> None:
    room.found(tmp_path / "home").close()
    fails(Refused, "store.wrong_passphrase", tmp_path / "home", "falsch")
    fails(Refused, "store.needs_passphrase", tmp_path / "home", None)
    with Store.open(tmp_path / "home", room.PASSPHRASE) as store:
        room.sound(store)


def test_without_a_safe_keyring_a_centre_needs_a_passphrase_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        founding.found(tmp_path / "home", "320115", "测试考点", None)
    assert caught.value.code == "store.no_safe_keyring"
    assert not (tmp_path / "home" / "store.db").exists()
    assert not (tmp_path / "home" / "keys.json").exists()


def test_the_same_store_opened_twice_is_refused_in_one_program_and_in_two(store: Store) -> None:
    fails(EnvironmentFailure, "store.open_elsewhere", store.home)
    script = (
        "import sys, pathlib\nfrom core.errors import AppError\nfrom core.store import Store\n"
        f"try:\n Store.open(pathlib.Path({str(store.home)!r}), {room.PASSPHRASE!r})\n"
        "except AppError as problem:\n print(problem.code)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=PROGRAM, check=True)
    assert said.stdout.strip() == "store.open_elsewhere"
    store.write(BOTH, room.open_thing, "还在")


def test_lost_or_damaged_keys_say_what_to_do(tmp_path: Path) -> None:
    home = tmp_path / "home"
    room.found(home).close()
    keys = (home / "keys.json").read_bytes()
    (home / "keys.json").unlink()
    fails(IntegrityFailure, "store.keys_missing", home)
    for damage in (b"", keys[:-20], b"{}", keys.replace(b'"memory_kib": 8', b'"memory_kib": 99999999'), b"\xff" * 40):
        (home / "keys.json").write_bytes(damage)
        fails(IntegrityFailure, "store.keys_damaged", home)
    (home / "keys.json").write_bytes(keys.replace(b'"format": 1', b'"format": 2'))
    fails(Refused, "store.newer_than_program", home)
    (home / "keys.json").write_bytes(keys)
    Store.open(home, room.PASSPHRASE).close()


def test_a_deleted_store_file_says_so_and_its_log_is_not_given_to_a_new_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with room.found(home):
        shutil.copy(home / "store.db-wal", tmp_path / "log")
    (home / "store.db").unlink()
    fails(EnvironmentFailure, "store.no_store", home)
    shutil.copy(tmp_path / "log", home / "store.db-wal")
    with pytest.raises(Refused) as caught:
        room.found(home)
    assert caught.value.code == "centre.home_in_use"


def test_a_store_of_a_newer_program_is_refused_and_not_a_byte_of_it_changes(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    with room.found(home) as store:
        key = store.key
    raw = connect(home / "store.db", key)
    raw.execute("PRAGMA user_version = 2")
    raw.execute("INSERT INTO test_drafts (text) VALUES ('草稿')")
    # A copy taken while it is open still has its log, as after a crash.
    shutil.copytree(home, copy)
    raw.close()
    assert (copy / "store.db-wal").stat().st_size > 0
    (copy / "store.db-shm").unlink()
    before = {path.name: path.read_bytes() for path in copy.iterdir() if path.name != "lock"}
    fails(Refused, "store.newer_than_program", copy)
    assert {path.name: path.read_bytes() for path in copy.iterdir() if path.name != "lock"} == before


def test_a_home_that_has_a_centre_or_cannot_be_written_takes_no_new_one(tmp_path: Path) -> None:
    room.found(tmp_path / "home").close()
    with pytest.raises(Refused) as caught:
        room.found(tmp_path / "home")
    assert caught.value.code == "centre.home_in_use"
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentFailure) as failed:
        room.found(tmp_path / "file" / "home")
    assert failed.value.code == "store.cannot_write"


@pytest.mark.parametrize(
    ("code", "name"), [("32011", "考点"), ("32011x", "考点"), ("320115", " "), ("320115", "长" * 61)]
)
def test_a_centre_needs_a_code_of_six_digits_and_a_name(tmp_path: Path, code: str, name: str) -> None:
    with pytest.raises(Refused) as caught:
        founding.found(tmp_path / "home", code, name, room.PASSPHRASE)
    assert caught.value.code in ("centre.bad_code", "centre.bad_name")
    assert not (tmp_path / "home").exists()


def test_what_an_interrupted_backup_or_founding_left_is_swept_away(tmp_path: Path) -> None:
    home = tmp_path / "home"
    room.found(home).close()
    (home / "backup-x1").mkdir()
    (home / "backup-x1" / "store.db").write_bytes(b"x")
    (home / "store.db.new").write_bytes(b"x")
    Store.open(home, room.PASSPHRASE).close()
    assert sorted(path.name for path in home.iterdir()) == ["keys.json", "lock", "store.db"]


def test_the_export_is_one_line_an_entry_and_holds_no_parts(store: Store) -> None:
    store.write(BOTH, room.open_thing, "桌子", secret="秘密的内容")
    lines = [json.loads(line) for line in store.export()]
    assert [line["kind"] for line in lines] == ["centre.founded", "test.opened"]
    assert lines[1]["fields"] == ["桌子", 2]
    assert (lines[1]["actor"], lines[1]["second"]) == (1, 2)
    assert "秘密" not in json.dumps(lines, ensure_ascii=False)


def test_the_settings_that_durability_stands_on_are_on_for_reading_and_writing(store: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "trusted_schema": 0}
    with store.read() as read:
        found = {name: read.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    assert found == wanted
    assert (
        store.alone(
            lambda connection: {
                name: connection.connection.dbapi_connection.execute(f"PRAGMA {name}").fetchone()[0]  # type: ignore[union-attr]
                for name in wanted
            }
        )
        == wanted
    )


def test_a_new_recovery_code_replaces_the_old_one(store: Store) -> None:
    from core.store import keys

    code = room.recovery_code(store)
    assert keys.unlock_by_recovery(keys.load_keys(store.home).recovery, code.lower().replace("-", " ")) == store.key
    other = room.recovery_code(store)
    with pytest.raises(Refused) as caught:
        keys.unlock_by_recovery(keys.load_keys(store.home).recovery, code)
    assert caught.value.code == "store.wrong_recovery_code"
    assert other != code
