"""A recusal keeps two apart until two people answer for it that it need not."""

from __future__ import annotations

import pytest

from core.arrangement.commands import declare_recusal, override_recusal
from core.arrangement.queries import places, recusal_lines, recusals
from core.store import Id, Read
from tests.rooms import Centre, refused


@pytest.fixture
def recused(centre: Centre) -> Id:
    """E1 may not mark this candidate."""
    one, *_ = centre.applications = centre.placed([1, 2, 3])
    centre.act("M1", declare_recusal, centre.id("E1"), one, "师生")
    return one


def declared(read: Read, batch: Id) -> list[str]:
    return [line.reason for line in recusal_lines(read, places(read, batch))]


def test_two_people_override_a_recusal_and_the_examiner_may_then_mark(centre: Centre, recused: Id) -> None:
    with refused("panel.recused"):
        centre.form(("E1", "E2", "E3"), centre.applications)
    centre.act("M1", override_recusal, centre.id("E1"), recused, "毕业已满三年", second="M2")
    assert centre.ask(declared, centre.batch) == []
    centre.form(("E1", "E2", "E3"), centre.applications)
    centre.holds()


def test_nobody_overrides_a_recusal_alone_nor_without_a_reason(centre: Centre, recused: Id) -> None:
    with refused("people.second_needed"):
        centre.act("M1", override_recusal, centre.id("E1"), recused, "毕业已满三年")
    with refused("people.second_unfit"):
        centre.act("M1", override_recusal, centre.id("E1"), recused, "毕业已满三年", second="R1")
    with refused("recusal.override_reason_needed"):
        centre.act("M1", override_recusal, centre.id("E1"), recused, "  ", second="M2")
    with refused("people.not_permitted"):
        centre.act("E1", override_recusal, centre.id("E1"), recused, "毕业已满三年", second="M2")
    assert centre.ask(declared, centre.batch) == ["师生"]


def test_who_is_recused_does_not_override_it(centre: Centre, recused: Id) -> None:
    centre.engage("B1", "manager", "examiner")
    centre.act("M1", declare_recusal, centre.id("B1"), recused, "亲属")
    for first, second in (("B1", "M2"), ("M1", "B1")):
        with refused("recusal.own_override"):
            centre.act(first, override_recusal, centre.id("B1"), recused, "远亲", second=second)


def test_what_was_never_declared_can_not_be_overridden(centre: Centre, recused: Id) -> None:
    with refused("recusal.none"):
        centre.act("M1", override_recusal, centre.id("E2"), recused, "没有关系", second="M2")


def test_it_can_be_declared_again_afterwards(centre: Centre, recused: Id) -> None:
    centre.act("M1", override_recusal, centre.id("E1"), recused, "毕业已满三年", second="M2")
    centre.act("M1", declare_recusal, centre.id("E1"), recused, "又是同事")
    with centre.store.read() as read:
        assert recusals(read, places(read, centre.batch)) == [(centre.id("E1"), recused)]
