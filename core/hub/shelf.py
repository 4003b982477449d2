"""The standards that the association publishes as data: kept in the hub's home, said to every centre."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.certificates.credential import LEVELS
from core.errors import Refused
from core.hub.acts import publish_pack
from core.hub.hub import Hub
from core.hub.senders import is_served
from core.hub.status import known_centres
from core.standards.packs import HOME_PACKS, Pack, packs, read_published, use_home
from core.store import files


@dataclass(frozen=True)
class Published:
    """A pack, the centres that were told of it, and those that must first give the hub's own chain back."""

    pack: Pack
    centres: list[str]
    behind: list[str]


def publish(hub: Hub, home: Path, content: bytes, name: str, centre: str | None = None) -> Published:
    """Say a pack to every centre that is enrolled, or to one. Each is told once, however often this is done.

    No pack, one with levels that no certificate can name, and another one of an edition that is known: refused.
    """
    found = read_published(content, name)
    other = [level.id for level in found.levels if level.id not in LEVELS]
    if other:
        raise Refused("hub.pack_levels", level=other[0][:40], levels=" ".join(LEVELS))
    if any(known.id == found.id and known.digest != found.digest for known in packs()):
        raise Refused("hub.pack_known", standard=found.id)
    with hub.look() as ledger:
        centres = [one for one in known_centres(ledger, centre) if centre or is_served(ledger, one)]
    folder = home / HOME_PACKS
    with files.explained_os(folder):
        folder.mkdir(exist_ok=True)
    files.write_whole(folder / f"{found.id}.toml", content)
    use_home(home)
    told, behind = [], []
    for one in centres:
        try:
            hub.act(publish_pack, one, content)
            told.append(one)
        except Refused as problem:
            if problem.code != "hub.behind" or centre:
                raise
            behind.append(one)
    return Published(found, told, behind)
