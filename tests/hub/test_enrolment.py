"""Enrolling by file: whose answer counts, and whose does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.association import queries
from core.certificates.issuers import take_in_hub_file
from core.errors import AppError
from core.house import found_centre, restore_centre
from core.hub import acts
from core.hub.hub import open_hub
from core.hub.ingest import ingest
from core.hub.senders import sender
from core.people import commands as people
from core.people.pins import fresh_key, sign_in
from core.store import Actors, Predecessor, backup, segments
from core.store.basics import DeviceAdmitted
from tests.cli.calls import call
from tests.hub.association import HUB_PASSPHRASE, Association, at_centre, certificate, issuer_key, verify
from tests.hub.devices import Device, enrolled
from tests.rooms import ADMIN_PIN, CODE, PASSPHRASE, PIN, Centre, refused
from tests.store.room import recovery_code


def test_nothing_is_kept_of_an_answer_whose_fingerprint_differs(association: Association, centre: Centre) -> None:
    answer = str(association.admit(centre))
    right = association.fingerprint
    wrong = ("0" if right[0] != "0" else "1") + right[1:]
    for given in (wrong, "", "测", right[:-1], right * 2):
        found = at_centre(centre, "enrol", "--answer", answer, "--hub-key", given)
        assert (found.exit_code, found.data["error"]) == (1, "association.fingerprint_differs"), given
    assert centre.ask(queries.association) is None
    with refused("association.not_enrolled"):
        take_in_hub_file(centre.store, Path(answer).read_bytes())
    assert [head.device for head in centre.store.heads()] == [1]


@pytest.mark.parametrize("how", ["{}", " {} ", "lower", "spaces", "full"])
def test_a_fingerprint_may_be_typed_as_people_type(association: Association, centre: Centre, how: str) -> None:
    plain = association.fingerprint
    typed = {
        "lower": plain.lower().replace("-", ""),
        "spaces": plain.replace("-", "  "),
        "full": plain.translate({ord("0") + n: ord("０") + n for n in range(10)}),
    }.get(how, how.format(plain))
    answer = str(association.admit(centre))
    assert at_centre(centre, "enrol", "--answer", answer, "--hub-key", typed).exit_code == 0


def test_an_answer_needs_an_administrator_and_a_manager(association: Association, centre: Centre) -> None:
    answer = str(association.admit(centre))
    words = ["enrol", "--answer", answer, "--hub-key", association.fingerprint]
    for login, second, code in (
        ("admin", "", "people.second_needed"),
        ("admin", "C1", "people.second_unfit"),
        ("M1", "M2", "people.not_permitted"),
    ):
        found = at_centre(centre, *words, login=login, second=second)
        assert (found.exit_code, found.data["error"]) == (1, code)
    assert centre.ask(queries.association) is None
    assert at_centre(centre, *words, login="admin", second="M1").exit_code == 0


def test_the_answer_to_another_machine_is_refused(association: Association, centre: Centre, tmp_path: Path) -> None:
    store, _ = found_centre(tmp_path / "twin", CODE, "测试考点", ADMIN_PIN, PASSPHRASE)
    twin = Centre(store, {"admin": sign_in(store, "admin", ADMIN_PIN)})
    with store:
        answer = association.admit(twin)
        twin.store.close()
    found = at_centre(centre, "enrol", "--answer", str(answer), "--hub-key", association.fingerprint)
    assert (found.exit_code, found.data["error"]) == (1, "association.not_our_answer")
    assert [head.device for head in centre.store.heads()] == [1]
    request = association.file("second.json")
    assert at_centre(centre, "enrol", "--request", str(request), second="").exit_code == 0
    association.refuses("hub.device_fork", "admit", str(request), "--out", str(association.file("x.seg")), exit_code=4)


def test_an_answer_to_a_request_of_somebody_else_is_refused(association: Association, centre: Centre) -> None:
    """The keys are ours, the request is not: somebody who copied the home asked."""
    from sqlalchemy import delete

    from core.association.tables import AskedEnrolment
    from core.store import THE_PROGRAM

    answer = association.admit(centre)
    centre.store.write(THE_PROGRAM, lambda write: write.local(delete(AskedEnrolment)))
    found = at_centre(centre, "enrol", "--answer", str(answer), "--hub-key", association.fingerprint)
    assert found.data["error"] == "association.not_our_answer"
    assert centre.ask(queries.association) is None


def test_a_second_hub_for_one_centre_is_refused(enrolled: Association, centre: Centre, tmp_path: Path) -> None:
    other = Association(tmp_path / "other")
    other.folder.mkdir()
    answer = str(other.found().admit(centre))
    found = at_centre(centre, "enrol", "--answer", answer, "--hub-key", other.fingerprint)
    assert (found.exit_code, found.data["error"]) == (4, "association.another_hub")
    with refused("association.another_hub", 4):
        take_in_hub_file(centre.store, Path(answer).read_bytes())
    assert centre.ask(queries.association).fingerprint == enrolled.fingerprint


def test_a_device_is_admitted_once_however_often_its_request_comes(association: Association, centre: Centre) -> None:
    association.admit(centre)
    words = ["admit", str(association.file("request.json")), "--out", str(association.file("again.seg"))]
    again = association.do(*words)
    (one,) = association.do("status")["centres"]
    assert (one["entries"], len(one["devices"]), len(again["devices"])) == (1, 1, 1)
    assert association.file("again.seg").read_bytes() == association.file("answer.seg").read_bytes()


def test_a_request_that_was_changed_anywhere_enrols_nobody(association: Association, centre: Centre) -> None:
    request = association.file("request.json")
    assert at_centre(centre, "enrol", "--request", str(request), second="").exit_code == 0
    whole = request.read_bytes()
    bad = association.file("bad.json")
    for place in range(0, len(whole), 7):
        bad.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        found = association.ask("admit", str(bad), "--out", str(association.file("x.seg")))
        assert (found.exit_code, found.data["error"].split(".")[0]) in {(1, "association"), (4, "association")}, place
    for data in (b"", b"{}", b"[" * 100_000, whole[:-1], whole + b"x", b"\xff" * 50, b'{"zhikao":"lists"}'):
        bad.write_bytes(data)
        association.refuses("association.bad_request", "admit", str(bad), "--out", str(association.file("x.seg")))
    assert association.do("status")["centres"] == []


def test_a_changed_answer_enrols_nobody(association: Association, centre: Centre) -> None:
    from core.association import commands

    (segment,) = segments.decode_segments(association.admit(centre).read_bytes())
    key = issuer_key(centre)
    (body,) = segment.bodies
    for bit in range(0, 8 * len(body), 41):
        changed = bytearray(body)
        changed[bit // 8] ^= 1 << bit % 8
        altered = type(segment)(**{**_fields(segment), "bodies": [bytes(changed)]})
        with pytest.raises(AppError) as caught:
            centre.act("admin", commands.accept_enrolment, [altered], association.fingerprint, key, second="M1")
        assert caught.value.exit_code in (1, 4)
    assert centre.ask(queries.association) is None


def _fields(segment: segments.Segment) -> dict[str, object]:
    return {name: getattr(segment, name) for name in segment.__struct_fields__}


def test_what_a_device_says_it_goes_on_from_closes_nothing_that_the_chain_does_not_bear_out(
    association: Association,
) -> None:
    """A stranger's claim, a claim beyond what has come, the true one; and an older backup lowers nothing."""
    with open_hub(association.home, HUB_PASSPHRASE, None) as hub:
        old = enrolled(hub)
        old.work(8)
        hub.act(ingest, old.centre, [old.segment(1, 4)])

        def admit(number: int, seq: int, head: bytes) -> tuple[list[dict[str, object]], str]:
            new = Device(number=number)
            association.file("r.json").write_bytes(new.request(before=(Predecessor(1, old.public, seq, head),)))
            words = ("admit", str(association.file("r.json")), "--out", str(association.file("a.seg")))
            said = call("--home", str(association.home), "hub", *words, as_json=False, ZHIKAO_PASSPHRASE=HUB_PASSPHRASE)
            return association.do(*words)["goes_on_from"], said.out

        def problems(first: int, last: int) -> list[str]:
            return [one.code for one in hub.act(ingest, old.centre, [old.segment(first, last)]).problems]

        found, said = admit(501, 2, bytes(32))
        assert found == [{"device": 1, "seq": 2, "holds": False}] and "withdraw --device 1" in said
        found, said = admit(502, 5, bytes(32))
        assert found == [{"device": 1, "seq": 5, "holds": None}] and "hub." not in said and "设备 1 照旧" in said
        assert problems(5, 6) == [], "a claim that names another hash closes nothing"
        assert admit(503, 7, old.hash(7))[0][0]["holds"] is None
        assert problems(7, 7) == []
        assert admit(504, 3, old.hash(3))[0][0]["holds"] is True
        assert problems(8, 8) == ["frozen"], "it ends where the last one goes on from it"
        hub.rebuild(old.centre)
        assert problems(8, 8) == ["frozen"]


