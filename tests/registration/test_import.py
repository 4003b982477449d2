"""Rosters becoming applications: a dry run says exactly what the import then does."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace as change

from core.registration.invented import invent_roster
from core.registration.queries import applications, person_of
from core.registration.roster_file import RosterRow, read_roster
from core.registration.roster_import import import_rows, refusals
from core.registration.roster_sheets import write_rows
from tests.cli.calls import Answer, call
from tests.rooms import PASSPHRASE, PIN, Centre, refused


def rows(count: int, level: str = "junior") -> list[RosterRow]:
    return invent_roster(count, level, 7)


def roster(folder: Path, found: list[RosterRow]) -> Path:
    file = folder / "roster.xlsx"
    write_rows(file, found)
    return file


def imported(centre: Centre, file: Path, *more: str) -> Answer:
    """`roster import` as the command line does it; the store is opened by it alone."""
    centre.store.close()
    return call(
        "--home", str(centre.store.home), "--as", "R1", "roster", "import", str(file), "--batch", "2026-01", *more,
        ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=PIN,
    )  # fmt: skip


@pytest.mark.parametrize("trouble", ["none", "twice", "level", "applied", "name"])
def test_a_dry_run_says_what_the_import_then_does(centre: Centre, tmp_path: Path, trouble: str) -> None:
    found = rows(6)
    if trouble == "twice":
        found[4] = change(found[4], id_number=found[1].id_number, birth_date=None, sex=None)
    if trouble == "level":
        found[2] = change(found[2], level="senior")
    if trouble in ("applied", "name"):
        batch = centre.batch if trouble == "applied" else centre.open_batch()
        name = found[3].name if trouble == "applied" else "测试旧名"
        centre.act("R1", import_rows, batch, (change(found[3], name=name),), {})
    file = roster(tmp_path, found)
    dry = imported(centre, file, "--dry-run")
    real = imported(centre, file)
    assert dry.exit_code == real.exit_code == 0
    assert dry.data["refused_file"] is None
    assert {**real.data, "refused_file": None} == dry.data
    assert real.data["accepted"] == {"none": 6, "twice": 4}.get(trouble, 5)
    codes = {"twice": "roster.twice", "level": "registration.level_not_in_batch", "name": "registration.other_name"}
    expected = {"none": set(), "applied": {"registration.applied_already"}}.get(trouble, {codes.get(trouble)})
    assert {line["code"] for line in real.data["refused"]} == expected
    for line in real.data["refused"]:
        assert line["column"] in ("证件号码", "申报等级", "姓名") and line["message"] and line["row"] >= 2
    assert (real.data["refused_file"] is None) == (trouble == "none")


def test_a_roster_taken_in_twice_enters_nobody_twice(centre: Centre, tmp_path: Path) -> None:
    file = roster(tmp_path, rows(5))
    assert imported(centre, file).data["accepted"] == 5
    again = imported(centre, file)
    assert (again.data["accepted"], len(again.data["refused"])) == (0, 5)


def test_refused_rows_can_be_mended_in_their_own_file(centre: Centre, tmp_path: Path) -> None:
    found = rows(3)
    found[1] = change(found[1], level="senior")
    answer = imported(centre, roster(tmp_path, found))
    left = read_roster(Path(answer.data["refused_file"]))
    assert [row.name for row in left.rows] == [found[1].name]


def test_rows_that_somebody_is_mending_are_not_written_over_by_another_import(centre: Centre, tmp_path: Path) -> None:
    file = roster(tmp_path, [change(row, level="senior") for row in rows(2)])
    first = Path(imported(centre, file).data["refused_file"])
    first.write_bytes(b"half mended")
    second = Path(imported(centre, file).data["refused_file"])
    assert first.read_bytes() == b"half mended" and second != first and len(read_roster(second).rows) == 2


def test_an_empty_roster_never_takes_the_place_of_a_filled_one(tmp_path: Path) -> None:
    filled = roster(tmp_path, rows(2))
    before = filled.read_bytes()
    answer = call("roster", "template", str(filled))
    assert (answer.exit_code, answer.data["error"]) == (1, "roster.file_exists")
    assert filled.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "exit_code", "error"),
    [
        (["missing.xlsx", "--batch", "2026-01"], 3, "roster.no_file"),
        (["roster.xlsx", "--batch", "2033-09"], 1, "batches.unknown"),
        (["roster.xlsx", "--batch", "9" * 300], 1, "batches.unknown"),
        (["roster.xlsx", "--batch", "2026-01", "--photos", "nowhere"], 3, "roster.no_photo_folder"),
        (["roster.xlsx"], 2, "cli.usage"),
    ],
)
def test_an_import_that_cannot_begin_says_why(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], exit_code: int, error: str
) -> None:
    roster(tmp_path, rows(1))
    monkeypatch.chdir(tmp_path)
    centre.store.close()
    answer = call(
        "--home", str(centre.store.home), "--as", "R1", "roster", "import", *words,
        ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=PIN,
    )  # fmt: skip
    assert (answer.exit_code, answer.data["error"]) == (exit_code, error)


def test_nobody_but_a_registrar_imports_not_even_on_trial(centre: Centre, tmp_path: Path) -> None:
    file = roster(tmp_path, rows(1))
    centre.store.close()
    for more in ([], ["--dry-run"]):
        answer = call(
            "--home", str(centre.store.home), "--as", "M1", "roster", "import", str(file), "--batch", "2026-01", *more,
            ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=PIN,
        )  # fmt: skip
        assert (answer.exit_code, answer.data["error"]) == (1, "people.not_permitted")


def test_what_a_roster_leaves_open_does_not_wipe_what_is_known(centre: Centre) -> None:
    (row,) = rows(1)
    centre.act("R1", import_rows, centre.batch, (change(row, employer="示例合作社"),), {})
    centre.act("R1", import_rows, centre.open_batch(), (change(row, employer=None),), {})
    (line,) = centre.ask(applications, centre.batch)
    assert centre.ask(person_of, line.candidate).employer == "示例合作社"
    centre.holds()


def test_an_import_that_is_cancelled_keeps_nothing(centre: Centre) -> None:
    class Cancelled(Exception):
        pass

    def stop(done: int, of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        centre.act("R1", import_rows, centre.batch, tuple(rows(150)), {}, stop)
    assert centre.ask(applications, centre.batch) == []
    assert centre.act("R1", import_rows, centre.batch, tuple(rows(150)), {}).accepted == 150
    centre.holds()


def test_an_import_into_a_batch_that_does_not_exist_is_refused(centre: Centre) -> None:
    with refused("batches.unknown"):
        centre.ask(refusals, 4711, tuple(rows(1)))
