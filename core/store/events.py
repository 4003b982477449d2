"""What an event is, what an entry is, and the bytes that both become. These bytes are for ever.

An entry's body is a msgpack array; its fields are only ever appended. What must be able to go, to wait or to stay here
(personal data, free text, scores) stands in the entry's *part*, outside the body, which holds only the part's digest.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec

Id: TypeAlias = int
"""`device number · 2⁴⁰ + seq` of the entry that created the thing."""

SALT_BYTES = 16
SEQ_BITS = 40
DEVICE_BITS = 22
PROGRAM = 0
"""The actor of what nobody in particular did."""

DeviceNumber = Annotated[int, msgspec.Meta(ge=0, lt=1 << DEVICE_BITS)]
Seq = Annotated[int, msgspec.Meta(ge=1, lt=1 << SEQ_BITS)]
Whole = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
"""What fits a column. Bytes that hold more are no body of ours."""


class Event(msgspec.Struct, frozen=True, array_like=True):
    """Something that happened, in the past tense, with every figure that its effect needs."""


class EventPart(msgspec.Struct, frozen=True, array_like=True):
    """What of an event may go, wait or stay here: one person's data, free text, scores."""


class Travels(Enum):
    """Whether an event's part may leave this machine in a segment."""

    ALWAYS = "always"
    LATER = "later"
    """Only when its room says so: marks travel after unsealing, photos last."""


@dataclass(frozen=True)
class Kind:
    """One event kind of the journal: its name for ever, its version, and the classes that read it."""

    name: str
    version: int
    event: type[Event]
    part: type[EventPart] | None
    travels: Travels


KINDS: dict[str, Kind] = {}
"""Every kind that this program understands. `ARCHITECTURE.md` lists them with their meaning."""

_E = TypeVar("_E", bound=Event)


def event(name: str, *, version: int = 1, travels: Travels = Travels.ALWAYS) -> Callable[[type[_E]], type[_E]]:
    """Enter an event class under its kind. A nested class `Part` is the kind's part."""

    def enter(cls: type[_E]) -> type[_E]:
        if name in KINDS:
            raise ValueError(f"two events of kind {name}")
        KINDS[name] = Kind(name, version, cls, getattr(cls, "Part", None), travels)
        _KIND_OF[cls] = KINDS[name]
        return cls

    return enter


_KIND_OF: dict[type[Event], Kind] = {}


def kind_of(cls: type[Event]) -> Kind:
    """The kind that an event class was entered under."""
    return _KIND_OF[cls]


class Body(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The bytes of an entry, as they are hashed. Fields are only ever appended."""

    device: DeviceNumber
    seq: Seq
    at: Whole
    """UTC milliseconds; the same within a transaction, another in the next. Order is never taken from it."""
    actor: Whole
    second: Whole
    batch: Whole
    kind: str
    version: Whole
    fields: msgspec.Raw
    digest: bytes | None
    """SHA-256 of the part's bytes, salt included; None for an entry without a part."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as an apply function sees it: who, when, where, without the event itself."""

    device: int
    seq: int
    at: int
    actor: Id
    second: Id
    batch: Id
    kind: str
    version: int

    @property
    def id(self) -> Id:
        """The id of the thing that this entry created, if it created one."""
        return make_id(self.device, self.seq)


_encoder = msgspec.msgpack.Encoder()
_body_decoder = msgspec.msgpack.Decoder(Body)


def make_id(device: int, seq: int) -> Id:
    """The id that entry `seq` of `device` gives to what it creates."""
    return (device << SEQ_BITS) + seq


def split_id(identity: Id) -> tuple[int, int]:
    """Device and seq of the entry that created `identity`."""
    return identity >> SEQ_BITS, identity & ((1 << SEQ_BITS) - 1)


def encode_fields(value: Event) -> msgspec.Raw:
    """An event's fields as they stand inside a body."""
    return msgspec.Raw(_encoder.encode(value))


def encode_part(part: EventPart) -> bytes:
    """The bytes of a part: a fresh salt, then msgpack. Their SHA-256 is what a body holds and a person signs."""
    return os.urandom(SALT_BYTES) + _encoder.encode(part)


def part_digest(part_bytes: bytes) -> bytes:
    """The digest that an entry's body holds of its part."""
    return hashlib.sha256(part_bytes).digest()


def encode_body(body: Body) -> bytes:
    """The bytes of a body."""
    return _encoder.encode(body)


def decode_body(data: bytes) -> Body:
    """A body from its bytes. Bytes that are none raise `msgspec.DecodeError`."""
    try:
        return _body_decoder.decode(data)
    except (UnicodeDecodeError, RecursionError) as problem:
        raise msgspec.DecodeError(str(type(problem))) from None


_field_decoders: dict[str, Any] = {}
_part_decoders: dict[str, Any] = {}


def decode_event(body: Body) -> Event | None:
    """The event of a body, or None where this program does not know its kind or version."""
    known = KINDS.get(body.kind)
    if known is None or body.version > known.version:
        return None
    decoder = _field_decoders.get(body.kind)
    if decoder is None:
        decoder = _field_decoders[body.kind] = msgspec.msgpack.Decoder(known.event)
    found: Event = _decoded(decoder, body.fields)
    return found


def decode_part(kind: str, data: bytes | None) -> Any:
    """The part of an entry of `kind` from its bytes, or None where it is absent."""
    known = KINDS.get(kind)
    if data is None or known is None or known.part is None:
        return None
    decoder = _part_decoders.get(kind)
    if decoder is None:
        decoder = _part_decoders[kind] = msgspec.msgpack.Decoder(known.part)
    return _decoded(decoder, memoryview(data)[SALT_BYTES:])


def _decoded(decoder: Any, data: Any) -> Any:
    try:
        return decoder.decode(data)
    except (UnicodeDecodeError, RecursionError) as problem:
        raise msgspec.DecodeError(str(type(problem))) from None


def entry_of(body: Body) -> Entry:
    """What an apply function is told about the entry."""
    return Entry(body.device, body.seq, body.at, body.actor, body.second, body.batch, body.kind, body.version)


def kinds() -> Iterator[Kind]:
    """Every kind that this program understands, by name."""
    for name in sorted(KINDS):
        yield KINDS[name]
