"""What the hub knows of its centres, as data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, func, select

from core.association.events import HUB
from core.clock import china_time
from core.hub.acts import levels_of
from core.hub.audit import certificate_incidents
from core.hub.incidents import incidents_of
from core.hub.ingest import all_heads
from core.hub.ledger import Ledger
from core.hub.tables import authorisations, codes, decisions, devices, frozen, heads, heard, leases, revocations
from core.hub.understood import applications, batches, certificates, confirmations, results


def status(ledger: Ledger, centre: str | None = None) -> list[dict[str, Any]]:
    """Every centre that the hub has spoken to, or one of them, by code. Times are those of China, ISO 8601."""
    query = select(heads).where(heads.c.device == HUB, heads.c.seq > 0).order_by(heads.c.centre)
    if centre is not None:
        query = query.where(heads.c.centre == centre)
    return [_centre(ledger, row.centre, row.seq, bytes(row.hash)) for row in ledger.connection.execute(query).all()]


def _centre(ledger: Ledger, centre: str, seq: int, head: bytes) -> dict[str, Any]:
    known = _rows(ledger, devices, centre, devices.c.accepted_at)
    last = {row.device: row for row in _rows(ledger, heard, centre, heard.c.device)}
    is_frozen = {row.device for row in _rows(ledger, frozen, centre, frozen.c.device)}
    return {
        "centre": centre,
        "name": next((row.name for row in reversed(known) if row.accepted is not None), ""),
        "entries": seq,
        "head": head.hex(),
        "heard": _time(max((row.at for row in last.values()), default=None)),
        "devices": [
            {
                "device": row.device,
                "enrolled": _time(row.accepted_at),
                "withdrawn": _time(row.withdrawn_at),
                "frozen": row.device in is_frozen,
                "heard": _time(last[row.device].at) if row.device in last else None,
                "program": last[row.device].program if row.device in last else None,
            }
            for row in known
            if row.accepted is not None
        ],
        "authorisations": [
            {
                "standard": row.standard,
                "levels": levels_of(row),
                "from": row.first_day,
                "until": row.until,
                "number": row.centre_number,
                "withdrawn": _time(row.withdrawn_at),
            }
            for row in _rows(ledger, authorisations, centre)
        ],
        "decisions": [
            {"batch": row.batch, "results": bytes(row.results).hex(), "approved": bool(row.approved)}
            for row in _rows(ledger, decisions, centre)
        ],
        "leases": [
            {
                "device": row.device,
                "year": row.year,
                "from": row.first,
                "to": row.last,
                "first_index": row.first_index,
            }
            for row in _rows(ledger, leases, centre)
        ],
        "revoked": [row.number for row in _rows(ledger, revocations, centre)],
        "codes": [
            {"for": row.name, "until": _time(row.until), "used": _time(row.used_at)}
            for row in _rows(ledger, codes, centre, codes.c.number)
        ],
        "chains": [
            {"device": device, "entries": held.seq, "head": held.hash.hex()}
            for device, held in all_heads(ledger, centre).items()
        ],
        **_understood(ledger, centre),
        "incidents": [
            {
                "kind": row.kind,
                "device": row.device,
                "seq": row.seq,
                "at": _time(row.at),
                "settled": _time(row.settled_at),
            }
            for row in incidents_of(ledger, centre)
        ]
        + [
            {"kind": one.kind, "number": one.number, "at": _time(one.at)}
            for one in certificate_incidents(ledger, centre)
        ],
    }


def _understood(ledger: Ledger, centre: str) -> dict[str, Any]:
    def count(table: Table, *conditions: Any) -> int:
        query = select(func.count()).select_from(table).where(table.c.centre == centre, *conditions)
        return int(ledger.connection.execute(query).scalar_one())

    numbers = {row.id: row.no for row in _rows(ledger, batches, centre, batches.c.id)}
    named = {str(id): id for id in numbers} | {no: id for id, no in numbers.items()}
    decided = {
        (named.get(row.batch), bytes(row.results)): bool(row.approved) for row in _rows(ledger, decisions, centre)
    }
    return {
        "applications": count(applications),
        "accepted": count(applications, applications.c.decision == "accepted", applications.c.withdrawn.is_(False)),
        "results": count(results, results.c.stands.is_(True)),
        "confirmed": [
            {
                "batch": row.batch,
                "no": numbers.get(row.batch),
                "results": bytes(row.digest).hex(),
                "at": _time(row.at),
                "approved": decided.get((row.batch, bytes(row.digest))),
            }
            for row in _rows(ledger, confirmations, centre, confirmations.c.id)
        ],
        "certificates": count(certificates, certificates.c.branch == "", certificates.c.voided.is_(False)),
    }


def _rows(ledger: Ledger, table: Table, centre: str, order: Any = None) -> Any:
    order = table.c.seq if order is None else order
    return ledger.connection.execute(select(table).where(table.c.centre == centre).order_by(order)).all()


def _time(at: int | None) -> str | None:
    return china_time(at).isoformat(timespec="seconds") if at is not None else None
