"""The roles of an evaluation, and which of them may stand together on one account."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from core.errors import Refused


class Role(StrEnum):
    """What a person does in the centre. A panel's leader is an appointment, not a role."""

    REGISTRAR = "registrar"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    INVIGILATOR = "invigilator"
    EXAMINER = "examiner"
    CERTIFICATES = "certificates"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMIN = "admin"


SECONDS_OF_MANAGERS = frozenset({Role.MANAGER, Role.REVIEWER, Role.CERTIFICATES})
"""Who may be the second person where the first is a manager; otherwise it must be a manager."""


def parse_roles(names: Iterable[str]) -> list[Role]:
    """Roles by name, each once, in the order of `Role`. None, an unknown one, or `admin` with another: refused."""
    given = set(names)
    unknown = given - set(Role)
    if unknown:
        raise Refused("people.unknown_role", role=sorted(unknown)[0], roles=" ".join(Role))
    if not given:
        raise Refused("people.no_role", roles=" ".join(Role))
    if Role.ADMIN in given and len(given) > 1:
        raise Refused("people.admin_alone")
    return [role for role in Role if role in given]
