"""Knowledge scores that two people enter: equal ones count, different ones are entered anew by both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.batches.queries import plan_of
from core.results.settling import compute
from core.results.standing import standing
from core.scoring import commands as scoring
from core.scoring import knowledge, knowledge_queries, queries
from core.scoring.knowledge_queries import agreed_entries
from core.scoring.score_file import import_scores, read_scores
from tests.rooms import Centre, refused

pytestmark = pytest.mark.stage("placed")


@pytest.fixture
def double(centre: Centre) -> Centre:
    centre.act("M1", knowledge.set_double_entry, centre.batch, True)
    return centre


def enter(centre: Centre, login: str, total: int | None = None, rows: Any = (), at: int = 0) -> Any:
    return centre.act(login, knowledge.key_knowledge, centre.applications[at], total, rows)


def score(centre: Centre, at: int = 0) -> int | None:
    found: int | None = centre.ask(queries.knowledge_score, centre.applications[at])
    return found


def by_rows(centre: Centre, less: int = 0) -> list[tuple[str, int]]:
    rows = [(row.key, row.maximum) for row in centre.ask(plan_of, centre.batch).knowledge]
    return [(rows[0][0], rows[0][1] - less), *rows[1:]]


def test_a_score_counts_once_two_people_have_entered_the_same(double: Centre) -> None:
    assert enter(double, "M1", 8000) is None
    assert score(double) is None
    assert enter(double, "I1", 8000) == ()
    assert score(double) == 8000
    double.holds()


def test_different_scores_are_entered_anew_until_they_agree(double: Centre) -> None:
    enter(double, "M1", 8000)
    assert enter(double, "M2", 8100) == ("total",)
    assert score(double) is None
    assert enter(double, "M1", 8100) == ()
    assert score(double) == 8100
    double.holds()


def test_a_score_that_one_of_two_changes_counts_again_only_when_the_other_follows(double: Centre) -> None:
    for login in ("M1", "I1"):
        enter(double, login, 8000)
    assert enter(double, "I1", 8100) == ("total",)
    one = double.applications[0]
    missing = {(line.application, line.component): line.code for line in double.ask(compute, double.batch).missing}
    assert missing[one, "knowledge"] == "results.score_disputed"
    row = double.ask(standing, double.batch).rows[0]
    assert row.cells[0].state == "score_disputed" and "8000" not in repr(row.cells[0])
    assert one not in double.ask(queries.knowledge_scores)
    with double.store.read() as read:
        assert not agreed_entries(read), "neither entry leaves the machine"
    assert enter(double, "I1", 8000) == ()
    assert double.ask(queries.knowledge_scores)[one] == 8000
    enter(double, "M1", 8100)
    assert enter(double, "I1", 8100) == ()
    assert double.ask(queries.knowledge_scores)[one] == 8100
    double.holds()


def test_a_score_from_before_the_second_entry_stays_until_somebody_enters_another(centre: Centre) -> None:
    one = centre.applications[0]
    centre.act("M1", scoring.score_knowledge, one, 8000)
    centre.act("M1", knowledge.set_double_entry, centre.batch, True)
    enter(centre, "I1", 8000)
    assert centre.ask(queries.knowledge_scores)[one] == 8000
    enter(centre, "I1", 7000)
    assert one not in centre.ask(queries.knowledge_scores)
    centre.act("M1", knowledge.set_double_entry, centre.batch, False)
    assert centre.ask(queries.knowledge_scores)[one] == 8000, "entered once again, what one person said stands"


def test_rows_are_compared_one_by_one_and_a_total_with_their_sum(double: Centre) -> None:
    rows = by_rows(double, 100)
    enter(double, "M1", rows=rows)
    assert enter(double, "M2", rows=by_rows(double)) == (rows[0][0], "total")
    assert enter(double, "M2", sum(points for _, points in rows)) == ()
    assert score(double) == sum(points for _, points in rows)


def test_one_person_is_not_two_and_a_third_is_not_needed(double: Centre) -> None:
    enter(double, "M1", 8000)
    enter(double, "M1", 8000)
    assert score(double) is None
    enter(double, "M2", 7000)
    with refused("knowledge.keyed_by_two"):
        enter(double, "I1", 8000)


def test_nobody_sees_what_the_other_has_entered(double: Centre) -> None:
    enter(double, "M1", 7531)
    for login in ("M2", "I1"):
        found = double.ask(knowledge_queries.knowledge_entries, double.id(login), double.batch)
        assert (found[0].keyed, found[0].own) == (1, None)
        assert "7531" not in repr(found) + repr([one.own for one in found])
    enter(double, "M2", 7000)
    (mine, *_) = double.ask(knowledge_queries.knowledge_entries, double.id("M2"), double.batch)
    assert (mine.own.total, mine.differing, mine.agreed) == (7000, ("total",), False)
    (other, *_) = double.ask(knowledge_queries.knowledge_entries, double.id("I1"), double.batch)
    assert other.differing == ()
    with refused("knowledge.not_a_keyer"):
        double.ask(knowledge_queries.knowledge_entries, double.id("E1"), double.batch)


def test_with_double_entry_nobody_enters_a_score_alone(double: Centre) -> None:
    with refused("knowledge.double_entry"):
        double.act("M1", scoring.score_knowledge, double.applications[0], 8000)
    for login in ("R1", "V1", "E1", "C1", "S1", "A1", "admin"):
        with refused("people.not_permitted"):
            enter(double, login, 8000)
    double.act("M1", knowledge.set_double_entry, double.batch, False)
    double.act("M1", scoring.score_knowledge, double.applications[0], 8000)
    with refused("knowledge.single_entry"):
        enter(double, "M1", 8000)


def test_a_score_file_is_one_of_the_two_entries(double: Centre, tmp_path: Path) -> None:
    file = tmp_path / "scores.csv"
    file.write_text("考号,成绩\n0001,80\n0002,71.5\n", "utf-8")
    lines = read_scores(file, double.ask(plan_of, double.batch)).lines
    assert double.act("M1", import_scores, double.batch, lines) == (2, ())
    assert score(double) is None
    enter(double, "M2", 8000)
    enter(double, "M2", 7100, at=1)
    assert (score(double), score(double, 1)) == (8000, None)


def test_an_absent_candidate_gets_no_score_from_anybody(double: Centre) -> None:
    from core.arrangement.commands import record_attendance

    double.act("M1", record_attendance, double.applications[0], "knowledge", "absent", "未到")
    with refused("scoring.candidate_away"):
        enter(double, "M1", 0)
