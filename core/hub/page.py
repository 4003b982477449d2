"""The page that verifies certificates in anybody's browser: one file, with the hub's key in it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from core.certificates.lists import Lists, read_lists
from core.certificates.verification import verify_text
from core.paths import PROGRAM
from core.standards.packs import packs

FOLDER: Final = PROGRAM / "resources" / "verify"


@lru_cache
def page(association: str, key: bytes, standards: tuple[str, ...] = ()) -> tuple[str, str]:
    """The page, and the content security policy that lets exactly its own script and style work.

    `standards` are the ids of all that this process knows: the page is made anew when they are others.
    """
    script = _settings(association, key, standards) + _file("check.js") + _file("page.js")
    style = _file("page.css")
    text = _file("page.html")
    for mark, content in (
        ("<!--association-->", html.escape(association)),
        ("/*style*/", style),
        ("/*script*/", script),
    ):
        text = text.replace(mark, content)
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; connect-src 'self'; "
        "worker-src 'self'; img-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return text, policy


@lru_cache
def worker(association: str, key: bytes, standards: tuple[str, ...] = ()) -> str:
    """The script that keeps the page and the newest lists for when there is no link; new with every new page."""
    version = hashlib.sha256(page(association, key, standards)[0].encode()).hexdigest()[:16]
    return f'const VERSION = "zhikao-{version}";\n' + _file("worker.js")


def judge(text: str, lists: bytes, key: bytes) -> bytes:
    """What is found about a code, as `verify --json` says it."""
    found = _lists(lists, key)
    now = datetime.now(UTC)
    verdict = verify_text(text, found.issuers, found.revocations, now=now, issuers_stale=found.stale(now))
    return json.dumps(asdict(verdict), default=_plain, ensure_ascii=False).encode()


@lru_cache(2)
def _lists(lists: bytes, key: bytes) -> Lists:
    """Taken apart once, and not for everybody who asks: those of a whole country are large."""
    return read_lists(lists, key)


def _settings(association: str, key: bytes, standards: tuple[str, ...]) -> str:
    """What the script must know: whose signature the lists need, and the names of occupations and levels."""
    from core.certificates.credential import OCCUPATIONS

    known = {
        pack.id: {
            "title": pack.standard.title,
            "occupation": pack.standard.occupation,
            "levels": {level.id: level.name for level in pack.levels},
        }
        for pack in packs()
        if pack.id in standards or pack.id in OCCUPATIONS
    }
    data = {"association": association, "key": key.hex(), "packs": known, "wire": OCCUPATIONS}
    # "</" would end the script that this stands in.
    return "const HUB = " + json.dumps(data, ensure_ascii=False).replace("</", "<\\/") + ";\n"


def _file(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value))
