"""The whole evaluation, from a roster file to documents whose codes are read back and verified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.house import open_house, signature_problems
from core.people.pins import sign_in
from core.store import keys
from tests.cli.calls import call

KEYS = {
    "home", "passphrase", "accounts", "candidates", "approved", "panels", "sheets", "passed", "certificates",
    "notices", "documents", "association", "seconds", "steps",
}  # fmt: skip


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "KDF_MEMORY_KIB", 8)
    monkeypatch.setattr(keys, "KDF_PASSES", 1)


def test_thirty_candidates_go_through_the_whole_evaluation(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    answer = call("--home", str(home), "demo", "--out", str(out))
    assert answer.exit_code == 0, answer.out
    data = answer.data
    assert set(data) == KEYS
    assert data["candidates"] == 30 and 25 <= data["approved"] < 30
    assert data["approved"] > data["certificates"] == data["passed"] > 0
    assert data["certificates"] + data["notices"] == data["approved"]
    assert data["panels"] == 1 and data["sheets"] == data["approved"] * 3 * 4
    document, notices = data["documents"]
    assert (Path(document), Path(notices)) == (out / "证书.pdf", out / "成绩告知单.pdf")
    assert list(data["steps"]) == [
        "founded", "enrolled", "roster_taken", "reviewed", "arranged", "knowledge", "marked", "deliberated",
        "confirmed", "decided", "printed", "told", "listed", "read_back", "checked",
    ]  # fmt: skip
    assert len(answer.err.splitlines()) == len(data["steps"])
    verified = call("--home", str(home), "verify", "--pdf", document)
    assert (verified.exit_code, verified.data["status"], verified.data["signature_ok"]) == (0, "valid", True)
    assert len(verified.data["documents"]) == data["certificates"]
    assert verified.data["list_dated"] is not None and "演示" in verified.data["association"]
    told = call("--home", str(home), "verify", "--pdf", notices)
    assert (told.exit_code, told.data["status"], len(told.data["documents"])) == (1, "provisional", data["notices"])
    assert call("verify", "--pdf", document).data["status"] == "unknown_issuer"
    revoked_by_the_association(home, data, document)
    with open_house(home, data["passphrase"]) as store:
        roles = {role for account in data["accounts"] for role in account["roles"]}
        assert roles == {
            "registrar", "reviewer", "manager", "invigilator", "examiner", "certificates", "supervisor", "auditor",
            "admin",
        }  # fmt: skip
        for account in data["accounts"]:
            assert sign_in(store, account["id"], account["pin"]).sign is not None
        assert store.verify().problems == [] and signature_problems(store) == [] and store.compare()[1] == []
    again = call("--home", str(home), "demo")
    assert (again.exit_code, again.data["error"]) == (1, "demo.home_not_empty")
    whole = call("--home", str(home), "journal", "verify", ZHIKAO_PASSPHRASE=data["passphrase"])
    assert (whole.exit_code, whole.data["problems"]) == (0, [])


def revoked_by_the_association(home: Path, data: dict[str, Any], document: str) -> None:
    """The association of a demonstration is a real one: what it revokes is revoked from its next lists on."""
    number = call("--home", str(home), "verify", "--pdf", document).data["documents"][0]["fields"]["number"]
    hub, opened = data["association"], {"ZHIKAO_PASSPHRASE": data["passphrase"]}
    assert call("--home", hub, "hub", "revoke", number, **opened).exit_code == 0
    lists = str(home.parent / "lists.json")
    assert call("--home", hub, "hub", "lists", "--out", lists, **opened).exit_code == 0
    again = call("verify", "--pdf", document, "--issuers", lists, "--revoked", lists)
    assert (again.exit_code, again.data["status"]) == (1, "revoked")
    assert [one["status"] for one in again.data["documents"]].count("valid") == data["certificates"] - 1


def test_forty_five_seniors_fill_two_panels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIKAO_HOME")
    answer = call("demo", "--candidates", "45", "--level", "senior", "--out", str(tmp_path), ZHIKAO_LANG="en")
    assert answer.exit_code == 0, answer.out
    assert answer.data["panels"] == 2
    assert answer.data["certificates"] + answer.data["notices"] == answer.data["approved"]


@pytest.mark.parametrize("candidates", ["1", "2"])
def test_even_one_candidate_makes_an_evaluation(tmp_path: Path, candidates: str) -> None:
    answer = call("--home", str(tmp_path / "home"), "demo", "--candidates", candidates, "--out", str(tmp_path))
    assert answer.exit_code == 0, answer.out
    assert answer.data["certificates"] + answer.data["notices"] == answer.data["approved"] >= 1
    assert len(answer.data["documents"]) == bool(answer.data["certificates"]) + bool(answer.data["notices"])


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        (["--candidates", "0"], 2),
        (["--candidates", "many"], 2),
        (["--level", "master"], 2),
        (["--candidates", "-5"], 2),
    ],
)
def test_a_demonstration_that_cannot_be_says_why(words: list[str], exit_code: int) -> None:
    answer = call("demo", *words)
    assert answer.exit_code == exit_code and answer.data["error"]


def test_a_home_or_folder_that_cannot_be_used_is_no_bug(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    assert call("--home", str(file), "demo").exit_code == 1
    assert call("--home", str(tmp_path / "home"), "demo", "--out", str(file / "below")).exit_code == 3
