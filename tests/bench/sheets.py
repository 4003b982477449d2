"""Signed score sheets for the benches, and the same content as gzipped JSON: what the exchange is compared with."""

from __future__ import annotations

import gzip
import json
import random
from base64 import b64encode
from typing import TypeAlias

import httpx

from core.scoring.events import SheetSigned
from core.scoring.sheets import Mark

Sheet: TypeAlias = tuple[SheetSigned, SheetSigned.Part]
ITEMS = [f"item_{number:02d}" for number in range(20)]
REQUEST_LINE, ANSWER = 26, 120
"""Bytes of a peer's request line, and of an answer that says no more than that it is well."""


def sheet(chance: random.Random, number: int) -> Sheet:
    """A signed sheet of 20 marks, as an examiner's keys and a plan make it."""
    marks = []
    for item in ITEMS:
        points = chance.randrange(0, 11) * 50
        marks.append(Mark(item, [points // 50], points))
    event = SheetSigned(
        application=(1 << 40) + 100 + number // 3,
        panel=(1 << 40) + 50,
        exercise="live",
        examiner=(1 << 40) + 10 + number % 3,
        plan=b"\x07" * 32,
        key=bytes([number % 3]) * 32,
        signature=chance.randbytes(64),
    )
    return event, SheetSigned.Part(marks, [], "", [])


PROOFS = {"signature, salt and digest": 48, "signature and salt": 16, "the signature alone": 0}
"""What goes as JSON with each sheet. Salt and digest let marks be deleted and the rest still be proved, as ours do; a
program that leaves out what can be worked out from the rest, as ours does, leaves out the digest. Random bytes cost
gzip no more for base64: six bits a character is what they come to."""


def as_json(found: list[Sheet], proof_bytes: int) -> bytes:
    """The same content, as a program that signs JSON would send it: one document for each upload, gzipped."""
    proof = random.Random(len(found))
    lines = [
        {
            "seq": number,
            "at": 1_790_000_000_000 + 1000 * number,
            "actor": event.examiner,
            "batch": 7,
            "kind": "sheet.signed",
            "application": event.application,
            "panel": event.panel,
            "exercise": event.exercise,
            "examiner": event.examiner,
            "plan": text(event.plan),
            "key": text(event.key),
            "signature": text(event.signature),
            "marks": {mark.item: {"values": mark.values, "points": mark.points} for mark in part.marks},
            "deductions": [],
            "remark": "",
            **({"proof": text(proof.randbytes(proof_bytes))} if proof_bytes else {}),
        }
        for number, (event, part) in enumerate(found)
    ]
    return gzip.compress(json.dumps(lines, separators=(",", ":")).encode(), 9)


def text(data: bytes) -> str:
    """Bytes as JSON has them."""
    return b64encode(data).decode()


def peer(sheets: list[Sheet], size: int, proof_bytes: int) -> float:
    """Bytes of a sheet that goes as JSON, HTTP included."""
    total = 0
    for start in range(0, len(sheets), size):
        content = as_json(sheets[start : start + size], proof_bytes)
        request = httpx.Request("POST", "http://127.0.0.1/v1/sheets", content=content)
        total += len(content) + REQUEST_LINE + ANSWER + sum(len(k) + len(v) + 4 for k, v in request.headers.raw)
    return total / len(sheets)
