"""Enrolling with the association, by one-time code over the net or by file; either way two people trust its key."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from core.association import commands
from core.association.enrol_codes import EnrolCode, read_code
from core.association.fingerprint import fingerprint
from core.association.queries import association, hub_key
from core.association.requests import read_request
from core.association.wire import MESSAGE_TYPE, EnrolRequest, encode, enrol_proof
from core.certificates.issuers import write_home_files
from core.errors import AppError, EnvironmentFailure, IntegrityFailure, Refused
from core.exchange import keeping
from core.exchange.commands import proxy_password
from core.exchange.failures import busy
from core.exchange.link import HubSays, Wire
from core.exchange.pace import Pace
from core.exchange.queries import link_settings
from core.exchange.sticks import read_carried
from core.people.permission import check_second
from core.store import Actors, Store
from core.store.files import write_whole
from core.store.segments import Segment, decode_segments

PENDING = "enrolment-request.json"
"""In the home while an answer is awaited: said again after a cut, the very same request gets the very same answer."""


@dataclass(frozen=True)
class Enrolled:
    """What came of it."""

    association: str
    fingerprint: str
    enrolled: bool
    entries: int
    """New entries of the hub."""
    bytes_up: int = 0
    bytes_down: int = 0
    """Of bodies, where it went over the net."""


def enrol_online(store: Store, actors: Actors, address: str, typed: str, pace: Pace | None = None) -> Enrolled:
    """Enrol at the hub of this address with the code that people typed, and keep the address. Blocks.

    An administrator and a manager; both are asked for before the code is spent. A broken line: exit 3, and the same
    call again goes on with the same request.
    """
    code = read_code(typed)
    check_second(actors)
    with store.read() as read:
        proxy, known = link_settings(read)[2], hub_key(read)
    if known is not None and not code.is_of(known):
        # Before the code is spent.
        raise IntegrityFailure("exchange.other_hub", address=address)
    request = pending(store)
    if request is None:
        request = store.write(actors, commands.ask_enrolment, *commands.own_keys(store)).value
    with Wire(address, pace or Pace(), proxy, proxy_password(store) if "@" in proxy else "") as wire:
        found = ask(wire, store.home, code, request)
        address, up, down = wire.address, wire.bytes_up, wire.bytes_down
    done = accept(store, actors, found, fingerprint(found[0].key))
    store.write(actors, keeping.set_link, address)
    settled(store.home)
    return replace(done, bytes_up=up, bytes_down=down)


def ask_by_file(store: Store, actors: Actors, target: Path) -> None:
    """Write this device's request to a file that somebody carries to the association."""
    write_whole(target, store.write(actors, commands.ask_enrolment, *commands.own_keys(store)).value)


def accept_file(store: Store, actors: Actors, source: Path, hub_key: str) -> Enrolled:
    """Take the association's answer in from a file; `hub_key` is the fingerprint that people were told."""
    return accept(store, actors, decode_segments(read_carried(source)), hub_key)


def accept(store: Store, actors: Actors, found: Sequence[Segment], hub_key: str) -> Enrolled:
    """Trust the hub whose key has the fingerprint `hub_key`, and take its answer in."""
    issuer_key = commands.own_keys(store)[1].public_key().public_bytes_raw()
    entries = store.write(actors, commands.accept_enrolment, found, hub_key, issuer_key).value
    write_home_files(store)
    with store.read() as read:
        line = association(read)
    assert line is not None  # it was accepted just now
    return Enrolled(line.name, line.fingerprint, line.enrolled, entries)


def ask(wire: Wire, home: Path, code: EnrolCode, request: bytes) -> Sequence[Segment]:
    """The hub's answer, once it is known to come from the hub that made the code. Nothing is trusted yet."""
    write_whole(home / PENDING, request)
    body = encode(EnrolRequest(request, enrol_proof(code.secret, request)))
    try:
        answer = wire.post("/v1/enrol", body, MESSAGE_TYPE)
    except HubSays as said:
        if said.status in (429, 502, 503, 504):
            raise busy(said.after) from None
        if said.status != 403:
            raise EnvironmentFailure("exchange.hub_fault", status=said.status, code=said.code) from None
        raise Refused("exchange.code_refused") from None
    found = decode_segments(answer.body)
    if not found or any(not code.is_of(segment.key) for segment in found):
        raise IntegrityFailure("exchange.code_other_hub", address=wire.address)
    return found


def pending(store: Store) -> bytes | None:
    """A request of this very device whose answer never came, or None."""
    try:
        data = (store.home / PENDING).read_bytes()
        asked = read_request(data)
    except (OSError, AppError):
        return None
    own = tuple(key.public_key().public_bytes_raw() for key in commands.own_keys(store))
    return data if (asked.centre, asked.device, asked.keys) == (store.centre, store.device, own) else None


def settled(home: Path) -> None:
    """The answer was accepted: the request is not needed any more."""
    with suppress(OSError):
        (home / PENDING).unlink(missing_ok=True)
