"""What travels between a centre and the hub is read by every later program: these bytes never change."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from core.association import bundles, wire
from core.association.enrol_codes import EnrolCode, read_code, write_code
from core.association.receipts import Receipt, decode_receipts, encode_receipts, make_receipt, receipt_message

HUB, DEVICE = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (7, 8))
COURIER, BACK = (X25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (9, 10))
HEAD = bytes(range(32))

RECEIPT_MESSAGE = (
    "7a68696b616f2d726563656970743195a63332303131350140c420000102030405060708090a0b0c0d0e0f10111213141516"
    "1718191a1b1c1d1e1fcf000001a1ee565e00"
)
RECEIPT_SIGNATURE = (
    "470fa8c6df579d5e00c0caf5e5ddb0b9a4e805c2bd28b26bd04ce17703258f35c4984bb9151f329b9272c352e19a371aaa4e"
    "ae71be96de74e379a42e7e66970e"
)
HELLO = (
    "9aa633323031313501c4201398f62c6d1a457c51ba6a4b5f3dbd2f69fca93216218dc8997e416bd17d93cacf000001a1ee56"
    "5e00c4100000000000000000000000000000000003c420000102030405060708090a0b0c0d0e0f101112131415161718191a"
    "1b1c1d1e1f91930140c420000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fac7a68696b616f"
    "20302e312e30c4403b5a32e6d2e4e697fde20576c5426923e79b55c835c3b4752bd2ae8b603e90bf485991bd046dde4342fe"
    "c35454025c94be4424997cd5da58123cf98a7dc0c00e"
)
WELCOME = (
    "97c420ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22ccf000001a1ee565e01a5746f6b656e"
    "91930140c420000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f03c420000102030405060708"
    "090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fc4400f9cfa10ded42c5b81238a354cd54b11a1f981ca1ce4ba88c0"
    "2b8eceba5379faf40176e980b74c228a6ebdfebb92ce661851980e85e8063506746395acf54a02"
)
PROOF = "4efb7afa8f3a22b4478270b9bc4ceab89fb15ba5ddd47af241aaca14bcd1277c"
BUNDLE = (
    "5a4b424e44310a000000509700a6333230313135010305c42000000000000000000000000000000000000000000000000000"
    "00000000000000c420f77ff4b10788bfdca62ca0bb160d427cf5762d85f2b5cad6807ec9c3febbde09000000000000008621"
    "a7fbd26e8ac23d309a892bf16dc115fe79d04d672ab65a6089554bcfbcb5385b02e6555047fd1fa662e10a4fefe62c44b60f"
    "c7577fb0078e665ea8eb4601e5156e8925ba7ad049d8b5f55da85ed4c39b7c7a6b35082672fd7d6b9f1b305e40556757bd11"
    "fe5ef946757aeba2f0a08d59883ba08b4d998db343cf2a94b84f81750e6816c0a663b6a48257ff5eca675ced2056f3421d16"
    "a75e75573e66379158ecc7a3e97bb181499248a2dd90cdad155d9228095da48643e986f9dbf58992ad7d2b42d77c01"
)


def public(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def test_a_receipt() -> None:
    made = make_receipt(HUB, "320115", 1, 64, HEAD, 1_795_000_000_000)
    assert receipt_message("320115", 1, 64, HEAD, 1_795_000_000_000).hex() == RECEIPT_MESSAGE
    assert made.signature.hex() == RECEIPT_SIGNATURE
    assert decode_receipts(encode_receipts([made])) == [made]
    assert made.holds(public(HUB)) and not made.holds(public(DEVICE))
    for changed in (("320116", 1, 64, HEAD), ("320115", 2, 64, HEAD), ("320115", 1, 65, HEAD), ("320115", 1, 64, b"")):
        assert not Receipt(*changed, made.at_ms, made.signature).holds(public(HUB))


def test_a_greeting_and_its_answer() -> None:
    heads = [wire.ChainHead(1, 64, HEAD)]
    hello = wire.Hello("320115", 1, public(DEVICE), 1_795_000_000_000, bytes(16), 3, HEAD, heads, "zhikao 0.1.0")
    signed = wire.sign_hello(hello, DEVICE)
    assert wire.encode(signed).hex() == HELLO
    assert wire.decode_hello(wire.encode(signed)) == signed
    assert signed.holds() and not hello.holds()
    welcome = wire.Welcome(public(HUB), 1_795_000_000_001, "token", heads, 3, HEAD)
    answer = wire.sign_welcome(welcome, hello.nonce, HUB)
    assert wire.encode(answer).hex() == WELCOME
    assert answer.holds(hello.nonce) and not answer.holds(b"another nonce...")
    assert wire.enrol_proof(bytes(10), b"request").hex() == PROOF


def test_an_enrolment_code_however_it_is_typed() -> None:
    code = EnrolCode(bytes(range(10)), bytes(range(10, 20)))
    assert write_code(code) == "AAAQ-EAYE-AUDA-OCAJ-BIFQ-YDIO-B4IB-CEQT"
    assert read_code("aaaq eaye auda 0caj bifq ydi0 b4ib ceqt") == code


def test_a_bundle_that_was_written_long_ago_is_still_read() -> None:
    header = bundles.read_header(bytes.fromhex(BUNDLE))
    assert header == bundles.BundleHeader(0, "320115", 1, 3, 5, bytes(32), public(BACK))
    content = bundles.read_up(bytes.fromhex(BUNDLE), COURIER, public(DEVICE))
    assert content == bundles.UpContent(3, HEAD, [b"file"], [(bytes(32), b"photo")])
    receipt = make_receipt(HUB, "320115", 1, 64, HEAD, 5)
    down = bundles.DownContent([receipt], b"entries", [bytes(32)], [bundles.BundleProblem("gap", 1, 2)])
    reply = bundles.write_down(header, 6, down, HUB)
    assert bundles.read_down(reply, BACK, public(HUB)) == down
