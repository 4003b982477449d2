"""Each examiner's own sheets: kept, signed, unsealed together."""

from __future__ import annotations

from fractions import Fraction

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from core.arrangement import commands as arrangement
from core.house import signature_problems
from core.people import commands as people
from core.people.pins import fresh_key
from core.scoring import commands, queries
from core.scoring.sheets import Draft, Moment
from core.scoring.tables import Sheet
from core.standards.plans import Scale
from core.store import decode_part, encode_part, split_id
from tests.rooms import PANEL, Centre, refused, sheet

pytestmark = pytest.mark.stage("placed")


def test_a_sheet_is_kept_at_every_stroke_and_comes_back(centre: Centre) -> None:
    one, exercise = centre.applications[0], centre.exercises()[0]
    whole = sheet(exercise)
    first = dict(list(whole.marks.items())[:1])
    before = centre.store.head.seq
    centre.act("E1", commands.save_draft, one, exercise.id, Draft(first))
    centre.act(
        "E1", commands.save_draft, one, exercise.id, Draft({**first, exercise.items[1].key: None}, remark="看不清")
    )
    own = centre.ask(queries.own_sheet, centre.id("E1"), one, exercise.id)
    assert own.draft.marks == {**first, exercise.items[1].key: None} and own.draft.remark == "看不清"
    assert centre.store.head.seq == before, "a draft is no entry of the journal"
    states = {(line.application, line.exercise): line.state for line in centre.ask(
        queries.own_sheets, centre.id("E1"), centre.batch)}  # fmt: skip
    assert states[one, exercise.id] == "begun"
    assert states[centre.applications[1], exercise.id] == "untouched"


def test_a_sheet_with_something_open_or_not_observed_cannot_be_signed(centre: Centre) -> None:
    one, exercise = centre.applications[0], centre.exercises()[0]
    with refused("scoring.incomplete"):
        centre.act("E1", commands.sign_sheet, one, exercise.id)
    whole = sheet(exercise)
    centre.act(
        "E1", commands.save_draft, one, exercise.id, replace(whole, marks={**whole.marks, exercise.items[0].key: None})
    )
    with refused("scoring.incomplete"):
        centre.act("E1", commands.sign_sheet, one, exercise.id)
    centre.act("E1", commands.sign_sheet, one, exercise.id, whole)
    for act, given in ((commands.save_draft, (whole,)), (commands.sign_sheet, ())):
        with refused("scoring.signed_already"):
            centre.act("E1", act, one, exercise.id, *given)
    centre.holds()


def test_marks_that_the_plan_does_not_have_are_refused(centre: Centre) -> None:
    one, exercise = centre.applications[0], centre.exercises()[0]
    key = exercise.items[0].key
    wrong = [
        (Draft({"9.9.9": [1]}), "scoring.unknown_item"),
        (Draft({key: [77]}), "plan.no_such_mark"),
        (Draft({key: [10**30]}), "plan.no_such_mark"),
        (Draft({key: [-1]}), "plan.no_such_mark"),
        (Draft({key: []}), "plan.no_such_mark"),
        (Draft({key: [1, 2, 3] * 50_000}), "plan.no_such_mark"),
        (Draft(deductions={"no-such": 1}), "scoring.unknown_deduction"),
        (Draft(deductions={exercise.deductions[0].id: 101}), "scoring.unknown_deduction"),
        (Draft(deductions={exercise.deductions[0].id: -1}), "scoring.unknown_deduction"),
        (Draft(remark="长" * 1001), "scoring.too_long"),
        (Draft(moments=[Moment(1, "x")] * 501), "scoring.too_long"),
        (Draft(moments=[Moment(1, "x" * 1001)]), "scoring.too_long"),
        (Draft(moments=[Moment(-1, "x")]), "scoring.bad_moment"),
        (Draft(moments=[Moment(10**30, "x")]), "scoring.bad_moment"),
        (Draft(moments=[Moment(1, "x", "9.9.9")]), "scoring.bad_moment"),
    ]
    for draft, code in wrong:
        with refused(code):
            centre.act("E1", commands.save_draft, one, exercise.id, draft)
        with refused(code):
            centre.act("E1", commands.sign_sheet, one, exercise.id, draft)


