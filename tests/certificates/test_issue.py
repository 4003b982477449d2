"""Provisional notices: issued once, printed as signed, read back by their code."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.certificates.commands import issue_certificates
from core.certificates.needs import awaited, papers, what_is_missing
from core.certificates.notices import issue_and_write
from core.certificates.queries import notices
from core.certificates.verification import Status, own_issuers, verify_text
from core.documents.scan import pdf_codes
from core.registration import commands as registration
from core.results.progress import batch_progress
from tests.certificates.association import Association
from tests.certificates.test_certificates import key
from tests.cli.calls import Answer, call
from tests.rooms import PASSPHRASE, PIN, Centre, person, refused


def issue(centre: Centre, target: Path, login: str = "C1", batch: str = "2026-01", as_json: bool = True) -> Answer:
    centre.store.close()
    return call(
        "--home", str(centre.store.home), "--as", login,
        "certificates", "issue", "--batch", batch, "--out", str(target),
        as_json=as_json, ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=PIN,
    )  # fmt: skip


@pytest.mark.stage("confirmed")
def test_every_candidate_gets_one_notice_that_verifies_as_provisional(centre: Centre, tmp_path: Path) -> None:
    target = tmp_path / "notices.pdf"
    answer = issue(centre, target)
    assert answer.exit_code == 0
    assert (answer.data["kind"], answer.data["file"]) == ("notice", str(target))
    assert answer.data["missing"] == ["enrolment", "authorisation", "decision", "lease"]
    assert len(set(answer.data["issued"])) == 4
    issuers = own_issuers(centre.store.home)
    verdicts = [verify_text(text, issuers) for page in pdf_codes(target.read_bytes()) for text in page]
    assert [verdict.status for verdict in verdicts] == [Status.PROVISIONAL] * 4
    assert [verdict.fields.number for verdict in verdicts if verdict.fields] == answer.data["issued"]
    again = issue(centre, target)
    assert again.data["issued"] == answer.data["issued"], "issued twice is issued once"


@pytest.mark.stage("confirmed")
def test_who_gets_notices_where_certificates_were_meant_reads_what_is_missing(centre: Centre, tmp_path: Path) -> None:
    with centre.store.read() as read:
        lacks = [lack.sentence for lack in what_is_missing(read, centre.batch)]
    said = issue(centre, tmp_path / "notices.pdf", as_json=False).out.splitlines()
    assert len(lacks) == 4
    assert said[-len(lacks) :] == lacks


@pytest.mark.stage("marked")
def test_before_two_people_have_confirmed_nothing_is_issued(centre: Centre, tmp_path: Path) -> None:
    answer = issue(centre, tmp_path / "notices.pdf")
    assert (answer.exit_code, answer.data["error"]) == (1, "certificates.not_confirmed")
    assert not (tmp_path / "notices.pdf").exists()


@pytest.mark.stage("confirmed")
def test_what_cannot_be_issued_is_refused_in_words(centre: Centre, tmp_path: Path) -> None:
    assert issue(centre, tmp_path / "a.pdf", login="M1").data["error"] == "people.not_permitted"
    assert issue(centre, tmp_path / "a.pdf", batch="2031-01").data["error"] == "batches.unknown"
    assert issue(centre, tmp_path).exit_code == 3
    assert issue(centre, tmp_path / "nowhere" / "deep" / "a.pdf").exit_code in (0, 3)


@pytest.mark.stage("confirmed")
def test_a_notice_is_printed_as_it_was_signed(centre: Centre, tmp_path: Path) -> None:
    numbers = issue_and_write(centre.store, centre.who("C1"), centre.batch, tmp_path / "a.pdf")
    assert [line.number for line in centre.ask(notices, centre.batch).values()] == numbers
    with refused("batches.closed"):
        centre.act("R1", registration.correct_person, centre.applications[0], person(1, name="改名"), second="M1")
    centre.holds()


@pytest.mark.stage("confirmed")
def test_the_first_page_says_who_may_have_a_certificate_and_who_a_notice(centre: Centre) -> None:
    association = Association(centre).meet()

    def todos(login: str = "C1") -> dict[str, int]:
        with centre.store.read(centre.actors[login]) as read:
            found = batch_progress(read, centre.batch, papers(read, centre.batch)).todos
        return {todo.code: todo.count for todo in found if todo.page in ("certificates", "documents")}

    assert todos() == {"notices": 4}, "while something is missing everybody may have a notice"
    association.allow()
    passed = len(centre.ask(awaited, centre.batch, by="C1"))
    assert 0 < passed <= 4
    assert todos() == {"certificates": passed} | ({"notices": 4 - passed} if passed < 4 else {})
    assert todos("R1") == {"notices": 4}, "how many passed is not for everybody"
    centre.act("C1", issue_certificates, centre.batch, key(centre), second="M1")
    assert todos() == ({"notices": 4 - passed} if passed < 4 else {})
