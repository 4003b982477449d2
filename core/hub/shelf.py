"""What the association says to every centre alike: standards as data, and its lists. No centre comes too late.

What was published stands in the database, for all processes of the hub. A centre is told what it lacks whenever the
hub speaks with it: when it is enrolled, at a greeting, with a bundle by courier, in a file that is written for it. So
nobody has to say anything twice because a centre came later, and no process knows other standards than the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select

from core.association.events import ListsPublished, PackPublished
from core.certificates.credential import LEVELS
from core.errors import Refused
from core.hub.database import put, put_new
from core.hub.ledger import Ledger
from core.hub.publishing import DAY_MS, make_lists, say_lists
from core.hub.senders import is_served, known_centres
from core.hub.tables import EVERYWHERE, PACK, facts
from core.standards.packs import HOME_PACKS, Pack, packs, read_published, use_contents

if TYPE_CHECKING:
    from core.hub.hub import Hub

_LISTS: Final = "lists_published"
_TOLD: Final = "told"
_SHELF: Final = "shelf"
"""The counter whose row is the lock of whoever publishes."""


@dataclass(frozen=True)
class Published:
    """A pack, the centres that have been told of it, and those that must first give the hub's own chain back."""

    pack: Pack
    centres: list[str]
    behind: list[str]


class _Lists(msgspec.Struct, frozen=True, array_like=True):
    """When lists were last published to all, and until when they are good (UTC milliseconds)."""

    dated: int
    until: int


def publish_pack(hub: Hub, content: bytes, name: str, centre: str | None = None) -> Published:
    """Publish a pack to every centre, later ones too, or to one. Each is told once, however often this is done.

    No pack, one with levels that no certificate can name, and another one of an edition that is known: refused.
    """
    with hub.look() as ledger:
        centres = [one for one in known_centres(ledger, centre) if is_served(ledger, one)]
    if centre is not None and not centres:
        raise Refused("hub.not_enrolled", centre=centre, device="")
    found = hub.act(_put_on_shelf, content, name, centre or EVERYWHERE)
    with hub.look() as ledger:
        refresh(ledger)
    told = [one for one in centres if hub.act(tell, one)]
    if centre is not None and not told:
        hub.act(Ledger.check_not_behind, centre)
    return Published(found, told, [one for one in centres if one not in told])


def _put_on_shelf(ledger: Ledger, content: bytes, name: str, centre: str) -> Pack:
    found = read_published(content, name)
    other = [level.id for level in found.levels if level.id not in LEVELS]
    if other:
        raise Refused("hub.pack_levels", level=other[0][:40], levels=" ".join(LEVELS))
    ledger.next_numbers(_SHELF, 0)
    refresh(ledger)
    rows = ledger.connection.execute(select(facts.c.centre, facts.c.value).where(facts.c.name == PACK + found.id)).all()
    shipped = {one.digest for one in packs() if one.id == found.id}
    if not shipped <= {found.digest} or any(bytes(row.value) != content for row in rows):
        raise Refused("hub.pack_known", standard=found.id)
    if EVERYWHERE not in {row.centre for row in rows}:
        put_new(ledger.connection, facts, centre=centre, name=PACK + found.id, value=content)
    return found


def publish_lists(ledger: Ledger, days: int) -> bytes:
    """The lists of now, for everybody. Each centre is told lists of as long, signed when next it is spoken to."""
    lists = make_lists(ledger, days)
    value = msgspec.msgpack.encode(_Lists(ledger.now, ledger.now + days * DAY_MS))
    put(ledger.connection, facts, {"centre": EVERYWHERE, "name": _LISTS, "value": value}, {"value"})
    return lists


def unheard(hub: Hub) -> list[str]:
    """Centres to which a restored hub may have said more than it holds: what it revoked for them is on no list yet."""
    with hub.look() as ledger:
        centres = known_centres(ledger)
    return [one for one in centres if not hub.act(_is_open, one)]


def _is_open(ledger: Ledger, centre: str) -> bool:
    return ledger.hold(centre).is_open


def renew_lists(ledger: Ledger) -> None:
    """Something was taken back: every centre is told fresh lists when next it is spoken to, good as long as before.

    Where lists were published to all and are still good; else `hub lists` is what comes next.
    """
    known = _published(ledger)
    if known is not None:
        fresh = msgspec.msgpack.encode(_Lists(max(ledger.now, known.dated + 1), known.until))
        put(ledger.connection, facts, {"centre": EVERYWHERE, "name": _LISTS, "value": fresh}, {"value"})


