"""Putting an application right at the desk: person, statements and photo in one act."""

from __future__ import annotations

import msgspec

from core.people.permission import permitted
from core.people.roles import Role
from core.registration import queries
from core.registration.commands import correct_facts, correct_person, take_photo
from core.registration.events import Person
from core.standards.facts import Facts
from core.store import Id, Write


@permitted(Role.REGISTRAR)
def correct_application(
    write: Write, application: Id, person: Person, facts: Facts, photo: bytes | None = None
) -> None:
    """Put right what is known of an applicant and what was stated (a change of the facts is reviewed again), and give
    another photo where there is one."""
    correct_person(write, application, person)
    if photo is not None:
        take_photo(write, application, photo)
    known = queries.application_detail(write, application).facts
    if msgspec.structs.replace(facts, as_of=known.as_of) != known:
        correct_facts(write, application, facts)
