"""The commands of the contract: journal, backup, segment."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.cli import run
from core.house import found_centre
from core.store import Store
from tests.store import room
from tests.store.room import BOTH

PIN = "482915"
Says = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A centre that was founded, with a few records; secrets in the environment as the contract says."""
    monkeypatch.setenv("ZHIKAO_PASSPHRASE", room.PASSPHRASE)
    monkeypatch.setenv("ZHIKAO_PIN", PIN)
    store, code = found_centre(tmp_path / "home", "320115", "测试考点", PIN)
    monkeypatch.setenv("ZHIKAO_RECOVERY_CODE", code)
    with store:
        store.write(BOTH, room.open_thing, "灯", secret="不外传", photo=b"picture")
    return tmp_path / "home"


@pytest.fixture
def says(home: Path, capsys: pytest.CaptureFixture[str]) -> Says:
    def say(*words: object, at: Path = home) -> tuple[int, dict[str, Any]]:
        code = run(["--home", str(at), "--json", *map(str, words)])
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return code, answer

    return say


def test_journal_verify_counts_and_finds_nothing(says: Says) -> None:
    code, answer = says("journal", "verify")
    assert (code, answer["devices"], answer["problems"]) == (0, 1, [])
    assert answer["entries"] >= 3


def test_journal_verify_says_what_does_not_hold_and_ends_with_four(says: Says, home: Path) -> None:
    with Store.open(home, room.PASSPHRASE) as store:
        key = store.key
    room.behind_its_back(home, key, ("UPDATE parts SET bytes = x'00'", ()))
    code, answer = says("journal", "verify")
    assert code == 4
    assert {problem["kind"] for problem in answer["problems"]} == {"part_changed"}
    assert set(answer["problems"][0]) == {"device", "seq", "kind", "sentence"}


def test_journal_verify_compares_with_heads_from_outside(says: Says, tmp_path: Path) -> None:
    _, made = says("backup", "make", tmp_path / "b.zkb")
    (tmp_path / "heads.json").write_text(json.dumps(made))
    assert says("journal", "verify", "--heads", tmp_path / "heads.json")[0] == 0
    made["heads"][0]["seq"] += 1
    (tmp_path / "heads.json").write_text(json.dumps(made["heads"]))
    code, answer = says("journal", "verify", "--heads", tmp_path / "heads.json")
    assert (code, [problem["kind"] for problem in answer["problems"]]) == (4, ["tail"])
    (tmp_path / "heads.json").write_text("[1]")
    code, answer = says("journal", "verify", "--heads", tmp_path / "heads.json")
    assert (code, answer["error"]) == (1, "journal.heads_unreadable")


def test_journal_rebuild_finds_an_edited_table_and_puts_it_right(says: Says, home: Path) -> None:
    assert says("journal", "rebuild", "--check")[1]["differing"] == []
    with Store.open(home, room.PASSPHRASE) as store:
        key = store.key
    room.behind_its_back(home, key, ("UPDATE test_things SET size = 99", ()))
    code, answer = says("journal", "rebuild", "--check")
    assert (code, answer["differing"]) == (4, ["test_things"])
    assert answer["tables"] > 5
    assert says("journal", "rebuild")[0] == 0
    assert says("journal", "rebuild", "--check")[0] == 0


def test_journal_export_writes_a_line_an_entry_without_parts(says: Says, tmp_path: Path) -> None:
    code, answer = says("journal", "export", tmp_path / "e.jsonl")
    lines = (tmp_path / "e.jsonl").read_text("utf-8").splitlines()
    assert (code, answer["entries"]) == (0, len(lines))
    assert all("不外传" not in line for line in lines)
    assert json.loads(lines[0])["kind"] == "centre.founded"


