"""What this machine's window remembers between two starts: language, theme, where it stood. Nothing about anybody."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "window.json"
KEPT = ("language", "theme", "geometry", "works")


@dataclass
class Preferences:
    """Kept in `window.json` of the home folder, once that exists; an unreadable file counts as none."""

    home: Path
    language: str = ""
    theme: str = "auto"
    geometry: str = ""
    works: str = ""
    """How many pixels the items have, and the work beside them."""

    @classmethod
    def load(cls, home: Path) -> Preferences:
        """What was kept."""
        made = cls(home)
        for name, value in _kept(home).items():
            setattr(made, name, value)
        return made

    def keep(self, **changes: str) -> None:
        """Change some and write them. A full disk is no reason to refuse a theme."""
        for name, value in changes.items():
            setattr(self, name, value)
        if not (self.home / "keys.json").exists():  # a home must be empty to found a centre in it
            return
        # What another part of the window kept meanwhile stays.
        kept = {name: value for name, value in asdict(self).items() if name != "home"} | _kept(self.home) | changes
        target = self.home / FILE
        fresh = target.with_suffix(".new")
        with contextlib.suppress(OSError):
            fresh.write_text(json.dumps(kept), encoding="utf-8")
            fresh.replace(target)


def _kept(home: Path) -> dict[str, str]:
    """What stands in the file, as far as it is known and readable."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        found = json.loads((home / FILE).read_text(encoding="utf-8"))
        return {name: found[name] for name in KEPT if isinstance(found.get(name), str)}
    return {}
