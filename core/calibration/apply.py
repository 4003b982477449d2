"""What the events of a trial write."""

from __future__ import annotations

from typing import Any

import msgspec

from core.calibration.events import ReadingSigned, TrialAgreed, TrialClosed, TrialMarked, TrialOpened
from core.calibration.tables import Agreement, ReadingSignature, Trial, TrialSheet
from core.store import Entry, Tables, applies, fills

_encode = msgspec.msgpack.encode


@applies(TrialOpened)
def open_trial(tables: Tables, entry: Entry, event: TrialOpened, part: TrialOpened.Part | None) -> None:
    tables.insert(
        Trial,
        id=entry.id,
        batch=event.batch,
        exercise=event.exercise,
        plan=event.plan,
        sha256=event.sha256,
        size=event.size,
        opened_at=entry.at,
        opened_by=entry.actor,
        kept=part.where if part else None,
        note=part.note if part else None,
        closed_at=None,
        closed_by=None,
        close_reason=None,
    )


@applies(TrialMarked)
def mark(tables: Tables, entry: Entry, event: TrialMarked, part: TrialMarked.Part | None) -> None:
    tables.insert(
        TrialSheet,
        id=entry.id,
        trial=event.trial,
        examiner=event.examiner,
        signed_at=entry.at,
        key=event.key,
        signature=event.signature,
        **(_said(part) if part else dict.fromkeys(("marks", "deductions", "remark", "moments"))),
    )


@fills(TrialMarked)
def fill_marks(tables: Tables, entry: Entry, event: TrialMarked, part: TrialMarked.Part) -> None:
    tables.update(TrialSheet, entry.id, **_said(part))


def _said(part: TrialMarked.Part) -> dict[str, Any]:
    return {
        "marks": _encode(part.marks),
        "deductions": _encode(part.deductions),
        "remark": part.remark,
        "moments": _encode(part.moments),
    }


@applies(TrialClosed)
def close(tables: Tables, entry: Entry, event: TrialClosed, part: TrialClosed.Part | None) -> None:
    reason = part.reason if part else None
    tables.update(Trial, event.trial, closed_at=entry.at, closed_by=entry.actor, close_reason=reason)


@applies(TrialAgreed)
def agree(tables: Tables, entry: Entry, event: TrialAgreed, part: TrialAgreed.Part | None) -> None:
    tables.insert(
        Agreement,
        id=entry.id,
        trial=event.trial,
        leaders=_encode(event.leaders),
        agreed_at=entry.at,
        agreed_by=entry.actor,
        readings=_encode(part.readings) if part else None,
    )


@applies(ReadingSigned)
def sign(tables: Tables, entry: Entry, event: ReadingSigned, part: None) -> None:
    tables.insert(
        ReadingSignature,
        id=entry.id,
        agreement=event.agreement,
        leader=event.leader,
        signed_at=entry.at,
        digest=event.digest,
        key=event.key,
        signature=event.signature,
    )
