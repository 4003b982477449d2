"""The signed code: nothing but what the issuer signed ever reads as true."""

from __future__ import annotations

from datetime import date, timedelta

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from core.certificates.credential import (
    EPOCH,
    LEVELS,
    Credential,
    from_text,
    identity_tag,
    key_id,
    read,
    resembles,
    sign,
    signature_holds,
    to_text,
)
from core.errors import Refused

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
NOTICE = Credential("N1099511628012", "测试一", b"\x01" * 6, "t-caftv-rural-2026", "junior", date(2026, 11, 21))
CERTIFICATE = Credential("3201152600017", "测试一", b"\x01" * 6, "530051-2024", "senior", date(2026, 11, 21), 1_234)

names = st.text(st.characters(categories=["Lo", "Lu", "Ll"], max_codepoint=0x323AF), min_size=1, max_size=50).filter(
    lambda name: len(name.encode()) <= 150
)
credentials = st.builds(
    Credential,
    number=st.from_regex(r"[0-9]{6}26[0-9]{5}", fullmatch=True),
    name=names,
    identity_tag=st.binary(min_size=6, max_size=6),
    occupation=st.sampled_from(["t-caftv-rural-2026", "530051-2024", "another-pack.2027", "#77"]),
    level=st.sampled_from(LEVELS),
    issued=st.integers(0, 30_000).map(lambda days: EPOCH + timedelta(days)),
    status_index=st.integers(0, 2**32 - 1),
)


def test_a_notice_for_a_name_of_three_characters_is_119_bytes_and_289_digits() -> None:
    token = sign(NOTICE, KEY)
    assert len(token) == 119
    text = to_text(token, "zhikao.example")
    assert text.startswith("https://zhikao.example/v#")
    assert len(text.partition("#")[2]) == 289


@settings(max_examples=150, deadline=None)
@given(credentials)
def test_whatever_is_signed_reads_back_the_same_from_an_address_of_any_host_and_from_digits_alone(
    credential: Credential,
) -> None:
    text = to_text(sign(credential, KEY), "a.example:8443")
    for given_text in (text, text.partition("#")[2], text.replace("https", "http"), f" {text}\n"):
        reading = read(from_text(given_text))
        assert reading.credential == credential
        assert signature_holds(reading, PUBLIC)


@pytest.mark.parametrize("credential", [NOTICE, CERTIFICATE])
def test_every_single_changed_bit_is_noticed(credential: Credential) -> None:
    token = sign(credential, KEY)
    for bit in range(8 * len(token)):
        changed = bytearray(token)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            reading = read(bytes(changed))
        except Refused as refusal:
            assert refusal.code == "verify.malformed"
        else:
            assert not signature_holds(reading, PUBLIC), bit


def test_an_independent_cose_library_confirms_the_signature() -> None:
    pytest.importorskip("pycose")
    from pycose.headers import KID, Algorithm
    from pycose.keys import OKPKey
    from pycose.keys.curves import Ed25519
    from pycose.messages import Sign1Message

    token = sign(CERTIFICATE, KEY)
    message = Sign1Message.from_cose_obj(cbor2.loads(token), allow_unknown_attributes=False)
    message.key = OKPKey(crv=Ed25519, x=PUBLIC)
    assert message.verify_signature()
    assert message.phdr[KID] == key_id(PUBLIC)
    assert message.phdr[Algorithm].identifier == -8
    assert cbor2.loads(message.payload) == ["3201152600017", "测试一", b"\x01" * 6, 2, 3, 2516, 1_234]


def test_what_an_independent_cose_library_signs_in_the_same_form_reads_here() -> None:
    pytest.importorskip("pycose")
    from pycose.algorithms import EdDSA
    from pycose.headers import KID, Algorithm
    from pycose.keys import OKPKey
    from pycose.keys.curves import Ed25519
    from pycose.messages import Sign1Message

    payload = cbor2.dumps(["N17", "测试一", b"\x01" * 6, 1, 1, 2516, None])
    message = Sign1Message(phdr={Algorithm: EdDSA, KID: key_id(PUBLIC)}, payload=payload)
    message.key = OKPKey(crv=Ed25519, x=PUBLIC, d=KEY.private_bytes_raw())
    reading = read(message.encode(tag=False))
    assert reading.credential.number == "N17"
    assert signature_holds(reading, PUBLIC)


def _signed(payload: bytes) -> bytes:
    """A token that the right key signed over any payload at all."""
    protected = cbor2.dumps({1: -8, 4: key_id(PUBLIC)})
    return cbor2.dumps([protected, {}, payload, KEY.sign(cbor2.dumps(["Signature1", protected, b"", payload]))])


GOOD = ["N17", "测试一", b"\x01" * 6, 1, 1, 2516, None]


