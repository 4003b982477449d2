"""What the association gives out once, and what it refuses in words."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.association import queries
from core.certificates.issuers import take_in_hub_file
from core.clock import today
from core.errors import Refused
from core.house import found_centre
from core.hub import keys
from core.hub.hub import make_hub, open_hub
from core.people.pins import sign_in
from tests.cli.calls import call
from tests.hub.association import SERIALS, Association, certificate, verify
from tests.rooms import ADMIN_PIN, CODE, PASSPHRASE, STANDARD, Centre


def test_no_serial_and_no_index_is_given_out_twice(enrolled: Association, centre: Centre, tmp_path: Path) -> None:
    out = str(enrolled.file("x.seg"))
    device = str(centre.store.device)
    lease = ["lease", "--centre", CODE, "--device", device, "--out", out]
    for first, last in ((1, 1), (SERIALS, SERIALS + 5), (1, 200), (50, 60)):
        enrolled.refuses("hub.serials_taken", *lease, "--from", str(first), "--to", str(last))
    enrolled.refuses("hub.bad_serials", *lease, "--from", "0", "--to", "5")
    enrolled.refuses("hub.bad_serials", *lease, "--from", "5", "--to", "4")
    enrolled.refuses("certificates.number_does_not_fit", *lease, "--from", "1000", "--to", "100000")
    enrolled.refuses("hub.not_enrolled", *lease, "--device", "77", "--from", "1000", "--to", "1001")
    enrolled.do(*lease, "--from", "101", "--to", "150")
    enrolled.do(*lease, "--from", "1", "--to", "50", "--year", "2031")
    store, _ = found_centre(tmp_path / "two", "888888", "第二考点", ADMIN_PIN, PASSPHRASE)
    second = Centre(store, {"admin": sign_in(store, "admin", ADMIN_PIN)})
    enrolled.admit(second)
    second.store.close()
    enrolled.lease(1, 1, 10, "888888")
    given = [lease for one in enrolled.do("status")["centres"] for lease in one["leases"]]
    indexes = [n for one in given for n in range(one["first_index"], one["first_index"] + one["to"] - one["from"] + 1)]
    assert len(indexes) == len(set(indexes)) == 210


def test_a_withdrawn_device_gets_nothing_more_until_it_asks_again(enrolled: Association, centre: Centre) -> None:
    out = str(enrolled.file("x.seg"))
    enrolled.do("withdraw", "--centre", CODE, "--device", "1", "--reason", "电脑丢失", "--out", out)
    lease = ["lease", "--centre", CODE, "--device", "1", "--from", "500", "--to", "600", "--out", out]
    enrolled.refuses("hub.not_enrolled", *lease)
    take_in_hub_file(centre.store, Path(out).read_bytes())
    assert centre.ask(queries.association).enrolled is False
    _, tomorrow = certificate(centre, 1, 0, today() + timedelta(days=1))
    assert verify(tomorrow, "--issuers", str(enrolled.lists())).data["status"] == "unknown_issuer"
    enrolled.enrol(centre)
    assert centre.ask(queries.association).enrolled is True
    enrolled.do(*lease)
    centre.holds()


def test_an_unknown_number_is_not_revoked(enrolled: Association, centre: Centre) -> None:
    beyond, _ = certificate(centre, SERIALS + 1, 0)
    other_centre, _ = certificate(centre, 1, 0, digits="02")
    number, _ = certificate(centre, 1, 0)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    digits, _ = certificate(centre, 1, 0, standard="530051-2024")
    for each in (beyond, other_centre, wrong, digits, "", "N1099511628012", "9" * 500, "测"):
        enrolled.refuses("hub.unknown_number", "revoke", each)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["authorise", "--standard", "none", "--until", "2027-01-01"], "standards.unknown"),
        (["authorise", "--standard", STANDARD, "--until", "2000-01-01"], "hub.ends_before_it_begins"),
        (["authorise", "--standard", STANDARD, "--until", "2099-01-01", "--level", "x"], "hub.unknown_level"),
        (["authorise", "--standard", STANDARD, "--until", "2099-01-01", "--number", "１２"], "hub.bad_digits"),
        (["authorise", "--standard", STANDARD, "--until", "2099-01-01", "--pattern", "x"], "certificates.bad_pattern"),
        (["authorise", "--standard", STANDARD, "--until", "2099-01-01", "--device", "9"], "hub.not_enrolled"),
        (["decide", "--batch", "2026-01", "--results", "ab"], "hub.bad_results"),
        (["decide", "--batch", "2026-01", "--results", "z" * 64], "hub.bad_results"),
        (["decide", "--batch", " ", "--results", "a" * 64], "hub.bad_text"),
        (["decide", "--batch", "b" * 501, "--results", "a" * 64], "hub.bad_text"),
        (["decide", "--batch", "2026-01", "--results", "a" * 64, "--refuse"], "hub.reason_needed"),
        (["withdraw", "--device", "9"], "hub.not_enrolled"),
        (["lists", "--days", "0"], "hub.bad_days"),
        (["lists", "--days", "9" * 30], "hub.bad_days"),
        (["lease", "--device", "9" * 30, "--from", "500", "--to", "501"], "hub.not_enrolled"),
        (["lease", "--device", "-1", "--from", "500", "--to", "501"], "hub.not_enrolled"),
        (["lease", "--device", "1", "--from", "500", "--to", "9" * 30], "certificates.number_does_not_fit"),
        (["lease", "--device", "1", "--from", "500", "--to", "501", "--year", "9" * 30], "hub.bad_year"),
    ],
)
def test_what_the_association_cannot_mean_is_refused_in_words(
    enrolled: Association, words: list[str], code: str
) -> None:
    enrolled.refuses(code, *words, "--centre", CODE, "--out", str(enrolled.file("x.seg")))
    assert not enrolled.file("x.seg").exists()


@pytest.mark.parametrize("code", ["888888", "", "测" * 400, "99999９"])
def test_a_centre_that_never_asked_gets_nothing(database_url: str, tmp_path: Path, code: str) -> None:
    association = Association(tmp_path / "of its own", database_url)
    association.folder.mkdir()
    association.found()
    out = ["--centre", code, "--out", str(association.file("x.seg"))]
    for words in (
        ["authorise", "--standard", STANDARD, "--until", "2099-01-01"],
        ["decide", "--batch", "2026-01", "--results", "a" * 64],
        ["lease", "--device", "1", "--from", "1", "--to", "2"],
        ["lists"],
        ["file"],
        ["withdraw", "--device", "1"],
    ):
        association.refuses("hub.not_enrolled", *words, *out)


def test_a_file_that_cannot_be_written_is_found_before_anything_is_said(enrolled: Association) -> None:
    for target in (enrolled.folder, enrolled.folder / "missing" / "x.seg"):
        enrolled.refuses(
            "hub.no_folder", "lease", "--centre", CODE, "--device", "1", "--from", "500", "--to", "501",
            "--out", str(target), exit_code=3,
        )  # fmt: skip


def test_a_hub_stands_neither_in_a_centres_home_nor_twice_in_one(association: Association, centre: Centre) -> None:
    secrets = {"ZHIKAO_PASSPHRASE": "口令"}
    for home in (centre.store.home, association.home):
        found = call("--home", str(home), "hub", "init", **secrets)
        assert (found.exit_code, found.data["error"]) == (1, "hub.home_in_use")
    found = call(
        "--home", str(association.home), "centre", "found", "--code", "320117", "--name", "测试考点",
        ZHIKAO_PASSPHRASE="口令", ZHIKAO_PIN="246810",
    )  # fmt: skip
    assert (found.exit_code, found.data["error"]) == (1, "centre.home_in_use")
    assert not (association.home / "store.db").exists()
    empty = association.folder / "empty"
    assert call("--home", str(empty), "hub", "status", **secrets).data["error"] == "hub.no_hub"
    found = association.ask("status", ZHIKAO_PASSPHRASE="不对")
    assert (found.exit_code, found.data["error"]) == (1, "hub.wrong_passphrase")
    for url, code, exit_code in (
        ("mysql://x/y", "hub.bad_database", 1),
        ("nonsense", "hub.bad_database", 1),
        ("sqlite://", "hub.bad_database", 1),
        ("postgresql://hub@127.0.0.1:9/none", "hub.no_database", 3),
    ):
        found = association.ask("status", ZHIKAO_HUB_DATABASE=url)
        assert (found.exit_code, found.data["error"]) == (exit_code, code)


def test_of_two_hubs_that_are_made_in_one_home_at_once_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, whole = tmp_path / "hub", keys.wrap
    other: list[bytes] = []

    def meanwhile(*arguments: Any) -> Any:
        if not other:
            other.append(b"")
            hub = make_hub(home, "先到的协会", "口令", None)
            other[0] = hub.keys.public
            hub.close()
        return whole(*arguments)

    monkeypatch.setattr(keys, "wrap", meanwhile)
    with pytest.raises(Refused, match=r"hub\.home_in_use"):
        make_hub(home, "后到的协会", "口令", None)
    with open_hub(home, "口令", None) as hub:
        assert (hub.keys.name, hub.keys.public) == ("先到的协会", other[0])


def test_the_hubs_keys_stand_nowhere_in_the_clear(association: Association) -> None:
    from core.hub.keys import open_keys
    from tests.hub.association import HUB_PASSPHRASE

    keys = open_keys(association.home, HUB_PASSPHRASE)
    secret = keys.signing.private_bytes_raw()
    for file in association.home.iterdir():
        data = file.read_bytes()
        assert secret not in data and secret.hex().encode() not in data and keys.data not in data
    public = json.loads((association.home / "hub.json").read_bytes())
    public["key"] = bytes(32).hex()
    (association.home / "hub.json").write_text(json.dumps(public))
    found = association.ask("status")
    assert (found.exit_code, found.data["error"]) == (4, "hub.keys_damaged")


def test_a_hub_database_that_is_damaged_or_cannot_be_opened_is_called_the_hubs(association: Association) -> None:
    """And never the data file of a centre."""
    file = association.home / "hub.db"
    for name in ("hub.db-wal", "hub.db-shm"):
        (association.home / name).unlink(missing_ok=True)
    whole = file.read_bytes()
    file.write_bytes(b"\x00" * 100 + whole[100:])
    found = association.ask("status")
    assert (found.exit_code, found.data["error"]) == (4, "hub.database_damaged")
    file.unlink()
    file.mkdir()
    found = association.ask("status")
    assert (found.exit_code, found.data["error"]) == (3, "hub.database_cannot_open")
    assert "考点数据文件" not in found.data["message"] and "hub.db" in found.data["message"]