def test_examiners_mark_the_candidates_of_their_own_panel_alone(centre: Centre) -> None:
    one, exercise = centre.applications[0], centre.exercises()[0]
    batch = centre.open_batch()
    (foreign,) = centre.placed([40], batch)
    for login, application in (("E4", one), ("E1", foreign), ("E1", 4711)):
        code = "registration.unknown_application" if application == 4711 else "scoring.not_your_candidate"
        for command, given in ((commands.save_draft, (sheet(exercise),)), (commands.sign_sheet, ())):
            with refused(code):
                centre.act(login, command, application, exercise.id, *given)
        with refused(code):
            centre.ask(queries.own_sheet, centre.id(login), application, exercise.id)
        if application != 4711:
            with refused(code):
                centre.ask(queries.photo_for, centre.id(login), application)
    with refused("scoring.unknown_exercise"):
        centre.act("E1", commands.save_draft, one, "singing", Draft())
    assert centre.ask(queries.photo_for, centre.id("E1"), one) is None


def test_an_absent_candidate_is_not_marked(centre: Centre) -> None:
    one, exercise = centre.applications[0], centre.exercises()[0]
    centre.act("I1", arrangement.record_attendance, one, "skill", "absent")
    with refused("scoring.candidate_away"):
        centre.act("E1", commands.sign_sheet, one, exercise.id, sheet(exercise))
    states = {
        line.state for line in centre.ask(queries.own_sheets, centre.id("E1"), centre.batch) if line.application == one
    }
    assert states == {"absent"}
    assert (
        next(line for line in centre.ask(queries.progress, centre.batch) if line.application == one).absent == "absent"
    )


def test_a_provisional_pin_signs_nothing(centre: Centre) -> None:
    centre.engage("EX", "examiner", own_pin=False)
    (extra,) = centre.placed([70])
    centre.form(("EX", "E4", "E5"), [extra])
    exercise = centre.exercises()[0]
    centre.act("EX", commands.save_draft, extra, exercise.id, sheet(exercise))
    with refused("people.provisional_pin"):
        centre.act("EX", commands.sign_sheet, extra, exercise.id)


def test_a_sign_in_from_before_the_pin_was_changed_signs_nothing(centre: Centre) -> None:
    one, exercise = centre.applications[0], centre.exercises()[0]
    centre.act("admin", people.reset_pin, centre.id("E1"), fresh_key("7777"), second="M1")
    with refused("people.sign_in_again"):
        centre.act("E1", commands.sign_sheet, one, exercise.id, sheet(exercise))
    assert signature_problems(centre.store) == []


def test_old_signatures_hold_after_their_owner_has_a_new_key(centre: Centre) -> None:
    centre.mark("E1", centre.applications[0])
    people.change_own_pin(centre.store, centre.who("E1"), "8888")
    centre.holds()


def test_the_last_signature_unseals_all_and_the_mean_is_exact(centre: Centre) -> None:
    one = centre.applications[0]
    totals = [centre.mark("E1", one, 0.9), centre.mark("E2", one, 0.8)]
    assert centre.ask(queries.outcome, one, "skill") is None
    assert centre.ask(queries.unsealed_sheets, one, "skill") == []
    with refused("scoring.sealed"):
        centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")
    totals.append(centre.mark("E3", one, 0.85))
    found = centre.ask(queries.outcome, one, "skill")
    assert sorted(total for _, total in found.totals) == sorted(totals)
    assert found.result == Fraction(sum(totals), 3) and found.final == found.result
    assert len(centre.ask(queries.unsealed_sheets, one, "skill")) == 3 * len(centre.exercises())
    assert centre.ask(queries.outcomes, centre.batch, "skill") == {one: found}
    centre.holds()


