"""申报材料: what an examiner sees of an application while they review it or hear its defence (8.5).

By number and photo, as everything that examiners see: facts and files, without name, identity number or telephone.
A file shows what stands in it; those that are called an identity document are not shown at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec

from core.arrangement.queries import number_of, panels_with
from core.batches.queries import plan_of
from core.errors import Refused
from core.registration.events import Person
from core.registration.evidence import EvidenceLine, evidence, evidence_file
from core.registration.queries import application_detail, batch_of, candidate_of, person_of
from core.scoring.readers import check_own
from core.standards.facts import Facts
from core.standards.plans import Exercise
from core.store import Id, Read

HIDDEN = "＊＊"
_IDENTITY = re.compile(
    r"身份证|身份證|户口|戶口|护照|通行证|居住证|驾驶证|\bidentity\b|\bid[ -]?card\b|passport", re.IGNORECASE
)
_NUMBER = re.compile(r"\d[\d\s-]{5,}[\dXx]")
"""A run of digits as long as a telephone or identity number; a date with dashes goes with it."""


@dataclass(frozen=True)
class MaterialFile:
    """One file; `kind` is its media type."""

    id: Id
    title: str
    kind: str
    size: int


@dataclass(frozen=True)
class Material:
    """An application as its reviewers see it."""

    application: Id
    number: str
    facts: Facts
    """Without the numbers of completion certificates."""
    files: tuple[MaterialFile, ...]
    withheld: int
    """Identity documents that are not shown."""


def shows_material(exercise: Exercise) -> bool:
    """Whether an exercise is marked with the application beside it: a review 综合评审, or a defence."""
    return exercise.component == "review" or exercise.evidence == "defence"


def material_for(read: Read, examiner: Id, application: Id) -> Material:
    """An application's facts and files, for an examiner who reviews it; for everybody else refused."""
    _check_reviewer(read, examiner, application)
    shown, withheld = _files(read, application)
    return Material(
        application,
        number_of(read, application),
        _plain_facts(application_detail(read, application).facts),
        tuple(shown),
        withheld,
    )


def material_file(read: Read, examiner: Id, application: Id, id: Id) -> bytes | None:
    """The content of one of the files that `material_for` names; None where it has not arrived."""
    _check_reviewer(read, examiner, application)
    if id not in {one.id for one in _files(read, application)[0]}:
        raise Refused("material.unknown")
    return evidence_file(read, id)


def _check_reviewer(read: Read, examiner: Id, application: Id) -> None:
    check_own(read, examiner)
    own = [panel for panel in panels_with(read, application) if panel.marks(examiner, application)]
    if not own:
        raise Refused("scoring.not_your_candidate")
    plan = plan_of(read, batch_of(read, application))
    if not any(shows_material(one) for panel in own for one in plan.exercises_of(panel.component)):
        raise Refused("material.not_reviewed", clause="8.5")


def _plain_facts(facts: Facts) -> Facts:
    """Numbers of completion certificates lead to a name in the register that gave them."""
    return msgspec.structs.replace(
        facts, training=tuple(msgspec.structs.replace(one, certificate_no=None) for one in facts.training)
    )


def _files(read: Read, application: Id) -> tuple[list[MaterialFile], int]:
    person = person_of(read, candidate_of(read, application))
    found = evidence(read, application)
    shown = [_plain_file(one, person) for one in found if not _IDENTITY.search(one.title)]
    return shown, len(found) - len(shown)


def _plain_file(file: EvidenceLine, person: Person | None) -> MaterialFile:
    """Registrars like to call a file by its owner."""
    title = file.title
    for known in (person.name, person.id_number, person.phone) if person is not None else ():
        if known:
            title = title.replace(known, HIDDEN)
    return MaterialFile(file.id, _NUMBER.sub(HIDDEN, title), file.kind, file.size)
