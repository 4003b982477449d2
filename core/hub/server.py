"""The hub over HTTP, for centres. Processes hold nothing between requests but the keys, so there may be many of them.

Bytes are read here, bounded; everything else is one short transaction on a thread. What a request may be answered
stands in `core.hub.problems`; what `POST /v1/segments` takes is stored before it is understood.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any, Final, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from core.association import compact, wire
from core.association.receipts import encode_receipts
from core.errors import AppError, EnvironmentFailure
from core.hub import blobs, enrolling, public, session
from core.hub.bodies import Budget
from core.hub.describing import openapi
from core.hub.hub import Hub
from core.hub.ingest import ingest
from core.hub.ledger import Ledger
from core.hub.patience import answer
from core.hub.problems import Problem
from core.hub.projector import Projector
from core.hub.uploads import read_upload
from core.store.segments import encode_segments

log = logging.getLogger("zhikao.hub")

THREADS: Final = 8
"""Requests that are worked on at once in a process."""
UNPACKING: Final = 2
"""Uploads that are unpacked at once: each may grow to 64 MiB and what is made of it."""
OF_STRANGERS: Final = 32 << 20
"""Bytes of all bodies of those who have not proved who they are; they take nothing of what the others need."""
RETURNED: Final = 24 << 20
"""The same of chains that are given back, by whoever does."""
ASKING: Final = 4
"""Public questions that are answered at once."""
MOST_WAITING: Final = 64
MOST_DOWN: Final = 256 << 10
"""About so many bytes of the hub's chain go down at once."""
BUSY_SECONDS: Final = 10
T = TypeVar("T")


class Desk:
    """What the requests of one process share."""

    def __init__(self, hub: Hub, projector: Projector) -> None:
        self.hub = hub
        self.projector = projector
        self.budget = Budget()
        self.of_strangers = Budget(OF_STRANGERS)
        self.returned = Budget(RETURNED)
        self.threads = CapacityLimiter(THREADS)
        self.unpacking = CapacityLimiter(UNPACKING)
        self.asking = CapacityLimiter(ASKING)
        self.taking_back = CapacityLimiter(1)

    async def do(self, work: Callable[[], T], limiter: CapacityLimiter | None = None) -> T:
        """Work on a thread, once one is free; too many waiting for it: busy."""
        limiter = limiter or self.threads
        if limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise Problem("busy", after=BUSY_SECONDS)
        return await to_thread.run_sync(work, limiter=limiter)

    async def do_for_strangers(self, work: Callable[[], T]) -> T:
        """The same for whoever asks: their questions wait for each other, and nobody else for them."""
        return await self.do(work, self.asking)

    def bearer(self, request: Request) -> session.Token:
        """Whose token the request carries."""
        with self.hub.look() as ledger:
            return session.admit_bearer(ledger, request.headers.get("authorization", ""))


def make_app(hub: Hub, *, projector: Projector | None = None) -> FastAPI:
    """The application over an open hub."""
    desk = Desk(hub, projector or Projector(hub))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        desk.projector.start()
        try:
            yield
        finally:
            await to_thread.run_sync(desk.projector.stop)

    app = FastAPI(title="直考 Zhikao", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json")
    _explain(app)
    _for_devices(app, desk)
    public.routes(app, hub, desk.do_for_strangers, desk.of_strangers)
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign]
    return app


