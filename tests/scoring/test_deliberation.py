"""评议: after too wide a spread the leader upholds, sets a total, or two people order a new panel."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import msgspec
import pytest

from core.arrangement import queries as arrangement
from core.arrangement.replacement import add_examiner
from core.house import may_travel, signature_problems
from core.results import commands as results
from core.results.queries import results as settled
from core.results.reopening import order_new_panel, set_aside
from core.results.settling import compute
from core.scoring import commands, queries
from core.scoring.events import DeliberationDecided
from core.scoring.signatures import deliberation_message
from core.store import segments
from core.store.events import decode_body, decode_event, encode_body
from tests.rooms import OTHERS, Centre, refused

pytestmark = pytest.mark.stage("placed")


def disputed(centre: Centre) -> int:
    """A candidate whom one examiner saw quite otherwise."""
    one = centre.applications[0]
    for login, share in (("E1", 0.95), ("E2", 0.9), ("E3", 0.3)):
        centre.mark(login, one, share)
    assert centre.ask(queries.outcome, one, "skill").open
    return one


def test_the_leader_upholds_what_the_panel_came_to(centre: Centre) -> None:
    one = disputed(centre)
    with refused("deliberation.leader_only"):
        centre.act("E2", commands.deliberate, one, "skill", "upheld", "理由")
    with refused("deliberation.reason_needed"):
        centre.act("E1", commands.deliberate, one, "skill", "upheld", " ")
    with refused("deliberation.unknown_outcome"):
        centre.act("E1", commands.deliberate, one, "skill", "forgotten", "理由")
    centre.act("E1", commands.deliberate, one, "skill", "upheld", "一致认为评分标准理解无误")
    found = centre.ask(queries.outcome, one, "skill")
    assert (found.open, found.decision, found.final) == (False, "upheld", found.result)
    with refused("deliberation.decided_already"):
        centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")
    centre.holds()


def test_a_total_is_set_between_the_lowest_and_the_highest_alone(centre: Centre) -> None:
    one = disputed(centre)
    totals = sorted(total for _, total in centre.ask(queries.outcome, one, "skill").totals)
    for total in (None, totals[0] - 1, totals[-1] + 1, -1, 10**20):
        with refused("deliberation.out_of_range"):
            centre.act("E1", commands.deliberate, one, "skill", "set", "理由", total=total)
    centre.act("E1", commands.deliberate, one, "skill", "set", "理由", total=totals[1])
    assert centre.ask(queries.outcome, one, "skill").final == Fraction(totals[1])
    assert sorted(total for _, total in centre.ask(queries.outcome, one, "skill").totals) == totals, (
        "no sheet is changed"
    )
    centre.holds()


def test_a_leader_whose_pin_somebody_else_set_decides_nothing(centre: Centre) -> None:
    one = disputed(centre)
    mine = centre.actors["E1"]
    centre.actors["E1"] = replace(mine, sign=None, provisional=True)
    with refused("people.provisional_pin"):
        centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")
    centre.actors["E1"] = mine
    centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")


def test_where_nothing_is_disputed_nothing_is_deliberated(centre: Centre) -> None:
    one = centre.applications[1]
    for login in ("E1", "E2", "E3"):
        centre.mark(login, one)
    with refused("deliberation.not_needed"):
        centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")


def test_two_people_order_a_new_panel_of_others_whose_result_counts(centre: Centre) -> None:
    one = disputed(centre)
    old = centre.ask(queries.outcome, one, "skill")
    with refused("people.second_needed"):
        centre.act("E1", commands.deliberate, one, "skill", "new_panel", "分差过大")
    with refused("people.second_unfit"):
        centre.act("E1", commands.deliberate, one, "skill", "new_panel", "分差过大", second="E2")
    centre.act("E1", commands.deliberate, one, "skill", "new_panel", "分差过大", second="M1")
    assert centre.ask(queries.outcome, one, "skill") is None, "the first result counts no more"
    assert one in {line.application for line in centre.ask(compute, centre.batch).missing}
    with refused("scoring.not_your_candidate"):
        centre.mark("E1", one)
    for examiners in (("E1", "E5", "E6"), ("E4", "E5", "E3")):
        with refused("panel.recused"):
            centre.form(examiners, [one])
    (proposed,) = centre.ask(arrangement.propose, centre.batch, "skill")
    assert proposed.applications == (one,)
    assert set(proposed.examiners).isdisjoint({examiner for examiner, _ in old.totals})
    centre.form(OTHERS, [one])
    new = [centre.mark("E4", one, 0.8), centre.mark("E5", one, 0.8)]
    assert centre.ask(queries.outcome, one, "skill") is None
    assert centre.ask(queries.unsealed_sheets, one, "skill") == []
    assert centre.ask(queries.former_outcomes, one, "skill") == [], "the new panel marks without knowing the old result"
    new.append(centre.mark("E6", one, 0.85))
    found = centre.ask(queries.outcome, one, "skill")
    assert found.final == Fraction(sum(new), 3) and not found.open
    (former,) = centre.ask(queries.former_outcomes, one, "skill")
    assert (former.totals, former.decision) == (old.totals, "new_panel")
    for other in centre.applications[1:]:
        for login in ("E1", "E2", "E3"):
            centre.mark(login, other)
    centre.score_all()
    centre.settle_and_confirm()
    line = next(line for line in centre.ask(settled, centre.batch) if line.application == one)
    skill = next(part for part in line.components if part.component == "skill")
    assert Fraction(skill.numerator, skill.denominator) == found.final
    centre.holds()


def test_a_recusal_that_comes_to_light_late_brings_a_new_panel_too(centre: Centre) -> None:
    one = centre.applications[0]
    for login in ("E1", "E2", "E3"):
        centre.mark(login, one)
    with refused("people.second_needed"):
        centre.act("M1", order_new_panel, one, "skill", "师生关系")
    centre.act("M1", order_new_panel, one, "skill", "师生关系", second="M2")
    with refused("panel.unknown"):
        centre.act("M1", order_new_panel, one, "skill", "师生关系", second="M2")
    centre.form(OTHERS, [one])
    for login in OTHERS:
        centre.mark(login, one)
    assert centre.ask(queries.outcome, one, "skill").final
    centre.holds()


def test_nothing_is_settled_while_a_deliberation_is_open(centre: Centre) -> None:
    one = disputed(centre)
    centre.score_all()
    for other in centre.applications[1:]:
        for login in ("E1", "E2", "E3"):
            centre.mark(login, other)
    (missing,) = centre.ask(compute, centre.batch).missing
    assert (missing.application, missing.code) == (one, "results.deliberation_open")
    with refused("results.missing"):
        centre.act("M1", results.settle, centre.batch)


def forge(centre: Centre, statement: str, *values: object) -> None:
    """Somebody who can write the store's file changes a table."""

    def work(connection: object) -> None:
        raw = connection.connection.dbapi_connection  # type: ignore[attr-defined]
        raw.execute("BEGIN IMMEDIATE")
        raw.execute(statement, values)
        raw.execute("COMMIT")

    centre.store.alone(work)


