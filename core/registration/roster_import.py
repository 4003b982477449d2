"""Taking a roster in: rows that were read well become applications, or are refused with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from core.batches.queries import open_batch
from core.clock import china_date
from core.errors import AppError
from core.people.permission import permitted
from core.people.roles import Role
from core.registration import queries
from core.registration.commands import record_application
from core.registration.events import Person
from core.registration.photos import read_photo
from core.registration.roster_columns import BY_FIELD
from core.registration.roster_file import RosterRow, RowRefusal
from core.standards.facts import Award, Education, Experience, Facts, Held, Training
from core.store import Id, Read, Write
from core.words import say

Progress = Callable[[int, int], None]
"""Told (done, of); what it raises ends the import, and nothing is kept."""


@dataclass(frozen=True)
class Imported:
    """What an import took and what it refused."""

    accepted: int
    refused: tuple[RowRefusal, ...]
    applications: tuple[Id, ...] = field(default=())


def refusals(read: Read, batch: Id, rows: tuple[RosterRow, ...]) -> dict[int, RowRefusal]:
    """Why rows can't be taken into a batch: another level, applied already, known by another name. By row number."""
    line = open_batch(read, batch)
    found = {}
    known = queries.candidates_with_identities(read, ((row.id_kind, row.id_number) for row in rows))
    applied, names = queries.applicants(read, batch), queries.names(read, known.values())
    for row in rows:
        if row.level != line.level:
            found[row.row] = _refusal(row, "level", "registration.level_not_in_batch", level=line.level_name)
            continue
        candidate = known.get((row.id_kind, row.id_number))
        if candidate is None:
            continue
        if candidate in applied:
            found[row.row] = _refusal(row, "id_number", "registration.applied_already")
        elif names.get(candidate, row.name) != row.name:
            found[row.row] = _refusal(row, "name", "registration.other_name")
    return found


def read_photos(rows: tuple[RosterRow, ...], folder: Path | None) -> tuple[dict[int, bytes], dict[int, RowRefusal]]:
    """The photos that rows name, from `folder`, by row number; and the rows whose photo is missing or no picture.

    A photo is named by its file name alone: a path can't lead out of the folder.
    """
    photos: dict[int, bytes] = {}
    refused: dict[int, RowRefusal] = {}
    if folder is None:
        return photos, refused
    for row in rows:
        if row.photo:
            try:
                photos[row.row] = read_photo(folder / Path(row.photo.replace("\\", "/")).name)
            except AppError as problem:
                message = problem.sentence
                refused[row.row] = RowRefusal(row.row, BY_FIELD["photo"].name, problem.code, message)
    return photos, refused


@permitted(Role.REGISTRAR)
def import_rows(
    write: Write,
    batch: Id,
    rows: tuple[RosterRow, ...],
    photos: Mapping[int, bytes],
    progress: Progress | None = None,
) -> Imported:
    """Enter every row of a roster that can be taken, all in one transaction."""
    refused = refusals(write, batch, rows)
    standard, as_of = open_batch(write, batch).standard, china_date(write.now)
    known = queries.candidates_with_identities(write, ((row.id_kind, row.id_number) for row in rows))
    entered: list[Id] = []
    for done, row in enumerate(rows, start=1):
        if row.row not in refused:
            entered.append(
                record_application(
                    write,
                    batch,
                    known.get((row.id_kind, row.id_number)),
                    person_of(row),
                    facts_of(row, standard, as_of),
                    row.conditions,
                    photos.get(row.row),
                )
            )
        if progress is not None and done % 100 == 0:
            progress(done, len(rows))
    return Imported(len(entered), tuple(refused[number] for number in sorted(refused)), tuple(entered))


def person_of(row: RosterRow) -> Person:
    """Who the row is about."""
    return Person(
        name=row.name,
        sex=row.sex or "",
        id_kind=row.id_kind,
        id_number=row.id_number,
        birth_date=row.birth_date.isoformat() if row.birth_date else "",
        phone=row.phone,
        education=row.education or "",
        employer=row.employer or "",
        school=row.school or "",
        major=row.major or "",
    )


def facts_of(row: RosterRow, standard: str, as_of: date) -> Facts:
    """What the row states for eligibility (9.1). A certificate held is one of the batch's own standard."""
    return Facts(
        as_of=as_of,
        experience=(Experience(row.occupation, row.occupation_from),) if row.occupation else (),
        training=(Training(Decimal(row.training_hours), row.training_completed, row.training_certificate),)
        if row.training_hours is not None
        else (),
        certificates=(Held(standard, row.held_level, row.held_date),) if row.held_level else (),
        education=(Education(row.school, row.major, row.graduated, bool(row.final_year)),) if row.school else (),
        awards=(Award(row.award_scope, row.award_rank),) if row.award_scope else (),
    )


def _refusal(row: RosterRow, column: str, code: str, **values: object) -> RowRefusal:
    return RowRefusal(row.row, BY_FIELD[column].name, code, say(code, **values))
