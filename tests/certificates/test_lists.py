"""Signed lists: believed when their signature holds, and never when anything about them is off."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.certificates.credential import key_id
from core.certificates.lists import is_signed, read_lists, sign_lists, trust_of_files, trust_of_home
from core.certificates.numbers import DEFAULT_PATTERN
from core.certificates.verification import Issuer, Revocations, write_issuers, write_revocations
from core.errors import AppError, IntegrityFailure, Refused

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PUBLIC = KEY.public_key().public_bytes_raw()
CENTRE_KEY = bytes(range(2, 34))
ISSUER = Issuer(
    key_id(CENTRE_KEY).hex(), "320115", CENTRE_KEY.hex(), "测试考点", False,
    date(2026, 1, 1), date(2027, 1, 1), "32011501", DEFAULT_PATTERN,
)  # fmt: skip
REVOKED = Revocations(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC), b"\x05\x00")
DATA = sign_lists("测试协会", [ISSUER], REVOKED, KEY)
SIGNATURE = (
    "291d1be3653884e1e0051cda70205f27a0ed28ca7a463833ae641cbc4a68187b"
    "a43e5e66583e94671521086b7299be388be04f810eeddd9ceb8d8b91fb3de902"
)


def changed(how: Callable[[dict[str, str]], object]) -> bytes:
    file = json.loads(DATA)
    how(file)
    return json.dumps(file, ensure_ascii=False).encode()


def signed(text: str) -> bytes:
    """Any text under a signature that holds."""
    data = text.encode()
    signature = KEY.sign(b"zhikao-lists1" + data).hex()
    return json.dumps({"zhikao": "lists", "key": PUBLIC.hex(), "signature": signature, "signed": text}).encode()


def test_lists_read_back_as_they_were_signed() -> None:
    found = read_lists(DATA, PUBLIC)
    assert (found.association, found.key, found.issuers, found.revocations) == ("测试协会", PUBLIC, (ISSUER,), REVOKED)
    assert found.dated == REVOKED.dated
    assert is_signed(DATA) and not is_signed(write_issuers([ISSUER])) and not is_signed(write_revocations(REVOKED))


def test_these_bytes_are_for_ever() -> None:
    assert json.loads(DATA)["signature"] == SIGNATURE


def test_the_layout_of_a_file_is_free_and_its_text_is_not() -> None:
    assert read_lists(json.dumps(json.loads(DATA), indent=3).encode()).issuers == (ISSUER,)
    with pytest.raises(IntegrityFailure, match=r"verify\.lists_altered"):
        read_lists(changed(lambda file: file.update(signed=file["signed"] + " ")))


def test_no_changed_byte_of_a_list_is_believed() -> None:
    for place in range(len(DATA)):
        altered = DATA[:place] + bytes([DATA[place] ^ 1]) + DATA[place + 1 :]
        try:
            found = read_lists(altered)
        except AppError as problem:
            assert (problem.code, problem.exit_code) in {
                ("verify.bad_lists", 1),
                ("verify.lists_altered", 4),
            }, place
        else:  # a capital among the hexadecimal digits says the same
            assert found == read_lists(DATA), place


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (changed(lambda file: file.update(key=OTHER.public_key().public_bytes_raw().hex())), "verify.lists_altered"),
        (changed(lambda file: file.update(signature="00" * 64)), "verify.lists_altered"),
        (changed(lambda file: file.update(signature="")), "verify.lists_altered"),
        (sign_lists("假协会", [ISSUER], REVOKED, OTHER), "verify.lists_of_others"),
    ],
)
def test_a_signature_that_does_not_hold_or_is_anothers_ends_with_exit_4(data: bytes, code: str) -> None:
    with pytest.raises(IntegrityFailure) as caught:
        read_lists(data, PUBLIC)
    assert (caught.value.code, caught.value.exit_code) == (code, 4)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"zhikao":"lists","key":' + b"[" * 200_000,
        b'{"zhikao":"enrolment","key":"","signature":"","signed":""}',
        changed(lambda file: file.update(key="zz")),
        changed(lambda file: file.pop("signed")),
        changed(lambda file: file.update(zhikao="list")),
        signed(""),
        signed("{}"),
        signed("[" * 200_000),
        signed(json.dumps({**json.loads(json.loads(DATA)["signed"]), "issuers": 5})),
        signed(json.dumps({**json.loads(json.loads(DATA)["signed"]), "issuers": [{"kid": "00"}]})),
        signed(json.dumps({**json.loads(json.loads(DATA)["signed"]), "dated": "2026-11-01T00:00:00"})),
        signed(json.dumps({**json.loads(json.loads(DATA)["signed"]), "until": "gestern"})),
        signed(json.dumps({**json.loads(json.loads(DATA)["signed"]), "bits": "***"})),
        signed(
            json.dumps(
                {
                    **json.loads(json.loads(DATA)["signed"]),
                    "bits": base64.b64encode(zlib.compress(bytes(64 << 20))).decode(),
                }
            )
        ),
        b" " * (64 * 1024 * 1024 + 1),
    ],
)
def test_what_is_no_list_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_lists(data)
    assert caught.value.code in {"verify.bad_lists", "verify.bad_issuers", "verify.bad_revoked"}
    assert "{" not in caught.value.sentence.replace(str(caught.value.values.get("problem")), "")


def test_files_that_are_named_may_be_plain_or_signed(tmp_path: Path) -> None:
    plain = trust_of_files(None, write_issuers([ISSUER]), write_revocations(REVOKED))
    assert (plain.issuers, plain.revocations, plain.lists) == ((ISSUER,), REVOKED, None)
    both = trust_of_files(None, write_issuers([ISSUER]), DATA)
    assert (both.issuers, both.revocations) == ((ISSUER,), REVOKED)
    alone = trust_of_files(None, DATA, None)
    assert (alone.issuers, alone.revocations) == ((ISSUER,), REVOKED)
    assert trust_of_files(None, None, None).issuers == () == trust_of_home(tmp_path).issuers


def test_signed_lists_in_a_home_that_trusts_nobody_count_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "issuers.json").write_bytes(write_issuers([]))
    (tmp_path / "lists.json").write_bytes(DATA)
    assert trust_of_home(tmp_path).issuers == ()
