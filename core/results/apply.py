"""What result events write."""

from __future__ import annotations

import msgspec

from core.results.events import ResultReopened, ResultsConfirmed, ResultSettled
from core.results.tables import Confirmation, Result
from core.store import Entry, Tables, applies


@applies(ResultSettled)
def settle(tables: Tables, entry: Entry, event: ResultSettled, part: ResultSettled.Part | None) -> None:
    tables.upsert(
        Result,
        event.application,
        batch=event.batch,
        entry=entry.id,
        components=msgspec.msgpack.encode(part.components) if part else None,
        passed=part.passed if part else None,
    )


@applies(ResultReopened)
def reopen(tables: Tables, entry: Entry, event: ResultReopened, part: None) -> None:
    tables.delete(Result, event.application)


@applies(ResultsConfirmed)
def confirm(tables: Tables, entry: Entry, event: ResultsConfirmed, part: None) -> None:
    tables.upsert(
        Confirmation,
        event.batch,
        entry=entry.id,
        at=entry.at,
        digest=event.digest,
        first=entry.actor,
        first_key=event.first_key,
        first_signature=event.first_signature,
        second=entry.second,
        second_key=event.second_key,
        second_signature=event.second_signature,
    )
