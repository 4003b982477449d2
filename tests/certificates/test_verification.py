"""What verification says of true, changed, foreign, revoked and forged codes."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from core.certificates import numbers
from core.certificates.credential import Credential, from_text, key_id, sign, to_text
from core.certificates.verification import (
    OWN_ISSUERS,
    Issuer,
    Revocations,
    Status,
    Verdict,
    all_of_ours,
    own_issuer,
    own_issuers,
    read_issuers,
    read_revocations,
    verify_text,
    write_issuers,
    write_revocations,
)
from core.errors import Refused

CENTRE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ASSOCIATION_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
NOTICE = Credential("N1099511628012", "测试一", b"\x01" * 6, "t-caftv-rural-2026", "junior", date(2026, 11, 21))
CERTIFICATE = Credential("3201152600017", "测试一", b"\x01" * 6, "t-caftv-rural-2026", "junior", date(2026, 11, 21), 17)


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


CENTRE = own_issuer("320115", "测试考点", public(CENTRE_KEY), date(2026, 1, 1))
ASSOCIATION = Issuer(
    key_id(public(ASSOCIATION_KEY)).hex(),
    "320115",
    public(ASSOCIATION_KEY).hex(),
    "测试考点",
    False,
    date(2026, 1, 1),
    date(2026, 12, 31),
)
BOTH = [CENTRE, ASSOCIATION]


def judge(credential: Credential, key: Ed25519PrivateKey, issuers: list[Issuer] = BOTH, **how: Revocations) -> Verdict:
    return verify_text(to_text(sign(credential, key), "zhikao.example"), issuers, **how)


def test_a_notice_of_the_centres_own_key_is_provisional_and_shows_what_was_signed() -> None:
    verdict = judge(NOTICE, CENTRE_KEY)
    assert (verdict.status, verdict.signature_ok, verdict.valid) == (Status.PROVISIONAL, True, False)
    assert verdict.fields is not None
    assert (verdict.fields.kind, verdict.fields.number, verdict.fields.name) == ("notice", NOTICE.number, "测试一")
    assert verdict.fields.occupation == "乡村直播电商运营师"
    assert verdict.fields.standard_is_draft is True
    assert verdict.fields.level_name == "初级"
    assert verdict.fields.centre_name == "测试考点"
    assert verdict.list_dated is None


def test_a_certificate_of_an_authorised_key_is_valid() -> None:
    verdict = judge(CERTIFICATE, ASSOCIATION_KEY)
    assert (verdict.status, verdict.valid) == (Status.VALID, True)


def test_a_certificate_that_a_centre_signs_with_its_key_for_notices_is_never_valid() -> None:
    verdict = judge(CERTIFICATE, CENTRE_KEY)
    assert (verdict.status, verdict.signature_ok, verdict.valid) == (Status.UNKNOWN_ISSUER, True, False)
    assert verdict.fields is not None
    assert verdict.fields.centre is None


def test_a_centre_cannot_sign_another_centres_number() -> None:
    foreign = replace(CERTIFICATE, number="3201162600017")
    assert judge(foreign, ASSOCIATION_KEY).status is Status.UNKNOWN_ISSUER


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_a_day_outside_of_the_authorisation_has_no_issuer(day: date) -> None:
    assert judge(replace(CERTIFICATE, issued=day), ASSOCIATION_KEY).status is Status.UNKNOWN_ISSUER


def test_a_key_that_nobody_listed_is_an_unknown_issuer_whatever_it_writes() -> None:
    stranger = Ed25519PrivateKey.generate()
    verdict = judge(CERTIFICATE, stranger)
    assert (verdict.status, verdict.signature_ok, verdict.valid) == (Status.UNKNOWN_ISSUER, False, False)
    assert judge(NOTICE, CENTRE_KEY, []).status is Status.UNKNOWN_ISSUER


def test_a_stranger_who_borrows_the_centres_key_id_is_found_out() -> None:
    token = bytearray(sign(CERTIFICATE, Ed25519PrivateKey.generate()))
    token[7:11] = key_id(public(ASSOCIATION_KEY))
    verdict = verify_text(to_text(bytes(token), "h"), BOTH)
    assert (verdict.status, verdict.fields) == (Status.ALTERED, None)


@pytest.mark.parametrize(("credential", "key"), [(NOTICE, CENTRE_KEY), (CERTIFICATE, ASSOCIATION_KEY)])
def test_every_changed_digit_is_reported_as_altered(credential: Credential, key: Ed25519PrivateKey) -> None:
    text = to_text(sign(credential, key), "zhikao.example")
    for place in range(text.index("#") + 1, len(text)):
        digit = str((int(text[place]) + 1 + place % 9) % 10)
        verdict = verify_text(text[:place] + digit + text[place + 1 :], BOTH)
        assert (verdict.status, verdict.fields) == (Status.ALTERED, None), place


@pytest.mark.parametrize(("credential", "key"), [(NOTICE, CENTRE_KEY), (CERTIFICATE, ASSOCIATION_KEY)])
def test_every_changed_bit_is_reported_as_altered(credential: Credential, key: Ed25519PrivateKey) -> None:
    token = sign(credential, key)
    for bit in range(8 * len(token)):
        changed = bytearray(token)
        changed[bit // 8] ^= 1 << bit % 8
        verdict = verify_text(to_text(bytes(changed), "h"), BOTH)
        assert (verdict.status, verdict.signature_ok) == (Status.ALTERED, False), bit


def test_a_lost_or_added_digit_never_passes() -> None:
    text = to_text(sign(NOTICE, CENTRE_KEY), "zhikao.example")
    for place in range(text.index("#") + 1, len(text)):
        for changed in (text[:place] + text[place + 1 :], text[:place] + "0" + text[place:], text[:place]):
            assert verify_text(changed, BOTH).status in {Status.ALTERED, Status.NOT_A_CERTIFICATE}


@pytest.mark.parametrize("text", ["", "你好", "https://zhikao.example/", "https://zhikao.example/v#123", "9" * 400])
def test_any_other_text_is_not_a_certificate(text: str) -> None:
    verdict = verify_text(text, BOTH)
    assert (verdict.status, verdict.signature_ok, verdict.fields) == (Status.NOT_A_CERTIFICATE, False, None)


def usual(centre_number: str) -> Credential:
    """A certificate whose number has the usual form."""
    number = numbers.make(numbers.DEFAULT_PATTERN, 2026, CERTIFICATE.occupation, "junior", centre_number, 17)
    return replace(CERTIFICATE, number=number)


def test_a_number_of_the_usual_form_carries_its_centre_inside() -> None:
    assert judge(usual("32011501"), ASSOCIATION_KEY).status is Status.VALID
    assert judge(usual("32011601"), ASSOCIATION_KEY).status is Status.UNKNOWN_ISSUER


def test_an_issuer_of_the_association_signs_only_its_own_eight_digits_in_its_own_form() -> None:
    listed = structs.replace(ASSOCIATION, centre_number="32011502", pattern=numbers.DEFAULT_PATTERN)
    assert judge(usual("32011502"), ASSOCIATION_KEY, [listed]).status is Status.VALID
    assert judge(usual("32011501"), ASSOCIATION_KEY, [listed]).status is Status.UNKNOWN_ISSUER
    assert judge(CERTIFICATE, ASSOCIATION_KEY, [listed]).status is Status.UNKNOWN_ISSUER
    wrong = usual("32011502").number[:-1] + str((int(usual("32011502").number[-1]) + 1) % 10)
    assert judge(replace(CERTIFICATE, number=wrong), ASSOCIATION_KEY, [listed]).status is Status.UNKNOWN_ISSUER
    other = structs.replace(listed, pattern="year:4 centre:8 serial:5 check:1")
    assert judge(usual("32011502"), ASSOCIATION_KEY, [other]).status is Status.UNKNOWN_ISSUER


def test_an_issuer_certifies_only_the_standard_and_the_levels_that_it_was_authorised_for() -> None:
    for change, status in (
        ({"occupation": 1}, Status.VALID),
        ({"occupation": 1, "levels": ("junior", "senior")}, Status.VALID),
        ({"occupation": 2}, Status.UNKNOWN_ISSUER),
        ({"occupation": "t-caftv-rural-2026"}, Status.UNKNOWN_ISSUER),
        ({"occupation": 1, "levels": ("intermediate",)}, Status.UNKNOWN_ISSUER),
    ):
        listed = read_issuers(write_issuers([structs.replace(ASSOCIATION, **change)]))
        assert judge(CERTIFICATE, ASSOCIATION_KEY, listed).status is status, change
        assert judge(NOTICE, ASSOCIATION_KEY, listed).status is Status.PROVISIONAL, "a notice certifies nothing"
    newer = replace(CERTIFICATE, occupation="#77")
    listed = [structs.replace(ASSOCIATION, occupation=77)]
    assert judge(newer, ASSOCIATION_KEY, listed).status is Status.VALID, "a standard that only a newer program knows"


def test_of_several_authorisations_of_one_key_the_one_that_fits_counts() -> None:
    ended = structs.replace(ASSOCIATION, last_day=date(2026, 2, 1))
    assert judge(CERTIFICATE, ASSOCIATION_KEY, [ended, ASSOCIATION]).status is Status.VALID
    assert judge(CERTIFICATE, ASSOCIATION_KEY, [ended]).status is Status.UNKNOWN_ISSUER


def revocations(*indexes: int, until: datetime = datetime(2027, 1, 1, tzinfo=UTC)) -> Revocations:
    bits = bytearray(8)
    for index in indexes:
        bits[index // 8] |= 1 << index % 8
    return Revocations(datetime(2026, 11, 1, tzinfo=UTC), until, bytes(bits))


def test_a_revoked_certificate_is_revoked_and_its_neighbours_are_not() -> None:
    assert judge(CERTIFICATE, ASSOCIATION_KEY, revoked=revocations(17)).status is Status.REVOKED
    for other in (16, 18):
        verdict = judge(CERTIFICATE, ASSOCIATION_KEY, revoked=revocations(other))
        assert (verdict.status, verdict.list_dated) == (Status.VALID, datetime(2026, 11, 1, tzinfo=UTC))


def test_a_list_that_does_not_reach_the_certificate_counts_as_not_checked() -> None:
    verdict = judge(replace(CERTIFICATE, status_index=64), ASSOCIATION_KEY, revoked=revocations(17))
    assert (verdict.status, verdict.list_dated) == (Status.VALID, None)


def test_an_expired_list_never_passes_silently() -> None:
    stale = revocations(until=datetime(2026, 11, 2, tzinfo=UTC))
    text = to_text(sign(CERTIFICATE, ASSOCIATION_KEY), "h")
    assert verify_text(text, BOTH, stale, now=datetime(2026, 11, 3, tzinfo=UTC)).list_stale
    assert not verify_text(text, BOTH, stale, now=datetime(2026, 11, 1, tzinfo=UTC)).list_stale


@pytest.mark.parametrize("dated", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"])
def test_a_list_from_the_end_of_time_is_judged_like_others(dated: str) -> None:
    bits = base64.b64encode(zlib.compress(bytes(8))).decode()
    listed = read_revocations(json.dumps({"dated": dated, "until": "9999-12-31T23:59:59Z", "bits": bits}).encode())
    verdict = judge(CERTIFICATE, ASSOCIATION_KEY, revoked=listed)
    assert (verdict.status, verdict.list_stale) == (Status.VALID, dated.startswith("9999"))


def test_a_list_of_revocations_reads_back_as_written() -> None:
    written = revocations(3, 17, 63)
    assert read_revocations(write_revocations(written)) == written


@pytest.mark.parametrize(
    "bits",
    [
        base64.b64encode(zlib.compress(bytes(64 * 1024 * 1024))).decode(),
        base64.b64encode(b"not zlib").decode(),
        "***",
        base64.b64encode(zlib.compress(bytes(9)) + b"more").decode(),
        base64.b64encode(zlib.compress(bytes(9))[:-2]).decode(),
    ],
)
def test_a_damaged_or_exploding_list_of_revocations_is_refused(bits: str) -> None:
    file = {"dated": "2026-11-01T00:00:00Z", "until": "2027-01-01T00:00:00Z", "bits": bits}
    with pytest.raises(Refused, match=r"verify\.bad_revoked"):
        read_revocations(json.dumps(file).encode())


def test_a_home_lists_its_own_key_for_notices_only(tmp_path: Path) -> None:
    assert own_issuers(tmp_path) == []
    assert own_issuers(None) == []
    (tmp_path / OWN_ISSUERS).write_bytes(write_issuers([CENTRE]))
    assert own_issuers(tmp_path) == [CENTRE]
    assert own_issuers(tmp_path)[0].notices_only


@pytest.mark.parametrize(
    "change",
    [
        {"kid": "00000000"},
        {"kid": "zz"},
        {"key": "00"},
        {"key": 5},
        {"centre": ""},
        {"from": "yesterday"},
        {"notices_only": "no"},
        {"pattern": "x"},
    ],
)
def test_a_list_of_issuers_with_anything_off_is_refused(change: dict[str, object]) -> None:
    file = json.loads(write_issuers([CENTRE]))
    file["issuers"][0] |= change
    with pytest.raises(Refused, match=r"verify\.bad_issuers"):
        read_issuers(json.dumps(file).encode())


def test_a_list_that_is_no_json_is_refused() -> None:
    for data in (b"", b"[]", b"\xff\xfe", b'{"issuers": 1}'):
        with pytest.raises(Refused, match=r"verify\.bad_issuers"):
            read_issuers(data)


def test_of_several_codes_in_one_picture_all_of_ours_are_judged_each_once() -> None:
    text = to_text(sign(NOTICE, CENTRE_KEY), "zhikao.example")
    assert all_of_ours(["https://example.org/", text, text[:-1], text]) == [text, text[:-1]]
    assert all_of_ours(["https://example.org/"]) == []
    assert from_text(text) == sign(NOTICE, CENTRE_KEY)
