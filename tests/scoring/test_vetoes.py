"""否决项: raised on one's own sheet, effective by a majority and the leader's signature alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.certificates.notices import issue_and_write
from core.house import signature_problems
from core.results import commands as results
from core.results.listing import cell_text
from core.results.queries import results as settled
from core.results.standing import standing
from core.scoring import commands, queries
from core.scoring.deciding import decide_veto
from core.scoring.sheets import Deducted, Draft, Mark, Raised
from core.scoring.veto_queries import vetoes
from core.scoring.vetoes import Call, by_majority, is_majority, totals
from core.store import Id
from tests.rooms import PANEL, Centre, refused, sheet

WRONG_PRODUCT, FALSE_CLAIMS, TAKEN_DOWN = "live.wrong_product:4.1.1", "live.false_claims", "live.taken_down"
ITEM = Call("live", "live.wrong_product", "4.1.1")
EXERCISE = Call("live", "live.false_claims", "")
EXAMINATION = Call("live", "live.taken_down", "")

stage = pytest.mark.stage("placed")


def mark(centre: Centre, login: str, application: Id, raised: Iterable[str] = (), share: float = 0.9) -> None:
    """An examiner marks everything of a candidate, and raises vetoes in the live exercise."""
    for exercise in centre.exercises():
        draft = sheet(exercise, share)
        if exercise.id == "live":
            draft = msgspec.structs.replace(draft, vetoes=list(raised), deductions={"live.banned_words": 1})
        centre.act(login, commands.sign_sheet, application, exercise.id, draft)


def raised(centre: Centre, *by: Iterable[str]) -> Id:
    """A candidate whom the panel has marked, each examiner raising these."""
    one = centre.applications[0]
    for login, names in zip(PANEL, by, strict=True):
        mark(centre, login, one, names)
    return one


def came_to(centre: Centre, one: Id) -> queries.Outcome:
    found = centre.ask(queries.outcome, one, "skill")
    assert found is not None
    return found


def points(centre: Centre, login: str, one: Id, exercise: str, item: str = "") -> int:
    """What an examiner gave an item, or a whole exercise with its deductions."""
    found = centre.ask(queries.signed_sheet, centre.id(login), one, exercise)
    if item:
        return int(next(mark.points for mark in found.marks if mark.item == item))
    return int(found.total)


@stage
def test_a_veto_that_the_plan_does_not_have_is_refused(centre: Centre) -> None:
    live = next(one for one in centre.exercises() if one.id == "live")
    for name in ("live.wrong_product", "live.wrong_product:4.1.2", "setup.danger", "live.false_claims:4.1.1"):
        with refused("scoring.unknown_veto"):
            centre.act("E1", commands.save_draft, centre.applications[0], live.id, Draft(vetoes=[name]))
    centre.act("E1", commands.save_draft, centre.applications[0], live.id, Draft(vetoes=[WRONG_PRODUCT]))
    kept = centre.ask(queries.own_sheet, centre.id("E1"), centre.applications[0], live.id)
    assert kept.draft.vetoes == [WRONG_PRODUCT]


@stage
def test_a_veto_of_one_examiner_alone_has_no_effect(centre: Centre) -> None:
    one = raised(centre, [FALSE_CLAIMS], [], [WRONG_PRODUCT])
    found = came_to(centre, one)
    assert found.reasons == () and not found.open
    assert [line.majority for line in centre.ask(vetoes, one, "skill")] == [False, False]
    with refused("veto.no_majority"):
        centre.act("E1", decide_veto, one, "skill", EXERCISE, True, "理由")
    centre.holds()


@stage
def test_majority_on_different_items_is_no_majority(centre: Centre) -> None:
    one = raised(centre, [FALSE_CLAIMS], [TAKEN_DOWN], [])
    assert came_to(centre, one).reasons == ()


@stage
def test_a_veto_by_a_majority_keeps_the_result_open_until_the_leader_has_signed(centre: Centre) -> None:
    one = raised(centre, [WRONG_PRODUCT], [], [WRONG_PRODUCT])
    before = came_to(centre, one)
    assert before.open and "veto" in before.reasons
    with refused("veto.first"):
        centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")
    for login in ("E2", "E3", "E4"):
        with refused("veto.leader_only"):
            centre.act(login, decide_veto, one, "skill", ITEM, True, "理由")
    for login in ("M1", "A1", "S1"):
        with refused("people.not_permitted"):
            centre.act(login, decide_veto, one, "skill", ITEM, True, "理由")
    with refused("veto.reason_needed"):
        centre.act("E1", decide_veto, one, "skill", ITEM, True, " ")
    centre.act("E1", decide_veto, one, "skill", ITEM, True, "录像第 312 秒可见")
    after = came_to(centre, one)
    assert not after.open
    for login, (_, total), (_, was) in zip(PANEL, after.totals, before.totals, strict=True):
        assert total == was - points(centre, login, one, "live", "4.1.1"), "the item counts 0 for every examiner"
    assert after.result == Fraction(sum(total for _, total in after.totals), 3)
    with refused("veto.decided_already"):
        centre.act("E1", decide_veto, one, "skill", ITEM, False, "理由")
    assert points(centre, "E2", one, "live", "4.1.1") > 0, "no sheet is changed"
    centre.holds()


@stage
def test_a_veto_that_was_not_upheld_is_as_if_it_had_not_been_raised(centre: Centre) -> None:
    one = raised(centre, [FALSE_CLAIMS], [FALSE_CLAIMS], [FALSE_CLAIMS])
    before = came_to(centre, one)
    centre.act("E1", decide_veto, one, "skill", EXERCISE, False, "提醒后已改正")
    after = came_to(centre, one)
    assert (after.totals, after.result, after.spread) == (before.totals, before.result, before.spread)
    assert after.reasons == () and not after.open
    (line,) = centre.ask(vetoes, one, "skill")
    assert (line.upheld, line.reason, line.open) == (False, "提醒后已改正", False)


@stage
def test_an_upheld_veto_of_an_exercise_takes_its_marks_and_its_deductions(centre: Centre) -> None:
    one = raised(centre, [FALSE_CLAIMS], [FALSE_CLAIMS], [])
    before = came_to(centre, one)
    centre.act("E1", decide_veto, one, "skill", EXERCISE, True, "三次提醒")
    for login, (_, total), (_, was) in zip(PANEL, came_to(centre, one).totals, before.totals, strict=True):
        assert total == was - points(centre, login, one, "live")


@stage
def test_spread_and_pass_mark_are_looked_at_again_after_a_veto(centre: Centre) -> None:
    """Two saw little in the live exercise, one much: without it they agree, with it they did not."""
    one = centre.applications[0]
    for login, share in zip(PANEL, (0.1, 0.1, 1.0), strict=True):
        for exercise in centre.exercises():
            draft = sheet(exercise, share if exercise.id == "live" else 0.8)
            if exercise.id == "live":
                draft = msgspec.structs.replace(draft, vetoes=[FALSE_CLAIMS])
            centre.act(login, commands.sign_sheet, one, exercise.id, draft)
    before = came_to(centre, one)
    assert before.spread > 0
    centre.act("E1", decide_veto, one, "skill", EXERCISE, True, "三次提醒")
    after = came_to(centre, one)
    assert after.spread == 0 and "spread" not in after.reasons


@stage
def test_each_veto_is_decided_and_the_result_waits_for_the_last(centre: Centre) -> None:
    one = raised(centre, [WRONG_PRODUCT, FALSE_CLAIMS], [WRONG_PRODUCT, FALSE_CLAIMS], [])
    centre.act("E1", decide_veto, one, "skill", ITEM, True, "理由")
    assert came_to(centre, one).reasons == ("veto",)
    centre.act("E1", decide_veto, one, "skill", EXERCISE, False, "理由")
    assert not came_to(centre, one).open


@stage
def test_a_veto_of_the_examination_is_never_a_silent_zero(centre: Centre, tmp_path: Path) -> None:
    centre.score_all()
    one = raised(centre, [TAKEN_DOWN], [TAKEN_DOWN], [])
    for other in centre.applications[1:]:
        for login in PANEL:
            mark(centre, login, other)
    with refused("results.missing"):
        centre.act("M1", results.settle, centre.batch)
    before = came_to(centre, one)
    centre.act("E1", decide_veto, one, "skill", EXAMINATION, True, "平台处罚通知")
    found = came_to(centre, one)
    assert found.ended and found.result == before.result and not found.open
    centre.settle_and_confirm()
    line = next(one_ for one_ in centre.ask(settled, centre.batch) if one_.application == one)
    skill = next(part for part in line.components if part.component == "skill")
    assert (skill.state, skill.passed, line.passed) == ("vetoed", False, False)
    assert Fraction(skill.numerator, skill.denominator) == before.result >= skill.pass_mark
    row = next(row for row in centre.ask(standing, centre.batch).rows if row.application == one)
    assert [cell_text(cell) for cell in row.cells if cell.component == "skill"] == ["否决"]
    issue_and_write(centre.store, centre.who("C1"), centre.batch, tmp_path / "notices.pdf")
    text = pypdfium2.PdfDocument(tmp_path / "notices.pdf")[0].get_textpage().get_text_range()
    assert "否决" in text and "attendance" not in text
    centre.holds()


@stage
def test_nobody_hears_of_a_veto_before_the_panel_is_unsealed(centre: Centre) -> None:
    one = centre.applications[0]
    for login in PANEL[:2]:
        mark(centre, login, one, [TAKEN_DOWN])
    assert centre.ask(vetoes, one, "skill") == []
    with refused("scoring.sealed"):
        centre.act("E1", decide_veto, one, "skill", EXAMINATION, True, "理由")


@stage
def test_a_decision_signed_by_another_hand_is_found(centre: Centre) -> None:
    one = raised(centre, [TAKEN_DOWN], [TAKEN_DOWN], [])
    centre.act("E1", decide_veto, one, "skill", EXAMINATION, True, "理由")
    assert signature_problems(centre.store) == []

    def forge(connection: object) -> None:
        raw = connection.connection.dbapi_connection  # type: ignore[attr-defined]
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("UPDATE veto_decisions SET leader = ?", (centre.id("E2"),))
        raw.execute("COMMIT")

    centre.store.alone(forge)
    assert [problem.kind for problem in signature_problems(centre.store)] == ["signature"]
    assert centre.store.compare()[1] == ["veto_decisions"]


@dataclass(frozen=True)
class Paper:
    """A sheet as hypothesis writes it."""

    examiner: int
    exercise: str
    marks: tuple[Mark, ...]
    deductions: tuple[Deducted, ...]
    vetoes: tuple[Raised, ...] = ()


@st.composite
def papers(draw: st.DrawFn) -> list[Paper]:
    examiners = draw(st.sampled_from([3, 5, 7]))
    points = st.integers(0, 3000)
    return [
        Paper(
            examiner,
            exercise,
            tuple(Mark(f"{exercise}{at}", [], draw(points)) for at in range(draw(st.integers(1, 4)))),
            tuple(Deducted("d", 1, draw(points)) for _ in range(draw(st.integers(0, 2)))),
            tuple(Raised("v", item) for item in draw(st.lists(st.sampled_from(["a0", "a1", ""]), max_size=3))),
        )
        for examiner in range(examiners)
        for exercise in "ab"
    ]


@given(papers())
def test_totals_without_a_strike_are_what_was_signed(found: list[Paper]) -> None:
    examiners = sorted({one.examiner for one in found})
    for examiner, total in totals(found, examiners):
        own = [one for one in found if one.examiner == examiner]
        assert total == max(
            0,
            sum(mark.points for one in own for mark in one.marks)
            - sum(d.points for one in own for d in one.deductions),
        )


@given(papers(), st.randoms())
def test_a_struck_item_takes_exactly_its_points_in_any_order_of_the_sheets(found: list[Paper], dice: object) -> None:
    examiners = sorted({one.examiner for one in found})
    bare = [Paper(one.examiner, one.exercise, one.marks, ()) for one in found]
    whole, struck = dict(totals(bare, examiners)), dict(totals(bare, examiners, {("a", "a0")}))
    for one in bare:
        if one.exercise == "a":
            assert whole[one.examiner] - struck[one.examiner] == one.marks[0].points
    mixed = list(found)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    assert totals(mixed, examiners, {("a", "a0")}) == totals(found, examiners, {("a", "a0")})


@given(papers())
def test_a_struck_exercise_is_as_if_it_had_not_been_held(found: list[Paper]) -> None:
    examiners = sorted({one.examiner for one in found})
    assert totals(found, examiners, {("a", "")}) == totals([one for one in found if one.exercise == "b"], examiners)


@given(papers())
def test_a_veto_is_open_only_where_more_than_half_of_the_panel_raised_it(found: list[Paper]) -> None:
    examiners = len({one.examiner for one in found})
    asked = by_majority(found, examiners)
    for exercise in "ab":
        for item in ("a0", "a1", ""):
            count = sum(one.exercise == exercise and Raised("v", item) in one.vetoes for one in found)
            assert (Call(exercise, "v", item) in asked) == (count > examiners / 2) == (is_majority(count, examiners))