@pytest.mark.parametrize(
    "fields",
    [
        GOOD[:6],
        [*GOOD, 1],
        ["N17", "测试一", b"\x01" * 5, 1, 1, 2516, None],
        ["N17", "", b"\x01" * 6, 1, 1, 2516, None],
        ["N17", " 测试一", b"\x01" * 6, 1, 1, 2516, None],
        ["N17", "测\u202e试", b"\x01" * 6, 1, 1, 2516, None],
        ["N17", "测试一", b"\x01" * 6, 1, 0, 2516, None],
        ["N17", "测试一", b"\x01" * 6, 1, 4, 2516, None],
        ["N17", "测试一", b"\x01" * 6, 1, 1, -1, None],
        ["N17", "测试一", b"\x01" * 6, 1, 1, 10**12, None],
        ["N17", "测试一", b"\x01" * 6, 1, 1, 2516, 5],
        ["3201152600017", "测试一", b"\x01" * 6, 1, 1, 2516, None],
        ["3201152600017", "测试一", b"\x01" * 6, 1, 1, 2516, -5],
        ["3201152600017", "测试一", b"\x01" * 6, 1, 1, 2516, True],
        ["3201152600017", "测试一", b"\x01" * 6, "t-caftv-rural-2026", 1, 2516, 5],
        ["3201152600017", "测试一", b"\x01" * 6, 1.0, 1, 2516, 5],
        ["3201152600017", "测试一", b"\x01" * 6, [], 1, 2516, 5],
        {},
        "text",
    ],
)
def test_a_payload_of_another_form_is_no_credential_even_if_the_right_key_signed_it(fields: object) -> None:
    with pytest.raises(Refused, match=r"verify\.malformed"):
        read(_signed(cbor2.dumps(fields)))


def test_a_second_encoding_of_the_same_words_is_no_credential() -> None:
    plain = cbor2.dumps(GOOD)
    assert read(_signed(plain)).credential.number == "N17"
    longer_head = b"\x98\x07" + plain[1:]
    endless = b"\x9f" + plain[1:] + b"\xff"
    for payload in (longer_head, endless, plain + b"\x00"):
        with pytest.raises(Refused, match=r"verify\.malformed"):
            read(_signed(payload))
    tagged = b"\xd2" + _signed(plain)
    trailing = _signed(plain) + b"\x00"
    for token in (tagged, trailing, b"", b"\x84", _signed(plain)[:-1]):
        with pytest.raises(Refused, match=r"verify\.malformed"):
            read(token)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda tail: _signed(tail))))
def test_bytes_of_any_kind_end_in_a_credential_or_one_refusal(token: bytes) -> None:
    try:
        read(token)
    except Refused as refusal:
        assert refusal.code == "verify.malformed"


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.from_regex(r"(https?://[a-z]+/v#)?[0-9]{0,80}", fullmatch=True)))
def test_texts_of_any_kind_end_in_bytes_or_one_refusal(text: str) -> None:
    try:
        token = from_text(text)
    except Refused as refusal:
        assert refusal.code == "verify.not_a_code"
    else:
        digits = text.strip(" \t\r\n").rpartition("#")[2]
        assert to_text(token, "h").rpartition("#")[2] == digits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://zhikao.example/v#",
        "https://zhikao.example/v?12345",
        "https://zhikao.example/w#84498",
        "ftp://zhikao.example/v#844",
        "１２３",
        "12 34",
        "99999999999999999",
        "1",
        "9" * 5_000,
    ],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"verify\.not_a_code"):
        from_text(text)


def test_a_damaged_code_is_told_from_any_other_text() -> None:
    text = to_text(sign(NOTICE, KEY), "zhikao.example")
    head = text.index("#") + 1
    assert resembles(text[:head] + "9" * 17 + text[head + 17 :])
    assert resembles(text[:-4])
    assert not resembles("https://zhikao.example/v#" + "1" * 289)
    assert not resembles("https://zhikao.example/")


def test_the_identity_tag_is_the_same_for_one_person_and_needs_the_issuers_key() -> None:
    number = "11010119900101001x"
    assert identity_tag(KEY, number) == identity_tag(KEY, number.upper())
    assert len(identity_tag(KEY, number)) == 6
    assert identity_tag(KEY, number) != identity_tag(KEY, "110101199001010023")
    assert identity_tag(Ed25519PrivateKey.generate(), number) != identity_tag(KEY, number)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": "17"}, "number"),
        ({"name": "测" * 51}, "name"),
        ({"name": "测\n试"}, "name"),
        ({"identity_tag": b""}, "identity_tag"),
        ({"occupation": "职业"}, "occupation"),
        ({"level": "expert"}, "level"),
        ({"issued": date(2019, 12, 31)}, "issued"),
        ({"name": "𬱖" * 50, "occupation": "a" * 40}, "name"),
    ],
)
def test_what_a_code_cannot_carry_is_refused_by_its_field(change: dict[str, object], field: str) -> None:
    from dataclasses import replace

    with pytest.raises(Refused, match=r"verify\.not_signable") as refusal:
        sign(replace(NOTICE, **change), KEY)
    assert refusal.value.values["field"] == field
