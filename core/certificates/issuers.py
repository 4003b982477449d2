"""The home's plain files, its keys and the association's lists: so `verify` needs neither the store nor a sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from core.association import queries as association
from core.association.taking import take_in_segments
from core.certificates.lists import HOME_LISTS, Lists, home_file, is_signed, read_lists
from core.certificates.verification import CLOCK_TOLERANCE, OWN_ISSUERS, own_issuer
from core.clock import china_date
from core.errors import AppError, Refused
from core.standards.packs import HOME_PACKS, use_home
from core.store import Store, basics, centre_name, files, segments


@dataclass(frozen=True)
class Taken:
    """What a file of the association brought."""

    entries: int
    """New entries of its chain."""
    kinds: frozenset[str]
    """The kinds of what changed."""
    lists_dated: datetime | None
    """As of when the lists are that count here now; None where there are none."""
    lists_new: bool
    """Whether this file brought them. An older list never replaces a newer one."""


def take_in_hub_file(store: Store, data: bytes) -> Taken:
    """Take in what the association sent as a file: entries of its chain, or its signed lists alone.

    Refused: a centre that is not enrolled, other devices' entries, what is neither. Another key, a changed byte:
    exit 4.
    """
    before = _newest(store, None)[0]
    entries, kinds, bare = 0, frozenset[str](), None
    if is_signed(data):
        with store.read() as read:
            key = association.hub_key(read)
        if key is None:
            raise Refused("association.not_enrolled")
        read_lists(data, key)
        bare = data
    elif data.startswith(segments.MAGIC):
        written = take_in_segments(store, segments.decode_segments(data))
        entries, kinds = written.value, written.kinds
    else:
        raise Refused("association.not_a_hub_file")
    now = write_home_files(store, bare)
    return Taken(entries, kinds, now.dated if now else None, now is not None and now != before)


def write_home_files(store: Store, bare: bytes | None = None) -> Lists | None:
    """Write what the home's plain files should hold, where they don't; the lists that count.

    Those are the newest of what the journal has, what stands in the home, and `bare`.
    """
    lists, data = _newest(store, bare)
    with store.read() as read:
        name = centre_name(read) or store.centre
        keys = read.rows(select(basics.IssuerKey).order_by(basics.IssuerKey.id))
        known = association.association(read)
    own = [own_issuer(store.centre, name, bytes(row.key), china_date(row.at)) for row in keys]
    if data is not None:
        _put(store.home / HOME_LISTS, data)
    _put(store.home / OWN_ISSUERS, home_file(own, (known.name, known.key) if known else None, lists))
    _write_packs(store)
    return lists


def _write_packs(store: Store) -> None:
    """Have the published packs in the home, and nothing else beside them; from now on they count."""
    with store.read() as read:
        wanted = association.pack_files(read)
    folder = store.home / HOME_PACKS
    there = {path.name for path in folder.glob("*.toml")}
    with files.explained_os(folder):
        if wanted:
            folder.mkdir(exist_ok=True)
        for name in there - wanted.keys():
            (folder / name).unlink(missing_ok=True)
    for name, data in wanted.items():
        _put(folder / name, data)
    use_home(store.home)


def _newest(store: Store, bare: bytes | None) -> tuple[Lists | None, bytes | None]:
    """The newest lists by date, of those whose signature is the association's.

    Lists of a day that has not come yet count after all others: they were signed by a clock that was wrong, and must
    not stand in the way of the true ones until their day has come.
    """
    with store.read() as read:
        key, journalled = association.hub_key(read), association.lists(read)
    now = datetime.now(UTC)
    newest: tuple[Lists | None, bytes | None] = None, None
    best: tuple[bool, datetime] | None = None
    for data in (*journalled, _bytes(store.home / HOME_LISTS), bare) if key is not None else ():
        try:
            lists = read_lists(data, key) if data is not None else None
        except AppError:
            continue  # what somebody made of a file counts for nothing; `verify` says so
        if lists is None:
            continue
        rank = (lists.dated - now <= CLOCK_TOLERANCE, lists.dated)
        if best is None or rank > best:
            newest, best = (lists, data), rank
    return newest


def _put(target: Path, data: bytes) -> None:
    if _bytes(target) != data:
        files.write_whole(target, data)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
