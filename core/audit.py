"""What an auditor looks at: the journal line by line, and whether all of it still holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.batches.queries import batches
from core.errors import IntegrityFailure
from core.house import signature_problems
from core.people.queries import accounts
from core.store import Id, Problem, Read, Store, backup
from core.store.backup import BackupFacts
from core.store.entries import BackupLine, EntryLine, backups_made, entries, kinds_there
from core.words import known, say

CHECKS = 3
BACKUPS_SHOWN = 6


@dataclass(frozen=True)
class AuditLine:
    """An entry as people read it. `who` and `second` are "" for nobody."""

    entry: EntryLine
    who: str
    second: str
    batch: str

    @property
    def id(self) -> Id:
        """What tells one line from another."""
        return self.entry.id


@dataclass(frozen=True)
class Who:
    """A person by whom the journal can be filtered."""

    id: Id
    name: str


@dataclass(frozen=True)
class Checked:
    """What a check looked at and what it found. No problem and no differing table: all holds."""

    entries: int
    devices: int
    problems: tuple[Problem, ...]
    tables: int
    differing: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether everything holds."""
        return not self.problems and not self.differing


def lines(
    read: Read, offset: int, limit: int, *, actor: Id | None = None, kinds: frozenset[str] = frozenset()
) -> tuple[list[AuditLine], int]:
    """A page of the journal, the newest first, and how many entries there are."""
    found, total = entries(read, offset, limit, actor=actor, kinds=kinds)
    names = {one.id: f"{one.login} {one.name}".strip() for one in accounts(read)}
    numbers = {one.id: one.no for one in batches(read)}
    return [
        AuditLine(one, names.get(one.actor, ""), names.get(one.second, ""), numbers.get(one.batch, "")) for one in found
    ], total


def filters(read: Read) -> tuple[list[Who], list[str]]:
    """Everybody who may have done something, and every kind that the journal holds."""
    people = [Who(one.id, f"{one.login} {one.name}".strip()) for one in accounts(read)]
    return people, kinds_there(read)


def backups(read: Read) -> list[BackupLine]:
    """The newest backups that were made from here."""
    return backups_made(read, BACKUPS_SHOWN)


def back_up(store: Store, target: Path) -> BackupFacts:
    """Write a backup to `target` and read it back; blocks."""
    return backup.make(store, target)


def kind_text(kind: str) -> str:
    """A kind of entry in words; of a newer program's kind its name."""
    code = f"kind.{kind}"
    return say(code) if known(code) else kind


def check(store: Store, progress: Callable[[int, int, str], None]) -> Checked:
    """Check chains, seals and parts, personal signatures, and the tables against a replay. Blocks.

    `progress` hears which of the three is being done, and may raise to cancel it.
    """
    progress(0, CHECKS, say("exam.check.chains"))
    found = store.verify()
    problems = list(found.problems)
    if any(problem.kind == "page" for problem in problems):
        return Checked(found.entries, found.devices, tuple(problems), 0, ())
    progress(1, CHECKS, say("exam.check.signatures"))
    try:
        problems += signature_problems(store)
    except IntegrityFailure:
        problems.append(Problem(0, 0, "page"))
    progress(2, CHECKS, say("exam.check.tables"))
    tables, differing = store.compare()
    progress(CHECKS, CHECKS, say("exam.check.tables"))
    return Checked(found.entries, found.devices, tuple(problems), tables, tuple(differing))