def test_a_terminal_does_not_come_to_speak_for_its_centre_because_somebody_goes_on_from_it(
    association: Association,
) -> None:
    with open_hub(association.home, HUB_PASSPHRASE, None) as hub:
        host, terminal, new = enrolled(hub), Device(number=4711), Device(number=600)
        host.write(DeviceAdmitted(4711, terminal.public), second=2)
        hub.act(ingest, host.centre, [host.segment()])
        terminal.work(1)
        hub.act(acts.admit, new.request(before=(Predecessor(4711, terminal.public, 1, terminal.hash(1)),)))
        with hub.look() as ledger:
            found = sender(ledger, host.centre, 4711)
        assert found is not None and not found.authority
        other = Device(number=4711)
        with refused("hub.device_fork", 4):
            hub.act(acts.admit, other.request())


def test_after_a_restore_the_old_certificates_count_and_new_ones_need_a_new_word_of_the_association(
    enrolled: Association, centre: Centre, tmp_path: Path
) -> None:
    """Its issuer key is another one, and its device: authorisation and lease are for these."""
    _, before = certificate(centre, 1, 0)
    code = recovery_code(centre.store)
    backup.make(centre.store, tmp_path / "b.zkb")
    centre.store.close()
    _, store = restore_centre(tmp_path / "b.zkb", tmp_path / "new", code, ADMIN_PIN, PASSPHRASE)
    again = Centre(store, {"admin": sign_in(store, "admin", ADMIN_PIN)}, centre.batch)
    try:
        again.act("admin", people.reset_pin, centre.id("M1"), fresh_key("0000"))
        again.actors["M1"] = people.change_own_pin(store, Actors(sign_in(store, "M1", "0000")), PIN)
        enrolled.enrol(again)
        _, after = certificate(again, 200, 100)
        out = str(enrolled.file("x.seg"))
        old_lease = ["lease", "--centre", CODE, "--device", str(again.store.device), "--out", out]
        enrolled.refuses("hub.serials_taken", *old_lease, "--from", "5", "--to", "9")

        def said(text: str) -> str:
            return str(
                verify(text, "--issuers", str(enrolled.lists()), "--revoked", str(enrolled.lists())).data["status"]
            )

        assert (said(before), said(after)) == ("valid", "unknown_issuer")
        enrolled.authorise()
        enrolled.lease(again.store.device, 200, 210)
        assert (said(before), said(after)) == ("valid", "valid")
    finally:
        again.store.close()
