"""What was said to be impossible: two people who are one, a year that ends, names of fifty characters, locked files."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core import words
from core.arrangement import commands as arrangement
from core.association import commands as enrolling
from core.certificates import commands
from core.certificates.credential import NAME_LIMIT, from_text
from core.certificates.credential import read as read_token
from core.certificates.events import CertificateIssued
from core.certificates.handing_commands import record_collected
from core.certificates.needs import in_groups, what_is_missing
from core.certificates.numbers import parse
from core.certificates.print_commands import REISSUE, print_again
from core.certificates.standing import certificate_named, certificates, chosen
from core.certificates.templates import adopt_template, set_code_host
from core.clock import CHINA, today
from core.documents.scan import pdf_codes
from core.documents.template import default_template, write_template
from core.people.roles import Role
from core.results.queries import confirmation
from core.results.reopening import order_new_panel, set_aside
from core.store import Id, acts
from core.store.segments import take_in
from tests.certificates.association import Association
from tests.certificates.test_certificates import issue, key, lacks, numbers
from tests.certificates.test_issuing_files import write
from tests.cli.calls import call
from tests.hub.devices import Device
from tests.rooms import CODE, PANEL, Centre, refused

pytestmark = pytest.mark.stage("confirmed")


def _own(centre: Centre) -> int:
    """How far this machine's own journal reaches."""
    return next(head.seq for head in centre.store.heads() if head.device == centre.store.device)


Act = Callable[[Centre, list[Id]], tuple[Any, ...]]
OF_TWO: dict[str, tuple[str, Act]] = {
    "issue": ("C1", lambda centre, ids: (commands.issue_certificates, centre.batch, key(centre))),
    "void": ("C1", lambda centre, ids: (commands.void_certificate, ids[0], "打错")),
    "ask to revoke": ("C1", lambda centre, ids: (commands.ask_revocation, ids[1], "替考")),
    "print again": ("C1", lambda centre, ids: (print_again, centre.batch, ids[2:3], "p", "打坏")),
    "reissue": ("C1", lambda centre, ids: (print_again, centre.batch, ids[3:4], "p", "遗失", REISSUE)),
    "template": ("C1", lambda centre, ids: (adopt_template, write_template(default_template("portrait")))),
    "host": ("C1", lambda centre, ids: (set_code_host, "test.example")),
    "enrol": ("admin", lambda centre, ids: (enrolling.accept_enrolment, [], "", bytes(32))),
}


@pytest.mark.parametrize("what", OF_TWO)
def test_two_people_are_two_fit_people_with_pins_of_their_own(centre: Centre, tmp_path: Path, what: str) -> None:
    Association(centre).meet().allow()
    write(centre, tmp_path / "a.pdf")
    ids = [line.id for line in centre.ask(certificates, centre.batch)]
    centre.act("C1", record_collected, ids[3])
    if what == "issue":
        centre.act("C1", commands.void_certificate, ids[0], "打错", second="M1")
    centre.engage("M8", Role.MANAGER, own_pin=False)
    centre.engage("C8", Role.CERTIFICATES, own_pin=False)
    centre.engage("C9", Role.CERTIFICATES, Role.MANAGER)
    login, act = OF_TWO[what]
    command, *given = act(centre, ids)
    before = _own(centre)
    for first, second, code in (
        (login, None, "people.second_needed"),
        (login, login, "people.second_same"),
        ("C9" if login == "C1" else login, "C9" if login == "C1" else login, "people.second_same"),
        (login, "E1", "people.second_unfit"),
        (login, "A1", "people.second_unfit"),
        (login, "M8", "people.second_provisional"),
        ("E1", "M1", "people.not_permitted"),
    ):
        with refused(code):
            centre.act(first, command, *given, second=second)
    if login == "C1":
        with refused("people.second_provisional"):
            centre.act("C8", command, *given, second="M1")
    assert _own(centre) == before, "nothing was recorded"
    if what != "enrol":
        centre.act(login, command, *given, second="M1")
        assert what == "host" or _own(centre) > before


def test_results_that_two_people_confirmed_are_not_reopened_under_a_decision(centre: Centre) -> None:
    """The decision is for exactly these results: they stay, or the certificates wait for another."""
    hub = Association(centre).meet().allow()
    one = centre.applications[0]
    with refused("set_aside.confirmed"):
        centre.act("M1", set_aside, one, "skill", centre.id("E1"), "师生", second="M2")
    with refused("batches.closed"):
        centre.act("M1", order_new_panel, one, "skill", "师生", second="M2")
    assert lacks(centre) == []
    hub.decide(approved=False, reason="抽查不符")
    assert lacks(centre) == ["decision"]
    with refused("certificates.decision_refused"):
        issue(centre)
    hub.decide()
    assert len(issue(centre)) == 4


