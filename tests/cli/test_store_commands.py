"""Commands of the contract that work on a store: their keys, exit codes, and sentences in both languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli import NOUNS
from core.paths import PROGRAM
from core.store import keys
from tests.cli.calls import Answer, call
from tests.rooms import ADMIN_PIN, FIRST_PIN, PASSPHRASE, PIN, Centre


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "KDF_MEMORY_KIB", 8)
    monkeypatch.setattr(keys, "KDF_PASSES", 1)


def asked(centre: Centre, login: str, *words: str, **environment: str) -> Answer:
    """A command on the centre's home; the store is opened by it alone."""
    centre.store.close()
    secrets = {"ZHIKAO_PASSPHRASE": PASSPHRASE, "ZHIKAO_PIN": ADMIN_PIN if login == "admin" else PIN, **environment}
    return call("--home", str(centre.store.home), "--as", login, *words, **secrets)


def test_a_centre_is_founded_with_its_administrator(tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = ["--home", str(home), "centre", "found", "--code", "320115", "--name", "测试考点"]
    answer = call(*words, ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=ADMIN_PIN)
    assert answer.exit_code == 0
    assert set(answer.data) == {"centre", "device", "recovery_code"}
    assert (answer.data["centre"], answer.data["device"]) == ("320115", 1)
    listed = call(
        "--home", str(home), "--as", "admin", "account", "list", ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=ADMIN_PIN
    )
    assert [(one["id"], one["roles"], one["provisional"]) for one in listed.data["accounts"]] == [
        ("admin", ["admin"], False)
    ]
    again = call(*words, ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=ADMIN_PIN)
    assert (again.exit_code, again.data["error"]) == (1, "centre.home_in_use")


@pytest.mark.parametrize(
    ("code", "name", "pin", "error"),
    [
        ("32011", "测试", ADMIN_PIN, "centre.bad_code"),
        ("３２０１１５", "测试", ADMIN_PIN, "centre.bad_code"),
        ("320115", " ", ADMIN_PIN, "centre.bad_name"),
        ("320115", "测" * 61, ADMIN_PIN, "centre.bad_name"),
        ("320115", "测试", "1", "people.bad_pin"),
    ],
)
def test_a_centre_that_cannot_be_leaves_no_home_behind(
    tmp_path: Path, code: str, name: str, pin: str, error: str
) -> None:
    home = tmp_path / "home"
    answer = call(
        "--home", str(home), "centre", "found", "--code", code, "--name", name,
        ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=pin,
    )  # fmt: skip
    assert (answer.exit_code, answer.data["error"]) == (1, error)
    assert not home.exists()


def test_a_crash_right_after_founding_leaves_a_usable_centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account is in the founding transaction, and the list of issuers is made again on opening."""
    from core import house
    from core.people.pins import sign_in

    def crash(store: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(house, "write_home_files", crash)
        house.found_centre(tmp_path / "home", "320115", "测试考点", ADMIN_PIN, PASSPHRASE)
    with house.open_house(tmp_path / "home", PASSPHRASE) as store:
        assert sign_in(store, "admin", ADMIN_PIN).sign is not None
    assert (tmp_path / "home" / "issuers.json").exists()


def test_accounts_are_made_listed_reset_and_closed(centre: Centre) -> None:
    made = asked(centre, "admin", "account", "create", "N1", "--role", "reviewer", "--role", "registrar",
                 ZHIKAO_NEW_PIN=FIRST_PIN)  # fmt: skip
    assert (made.exit_code, made.data["account"]) == (0, "N1")
    changed = asked(centre, "N1", "account", "pin", ZHIKAO_PIN=FIRST_PIN, ZHIKAO_NEW_PIN=PIN)
    assert changed.data == {"account": "N1", "provisional": False}
    alone = asked(centre, "admin", "account", "reset", "N1", ZHIKAO_NEW_PIN="7777")
    assert (alone.exit_code, alone.data["error"]) == (1, "people.second_needed")
    reset = asked(centre, "admin", "--with", "M1", "account", "reset", "N1", ZHIKAO_NEW_PIN="7777", ZHIKAO_PIN2=PIN)
    assert reset.data == {"account": "N1", "provisional": True}
    assert asked(centre, "N1", "account", "list", ZHIKAO_PIN="7777").exit_code == 0
    assert asked(centre, "admin", "account", "close", "N1").data["closed"] is True
    gone = asked(centre, "N1", "account", "list", ZHIKAO_PIN="7777")
    assert (gone.exit_code, gone.data["error"]) == (1, "people.wrong_pin")
    for verb in ("reset", "close"):
        unknown = asked(centre, "admin", "account", verb, "nobody", ZHIKAO_NEW_PIN="7777")
        assert unknown.data["error"] == "people.unknown_account"


@pytest.mark.parametrize(
    ("words", "environment", "exit_code", "error"),
    [
        (["account", "list"], {}, 2, "cli.who"),
        (["--as", "M1", "account", "list"], {"ZHIKAO_PIN": ""}, 1, "people.wrong_pin"),
        (["--as", "M1", "account", "list"], {"ZHIKAO_PIN": None}, 2, "cli.secret_missing"),
        (["--as", "nobody", "account", "list"], {}, 1, "people.wrong_pin"),
        (["--as", "M1", "--with", "M1", "account", "list"], {"ZHIKAO_PIN2": PIN}, 1, "people.second_same"),
        (["--as", "M1", "--with", "M2", "account", "list"], {}, 2, "cli.secret_missing"),
        (["--as", "M1", "--with", "M2", "account", "list"], {"ZHIKAO_PIN2": "0"}, 1, "people.wrong_pin"),
        (["--as", "admin", "account", "create", "X"], {}, 2, "cli.usage"),
        (["--as", "M1", "account", "create", "X", "--role", "auditor"], {"ZHIKAO_NEW_PIN": PIN}, 1,
         "people.not_permitted"),
        (["--as", "M1", "batch", "create", "--standard", "x", "--level", "junior", "--date", "2026-13-01"], {}, 2,
         "cli.bad_date"),
        (["--as", "M1", "batch", "create", "--standard", "x", "--level", "junior", "--date", "2026-11-21"], {}, 1,
         "standards.unknown"),
        (["--as", "M1", "batch", "show", "2099-99"], {}, 1, "batches.unknown"),
        (["--as", "M1", "batch"], {}, 2, "cli.usage"),
        (["nonsense"], {}, 2, "cli.unknown_command"),
        ([], {}, 2, "cli.unknown_command"),
    ],
)  # fmt: skip
def test_words_and_people_that_are_off_end_with_a_sentence(
    centre: Centre, words: list[str], environment: dict[str, str | None], exit_code: int, error: str
) -> None:
    centre.store.close()
    given = {"ZHIKAO_PASSPHRASE": PASSPHRASE, "ZHIKAO_PIN": PIN, **environment}
    known = {name: value for name, value in given.items() if value is not None}
    for language in ("zh", "en"):
        answer = call("--home", str(centre.store.home), *words, ZHIKAO_LANG=language, **known)
        assert (answer.exit_code, answer.data["error"]) == (exit_code, error)
        assert set(answer.data) >= {"error", "message", "clause"}
        assert answer.data["message"] not in ("", error)
        assert (language == "zh") == any("\u4e00" <= character <= "\u9fff" for character in answer.data["message"])
        plain = call("--home", str(centre.store.home), *words, as_json=False, ZHIKAO_LANG=language, **known)
        assert (plain.exit_code, plain.out) == (exit_code, "") and plain.err.strip()


def test_a_home_without_a_store_and_a_wrong_passphrase_are_told_apart(centre: Centre, tmp_path: Path) -> None:
    nothing = call("--home", str(tmp_path / "no"), "--as", "M1", "batch", "list", ZHIKAO_PASSPHRASE="x", ZHIKAO_PIN=PIN)
    assert (nothing.exit_code, nothing.data["error"]) == (3, "store.no_store")
    wrong = asked(centre, "M1", "batch", "list", ZHIKAO_PASSPHRASE="wrong")
    assert wrong.exit_code == 1


def test_a_store_that_is_open_elsewhere_is_refused(centre: Centre) -> None:
    answer = call(
        "--home", str(centre.store.home), "--as", "M1", "batch", "list", ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=PIN
    )
    assert answer.exit_code == 3


def test_a_batch_is_made_listed_and_shown_step_by_step(centre: Centre) -> None:
    made = asked(centre, "M1", "batch", "create", "--standard", "t-caftv-rural-2026", "--level", "senior",
                 "--date", "2026-12-01")  # fmt: skip
    assert made.exit_code == 0 and made.data["batch"] == "2026-02"
    listed = asked(centre, "S1", "batch", "list").data["batches"]
    assert [one["batch"] for one in listed] == ["2026-02", "2026-01"]
    assert set(listed[0]) >= {"batch", "id", "standard", "level", "date"}
    shown = asked(centre, "S1", "batch", "show", "2026-02").data
    assert shown["batch"] == "2026-02"
    assert list(shown["steps"]) == [
        "applications", "arrangement", "knowledge", "marking", "results", "notices", "certificates",
    ]  # fmt: skip
    assert asked(centre, "S1", "batch", "show", str(shown["id"])).data == shown


@pytest.mark.stage("confirmed")
def test_a_finished_batch_says_so(centre: Centre) -> None:
    steps = asked(centre, "A1", "batch", "show", "2026-01").data["steps"]
    assert steps["applications"] == {"total": 4, "decided": 4, "accepted": 4, "refused": 0, "notified": 4}
    assert steps["arrangement"] == {"places": 4, "panels": 1}
    assert steps["knowledge"] == {"scored": 4}
    assert steps["marking"]["signed"] == steps["marking"]["sheets"] and steps["marking"]["unsealed"] == 4
    assert steps["results"] == {"settled": 4, "passed": 4, "confirmed": True}
    for login in ("R1", "I1", "E1"):
        told = asked(centre, login, "batch", "show", "2026-01").data["steps"]["results"]
        assert told == {"settled": 4, "passed": None, "confirmed": True}, "a count of passes is not for everybody"
    assert steps["notices"] == {"issued": 0}
    text = call("--home", str(centre.store.home), "--as", "A1", "batch", "show", "2026-01", as_json=False,
                ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=PIN).out  # fmt: skip
    assert "4" in text and "steps" not in text and "step." not in text


@pytest.mark.parametrize(
    "content", ["", "x = ", "schema = 1", "\x00\x01", "a" * 100_000, "[" * 5000, "schema = 99\nid = 'x'"]
)
def test_a_file_that_is_no_plan_is_refused(centre: Centre, tmp_path: Path, content: str) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(content, "utf-8")
    answer = asked(centre, "M1", "batch", "create", "--standard", "t-caftv-rural-2026", "--level", "junior",
                   "--date", "2026-12-01", "--plan", str(file))  # fmt: skip
    assert answer.exit_code == 1 and answer.data["error"].startswith("plan.")
    assert asked(centre, "M1", "batch", "create", "--standard", "t-caftv-rural-2026", "--level", "junior",
                 "--date", "2026-12-01", "--plan", str(tmp_path / "no.toml")).exit_code == 3  # fmt: skip


def test_a_centres_own_plan_is_taken(centre: Centre) -> None:
    own = PROGRAM / "resources" / "plans" / "t-caftv-rural-2026.junior.toml"
    words = ["batch", "create", "--standard", "t-caftv-rural-2026", "--date", "2026-12-01", "--plan", str(own)]
    assert asked(centre, "M1", *words, "--level", "junior").exit_code == 0
    other = asked(centre, "M1", *words, "--level", "senior")
    assert (other.exit_code, other.data["error"]) == (1, "batches.plan_of_another")


def test_a_bug_tells_nothing_but_where_its_report_is(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    import core.cli.account as account

    def broken(read: object) -> None:
        raise ZeroDivisionError("测试甲 110101199001010001")

    monkeypatch.setattr(account, "accounts", broken)
    for as_json in (True, False):
        centre.store.close()
        answer = call("--home", str(centre.store.home), "--as", "M1", "account", "list", as_json=as_json,
                      ZHIKAO_PASSPHRASE=PASSPHRASE, ZHIKAO_PIN=PIN)  # fmt: skip
        assert answer.exit_code == 70
        said = answer.out + answer.err
        assert "110101" not in said and "测试甲" not in said and "Traceback" not in said
        if as_json:
            assert answer.data["error"] == "cli.bug" and set(answer.data) == {"error", "message", "clause", "report"}
            report = Path(answer.data["report"]).read_text("utf-8")
            assert "ZeroDivisionError" in report and "110101" not in report and "测试甲" not in report
        else:
            assert answer.out == ""


def test_an_empty_roster_to_fill_in_needs_no_store(tmp_path: Path) -> None:
    answer = call("roster", "template", str(tmp_path / "roster.xlsx"))
    assert (answer.exit_code, answer.data) == (0, {"file": str(tmp_path / "roster.xlsx")})
    assert (tmp_path / "roster.xlsx").stat().st_size > 1000
    assert call("roster", "template", str(tmp_path / "no" / "where" / "x.xlsx")).exit_code in (0, 3)
    assert call("roster", "template", str(tmp_path)).exit_code == 3


def test_help_and_version_are_answers() -> None:
    assert call("--help").data["commands"] == list(NOUNS)
    assert call("--version").data["version"]
    assert "demo" in call("-h", as_json=False).out


def test_a_reader_that_has_gone_is_no_bug() -> None:
    command = f"{sys.executable} main.py standards show t-caftv-rural-2026 | true; echo ${{PIPESTATUS[0]}}"
    answer = subprocess.run(
        ["bash", "-c", command], cwd=PROGRAM, capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert answer.stdout.strip() in ("0", "3") and "Traceback" not in answer.stderr


def test_what_goes_to_standard_output_is_one_object(centre: Centre) -> None:
    answer = asked(centre, "M1", "batch", "list")
    assert answer.out.count("\n") == 1 and json.loads(answer.out)


def test_passphrase_and_recovery_code_change_and_a_lost_passphrase_is_no_lost_store(centre: Centre) -> None:
    renewed = asked(centre, "admin", "centre", "recovery-code")
    assert renewed.exit_code == 0 and len(renewed.data["recovery_code"].split("-")) == 8
    changed = asked(centre, "admin", "centre", "passphrase", ZHIKAO_NEW_PASSPHRASE="另一个")
    assert (changed.exit_code, changed.data["centre"]) == (0, renewed.data["centre"])
    assert asked(centre, "admin", "account", "list").data["error"] == "store.wrong_passphrase"
    home = str(centre.store.home)
    lost = {"ZHIKAO_RECOVERY_CODE": renewed.data["recovery_code"], "ZHIKAO_NEW_PASSPHRASE": PASSPHRASE}
    wrong = call("--home", home, "centre", "recover", **{**lost, "ZHIKAO_RECOVERY_CODE": "AAAA"})
    assert (wrong.exit_code, wrong.data["error"]) == (1, "store.wrong_recovery_code")
    blank = call("--home", home, "centre", "recover", **{**lost, "ZHIKAO_NEW_PASSPHRASE": " "})
    assert (blank.exit_code, blank.data["error"]) == (1, "people.no_passphrase")
    assert call("--home", home, "centre", "recover", **lost).exit_code == 0
    assert asked(centre, "admin", "account", "list").exit_code == 0
