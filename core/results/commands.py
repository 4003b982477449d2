"""What the manager, and a second person, do with results."""

from __future__ import annotations

from core.batches.commands import record_closing
from core.batches.queries import batch as batch_line
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.people.signing import personal_signature
from core.results import queries
from core.results.events import ResultsConfirmed, ResultSettled
from core.results.settling import compute, settled_results
from core.store import Id, Write


@permitted(Role.MANAGER)
def settle(write: Write, batch: Id) -> int:
    """Compute and record every candidate's results 核分; of how many. May be done again until they are confirmed.

    Refused while a score or a sheet is missing or a deliberation is open.
    """
    batch_line(write, batch)
    if queries.confirmation(write, batch) is not None:
        raise Refused("results.confirmed_already")
    computed = compute(write, batch)
    short = [one for one in computed.missing if one.code == "results.examiners_missing"]
    if short:
        raise Refused("results.short_panel", clause="9.2", count=len(short), number=short[0].number)
    if computed.missing:
        raise Refused("results.missing", count=len(computed.missing), number=computed.missing[0].number)
    if not computed.outcomes:
        raise Refused("arrangement.no_places")
    write.dated()
    before = {line.application: line.components for line in settled_results(write, batch)}
    for application, components in computed.outcomes.items():
        if before.get(application) != components:
            part = ResultSettled.Part(list(components), all(one.passed for one in components))
            write.record(ResultSettled(application, batch), part, batch=batch)
    return len(computed.outcomes)


@permitted(Role.MANAGER, second=True)
def confirm(write: Write, batch: Id) -> None:
    """Answer for a batch's settled results, two people together 考点复核; nothing of them changes any more.

    Refused: nothing settled, something changed since settling, a person whose PIN is provisional.
    """
    batch_line(write, batch)
    if queries.confirmation(write, batch) is not None:
        raise Refused("results.confirmed_already")
    settled = {line.application: line.components for line in settled_results(write, batch)}
    if not settled or compute(write, batch).outcomes != settled:
        raise Refused("results.settle_first")
    write.dated()
    found = queries.digest(write, batch)
    message = queries.signed_message(write.centre, batch, found)
    second = write.actors.second
    assert second is not None
    first_key, first_signature = personal_signature(write, write.actor, message)
    second_key, second_signature = personal_signature(write, second, message)
    event = ResultsConfirmed(batch, found, first_key, first_signature, second_key, second_signature)
    write.record(event, batch=batch)
    record_closing(write, batch)
