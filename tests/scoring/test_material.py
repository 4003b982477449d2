"""申报材料 beside a review or a defence: what was stated and the files, and nothing that says who it is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.arrangement import commands as arrangement
from core.batches import commands as batches
from core.clock import today
from core.people.roles import Role
from core.registration import commands as registration
from core.registration.evidence import attach_evidence
from core.scoring.material import material_file, material_for, shows_material
from core.standards import plans
from core.standards.facts import Award, Education, Experience, Facts, Held, Training
from core.standards.plans import Plan
from core.store import Id
from tests.rooms import LEVEL, OTHERS, PANEL, STAFF, STANDARD, Centre, person, refused

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
CERTIFICATE_NO = "示例编号4711"
WHO = person(31)


def stated() -> Facts:
    day = today().replace(day=1)
    return Facts(
        as_of=today(),
        experience=(Experience("直播销售员", day.replace(year=day.year - 3), None),),
        training=(Training(80, day, CERTIFICATE_NO),),  # type: ignore[arg-type]
        certificates=(Held("t-caftv-rural-2026", "junior", day.replace(year=day.year - 2)),),
        education=(Education("大学本科", "电子商务", day, False),),
        awards=(Award("province", 2),),
    )


def with_defence(found: Plan) -> Plan:
    """The default plan, its last skill exercise a defence."""
    *others, last = found.exercises
    defence = msgspec.structs.replace(last, evidence="defence")
    return msgspec.structs.replace(found, exercises=(*others, defence))


@pytest.fixture
def applied(centre: Centre) -> tuple[Centre, Id, dict[str, Id]]:
    """One applicant with facts and files, placed and given to a panel that hears a defence."""
    defended = with_defence(plans.default_plan(STANDARD, LEVEL))
    centre.batch = int(centre.act("M1", batches.create_batch, STANDARD, LEVEL, today(), defended))
    one = int(centre.act("R1", registration.enter_application, centre.batch, WHO, stated()))
    titles = ("培训证明", f"{WHO.name}的获奖证书 {WHO.id_number}", f"说明（{WHO.phone}）", "身份证正面", "ID card")
    files = {title: int(centre.act("R1", attach_evidence, one, title, PNG)) for title in titles}
    centre.told(one)
    centre.act("M1", arrangement.assign_numbers, centre.batch)
    centre.form(PANEL, [one])
    return centre, one, files


def shown(value: Any) -> str:
    return repr(value)


def test_it_says_what_was_stated_and_never_who_it_is(applied: tuple[Centre, Id, dict[str, Id]]) -> None:
    centre, one, _ = applied
    found = centre.ask(material_for, centre.id("E2"), one)
    assert (found.application, found.number) == (one, "0001")
    for told in ("直播销售员", "电子商务", "province"):
        assert told in shown(found)
    assert [len(getattr(found.facts, key)) for key in ("experience", "training", "certificates", "education")] == [
        1
    ] * 4
    text = shown(found)
    for secret in (WHO.name, WHO.id_number, WHO.phone, WHO.birth_date, WHO.employer, CERTIFICATE_NO):
        assert not secret or secret not in text, secret
    assert WHO.name and WHO.id_number and WHO.phone, "there was something to hide"
    assert [file.title for file in found.files] == ["培训证明", "＊＊的获奖证书 ＊＊", "说明（＊＊）"]
    assert found.withheld == 2
    assert centre.ask(material_file, centre.id("E2"), one, found.files[0].id) == PNG


def test_an_identity_document_is_not_opened_by_its_id_either(applied: tuple[Centre, Id, dict[str, Id]]) -> None:
    centre, one, files = applied
    for id in (files["身份证正面"], files["ID card"], 4711, one):
        with refused("material.unknown"):
            centre.ask(material_file, centre.id("E1"), one, id)


@pytest.mark.parametrize("login", [*STAFF, "admin"])
def test_only_examiners_of_the_panel_see_it(applied: tuple[Centre, Id, dict[str, Id]], login: str) -> None:
    centre, one, files = applied
    if login in PANEL:
        assert centre.ask(material_for, centre.id(login), one).files
        return
    assert login in OTHERS or STAFF.get(login) is not Role.EXAMINER or login == "E7"
    with refused("scoring.not_your_candidate"):
        centre.ask(material_for, centre.id(login), one)
    with refused("scoring.not_your_candidate"):
        centre.ask(material_file, centre.id(login), one, files["培训证明"])


@pytest.mark.stage("placed")
def test_a_panel_without_review_or_defence_sees_no_application(centre: Centre) -> None:
    if any(shows_material(one) for one in centre.exercises()):
        pytest.fail("this plan has a defence: the test asks nothing")
    with refused("material.not_reviewed"):
        centre.ask(material_for, centre.id("E1"), centre.applications[0])