def _at(moment: datetime, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(time, "time_ns", lambda: int(moment.timestamp() * 1_000) * 1_000_000)


def test_at_midnight_of_new_years_eve_in_china_the_year_of_numbers_and_leases_changes(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = today().year
    hub = Association(centre).meet().allow()
    midnight = datetime(year + 1, 1, 1, tzinfo=CHINA)
    _at(midnight - timedelta(seconds=1), monkeypatch)
    first = issue(centre)
    lines = centre.ask(certificates, centre.batch)
    assert {line.issued for line in lines} == {midnight.date() - timedelta(days=1)}
    assert {one.year for one in map(parse, first) if one} == {str(year)[2:]}
    centre.act("C1", commands.void_certificate, lines[0].id, "打错", second="M1")
    _at(midnight, monkeypatch)
    with refused("certificates.no_lease") as caught:
        issue(centre)
    assert (caught.value.values["year"], caught.value.values["left"]) == (year + 1, 0)  # type: ignore[attr-defined]
    hub.lease(1, 4, year=year + 1)
    second = issue(centre)
    (fresh,) = set(second) - set(first)
    one = centre.ask(certificate_named, fresh)
    said = parse(fresh)
    assert said is not None and (said.year, said.serial) == (str(year + 1)[2:], 1)
    assert one.issued == midnight.date() and read_token(one.token).credential.issued == midnight.date()
    assert set(first[1:]) < set(second)


NAMES = (("测试" * 25)[:NAME_LIMIT], "㐀𠀀𪚥𫝀龘", "测试·阿卜杜拉·伊本·买买提江", "Çeşî Ñandú")
"""Fifty characters, rare ones of four extensions, a name with dots, one in Latin letters."""


@pytest.mark.stage("staffed")
def test_any_name_is_one_string_from_the_desk_to_the_strangers_phone(centre: Centre, tmp_path: Path) -> None:
    import pypdf

    centre.applications = [centre.told(centre.apply(at, name=name)) for at, name in enumerate(NAMES, start=1)]
    centre.act("M1", arrangement.assign_numbers, centre.batch)
    centre.form(PANEL, centre.applications)
    centre.score_all()
    centre.mark_all()
    centre.settle_and_confirm()
    Association(centre).meet().allow()
    target = tmp_path / "a.pdf"
    assert len(write(centre, target)) == len(NAMES)
    codes = [text for page in pdf_codes(target.read_bytes()) for text in page]
    assert {read_token(from_text(text)).credential.name for text in codes} == set(NAMES)
    answer = call("--home", str(centre.store.home), "verify", "--pdf", str(target))
    said = [one["fields"]["name"] for one in answer.data["documents"]]
    assert set(said) == set(NAMES) and answer.data["status"] == "unknown_issuer"
    for name, page in zip(said, pypdf.PdfReader(target).pages, strict=True):
        assert "".join(name.split()) in "".join(page.extract_text().split())


def test_a_certificate_names_the_occupation_in_english_and_an_older_template_stays_what_it_was(
    centre: Centre, tmp_path: Path
) -> None:
    import pypdf

    Association(centre).meet().allow()
    english = "Rural live-streaming e-commerce operator"

    def said(target: Path) -> str:
        return str(pypdf.PdfReader(target).pages[0].extract_text())

    write(centre, tmp_path / "a.pdf")
    assert english in said(tmp_path / "a.pdf")
    whole = default_template()
    older = msgspec.structs.replace(whole, texts=tuple(text for text in whole.texts if text.id != "occupation_en"))
    centre.act("C1", adopt_template, write_template(older), second="M1")
    write(centre, tmp_path / "b.pdf", reason="换模板")
    assert english not in said(tmp_path / "b.pdf") and "乡村直播电商运营师" in said(tmp_path / "b.pdf")


def second_claim(centre: Centre, number: str) -> None:
    """Another machine of the centre, which had no right to it, says that it gave this number too."""
    other = Device(CODE, 77)
    part = CertificateIssued.Part(centre.ask(certificate_named, number).token, today().isoformat())
    other.write(CertificateIssued(centre.applications[1], centre.batch, number, 5, 1, 0), part, second=2)
    centre.act("admin", acts.admit, 77, other.public, second="M1")
    centre.store.write(centre.who("C1"), take_in, other.segment())


def test_a_number_that_two_machines_claim_is_shown_on_both(centre: Centre) -> None:
    Association(centre).meet().allow()
    first, *_ = issue(centre)
    assert [line.doubled for line in centre.ask(certificates, centre.batch)] == [False] * 4
    second_claim(centre, first)
    lines = centre.ask(certificates, centre.batch)
    assert [line.number for line in lines if line.doubled] == [first, first] and len(lines) == 5
    assert centre.ask(chosen, [lines[0].id])[0].doubled


@pytest.mark.parametrize("password", ["geheim", ""])
def test_a_locked_pdf_is_said_to_be_locked_or_read(centre: Centre, tmp_path: Path, password: str) -> None:
    """With a password it can't be read and is no forgery; one that anybody can open is read."""
    import pypdf

    Association(centre).meet().allow()
    plain, locked = tmp_path / "a.pdf", tmp_path / "locked.pdf"
    found = write(centre, plain)
    writer = pypdf.PdfWriter(clone_from=plain)
    writer.encrypt(password, owner_password="x", algorithm="AES-256")
    writer.write(locked)
    answer = call("--home", str(centre.store.home), "verify", "--pdf", str(locked))
    if password:
        assert (answer.exit_code, answer.data["error"]) == (1, "documents.bad_pdf")
    else:
        assert [one["fields"]["number"] for one in answer.data["documents"]] == found


@pytest.mark.stage("marked")
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_what_is_missing_is_said_in_words_of_the_window(
    centre: Centre, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "_language", language)

    def said() -> dict[str, str]:
        return {one.what: one.sentence for one in centre.ask(what_is_missing, centre.batch)}

    before = said()
    assert "T/CAFTV" in before["authorisation"] and "t-caftv" not in before["authorisation"]
    assert ("初级" if language == "zh" else "junior") in before["authorisation"]
    assert ("同步" if language == "zh" else "Sync") in before["enrolment"]
    assert {"0", " 0 "}.isdisjoint(before["lease"].split()) and str(today().year) in before["lease"]
    assert before["decision"] == words.say("certificates.decision_follows")
    centre.settle_and_confirm()
    digest = centre.ask(confirmation, centre.batch).digest.hex()
    assert in_groups(digest) in said()["decision"] and in_groups(digest).replace("-", "") == digest
    assert "4" in said()["lease"]
    assert numbers(centre) == []
