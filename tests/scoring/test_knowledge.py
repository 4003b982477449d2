"""Knowledge scores, by hand and by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.arrangement import commands as arrangement
from core.batches.queries import plan_of
from core.scoring import queries
from core.scoring.commands import score_knowledge
from core.scoring.score_file import import_scores, read_scores
from tests.cli.calls import Answer, call
from tests.rooms import PASSPHRASE, PIN, Centre, refused

pytestmark = pytest.mark.stage("placed")


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "scores.csv"
    file.write_bytes(text.encode(encoding))
    return file


def imported(centre: Centre, file: Path, batch: str = "2026-01", login: str = "M1") -> Answer:
    centre.store.close()
    return call(
        "--home", str(centre.store.home), "--as", login, "scores", "import", str(file), "--batch", batch,
        "--component", "knowledge", ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=PIN,
    )  # fmt: skip


def test_a_score_by_hand_is_a_total_and_a_later_one_puts_it_right(centre: Centre) -> None:
    one = centre.applications[0]
    centre.act("M1", score_knowledge, one, 8350)
    centre.act("M1", score_knowledge, one, 8400)
    assert centre.ask(queries.knowledge_scores)[one] == centre.ask(queries.knowledge_score, one) == 8400
    before = centre.store.head.seq
    centre.act("M1", score_knowledge, one, 8400)
    assert centre.store.head.seq == before
    centre.holds()


def test_a_score_by_the_rows_of_the_plan_adds_up(centre: Centre) -> None:
    one = centre.applications[0]
    rows = [(row.key, row.maximum) for row in centre.ask(plan_of, centre.batch).knowledge]
    centre.act("M1", score_knowledge, one, None, rows)
    assert centre.ask(queries.knowledge_score, one) == 10_000
    for wrong, total, code in (
        (rows[:-1], None, "knowledge.rows_missing"),
        ([*rows, rows[0]], None, "knowledge.rows_missing"),
        ([("singing", 1), *rows[1:]], None, "knowledge.rows_missing"),
        ([(rows[0][0], rows[0][1] + 1), *rows[1:]], None, "knowledge.out_of_range"),
        ([(rows[0][0], -1), *rows[1:]], None, "knowledge.out_of_range"),
        (rows, 9999, "knowledge.does_not_add_up"),
    ):
        with refused(code) as caught:
            centre.act("M1", score_knowledge, one, total, wrong)
        assert caught.value.clause == "7.4.1"  # type: ignore[attr-defined]


@pytest.mark.parametrize("total", [None, -1, 10_001, 10**30])
def test_a_score_beyond_the_full_mark_is_refused(centre: Centre, total: int | None) -> None:
    with refused("knowledge.out_of_range"):
        centre.act("M1", score_knowledge, centre.applications[0], total)


def test_who_is_away_or_has_no_place_is_not_scored(centre: Centre) -> None:
    one = centre.applications[0]
    centre.act("I1", arrangement.record_attendance, one, "knowledge", "absent")
    with refused("scoring.candidate_away"):
        centre.act("M1", score_knowledge, one, 8000)
    with refused("arrangement.no_place"):
        centre.act("M1", score_knowledge, centre.apply(30), 8000)
    with refused("registration.unknown_application"):
        centre.act("M1", score_knowledge, 4711, 8000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_gives_totals_by_candidate_number(centre: Centre, tmp_path: Path, encoding: str) -> None:
    centre.act("I1", arrangement.record_attendance, centre.applications[3], "knowledge", "absent")
    text = "考号,成绩,备注\n1,83.5,\n0002,60,\n0003,100.01,\n0004,70,\n0009,70,\n0001,,\n,70,\n0002x,七十,\n"
    answer = imported(centre, written(tmp_path, text, encoding))
    assert (answer.exit_code, answer.data["accepted"]) == (0, 2)
    codes = {line["row"]: line["code"] for line in answer.data["refused"]}
    assert codes == {
        4: "knowledge.out_of_range",
        5: "scoring.candidate_away",
        6: "scores.unknown_number",
        7: "scores.missing",
        8: "scores.missing",
        9: "scores.bad_points",
    }
    assert all(line["message"] and set(line) == {"row", "column", "code", "message"} for line in answer.data["refused"])


def test_a_file_gives_scores_by_every_row_of_the_knowledge_examination(centre: Centre, tmp_path: Path) -> None:
    rows = centre.ask(plan_of, centre.batch).knowledge
    names = ",".join(row.name for row in rows)
    best = ",".join(str(row.maximum // 100) for row in rows)
    text = f"考号,{names}\n0001,{best}\n0002,{best}99\n"
    plan = centre.ask(plan_of, centre.batch)
    found = read_scores(written(tmp_path, text), plan)
    accepted, refusals = centre.act("M1", import_scores, centre.batch, found.lines)
    assert accepted == 1 and [one.code for one in refusals] == ["knowledge.out_of_range"]
    assert centre.ask(queries.knowledge_score, centre.applications[0]) == 10_000
    centre.holds()


def test_two_rows_for_one_candidate_are_both_refused(centre: Centre, tmp_path: Path) -> None:
    answer = imported(centre, written(tmp_path, "考号,成绩\n0001,80\n1,90\n0002,70\n"))
    assert answer.data["accepted"] == 1
    assert [(line["row"], line["code"]) for line in answer.data["refused"]] == [
        (2, "scores.twice"),
        (3, "scores.twice"),
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "roster.empty"),
        ("姓名,成绩\n测试,80\n", "scores.no_header"),
        ("考号\n0001\n", "scores.no_header"),
        ("\x00\x01\x02", None),
    ],
)
def test_a_file_that_holds_no_scores_is_refused(centre: Centre, tmp_path: Path, text: str, error: str | None) -> None:
    answer = imported(centre, written(tmp_path, text))
    assert answer.exit_code == 1
    assert error is None or answer.data["error"] == error


def test_scores_of_another_batch_or_by_somebody_else_are_refused(centre: Centre, tmp_path: Path) -> None:
    file = written(tmp_path, "考号,成绩\n0001,80\n")
    assert imported(centre, file, batch="2031-07").data["error"] == "batches.unknown"
    assert imported(centre, file, login="E1").data["error"] == "people.not_permitted"
    assert imported(centre, tmp_path / "missing.csv").exit_code == 3


def test_the_same_score_again_is_not_recorded_again(centre: Centre) -> None:
    rows = [(row.key, row.maximum // 2) for row in centre.ask(plan_of, centre.batch).knowledge]
    one = centre.applications[0]
    centre.act("M1", score_knowledge, one, rows=rows)
    entries = centre.store.verify().entries
    centre.act("M1", score_knowledge, one, rows=rows)
    centre.act("M1", score_knowledge, one, sum(points for _, points in rows))
    assert centre.store.verify().entries == entries
    (first, points), *rest = rows
    centre.act("M1", score_knowledge, one, rows=[(first, points + 50), (rest[0][0], rest[0][1] - 50), *rest[1:]])
    assert centre.store.verify().entries > entries, "the same total by other rows is another score"
