"""`certificates issue`."""

from __future__ import annotations

from pathlib import Path

from core.batches.queries import batch_named
from core.cli.frame import Answer, Call, Noun
from core.cli.session import acting
from core.words import say

PROGRESS_EVERY = 100


def register(noun: Noun) -> None:
    issue = noun.verb("issue", run_issue)
    issue.add_argument("--batch", required=True)
    issue.add_argument("--out", type=Path, required=True)


def run_issue(call: Call) -> Answer:
    """Issue a confirmed batch's papers; without authorisation, decision and lease these are provisional notices."""
    from core.certificates.notices import issue_and_write

    def progress(done: int) -> None:
        if done % PROGRESS_EVERY == 0:
            call.progress(say("certificates.writing", done=done))

    with acting(call) as (store, actors):
        with store.read() as read:
            batch = batch_named(read, call.args.batch).id
        numbers = issue_and_write(store, actors, batch, call.args.out, progress)
    data = {"issued": numbers, "kind": "notice", "file": str(call.args.out)}
    return Answer(data, say("certificates.notices_written", count=len(numbers), file=call.args.out))
