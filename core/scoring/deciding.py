"""What a panel's leader decides on a veto that a majority of the examiners raised."""

from __future__ import annotations

from core.arrangement.commands import LONGEST_REASON
from core.arrangement.queries import panel
from core.batches.queries import plan_digest, plan_of, refuse_closed
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.people.signing import personal_signature
from core.registration.queries import batch_of
from core.scoring.events import VetoDecided
from core.scoring.marks import outcome, unsealed_sheets
from core.scoring.unsealing import VETO, come_to
from core.scoring.veto_queries import decisions
from core.scoring.vetoes import Call, by_majority, signed_message, strikes, totals
from core.store import Id, Write, encode_part, part_digest


@permitted(Role.EXAMINER)
def decide_veto(write: Write, application: Id, component: str, call: Call, upheld: bool, reason: str) -> Id:
    """Uphold a veto that a majority raised, or not, as the panel's leader and with one's own key; its entry's id.

    Upheld, it strikes its item or its exercise for every examiner, or ends the examination unpassed; otherwise it is as
    if it had not been raised. Totals, result, spread and what asks for a deliberation are worked out again; no sheet
    changes. Refused: a sealed panel, no majority, decided already, anybody but the leader, no reason.
    """
    me = write.actor
    if me.sign is None:
        raise Refused("people.provisional_pin")
    batch = batch_of(write, application)
    refuse_closed(write, batch)
    found = outcome(write, application, component)
    if found is None:
        raise Refused("scoring.sealed")
    if panel(write, found.panel).leader_of(application) != me.id:
        raise Refused("veto.leader_only")
    if not reason.strip():
        raise Refused("veto.reason_needed")
    examiners = [examiner for examiner, _ in found.totals]
    sheets = [sheet for sheet in unsealed_sheets(write, application, component) if sheet.examiner in examiners]
    asked = by_majority(sheets, len(examiners))
    if call not in asked:
        raise Refused("veto.no_majority")
    decided = {one: yes for one, (yes, _) in decisions(write, application, component, found.panel).items()}
    if call in decided or VETO not in found.reasons:
        raise Refused("veto.decided_already")
    decided[call] = upheld
    plan = plan_of(write, batch)
    struck, ended = strikes(plan, [one for one, yes in decided.items() if yes])
    new = totals(sheets, examiners, struck)
    result = come_to(plan, component, new)
    # Who has not passed whatever the total needs neither a deliberation nor another veto.
    reasons: list[str] = [] if ended else list(result.reasons)
    if not ended and any(one not in decided for one in asked):
        reasons.append(VETO)
    write.dated()
    part = VetoDecided.Part(
        call.exercise,
        call.veto,
        call.item,
        upheld,
        reason.strip()[:LONGEST_REASON],
        new,
        result.result.numerator,
        result.result.denominator,
        result.spread,
        reasons,
        ended,
    )
    part_bytes = encode_part(part)
    digest = plan_digest(write, batch)
    message = signed_message(
        write.centre, batch, application, component, found.panel, me.id, digest, part_digest(part_bytes)
    )
    key, signature = personal_signature(write, me, message)
    event = VetoDecided(application, component, found.panel, digest, key, signature)
    return write.record(event, part, batch=batch, part_bytes=part_bytes)