def _for_devices(app: FastAPI, desk: Desk) -> None:
    message: dict[int | str, dict[str, Any]] = {200: {"content": {wire.MESSAGE_TYPE: {}}}}
    segments: dict[int | str, dict[str, Any]] = {200: {"content": {wire.SEGMENTS_TYPE: {}}}}

    @app.post(
        "/v1/hello",
        responses=message,
        summary="Greet: both sides prove their keys",
        openapi_extra=_takes(wire.MESSAGE_TYPE),
    )
    async def hello(request: Request) -> Response:
        async with desk.of_strangers.read(request, session.LARGEST_HELLO) as body:
            welcome = await desk.do(lambda: desk.hub.act(session.greet, body))
        return _welcome(welcome)

    @app.post(
        "/v1/return",
        responses=message,
        summary="Greet a restored hub with its own chain, which enrols the device",
        openapi_extra=_takes(wire.MESSAGE_TYPE),
    )
    async def give_back(request: Request) -> Response:
        async with desk.returned.read(request, wire.LARGEST_PACKED + session.LARGEST_HELLO) as body:
            found = await desk.do(lambda: desk.hub.act(session.greet_forgotten, body), desk.taking_back)
        if isinstance(found, Problem):
            raise found
        return _welcome(found)

    @app.post(
        "/v1/enrol",
        responses=segments,
        summary="Enrol a device by a one-time code",
        openapi_extra=_takes(wire.MESSAGE_TYPE),
    )
    async def enrol(request: Request) -> Response:
        async with desk.of_strangers.read(request, enrolling.LARGEST_REQUEST) as body:
            centre, problem = await desk.do(lambda: desk.hub.act(enrolling.enrol, body))
        if problem is not None:
            raise problem
        return Response(await desk.do(lambda: desk.hub.chain_file(centre)), media_type=wire.SEGMENTS_TYPE)

    @app.post("/v1/segments", responses=message, summary="Upload segments", openapi_extra=_takes(wire.SEGMENTS_TYPE))
    async def upload(request: Request) -> Response:
        token = await desk.do(lambda: desk.bearer(request))
        async with desk.budget.read(request, wire.LARGEST_PACKED) as body:
            taken = await desk.do(lambda: desk.hub.act(ingest, token.centre, read_upload(body)), desk.unpacking)
        desk.projector.look_at(token.centre)
        if taken.problems:
            raise taken.problems[0]
        return Response(encode_receipts(taken.receipts), media_type=wire.MESSAGE_TYPE)

    @app.get("/v1/entries", responses=segments, summary="The hub's own chain for the centre")
    async def entries(request: Request, after: int = 0) -> Response:
        def found() -> bytes | None:
            token = desk.bearer(request)
            with desk.hub.look() as ledger:
                return _entries(ledger, token.centre, after)

        data = await desk.do(found)
        return Response(status_code=204) if data is None else Response(data, media_type=wire.SEGMENTS_TYPE)

    @app.get("/v1/blobs/{name}", summary="How much of a photo or work the hub has")
    async def blob(request: Request, name: str) -> Response:
        def found() -> blobs.Held:
            token = desk.bearer(request)
            with desk.hub.look() as ledger:
                return blobs.held(ledger, token.centre, name)

        return _json(asdict(await desk.do(found)))

    @app.put(
        "/v1/blobs/{name}",
        summary="Append a piece of a photo or work",
        openapi_extra=_takes("application/octet-stream"),
    )
    async def append(request: Request, name: str) -> Response:
        token = await desk.do(lambda: desk.bearer(request))
        place = request.headers.get("content-range", "")
        async with desk.budget.read(request, blobs.LARGEST_PIECE) as body:
            held, problem = await desk.do(lambda: desk.hub.act(blobs.append, token.centre, name, place, body))
        if problem is not None:
            raise problem
        return _json(asdict(held))


def _welcome(welcome: wire.Welcome) -> Response:
    """The answer to a greeting, and in a header which younger form of segments this hub reads too."""
    return Response(wire.encode(welcome), headers={"Accept-Post": compact.READS}, media_type=wire.MESSAGE_TYPE)


def _entries(ledger: Ledger, centre: str, after: int) -> bytes | None:
    """The next piece of the hub's chain; None where nothing is new."""
    head = ledger.stands(centre)
    if not 0 <= after <= head:
        raise Problem("hub_behind", held_seq=head)
    segment = ledger.segment(centre, after, MOST_DOWN)
    return encode_segments([segment]) if segment is not None else None


def _explain(app: FastAPI) -> None:
    """Everything that goes wrong is a problem with a code; nothing of what was sent is logged."""

    @app.exception_handler(Problem)
    async def problem(_: Request, said: Problem) -> Response:
        return answer(said)

    @app.exception_handler(AppError)
    async def refused(request: Request, error: AppError) -> Response:
        if isinstance(error, EnvironmentFailure):
            log.error("%s", error.code)
            return await problem(request, Problem("maintenance", after=BUSY_SECONDS))
        log.error("%s %s", request.url.path.split("/")[2:3], error.code)
        return await problem(request, Problem("fault"))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        return await problem(request, Problem("not_found" if error.status_code in (404, 405) else "bad_request"))

    from fastapi.exceptions import RequestValidationError

    @app.exception_handler(RequestValidationError)
    async def wrong(request: Request, _: RequestValidationError) -> Response:
        return await problem(request, Problem("bad_request"))

    @app.middleware("http")
    async def bug(request: Request, call_next: Any) -> Response:
        try:
            found: Response = await call_next(request)
            return found
        except Exception as error:
            # Where it happened and its kind; what it says may be a person's.
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("%s in %s:%s", type(error).__name__, place.name, place.lineno)
            return await problem(request, Problem("fault"))


def _json(data: Any) -> Response:
    return Response(json.dumps(data), media_type="application/json")


def _takes(kind: str) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {kind: {"schema": {"type": "string", "format": "binary"}}}}}