def test_deductions_come_off_up_to_their_cap_and_a_total_never_falls_below_nought(centre: Centre) -> None:
    one = centre.applications[0]
    for login in PANEL:
        for exercise in centre.exercises():
            times = {each.id: 100 for each in exercise.deductions}
            marks = {item.key: [_least(item.scale)] if item.scale.kind != "steps" else [] for item in exercise.items}
            nothing = Draft(marks, deductions=times)
            centre.act(login, commands.sign_sheet, one, exercise.id, nothing)
    capped = sum(each.cap for exercise in centre.exercises() for each in exercise.deductions)
    with centre.store.read() as read:
        raw = [row.total for row in read.rows(select(Sheet.total).where(Sheet.application == one))]
    assert sum(raw) <= 0 and sum(raw) >= -3 * capped
    found = centre.ask(queries.outcome, one, "skill")
    assert found.final == 0 and found.spread == 0


def _least(scale: Scale) -> int:
    return min(scale.options, key=lambda option: option.points).value


def test_a_changed_sheet_is_found_by_its_signature_and_by_the_tables(centre: Centre) -> None:
    one = centre.applications[0]
    centre.mark("E1", one)
    with centre.store.read() as read:
        id = read.value(select(Sheet.id))

    def forge(statement: str, *values: object) -> None:
        def work(connection: object) -> None:
            raw = connection.connection.dbapi_connection  # type: ignore[attr-defined]
            raw.execute("BEGIN IMMEDIATE")
            raw.execute(statement, values)
            raw.execute("COMMIT")

        centre.store.alone(work)

    forge("UPDATE sheets SET signature = ? WHERE id = ?", b"\0" * 64, id)
    assert [problem.kind for problem in signature_problems(centre.store)] == ["signature"]
    assert centre.store.compare()[1] == ["sheets"]
    centre.store.rebuild()
    centre.holds()
    forge("UPDATE sheets SET total = 10000 WHERE id = ?", id)
    assert centre.store.compare()[1] == ["sheets"]


def test_marks_changed_inside_the_journal_are_found_by_the_examiners_signature(centre: Centre) -> None:
    """Even by somebody who can write the file and takes the guards of the journal away."""
    one, exercise = centre.applications[0], centre.exercises()[0]
    id = centre.act("E1", commands.sign_sheet, one, exercise.id, sheet(exercise, 0.5))

    def forge(connection: object) -> None:
        raw = connection.connection.dbapi_connection  # type: ignore[attr-defined]
        raw.execute("DROP TRIGGER parts_no_update")
        raw.execute("BEGIN IMMEDIATE")
        (data,) = raw.execute("SELECT bytes FROM parts WHERE device = 1 AND seq = ?", (split_id(id)[1],)).fetchone()
        better = decode_part("sheet.signed", data)
        better = replace(better, marks=[replace(mark, points=mark.points + 100) for mark in better.marks])
        forged = data[:16] + encode_part(better)[16:]
        raw.execute("UPDATE parts SET bytes = ? WHERE device = 1 AND seq = ?", (forged, split_id(id)[1]))
        raw.execute("COMMIT")

    centre.store.alone(forge)
    assert (1, split_id(id)[1], "signature") in {
        (problem.device, problem.seq, problem.kind) for problem in signature_problems(centre.store)
    }
    assert centre.store.verify().problems


def test_a_sheet_signed_by_a_key_that_is_not_the_examiners_is_found(centre: Centre) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from core.batches.queries import plan_digest
    from core.scoring.events import SheetSigned
    from core.scoring.sheets import deductions_of, marks_of, signed_message
    from core.store import THE_PROGRAM, Write, part_digest

    one, exercise = centre.applications[0], centre.exercises()[0]
    panel = centre.ask(queries.own_sheet, centre.id("E1"), one, exercise.id).panel
    stranger = Ed25519PrivateKey.generate()

    def forge(write: Write) -> None:
        part = SheetSigned.Part(marks_of(exercise, sheet(exercise)), deductions_of(exercise, {}), "", [])
        data, plan = encode_part(part), plan_digest(write, centre.batch)
        message = signed_message(write.centre, centre.batch, one, exercise.id, centre.id("E1"), plan, part_digest(data))
        key = stranger.public_key().public_bytes_raw()
        event = SheetSigned(one, panel, exercise.id, centre.id("E1"), plan, key, stranger.sign(message))
        write.record(event, part, batch=centre.batch, part_bytes=data)

    centre.store.write(THE_PROGRAM, forge)
    assert centre.store.verify().problems == []
    assert [problem.kind for problem in signature_problems(centre.store)] == ["signature"]
