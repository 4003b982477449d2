"""What can be written for a batch, and the writing itself. Everything here blocks and runs on a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.certificates.needs import what_is_missing
from core.certificates.queries import notices
from core.certificates.standing import living
from core.results.queries import confirmation, result_counts, results
from core.words import say

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Papers:
    """How far a batch's notices are; who has a certificate needs none. `lacks`: what certificates still need."""

    candidates: int
    wanted: int
    """Notices that there are to be."""
    confirmed: bool
    issued: int
    lacks: tuple[str, ...]


def papers(read: Any, batch: int) -> Papers:
    """How far a batch's papers are."""
    certified, issued = living(read, batch), notices(read, batch)
    settled = results(read, batch)
    wanted = [one for one in settled if one.application not in certified]
    done = sum(one.application in issued for one in wanted)
    lacks = tuple(lack.what for lack in what_is_missing(read, batch) if lack.what != "confirmation")
    return Papers(len(settled), len(wanted), confirmation(read, batch) is not None, done, lacks)


def issue(store: Any, actors: Any, batch: int, target: Path, progress: Progress) -> list[str]:
    """Issue what is to be issued, then write all notices; their numbers. Cancelled while writing, they stay issued."""
    from core.certificates.notices import issue_and_write

    with store.read(actors.first) as read:
        total = result_counts(read, batch).settled
    progress(0, total, say("exam.documents.issuing"))
    return issue_and_write(
        store, actors, batch, target, lambda done: progress(done, total, say("exam.documents.writing"))
    )


def write_again(store: Any, reader: Any, batch: int, target: Path, progress: Progress) -> int:
    """Write the notices that were issued; how many."""
    from core.certificates.notices import notices_of
    from core.documents.notice import write_notices

    with store.read(reader) as read:
        total = len(notices(read, batch))
        return write_notices(
            target, notices_of(read, batch), lambda done: progress(done, total, say("exam.documents.writing"))
        )


def write_results(store: Any, reader: Any, batch: int, target: Path, progress: Progress) -> int:
    """Write the results list; how many candidates it holds."""
    from core.results.listing import write_list

    found = write_list(
        store, reader, batch, target, lambda done, total, _: progress(done, total, say("exam.documents.writing"))
    )
    return len(found.rows)
