"""Applying, the qualification review, and telling the applicant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.clock import today
from core.registration import commands, queries
from core.registration.evidence import attach_evidence, evidence, evidence_file
from tests.rooms import Centre, facts, identity, person, refused

JPEG = b"\xff\xd8\xff\xe0" + b"photo"


def test_an_applicant_is_entered_accepted_and_told(centre: Centre) -> None:
    application = centre.told(centre.apply(1))
    line = centre.ask(queries.application, application)
    assert (line.state, line.notified, line.due) == ("accepted", True, None)
    assert line.identity != identity(1) and identity(1)[6:14] not in line.identity
    centre.holds()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "registration.no_name"),
        ({"name": "x" * 10_000}, "roster.too_long"),
        ({"name": "测\u202e试"}, "roster.invisible"),
        ({"id_number": ""}, "registration.bad_identity"),
        ({"id_number": "110101199001010001"}, "registration.bad_identity"),
        ({"id_number": "1" * 100_000}, "registration.bad_identity"),
        ({"id_kind": "library_card"}, "roster.id_kind"),
        ({"birth_date": "1991-01-01"}, "roster.birth_differs"),
        ({"birth_date": "yesterday"}, "roster.date"),
        ({"sex": "male"}, "roster.sex_differs"),
        ({"sex": "?"}, "roster.sex"),
        ({"phone": "12"}, "roster.phone"),
        ({"employer": "x" * 10_000}, "roster.too_long"),
    ],
)
def test_what_no_person_can_be_is_refused_at_the_desk(centre: Centre, changes: dict[str, str], code: str) -> None:
    before = centre.store.head.seq
    with refused(code):
        centre.apply(1, **changes)
    assert centre.store.head.seq == before


def test_what_the_identity_number_tells_need_not_be_typed(centre: Centre) -> None:
    application = centre.apply(1, sex="", birth_date="", phone=" 199 0000 0001 ")
    known = centre.ask(queries.application_detail, application).person
    assert (known.sex, known.birth_date, known.phone) == ("female", "1990-01-01", "19900000001")


def test_one_identity_number_applies_once_for_a_batch_and_stays_one_candidate(centre: Centre) -> None:
    first = centre.apply(1, employer="示例合作社")
    with refused("registration.applied_already"):
        centre.apply(1)
    again = centre.apply(1, batch=centre.open_batch())
    lines = [centre.ask(queries.application, one) for one in (first, again)]
    assert lines[0].candidate == lines[1].candidate
    assert centre.ask(queries.person_of, lines[0].candidate).employer == "示例合作社", "what is left open stays known"
    centre.holds()


def test_an_identity_number_under_another_name_is_refused(centre: Centre) -> None:
    centre.apply(1)
    with refused("registration.other_name"):
        centre.apply(1, batch=centre.open_batch(), name="别人")


def test_who_withdrew_may_apply_again(centre: Centre) -> None:
    first = centre.apply(1)
    centre.act("R1", commands.withdraw, first, "改期")
    centre.act("R1", commands.withdraw, first, "改期")
    with refused("registration.withdrawn"):
        centre.act("V1", commands.decide, first, "accepted")
    assert centre.apply(1) != first


def test_a_batch_that_does_not_exist_takes_nobody(centre: Centre) -> None:
    with refused("batches.unknown"):
        centre.apply(1, batch=4711)
    for command, given in ((commands.decide, ("accepted",)), (commands.notify, ())):
        with refused("registration.unknown_application"):
            centre.act("V1", command, [4711] if command is commands.notify else 4711, *given)


def test_nobody_decides_what_they_have_entered_themselves(centre: Centre) -> None:
    centre.engage("RV", "registrar", "reviewer")
    own = centre.act("RV", commands.enter_application, centre.batch, person(2), facts())
    with refused("registration.own_entry"):
        centre.act("RV", commands.decide, own, "accepted")
    centre.act("V1", commands.decide, own, "accepted")


def test_who_meets_no_condition_cannot_be_accepted(centre: Centre) -> None:
    application = centre.act("R1", commands.enter_application, centre.batch, person(3), facts(hours=8))
    with refused("registration.not_eligible") as caught:
        centre.act("V1", commands.decide, application, "accepted")
    assert caught.value.clause.startswith("9.1")  # type: ignore[attr-defined]
    with refused("registration.reason_needed"):
        centre.act("V1", commands.decide, application, "refused", "  ")
    centre.act("V1", commands.decide, application, "more", "请补学时证明")
    centre.act("R1", commands.correct_facts, application, facts())
    assert centre.ask(queries.application, application).state == "entered"
    centre.told(application)


def test_the_decision_is_told_between_the_application_and_today(centre: Centre) -> None:
    application = centre.apply(4)
    with refused("registration.not_decided"):
        centre.act("V1", commands.notify, [application])
    centre.act("V1", commands.decide, application, "accepted")
    for day in (today() + timedelta(days=1), today() - timedelta(days=1), date.min):
        with refused("registration.bad_notice_day"):
            centre.act("V1", commands.notify, [application], day)
    assert centre.act("V1", commands.notify, [application, application]) == 1
    assert centre.act("V1", commands.notify, [application]) == 0


def test_after_the_applicant_was_told_the_desk_changes_nothing_alone(centre: Centre) -> None:
    told = centre.told(centre.apply(5))
    acts = [
        ("R1", commands.withdraw, (told, "改期")),
        ("R1", commands.correct_person, (told, person(5, name="测试改"))),
        ("R1", commands.correct_facts, (told, facts())),
        ("R1", attach_evidence, (told, "证书", JPEG)),
        ("V1", commands.decide, (told, "refused", "不符")),
    ]
    for login, command, given in acts:
        with refused("registration.notified_already") as caught:
            centre.act(login, command, *given)
        assert caught.value.clause == "10.2"  # type: ignore[attr-defined]


def test_two_people_put_a_name_right_after_the_applicant_was_told(centre: Centre) -> None:
    told = centre.told(centre.apply(5))
    centre.act("R1", commands.correct_person, told, person(5, name="测试改"), second="M1")
    assert centre.ask(queries.application, told).name == "测试改"
    centre.holds()


def test_an_identity_number_of_somebody_else_is_no_correction(centre: Centre) -> None:
    centre.apply(6)
    other = centre.apply(7)
    with refused("registration.identity_of_another"):
        centre.act("R1", commands.correct_person, other, person(7, id_number=identity(6)))


def test_evidence_is_a_picture_or_pdf_and_comes_back_as_it_was(centre: Centre) -> None:
    application = centre.apply(8)
    for data in (b"", b"MZ\x90", b"<html>", b"%PDF-" + bytes(20 << 20)):
        with refused("evidence.bad_file"):
            centre.act("R1", attach_evidence, application, "证书", data)
    for title in ("", " ", "x" * 101, "a\nb"):
        with refused("evidence.bad_title"):
            centre.act("R1", attach_evidence, application, title, JPEG)
    id = centre.act("R1", attach_evidence, application, "培训证书", JPEG)
    (line,) = centre.ask(evidence, application)
    assert (line.id, line.title, line.kind, line.size) == (id, "培训证书", "image/jpeg", len(JPEG))
    assert centre.ask(evidence_file, id) == JPEG
    with refused("evidence.unknown"):
        centre.ask(evidence_file, 4711)
    centre.holds()


def test_an_unprepared_photo_and_endless_statements_are_refused(centre: Centre) -> None:
    application = centre.apply(9)
    for photo in (b"", b"GIF89a", b"\xff\xd8" + bytes(3 << 20)):
        with refused("registration.bad_photo"):
            centre.act("R1", commands.take_photo, application, photo)
    many = facts()
    many = type(many)(as_of=many.as_of, training=many.training * 5000)
    with refused("registration.too_much"):
        centre.act("R1", commands.correct_facts, application, many)
    with refused("registration.bad_conditions"):
        centre.act("R1", commands.enter_application, centre.batch, person(10), facts(), ["z"])


def test_whole_identity_numbers_are_for_those_who_work_with_them(centre: Centre) -> None:
    candidate = centre.ask(queries.application, centre.apply(1)).candidate
    for login in ("R1", "V1", "M1", "C1"):
        assert centre.ask(queries.reveal_identity, centre.actors[login], candidate) == identity(1)
    for login in ("admin", "E1", "I1", "S1", "A1"):
        with refused("registration.identity_hidden"):
            centre.ask(queries.reveal_identity, centre.actors[login], candidate)
