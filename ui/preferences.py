"""What this machine's window remembers between two starts: language, theme, where it stood. Nothing about anybody."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "window.json"


@dataclass
class Preferences:
    """Kept in `window.json` of the home folder, once that exists; an unreadable file counts as none."""

    home: Path
    language: str = ""
    theme: str = "auto"
    geometry: str = ""

    @classmethod
    def load(cls, home: Path) -> Preferences:
        """What was kept."""
        made = cls(home)
        with contextlib.suppress(OSError, ValueError):
            found = json.loads((home / FILE).read_text(encoding="utf-8"))
            for name in ("language", "theme", "geometry"):
                if isinstance(found.get(name), str):
                    setattr(made, name, found[name])
        return made

    def keep(self, **changes: str) -> None:
        """Change some and write them. A full disk is no reason to refuse a theme."""
        for name, value in changes.items():
            setattr(self, name, value)
        if not (self.home / "keys.json").exists():  # a home must be empty to found a centre in it
            return
        kept = {name: value for name, value in asdict(self).items() if name != "home"}
        target = self.home / FILE
        fresh = target.with_suffix(".new")
        with contextlib.suppress(OSError):
            fresh.write_text(json.dumps(kept), encoding="utf-8")
            fresh.replace(target)
