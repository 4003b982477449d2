"""The bytes that old stores hold: whoever changes them breaks every journal there is."""

from __future__ import annotations

import hashlib

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.store import KINDS, Store, chain, segments
from core.store.basics import (
    CentreFounded,
    ClockConfirmed,
    DeviceAdmitted,
    DeviceJoined,
    DeviceReceived,
    DeviceRestored,
    PartErased,
)
from core.store.blobs import BlobRef
from core.store.events import Body, decode_body, encode_body, encode_fields, encode_part, make_id, part_digest, split_id
from tests.store.room import BOTH, Opened, many

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
GENESIS = "2a0cf21a36a08a1f5e5a1fa3dfd0295511e7a168e28a41bfc8f66e6b3daa47a2"
BODY = (
    "9a0102cf000001a1ee565e00cf00000100000000010000ab746573742e6f70656e65640192a3e794b203c42037a680133bd0"
    "9342f934afb8dd2c7d9e1b624da5f35e3a38adb103e37c055ed1"
)
LINK = "c9fa59921cc455505102e8c6f829210d8c84ab4f73f60c16bdbbb93503e9d574"
SEAL = (
    "9c8d692f43fcff5bb85750328b3d14384866d31762298aded64d2c6e11fdabd11fce3014b6a3a02ba256acdf9ec3f4042831"
    "8c6aaab48d3890cedc3747112405"
)
SEGMENT = (
    "5a4b534547310a78da01e90016ff9198a633323031313501c42003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f"
    "1ddc8664125531b802c4202a0cf21a36a08a1f5e5a1fa3dfd0295511e7a168e28a41bfc8f66e6b3daa47a291c44c9a0102cf"
    "000001a1ee565e00cf00000100000000010000ab746573742e6f70656e65640192a3e794b203c42037a680133bd09342f934"
    "afb8dd2c7d9e1b624da5f35e3a38adb103e37c055ed1919202c40470617274c4409c8d692f43fcff5bb85750328b3d143848"
    "66d31762298aded64d2c6e11fdabd11fce3014b6a3a02ba256acdf9ec3f40428318c6aaab48d3890cedc3747112405ba6c63"
    "f5"
)


def body() -> Body:
    return Body(
        device=1,
        seq=2,
        at=1_795_000_000_000,
        actor=make_id(1, 1),
        second=0,
        batch=0,
        kind="test.opened",
        version=1,
        fields=encode_fields(Opened("甲", 3)),
        digest=hashlib.sha256(b"part").digest(),
    )


def test_a_chain_begins_where_it_always_began() -> None:
    assert chain.public_bytes(KEY).hex() == PUBLIC
    assert chain.genesis("320115", chain.public_bytes(KEY)).hex() == GENESIS


def test_an_entry_is_written_as_it_always_was() -> None:
    assert encode_body(body()).hex() == BODY
    assert decode_body(bytes.fromhex(BODY)) == body()
    assert chain.link(bytes.fromhex(GENESIS), bytes.fromhex(BODY)).hex() == LINK


def test_a_long_transaction_is_sealed_every_64_entries_and_at_its_end(store: Store) -> None:
    store.write(BOTH, many, 130)
    with store.read() as read:
        found = read.connection.exec_driver_sql("SELECT seq FROM seals ORDER BY seq").scalars().all()
    assert found == [1, 65, 129, 131]


def test_a_seal_signs_what_it_always_signed() -> None:
    head = bytes.fromhex(LINK)
    assert chain.seal_message(1, 2, head).hex() == b"zhikao-seal1".hex() + f"{1:016x}{2:016x}" + LINK
    assert chain.make_seal(KEY, 1, 2, head).hex() == SEAL
    assert chain.seal_holds(bytes.fromhex(PUBLIC), bytes.fromhex(SEAL), 1, 2, head)


def test_a_part_is_salt_and_content() -> None:
    part = Opened.Part("乙", BlobRef(b"n" * 32, b"k" * 32, 7, "image/jpeg"))
    first, second = encode_part(part), encode_part(part)
    assert first[:16] != second[:16]
    assert first[16:].hex() == "92a3e4b99994c420" + (b"n" * 32).hex() + "c420" + (b"k" * 32).hex() + "07aa" + (
        b"image/jpeg".hex()
    )
    assert part_digest(first) == hashlib.sha256(first).digest()


def test_a_segment_file_of_old_is_still_read() -> None:
    found = segments.decode_segments(bytes.fromhex(SEGMENT))
    assert found == [
        segments.Segment(
            centre="320115",
            device=1,
            key=bytes.fromhex(PUBLIC),
            first=2,
            previous=bytes.fromhex(GENESIS),
            bodies=[bytes.fromhex(BODY)],
            parts=[(2, b"part")],
            seal=bytes.fromhex(SEAL),
        )
    ]
    assert segments.decode_segments(segments.encode_segments(found)) == found


def test_the_stores_own_kinds_keep_their_names_and_fields() -> None:
    fields = {
        name: (kind.version, kind.event.__struct_fields__)
        for name, kind in KINDS.items()
        if kind.event in (CentreFounded, DeviceJoined, DeviceRestored, DeviceAdmitted, DeviceReceived, PartErased)
        or kind.event is ClockConfirmed
    }
    assert fields == {
        "centre.founded": (1, ("code", "name", "key", "issuer_key")),
        "device.joined": (1, ("code", "name", "key", "host", "host_key")),
        "device.restored": (1, ("device", "seq", "head", "key", "issuer_key")),
        "device.admitted": (1, ("device", "key", "authority")),
        "device.received": (1, ("device", "seq", "head")),
        "part.erased": (1, ("device", "seq")),
        "clock.confirmed": (1, ()),
    }


def test_ids_hold_device_and_entry() -> None:
    assert make_id(3, 5) == 3 * 2**40 + 5
    assert split_id(make_id((1 << 22) - 1, (1 << 40) - 1)) == ((1 << 22) - 1, (1 << 40) - 1)


def test_an_entry_of_a_newer_program_with_more_fields_is_read_as_far_as_it_is_known() -> None:
    longer = msgspec.msgpack.encode([*msgspec.msgpack.decode(bytes.fromhex(BODY)), "later"])
    assert decode_body(longer).kind == "test.opened"