def test_a_backup_is_made_verified_and_restored(says: Says, tmp_path: Path) -> None:
    file = tmp_path / "b.zkb"
    _, made = says("backup", "make", file)
    code, verified = says("backup", "verify", file, at=tmp_path / "nowhere")
    assert (code, verified) == (0, {key: made[key] for key in ("entries", "blobs", "heads")})
    code, restored = says("backup", "restore", file, at=tmp_path / "new")
    assert (code, restored["entries"], restored["blobs"]) == (0, made["entries"], 1)
    for words in (("journal", "verify"), ("journal", "rebuild", "--check")):
        assert says(*words, at=tmp_path / "new")[0] == 0
    assert says("--as", "admin", "account", "list", at=tmp_path / "new")[0] == 0


def test_who_restores_without_a_terminal_is_told_the_variable_that_the_help_names(
    says: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says("backup", "make", tmp_path / "b.zkb")
    monkeypatch.delenv("ZHIKAO_PIN")
    code, answer = says("backup", "restore", tmp_path / "b.zkb", at=tmp_path / "new")
    assert code == 2
    assert "ZHIKAO_NEW_PIN" in answer["message"]
    monkeypatch.setenv("ZHIKAO_NEW_PIN", "246813")
    assert says("backup", "restore", tmp_path / "b.zkb", at=tmp_path / "new")[0] == 0


def test_a_damaged_backup_ends_with_four_and_a_wrong_code_with_one(
    says: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "b.zkb"
    says("backup", "make", file)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "c.zkb").write_bytes(data)
    for verb in ("verify", "restore"):
        code, answer = says("backup", verb, tmp_path / "c.zkb", at=tmp_path / "new")
        assert (code, answer["error"]) == (4, "backup.damaged")
    assert says("backup", "verify", tmp_path / "none.zkb")[0] == 3
    monkeypatch.setenv("ZHIKAO_RECOVERY_CODE", "AAAA-BBBB")
    code, answer = says("backup", "verify", file)
    assert (code, answer["error"]) == (1, "store.wrong_recovery_code")


def test_segments_go_to_a_new_device_and_no_further_than_they_may(says: Says, home: Path, tmp_path: Path) -> None:
    with Store.open(home, room.PASSPHRASE) as store:
        thing = store.write(BOTH, room.open_thing, "灯").value
        store.write(BOTH, room.score_thing, thing, 88)
    _, written = says("segment", "write", tmp_path / "s.zks")
    code, joined = says("segment", "read", tmp_path / "s.zks", "--join", at=tmp_path / "other")
    assert (code, joined["entries"]) == (0, written["entries"])
    assert joined["recovery_code"]
    with Store.open(tmp_path / "other", room.PASSPHRASE) as other:
        assert other.device == joined["device"] != written["device"]
        with other.read() as read:
            assert [row[2] for row in room.scores(read)] == [None]
        room.sound(other)
    code, again = says("segment", "read", tmp_path / "s.zks", at=tmp_path / "other")
    assert (code, again["entries"], again["recovery_code"]) == (0, 0, None)
    code, own = says("segment", "read", tmp_path / "s.zks")
    assert (code, own["error"]) == (1, "segment.own")
    code, unknown = says("segment", "write", tmp_path / "o.zks", at=tmp_path / "other")
    code, unknown = says("segment", "read", tmp_path / "o.zks")
    assert (code, unknown["error"]) == (1, "segment.unknown_device")


def test_a_restored_hosts_records_can_be_joined_by_a_new_device(says: Says, tmp_path: Path) -> None:
    says("backup", "make", tmp_path / "b.zkb")
    says("backup", "restore", tmp_path / "b.zkb", at=tmp_path / "new")
    _, written = says("segment", "write", tmp_path / "s.zks", at=tmp_path / "new")
    code, joined = says("segment", "read", tmp_path / "s.zks", "--join", at=tmp_path / "third")
    assert (code, joined["entries"]) == (0, written["entries"])
    assert says("journal", "verify", at=tmp_path / "third")[1]["devices"] == 3
    assert says("journal", "rebuild", "--check", at=tmp_path / "third")[0] == 0
