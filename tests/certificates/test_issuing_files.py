"""Certificates as files: written whole and on record, read back by their codes, and never in two states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.certificates import commands
from core.certificates.blank_commands import receive_blanks, spoil_blanks
from core.certificates.credential import from_text
from core.certificates.credential import read as read_token
from core.certificates.files import issue_and_write_certificates
from core.certificates.handing_commands import record_collected
from core.certificates.needs import what_is_missing
from core.certificates.pages import pages_of
from core.certificates.standing import certificates, runs
from core.certificates.templates import adopt_template, code_host, set_code_host, template_of
from core.documents.scan import pdf_codes
from core.documents.template import default_template, write_template
from core.house import open_house
from core.registration import commands as registration
from tests.certificates.association import Association
from tests.certificates.test_certificates import issue
from tests.certificates.test_printing_record import begin, hand, states
from tests.cli.calls import Answer, call
from tests.rooms import PASSPHRASE, PIN, Centre, person, refused

pytestmark = pytest.mark.stage("confirmed")


@pytest.fixture
def allowed(centre: Centre) -> Association:
    return Association(centre).meet().allow()


def write(centre: Centre, target: Path, **more: Any) -> list[str]:
    return issue_and_write_certificates(centre.store, centre.who("C1", "M1"), centre.batch, target, **more).numbers


def read_back(file: Path) -> list[str]:
    return [read_token(from_text(text)).credential.number for page in pdf_codes(file.read_bytes()) for text in page]


def command(centre: Centre, *words: str, second: str | None = "M1") -> Answer:
    centre.store.close()
    both = ("--with", second) if second else ()
    return call(
        "--home", str(centre.store.home), "--as", "C1", *both, "certificates", *words,
        ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=PIN, ZHIKAO_PIN2=PIN,
    )  # fmt: skip


def test_the_code_on_each_page_names_the_certificate_that_was_issued(
    centre: Centre, allowed: Association, tmp_path: Path
) -> None:
    numbers = write(centre, tmp_path / "a.pdf")
    assert read_back(tmp_path / "a.pdf") == numbers and len(numbers) == 4
    assert states(centre) == ["printed"] * 4
    centre.holds()


def test_the_name_on_paper_is_the_one_in_the_code_and_in_the_store(centre: Centre, allowed: Association) -> None:
    issue(centre)
    ids = [line.id for line in centre.ask(certificates, centre.batch)]
    pages = centre.ask(lambda read: list(pages_of(read, ids)))
    for line, page in zip(centre.ask(certificates, centre.batch), pages, strict=True):
        signed = read_token(from_text(page.code)).credential
        assert page.name == signed.name == line.name and page.number == signed.number == line.number
        assert (page.issued, page.level_id, page.copy) == (signed.issued, signed.level, 1)
        assert "*" in str(page.identity) and not page.demonstration and page.standard_is_draft


def test_written_again_is_on_record_as_printed_again(centre: Centre, allowed: Association, tmp_path: Path) -> None:
    first = write(centre, tmp_path / "a.pdf")
    assert write(centre, tmp_path / "a.pdf", reason="文件丢失") == first
    newest, before = centre.ask(runs, centre.batch)
    assert (newest.purpose, newest.reason, before.purpose) == ("again", "文件丢失", "first")
    one = centre.ask(certificates, centre.batch)[0]
    centre.act("C1", record_collected, one.id)
    assert write(centre, tmp_path / "a.pdf") == first[1:], "what was handed out is not in a file again"
    for line in centre.ask(certificates, centre.batch)[1:]:
        centre.act("C1", record_collected, line.id)
    with refused("certificates.nothing_to_write"):
        write(centre, tmp_path / "a.pdf")


def test_what_was_issued_is_printed_again_after_the_authorisation_has_ended(centre: Centre, tmp_path: Path) -> None:
    hub = Association(centre).meet()
    given = hub.authorise()
    hub.decide()
    hub.lease(1, 4)
    first = write(centre, tmp_path / "a.pdf")
    hub.withdraw(given)
    assert centre.ask(what_is_missing, centre.batch) == []
    assert write(centre, tmp_path / "a.pdf") == first
    one = centre.ask(certificates, centre.batch)[0]
    centre.act("C1", commands.void_certificate, one.id, "错", second="M1")
    with refused("certificates.no_authorisation"):
        write(centre, tmp_path / "a.pdf")


def test_a_file_that_cannot_be_written_leaves_nothing_printed_or_doubtful(
    centre: Centre, allowed: Association, tmp_path: Path
) -> None:
    with refused("documents.cancelled"):
        write(centre, tmp_path / "a.pdf", cancelled=lambda: True)
    with refused("documents.not_written", 3):
        write(centre, tmp_path)
    assert states(centre) == ["waiting"] * 4
    assert len(write(centre, tmp_path / "a.pdf")) == 4
    centre.holds()


def test_what_a_printer_has_swallowed_is_settled_before_a_file_is_written(
    centre: Centre, allowed: Association, tmp_path: Path
) -> None:
    issue(centre)
    ids = [line.id for line in centre.ask(certificates, centre.batch)]
    hand(centre, begin(centre, ids), ids[1])
    with refused("certificates.doubtful"):
        write(centre, tmp_path / "a.pdf")
    answer = command(centre, "settle", "--batch", str(centre.batch), "--none", second=None)
    assert answer.data == {"printed": 0, "unprinted": 1}


def test_what_came_out_is_said_on_the_command_line_with_its_numbered_paper(
    centre: Centre, allowed: Association, tmp_path: Path
) -> None:
    issue(centre)
    lines, batch = centre.ask(certificates, centre.batch), str(centre.batch)
    ids, first, third = [line.id for line in lines], lines[0].number, lines[2].number
    centre.act("C1", receive_blanks, "T001", "T006")
    centre.act("C1", spoil_blanks, ["T002"], "折坏")
    hand(centre, begin(centre, ids[:2]), *ids[:2])
    hand(centre, begin(centre, ids[2:]), *ids[2:])

    def settle(*words: str) -> Answer:
        return command(centre, "settle", "--batch", batch, *words, second=None)

    assert settle("--none", "--paper", "T001").exit_code == 2, "what did not come out is on no paper"
    assert settle("--all", "--paper", "T001").data["error"] == "certificates.settle_one_run"
    assert settle("--up-to", third, "--paper", "T002").data["error"] == "certificates.blank_gone"
    assert settle("--up-to", third, "--paper", "T001").data == {"printed": 1, "unprinted": 1}
    assert settle("--up-to", third).data["error"] == "certificates.not_in_run", "that run is settled: nothing was done"
    assert settle("--all", "--paper", "T003").data == {"printed": 2, "unprinted": 0}
    stock = command(centre, "blanks", second=None).data
    assert (stock["used"], stock["spoiled"], stock["left"]) == (3, 1, 2)
    listed = command(centre, "list", "--batch", batch, second=None).data["certificates"]
    assert [one["state"] for one in listed] == ["printed", "printed", "printed", "waiting"] and first != third


def test_one_file_a_candidate_is_named_by_the_number(centre: Centre, allowed: Association, tmp_path: Path) -> None:
    answer = command(centre, "issue", "--batch", str(centre.batch), "--each", str(tmp_path / "each"))
    assert answer.exit_code == 0, answer.out
    assert sorted(path.name for path in (tmp_path / "each").iterdir()) == [f"{n}.pdf" for n in answer.data["issued"]]


def test_the_command_issues_certificates_as_soon_as_nothing_is_missing(
    centre: Centre, allowed: Association, tmp_path: Path
) -> None:
    batch, file = str(centre.batch), str(tmp_path / "a.pdf")
    alone = command(centre, "issue", "--batch", batch, "--out", file, second=None)
    assert (alone.exit_code, alone.data["error"]) == (1, "people.second_needed")
    answer = command(centre, "issue", "--batch", batch, "--out", file)
    assert (answer.exit_code, answer.data["kind"], answer.data["file"]) == (0, "certificate", file), answer.out
    again = command(centre, "issue", "--batch", batch, "--out", file)
    assert again.data["issued"] == answer.data["issued"] == read_back(tmp_path / "a.pdf")
    notices = command(centre, "issue", "--batch", batch, "--out", file, "--kind", "notice", second=None)
    assert (notices.exit_code, notices.data["error"]) == (1, "documents.nothing_to_print"), "everybody has one"
    number = answer.data["issued"][0]
    void = command(centre, "void", number, "--reason", "打错")
    assert (void.exit_code, void.data["state"]) == (0, "voided")
    asked = command(centre, "ask-revoke", answer.data["issued"][1], "--reason", "替考")
    assert asked.data["revocation_asked"] is True
    collected = command(centre, "collect", answer.data["issued"][2], "--proxy", "测试二", second=None)
    assert collected.data["state"] == "proxy"
    listed = command(centre, "list", "--batch", batch, second=None).data["certificates"]
    assert [one["state"] for one in listed] == ["voided", "printed", "proxy", "printed"]
    for words in (
        ("issue", "--batch", batch),
        ("settle", "--batch", batch),
        ("settle", "--batch", batch, "--all", "--none"),
    ):
        assert command(centre, *words).exit_code == 2
    assert command(centre, "void", "1234", "--reason", "x").data["error"] == "certificates.unknown"


def test_a_lease_comes_as_a_file(centre: Centre, tmp_path: Path) -> None:
    hub, file = Association(centre).meet(), tmp_path / "lease.zks"
    hub.silent = True
    hub.authorise()
    hub.lease(3, 9, device=77)
    file.write_bytes(hub.file())
    none = command(centre, "lease", str(file), second=None)
    assert (none.exit_code, none.data["from"], none.data["to"], none.data["left"]) == (0, None, None, 0)
    reopened = Centre(open_house(centre.store.home, PASSPHRASE), centre.actors, centre.batch, centre.applications)
    hub.centre = reopened
    with reopened.store:
        hub.decide()
        hub.lease(10, 14)
        hub.lease(20, 29)
        file.write_bytes(hub.file())
        taken = command(reopened, "lease", str(file), second=None)
    assert (taken.exit_code, taken.data["from"], taken.data["to"], taken.data["left"]) == (0, 20, 29, 15), taken.out
    issued = command(reopened, "issue", "--batch", str(centre.batch), "--out", str(tmp_path / "a.pdf"))
    assert issued.data["kind"] == "certificate"
    assert command(reopened, "lease", str(file), second=None).data["left"] == 11, "said twice it is one lease"
    wrong = bytearray(file.read_bytes())
    wrong[-9] ^= 1
    file.write_bytes(wrong)
    assert command(reopened, "lease", str(file), second=None).exit_code in (1, 4)


def test_a_template_is_adopted_by_two_people_and_says_nothing_forbidden(centre: Centre) -> None:
    import msgspec

    plain = default_template()
    ours = msgspec.structs.replace(plain, issuer=msgspec.structs.replace(plain.issuer, name="测试协会"))
    assert centre.ask(template_of) == plain
    with refused("people.second_needed"):
        centre.act("C1", adopt_template, write_template(ours))
    id = centre.act("C1", adopt_template, write_template(ours), second="M1")
    assert centre.ask(template_of) == ours and centre.ask(template_of, 0) == plain
    assert centre.act("C1", adopt_template, write_template(ours), second="M1") == id, "said twice is said once"
    bad = msgspec.structs.replace(plain, issuer=msgspec.structs.replace(plain.issuer, name="国 家测试协会"))
    with refused("certificates.template_refused"):
        centre.act("C1", adopt_template, write_template(bad), second="M1")
    with refused("template.bad_file"):
        centre.act("C1", adopt_template, b"title = 5", second="M1")
    centre.holds()


def test_the_host_in_the_code_is_the_associations_choice(centre: Centre) -> None:
    assert centre.ask(code_host) == "verify.example"
    centre.act("C1", set_code_host, " Cert.Example:8443 ", second="M1")
    assert centre.ask(code_host) == "cert.example:8443"
    for wrong in ("https://x.example", "a b", "x/", "-", "a" * 200):
        with refused("certificates.bad_host"):
            centre.act("C1", set_code_host, wrong, second="M1")
    centre.act("C1", set_code_host, "", second="M1")
    assert centre.ask(code_host) == "verify.example"


def test_a_name_that_was_put_right_later_is_seen_in_the_list(centre: Centre, allowed: Association) -> None:
    """The paper keeps what was signed, until it is voided and issued again."""
    issue(centre)
    with refused("batches.closed"):
        centre.act("R1", registration.correct_person, centre.applications[0], person(1, name="改名"), second="M1")
    later = centre.apply(1, centre.open_batch())
    centre.act("R1", registration.correct_person, later, person(1, name="改名"), second="M1")
    first = centre.ask(certificates, centre.batch)[0]
    assert first.name_differs and first.name == "测试1"
    (page,) = centre.ask(lambda read: list(pages_of(read, [first.id])))
    assert page.name == "测试1", "the page says what its code says"
    centre.act("C1", commands.void_certificate, first.id, "姓名更正", second="M1")
    assert issue(centre)[0] != first.number
    voided, anew = centre.ask(certificates, centre.batch)[:2]
    assert (voided.state, anew.name, anew.name_differs) == ("voided", "改名", False)
