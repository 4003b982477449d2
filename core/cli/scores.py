"""`scores import`."""

from __future__ import annotations

from pathlib import Path

from core.batches.queries import batch_named, plan_of
from core.cli.frame import Answer, Call, Noun
from core.cli.session import acting
from core.scoring.score_file import import_scores, read_scores
from core.words import say


def register(noun: Noun) -> None:
    taken = noun.verb("import", run_import)
    taken.add_argument("file", type=Path)
    taken.add_argument("--batch", required=True)
    taken.add_argument("--component", choices=["knowledge"], required=True)


def run_import(call: Call) -> Answer:
    """Take in the knowledge examination's scores from a file."""
    with acting(call) as (store, actors):
        with store.read() as read:
            batch = batch_named(read, call.args.batch).id
            plan = plan_of(read, batch)
        found = read_scores(call.args.file, plan)
        accepted, refused = store.write(actors, import_scores, batch, found.lines).value
    lines = sorted([*found.refused, *refused], key=lambda one: one.row)
    data = {
        "accepted": accepted,
        "refused": [{"row": one.row, "column": one.column, "code": one.code, "message": one.message} for one in lines],
    }
    text = [say("scores.taken", accepted=accepted, refused=len(lines))]
    text += [say("roster.refused_row", row=one.row, column=one.column, message=one.message) for one in lines]
    return Answer(data, "\n".join(text))