@pytest.mark.parametrize(("column", "value"), [("leader", "E2"), ("outcome", "set"), ("application", 7)])
def test_a_deliberation_is_signed_by_its_leader_for_exactly_what_was_decided(
    centre: Centre, column: str, value: object
) -> None:
    one = disputed(centre)
    centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")
    assert signature_problems(centre.store) == []
    changed = centre.id(str(value)) if column == "leader" else value
    forge(centre, f"UPDATE deliberations SET {column} = ?", changed)
    assert [problem.kind for problem in signature_problems(centre.store)] == ["signature"]
    assert centre.store.compare()[1] == ["deliberations"]
    centre.store.rebuild()
    centre.holds()


def test_what_a_leader_signs_in_a_deliberation_is_written_as_it_always_was() -> None:
    message = deliberation_message("ab" * 32, 1, 2, "skill", 3, 4, "set", bytes(32))
    head = bytes.fromhex("99b47a68696b616f2d64656c696265726174696f6e31d940")
    rest = bytes.fromhex("0102a5736b696c6c0304a3736574c420")
    assert message == head + b"ab" * 32 + rest + bytes(32)


def test_a_deliberation_from_before_they_were_signed_is_read_as_unsigned(centre: Centre) -> None:
    one = disputed(centre)
    centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")
    with centre.store.read() as read:
        found = segments.cut(read.connection, centre.store.centre, centre.store.device, 0, lambda _: False)
    assert found is not None
    (new,) = [body for body in map(decode_body, found.bodies) if body.kind == "deliberation.decided"]
    fields = msgspec.msgpack.decode(new.fields)
    assert len(fields) == 6
    old = msgspec.structs.replace(new, fields=msgspec.Raw(msgspec.msgpack.encode(fields[:4])))
    event = decode_event(decode_body(encode_body(old)))
    assert isinstance(event, DeliberationDecided)
    assert (event.outcome, event.key, event.signature) == ("upheld", b"", b"")
    forge(centre, "UPDATE deliberations SET key = x'', signature = x''")
    assert signature_problems(centre.store) == [], "the chain's seals hold it, as they did when it was written"


def travelling(centre: Centre) -> dict[str, int]:
    """How many parts of each kind would leave this machine now."""
    with centre.store.read() as read:
        may = may_travel(read)
        found = segments.cut(read.connection, centre.store.centre, centre.store.device, 0, may)
    assert found is not None
    going = dict(found.parts)
    kinds = [body.kind for body in map(decode_body, found.bodies) if body.seq in going]
    return {kind: kinds.count(kind) for kind in ("panel.unsealed", "deliberation.decided", "result.settled")}


def test_what_a_panel_came_to_stays_here_while_it_is_sealed_again(centre: Centre) -> None:
    one = disputed(centre)
    centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")
    for other in centre.applications[1:]:
        for login in ("E1", "E2", "E3"):
            centre.mark(login, other)
    centre.score_all()
    centre.act("M1", results.settle, centre.batch)
    all_four = len(centre.applications)
    assert travelling(centre) == {
        "panel.unsealed": all_four, "deliberation.decided": 1, "result.settled": all_four
    }  # fmt: skip
    centre.act("M1", set_aside, one, "skill", centre.id("E3"), "师生", second="M2")
    assert travelling(centre) == {
        "panel.unsealed": all_four - 1, "deliberation.decided": 0, "result.settled": all_four - 1
    }  # fmt: skip
    centre.act("M1", add_examiner, one, "skill", centre.id("E4"))
    centre.mark("E4", one, 0.9)
    assert travelling(centre)["panel.unsealed"] == all_four + 1, "the first time it was unsealed, and the second"
    centre.holds()