def tell_lists(ledger: Ledger, centre: str) -> None:
    """A centre may sign: tell it lists that name it. The others learn it with the next ones, which may be long."""
    known = _published(ledger)
    if known is not None:
        say_lists(ledger, centre, known.until)


def _published(ledger: Ledger) -> _Lists | None:
    value = _fact(ledger, EVERYWHERE, _LISTS)
    known = msgspec.msgpack.decode(value, type=_Lists) if value else None
    return known if known is not None and known.until > ledger.now else None


def refresh(ledger: Ledger) -> None:
    """Let this process know every standard that was published, by whichever process and to whomever."""
    if {name.removeprefix(PACK) for name in _names(ledger)} - {pack.id for pack in packs()}:
        use(ledger)


def use(ledger: Ledger) -> None:
    """Let this process know the standards that this hub has published, and none of another home."""
    rows = ledger.connection.execute(select(facts.c.value).where(facts.c.name.startswith(PACK)))
    use_contents(dict.fromkeys(bytes(value) for value in rows.scalars()))


def set_up(hub: Hub, home: Path) -> None:
    """Know what was published; what an older program kept in the hub's home is put where it stands now."""
    older = dict[str, bytes]()
    for source in sorted((home / HOME_PACKS).glob("*.toml")):
        with suppress(OSError, Refused):
            content = source.read_bytes()
            older[read_published(content, source.name).id] = content
    with hub.look() as ledger:
        lacks = {name for name in older if PACK + name not in _names(ledger)}
    if lacks:
        hub.act(_take_over, {name: older[name] for name in lacks})
    with hub.look() as ledger:
        use(ledger)


def _take_over(ledger: Ledger, older: Mapping[str, bytes]) -> None:
    """Those that were told of it have it for themselves; where nobody was, it was meant for all."""
    told = set[str]()
    for centre in known_centres(ledger):
        for _, event in ledger.entries(centre):
            if isinstance(event, PackPublished) and older.get(event.standard) == event.pack:
                put_new(ledger.connection, facts, centre=centre, name=PACK + event.standard, value=event.pack)
                told.add(event.standard)
    for standard in older.keys() - told:
        put_new(ledger.connection, facts, centre=EVERYWHERE, name=PACK + standard, value=older[standard])


def tell(ledger: Ledger, centre: str) -> bool:
    """Say to a centre what was published and its chain does not say yet; whether it has all of it now.

    Done again, nothing is said twice. A centre that holds more of the chain than the hub, or may since the hub was
    restored, is told later. Each pack ends at a seal, so that a bad link can take them one by one.
    """
    lists, told = _fact(ledger, EVERYWHERE, _LISTS), _fact(ledger, centre, _TOLD)
    names = sorted(_names(ledger, EVERYWHERE, centre))
    stands = msgspec.msgpack.encode([lists, names])
    if told == stands or not (lists or names):
        return True
    if not is_served(ledger, centre) or not ledger.hold(centre).is_open:
        return False
    said = [event for _, event in ledger.entries(centre)]
    known = {PACK + event.standard for event in said if isinstance(event, PackPublished)}
    for name in names:
        if name not in known:
            ledger.record(centre, _said(_fact(ledger, EVERYWHERE, name) or _fact(ledger, centre, name)))
            ledger.finish()
    if lists:
        published = msgspec.msgpack.decode(lists, type=_Lists)
        dated = max((event.dated for event in said if isinstance(event, ListsPublished)), default=-1)
        if dated < published.dated and ledger.now < published.until:
            say_lists(ledger, centre, published.until)
    put(ledger.connection, facts, {"centre": centre, "name": _TOLD, "value": stands}, {"value"})
    return True


@lru_cache(64)
def _said(content: bytes) -> PackPublished:
    """What a centre is told of a pack, read once and not for every centre: the chain is locked meanwhile."""
    found = read_published(content, "pack.toml")
    return PackPublished(found.id, found.standard.edition, content)


def _fact(ledger: Ledger, centre: str, name: str) -> bytes:
    query = select(facts.c.value).where(facts.c.centre == centre, facts.c.name == name)
    return bytes(ledger.connection.execute(query).scalar() or b"")


def _names(ledger: Ledger, *centres: str) -> set[str]:
    """The facts that are packs: of all, or of these."""
    query = select(facts.c.name).where(facts.c.name.startswith(PACK))
    if centres:
        query = query.where(facts.c.centre.in_(centres))
    return set(ledger.connection.execute(query).scalars())
