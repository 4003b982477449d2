"""What the hub shows everybody: the signed lists, the page that verifies codes, and whether it is well."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

import msgspec
from fastapi import FastAPI, Request, Response
from sqlalchemy import select

from core.errors import EnvironmentFailure
from core.hub import page
from core.hub.bodies import Budget
from core.hub.database import put_new
from core.hub.hub import Hub
from core.hub.ledger import Ledger
from core.hub.problems import Problem
from core.hub.publishing import DAY_MS, make_lists
from core.hub.shelf import refresh
from core.hub.tables import EVERYWHERE, facts
from core.standards.packs import packs

LISTS_DAYS: Final = 30
SIGN_AGAIN_MS: Final = DAY_MS // 2
"""Lists that say the same as before are signed anew this often, so that they are never near their end."""
LOOK_SECONDS: Final = 30.0
"""So old may be what a process remembers of the lists."""
LARGEST_CODE: Final = 8 << 10
_FACT: Final = "lists"
Do = Callable[..., Awaitable[Any]]


class CurrentLists:
    """The signed lists of now, the same bytes from every process while nothing changes."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._guard = threading.Lock()
        self._data, self._looked = b"", 0.0

    def get(self) -> bytes:
        """The file."""
        with self._guard:
            if not self._data or time.monotonic() - self._looked > LOOK_SECONDS:
                try:
                    self._data = self._hub.act(_current)
                except EnvironmentFailure:
                    if not self._data:
                        raise
                    # They are signed, and say of when they are: without the database those of before do.
                self._looked = time.monotonic()
            return self._data


def _current(ledger: Ledger) -> bytes:
    """The lists that were signed last, unless something changed or they have grown old."""
    mine = (facts.c.centre == EVERYWHERE) & (facts.c.name == _FACT)
    put_new(ledger.connection, facts, centre=EVERYWHERE, name=_FACT, value=b"")
    kept = bytes(ledger.connection.execute(select(facts.c.value).where(mine).with_for_update()).scalar_one())
    fresh = make_lists(ledger, LISTS_DAYS)
    if kept and _says_the_same(kept, fresh):
        return kept
    ledger.connection.execute(facts.update().where(mine).values(value=fresh))
    return fresh


def _says_the_same(kept: bytes, fresh: bytes) -> bool:
    old, new = (msgspec.json.decode(msgspec.json.decode(data)["signed"]) for data in (kept, fresh))
    age = datetime.fromisoformat(new["dated"]) - datetime.fromisoformat(old["dated"])
    same = all(old[name] == new[name] for name in ("association", "issuers", "bits"))
    return same and 0 <= age.total_seconds() * 1000 < SIGN_AGAIN_MS


class KnownStandards:
    """The standards that were published by now, by whichever process; without the database, those known before."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._not_before = time.monotonic()

    def get(self) -> tuple[str, ...]:
        """Their ids."""
        if time.monotonic() >= self._not_before:
            try:
                with self._hub.look() as ledger:
                    refresh(ledger)
            except EnvironmentFailure:
                # Not everybody who wants the page waits until a server that is away has not answered again.
                self._not_before = time.monotonic() + LOOK_SECONDS
        return tuple(sorted(pack.id for pack in packs()))


def routes(app: FastAPI, hub: Hub, do: Do, budget: Budget) -> None:
    """Add the public routes."""
    lists, standards = CurrentLists(hub), KnownStandards(hub)

    @app.get("/v1/lists", summary="Signed lists of issuers and revocations")
    async def signed(request: Request) -> Response:
        data: bytes = await do(lists.get)
        tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
        if tag in [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        return Response(data, headers=headers, media_type="application/json")

    @app.post("/v1/verify", summary="Judge a code here, for browsers that can't")
    async def verify(request: Request) -> Response:
        async with budget.read(request, LARGEST_CODE) as body:
            try:
                text = body.decode("ascii")
            except UnicodeDecodeError:
                raise Problem("bad_request") from None

        def judged() -> bytes:
            standards.get()
            return page.judge(text, lists.get(), hub.keys.public)

        data = await do(judged)
        return Response(data, media_type="application/json", headers={"Cache-Control": "no-store"})

    @app.get("/v", include_in_schema=False)
    async def verification_page() -> Response:
        text, policy = page.page(hub.keys.name, hub.keys.public, await do(standards.get))
        headers = {
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
        }
        return Response(text, media_type="text/html; charset=utf-8", headers=headers)

    @app.get("/v-worker.js", include_in_schema=False)
    async def worker() -> Response:
        script = page.worker(hub.keys.name, hub.keys.public, await do(standards.get))
        return Response(script, media_type="text/javascript; charset=utf-8")

    @app.get("/healthz", summary="Whether the hub and its database are well")
    async def healthz() -> Response:
        await do(hub.check)
        return Response(b'{"ok": true}', media_type="application/json")
