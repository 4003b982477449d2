"""From issued notices to the PDF that is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.batches.queries import batch as batch_line
from core.batches.queries import plan_of
from core.certificates import commands, queries
from core.certificates.credential import read as read_token
from core.certificates.credential import to_text
from core.certificates.standing import living
from core.certificates.templates import code_host
from core.documents.notice import ComponentRow, Notice, Outcome, write_notices
from core.registration.identity import mask
from core.registration.queries import candidate_of, person_of, photo_of
from core.results.events import ComponentOutcome
from core.results.queries import results, score_shown
from core.standards.packs import pack
from core.standards.points import short_text
from core.store import Actors, Id, Read, Store, centre_name
from core.words import say


def issue_and_write(
    store: Store,
    actors: Actors,
    batch: Id,
    target: Path,
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[str]:
    """Issue a batch's notices and write their PDF; the numbers. Done again, the same notices are written again."""
    key = Ed25519PrivateKey.from_private_bytes(store.secret("issuer"))
    numbers = store.write(actors, commands.issue_notices, batch, key).value
    with store.read(actors.first) as read:
        write_notices(target, notices_of(read, batch), progress, cancelled)
    return numbers


def notices_of(read: Read, batch: Id) -> Iterator[Notice]:
    """What each notice of a batch says, by candidate number, but of who has a certificate by now.

    Photos are read one at a time.
    """
    line = batch_line(read, batch)
    standard = pack(line.standard).standard
    plan = plan_of(read, batch)
    names: dict[str, str] = {component.id: component.name for component in plan.components}
    centre = centre_name(read)
    issued, certified, host = queries.notices(read, batch), living(read, batch), code_host(read)
    for result in results(read, batch):
        notice = issued.get(result.application) if result.application not in certified else None
        candidate = candidate_of(read, result.application)
        person = person_of(read, candidate)
        if notice is None or person is None:
            continue
        yield Notice(
            number=notice.number,
            centre=centre,
            standard_title=standard.title,
            standard_code=standard.code,
            standard_edition=standard.edition,
            standard_is_draft=line.draft,
            occupation=standard.occupation,
            level=line.level_name,
            name=read_token(notice.token).credential.name,  # what was signed, whatever was put right since
            identity=mask(person.id_number),
            candidate_number=result.number,
            photo=photo_of(read, candidate),
            rows=tuple(_row(names[one.component], one) for one in result.components),
            outcome=Outcome.PASSED if result.passed else Outcome.FAILED,
            batch_date=line.day,
            issued=notice.issued,
            code=to_text(notice.token, host),
        )


_WHY = {"vetoed": "results.vetoed"}
"""States that are no absence."""


def _row(name: str, outcome: ComponentOutcome) -> ComponentRow:
    scored = outcome.state == "scored"
    return ComponentRow(
        name=name,
        score=score_shown(outcome) if scored else say(_WHY.get(outcome.state, f"attendance.{outcome.state}")),
        full=short_text(outcome.full_mark),
        pass_mark=short_text(outcome.pass_mark),
        passed=outcome.passed if scored or outcome.state in _WHY else None,
    )
