"""`batch create|list|show`."""

from __future__ import annotations

from datetime import date

from core.arrangement.queries import numbers, panels
from core.batches import commands, queries
from core.certificates.queries import notices
from core.certificates.standing import HANDED_OUT, State, certificates
from core.cli.frame import Answer, Call, Noun, read_bytes_argument
from core.cli.session import acting
from core.errors import BadUsage
from core.registration.queries import counts
from core.results.queries import confirmation, result_counts
from core.scoring.queries import knowledge_scored, progress
from core.standards import plans
from core.words import say

MARKED = ("skill", "review")
"""Components that panels mark."""


def register(noun: Noun) -> None:
    create = noun.verb("create", run_create)
    create.add_argument("--standard", required=True)
    create.add_argument("--level", required=True)
    create.add_argument("--date", required=True)
    create.add_argument("--plan")
    noun.verb("list", run_list)
    noun.verb("show", run_show).add_argument("batch")


def run_create(call: Call) -> Answer:
    """Begin an evaluation."""
    try:
        day = date.fromisoformat(call.args.date)
    except ValueError:
        raise BadUsage("cli.bad_date", given=call.args.date[:20]) from None
    plan = plans.load(read_bytes_argument(call.args.plan)) if call.args.plan else None
    with acting(call) as (store, actors):
        id = store.write(actors, commands.create_batch, call.args.standard, call.args.level, day, plan).value
        with store.read() as read:
            line = queries.batch(read, id)
    return Answer(
        {"batch": line.no, "id": line.id, "standard": line.standard, "level": line.level, "date": line.day.isoformat()},
        say("batch.created", batch=line.no),
    )


def run_list(call: Call) -> Answer:
    """Every batch."""
    with acting(call) as (store, _), store.read() as read:
        found = queries.batches(read)
    lines = [
        {"batch": one.no, "id": one.id, "standard": one.standard, "level": one.level, "date": one.day.isoformat()}
        for one in found
    ]
    text = "\n".join(f"{one.no}\t{one.day}\t{one.standard_title} {one.level_name}" for one in found)
    return Answer({"batches": lines}, text)


def run_show(call: Call) -> Answer:
    """The state of each step of a batch."""
    with acting(call) as (store, actors), store.read(actors.first) as read:
        line = queries.batch_named(read, call.args.batch)
        applied = counts(read, line.id)
        found = numbers(read, line.id)
        marked = [one for name in MARKED for one in progress(read, line.id, name) if not one.absent]
        confirmed = confirmation(read, line.id)
        settled = result_counts(read, line.id)
        certified = certificates(read, line.id)
        steps: dict[str, dict[str, int | bool | None]] = {
            "applications": {"total": applied.total, "decided": applied.decided, "accepted": applied.accepted,
                             "refused": applied.refused, "notified": applied.notified},
            "arrangement": {"places": len(found), "panels": len(panels(read, line.id))},
            "knowledge": {"scored": knowledge_scored(read, line.id)},
            "marking": {
                "signed": sum(one.signed for one in marked),
                "sheets": sum(one.needed for one in marked),
                "unsealed": sum(one.unsealed for one in marked),
            },
            "results": {
                "settled": settled.settled,
                "passed": settled.passed,
                "confirmed": confirmed is not None,
            },
            "notices": {"issued": len(notices(read, line.id))},
            "certificates": {
                "issued": sum(one.alive for one in certified),
                "printed": sum(one.state is State.PRINTED for one in certified),
                "collected": sum(one.state in HANDED_OUT for one in certified),
            },
        }  # fmt: skip
    data = {
        "batch": line.no,
        "id": line.id,
        "standard": line.standard,
        "level": line.level,
        "date": line.day.isoformat(),
        "draft": line.draft,
        "steps": steps,
    }
    lines = [
        f"{say(f'step.{step}')}\t"
        + "  ".join(f"{say(f'step.{step}.{key}')} {_shown(value)}" for key, value in counted.items())
        for step, counted in steps.items()
    ]
    text = "\n".join(lines)
    return Answer(data, f"{line.no}  {line.standard_title} {line.level_name}  {line.day}\n{text}")


def _shown(value: int | bool | None) -> str:
    if value is None:  # not for who asks
        return "–"
    return (say("cli.yes") if value else say("cli.no")) if isinstance(value, bool) else str(value)
