"""`verify` as a script or an employer calls it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.certificates.credential import Credential, key_id, sign, to_text
from core.certificates.lists import LARGEST
from core.certificates.verification import (
    OWN_ISSUERS,
    Issuer,
    Revocations,
    own_issuer,
    write_issuers,
    write_revocations,
)
from core.cli import run
from core.documents.code import draw
from core.documents.layout import document

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ASSOCIATION_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
DAY = date(2026, 11, 21)
PUBLIC = KEY.public_key().public_bytes_raw()
ASSOCIATION = ASSOCIATION_KEY.public_key().public_bytes_raw()
ISSUERS = [
    own_issuer("320115", "测试考点", PUBLIC, date(2026, 1, 1)),
    Issuer(key_id(ASSOCIATION).hex(), "320115", ASSOCIATION.hex(), "测试考点", False, date(2026, 1, 1)),
]


def notice(number: int = 17) -> str:
    credential = Credential(f"N{number}", "测试一", b"\x01" * 6, "t-caftv-rural-2026", "junior", DAY)
    return to_text(sign(credential, KEY), "zhikao.example")


def certificate() -> str:
    credential = Credential("3201152600017", "测试一", b"\x01" * 6, "t-caftv-rural-2026", "junior", DAY, 17)
    return to_text(sign(credential, ASSOCIATION_KEY), "zhikao.example")


def altered(text: str) -> str:
    return text[:-30] + str((int(text[-30]) + 1) % 10) + text[-29:]


@pytest.fixture
def issuers(tmp_path: Path) -> str:
    file = tmp_path / "issuers.json"
    file.write_bytes(write_issuers(ISSUERS))
    return str(file)


def pdf(path: Path, *texts: str) -> str:
    with document(path, "测试") as pen:
        for text in texts:
            draw(pen, text, 30, 30, 33)
            pen.next_sheet()
    return str(path)


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    code = run(["--json", "verify", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_a_valid_certificate_ends_with_0_and_says_that_revocation_was_not_checked(
    capsys: pytest.CaptureFixture[str], issuers: str
) -> None:
    code, answer = asked(capsys, certificate(), "--issuers", issuers)
    assert code == 0
    assert (answer["valid"], answer["signature_ok"], answer["status"]) == (True, True, "valid")
    assert answer["list_dated"] is None
    assert answer["fields"]["number"] == "3201152600017"  # type: ignore[index]
    assert "error" not in answer


def test_a_notice_ends_with_1_and_is_provisional(capsys: pytest.CaptureFixture[str], issuers: str) -> None:
    code, answer = asked(capsys, notice(), "--issuers", issuers)
    assert (code, answer["status"], answer["valid"], answer["signature_ok"]) == (1, "provisional", False, True)
    assert answer["error"] == "verify.provisional"
    assert answer["message"]
    assert answer["clause"] is None


def test_an_altered_code_ends_with_4_and_shows_nothing_of_it(capsys: pytest.CaptureFixture[str], issuers: str) -> None:
    code, answer = asked(capsys, altered(certificate()), "--issuers", issuers)
    assert (code, answer["status"], answer["fields"], answer["signature_ok"]) == (4, "altered", None, False)


def test_a_revoked_certificate_ends_with_1_and_names_the_day_of_the_list(
    capsys: pytest.CaptureFixture[str], issuers: str, tmp_path: Path
) -> None:
    dated = datetime(2026, 11, 22, tzinfo=UTC)
    revoked = tmp_path / "revoked.json"
    revoked.write_bytes(write_revocations(Revocations(dated, datetime(2099, 1, 1, tzinfo=UTC), b"\0\0\2")))
    code, answer = asked(capsys, certificate(), "--issuers", issuers, "--revoked", str(revoked))
    assert (code, answer["status"]) == (1, "revoked")
    assert answer["list_dated"] == "2026-11-22T00:00:00+00:00"


def test_without_a_list_nobody_is_known_and_the_homes_own_list_counts(
    capsys: pytest.CaptureFixture[str], fresh_home: Path
) -> None:
    code, answer = asked(capsys, notice())
    assert (code, answer["status"]) == (1, "unknown_issuer")
    fresh_home.mkdir(parents=True)
    (fresh_home / OWN_ISSUERS).write_bytes(write_issuers(ISSUERS[:1]))
    code, answer = asked(capsys, notice())
    assert (code, answer["status"]) == (1, "provisional")
    code, answer = asked(capsys, certificate())
    assert (code, answer["status"]) == (1, "unknown_issuer")


@pytest.mark.parametrize("text", ["hello", "https://example.org/"])
def test_any_other_text_is_not_a_certificate(capsys: pytest.CaptureFixture[str], text: str) -> None:
    code, answer = asked(capsys, text)
    assert (code, answer["status"], answer["fields"]) == (1, "not_a_certificate", None)


def test_a_document_of_several_sheets_is_judged_sheet_by_sheet_and_by_its_worst(
    capsys: pytest.CaptureFixture[str], issuers: str, tmp_path: Path
) -> None:
    file = pdf(tmp_path / "good.pdf", notice(1), "https://example.org/", notice(2))
    code, answer = asked(capsys, "--pdf", file, "--issuers", issuers)
    assert (code, answer["status"]) == (1, "provisional")
    assert answer["fields"]["number"] == "N1"  # type: ignore[index]
    assert [each["fields"]["number"] for each in answer["documents"]] == ["N1", "N2"]  # type: ignore[attr-defined]
    file = pdf(tmp_path / "bad.pdf", notice(1), altered(notice(2)))
    code, answer = asked(capsys, "--pdf", file, "--issuers", issuers)
    assert (code, answer["status"]) == (4, "altered")
    assert [each["status"] for each in answer["documents"]] == ["provisional", "altered"]  # type: ignore[attr-defined]


def picture(path: Path, *texts: str) -> str:
    """A picture of these codes, one below the other."""
    import pypdfium2
    from PIL import Image

    document_file = pypdfium2.PdfDocument(pdf(path.with_suffix(".pdf"), *texts))
    sheets = [sheet.render(scale=2).to_pil() for sheet in document_file]
    document_file.close()
    whole = Image.new("RGB", (sheets[0].width, sum(sheet.height for sheet in sheets)), "white")
    for place, sheet in enumerate(sheets):
        whole.paste(sheet, (0, place * sheet.height))
    whole.save(path)
    return str(path)


def test_a_code_beside_a_foreign_one_in_a_picture_counts(
    capsys: pytest.CaptureFixture[str], issuers: str, tmp_path: Path
) -> None:
    image = picture(tmp_path / "one.png", "https://example.org/", certificate())
    code, answer = asked(capsys, "--image", image, "--issuers", issuers)
    assert (code, answer["status"], len(answer["documents"])) == (0, "valid", 1)


def test_a_true_code_stuck_above_a_changed_one_does_not_hide_it(
    capsys: pytest.CaptureFixture[str], issuers: str, tmp_path: Path
) -> None:
    image = picture(tmp_path / "two.png", certificate(), altered(certificate()))
    code, answer = asked(capsys, "--image", image, "--issuers", issuers)
    assert (code, answer["status"]) == (4, "altered")
    assert [one["status"] for one in answer["documents"]] == ["valid", "altered"]


@pytest.mark.parametrize("kind", ["--image", "--pdf"])
def test_a_broken_file_is_refused_and_a_missing_one_is_the_machines_fault(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"broken")
    code, answer = asked(capsys, kind, str(broken))
    assert (code, answer["error"]) == (1, f"documents.bad_{'picture' if kind == '--image' else 'pdf'}")
    code, answer = asked(capsys, kind, str(tmp_path / "missing"))
    assert (code, answer["error"]) == (3, "cli.unreadable")


def test_nothing_or_two_things_to_verify_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(capsys)[0] == 2
    assert asked(capsys, "text", "--pdf", "file")[0] == 2


def test_a_bad_list_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    file.write_bytes(b"{}")
    assert asked(capsys, notice(), "--issuers", str(file))[1]["error"] == "verify.bad_issuers"
    assert asked(capsys, notice(), "--revoked", str(file))[1]["error"] == "verify.bad_revoked"


def test_a_file_without_an_end_is_refused_before_it_fills_the_memory(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "list.json"
    with file.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    for option in ("--issuers", "--revoked"):
        code, answer = asked(capsys, notice(), option, str(file))
        assert (code, answer["error"]) == (1, "cli.too_large")
    if Path("/dev/zero").exists():
        assert asked(capsys, notice(), "--issuers", "/dev/zero")[1]["error"] == "cli.too_large"


def test_people_read_the_day_of_a_list_as_it_is_in_china(
    capsys: pytest.CaptureFixture[str], issuers: str, tmp_path: Path
) -> None:
    file = tmp_path / "revoked.json"
    for dated, shown in (
        ("2026-11-20T17:00:00Z", "2026-11-21"),
        ("2026-11-20T15:00:00Z", "2026-11-20"),
        ("9999-12-31T23:00:00Z", "9999-12-31"),
    ):
        listed = Revocations(datetime.fromisoformat(dated), datetime(9999, 12, 31, tzinfo=UTC), bytes(8))
        file.write_bytes(write_revocations(listed))
        run(["verify", certificate(), "--issuers", issuers, "--revoked", str(file)])
        assert shown in capsys.readouterr().out


def test_people_read_what_was_signed_in_their_language(
    capsys: pytest.CaptureFixture[str], issuers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(["verify", notice(), "--issuers", issuers])
    said = capsys.readouterr().out
    assert all(words in said for words in ("不是证书", "测试一", "初级", "征求意见稿", "测试考点"))
    monkeypatch.setenv("ZHIKAO_LANG", "en")
    run(["verify", notice(), "--issuers", issuers])
    assert "not a certificate" in capsys.readouterr().out
