"""Who may look at marks and results once they may be seen at all: asked of the person a snapshot was opened for.

Blindness before unsealing 启封 holds for everybody and is not decided here. After it marks are for the manager, the
supervisor, the auditor and the panel's own examiners. Registrars, invigilators and the administrator never see one.
"""

from __future__ import annotations

from core.arrangement.queries import panel
from core.errors import Refused
from core.people.roles import Role
from core.store import Id, Read

SEE_MARKS = frozenset({Role.MANAGER, Role.SUPERVISOR, Role.AUDITOR})
"""Who sees the marks of every unsealed panel."""
SEE_RESULTS = SEE_MARKS | {Role.REVIEWER, Role.CERTIFICATES}
"""Who sees settled results: notices are made from them, and who confirms them as the second person has to know them."""


def sees_marks(read: Read) -> bool:
    """Whether the reader sees the marks of every unsealed panel."""
    return read.reader is not None and not SEE_MARKS.isdisjoint(read.reader.roles)


def check_sees_marks(read: Read) -> None:
    """Refuse who may not see the marks of every unsealed panel."""
    if not sees_marks(read):
        raise Refused("marks.not_for_you")


def sees_results(read: Read) -> bool:
    """Whether the reader sees settled results."""
    return read.reader is not None and not SEE_RESULTS.isdisjoint(read.reader.roles)


def check_sees_results(read: Read) -> None:
    """Refuse who may not see results."""
    if not sees_results(read):
        raise Refused("marks.results_not_for_you")


def check_sees_panel(read: Read, application: Id, panel_id: Id | None) -> None:
    """Refuse who may not see what a panel came to for a candidate: neither of it nor of those who see all."""
    if not sees_panel(read, application, panel_id):
        raise Refused("marks.not_for_you")


def sees_panel(read: Read, application: Id, panel_id: Id | None) -> bool:
    """Whether the reader sees what a panel came to for a candidate."""
    if sees_marks(read):
        return True
    if read.reader is None or panel_id is None:
        return False
    return read.reader.id in panel(read, panel_id).examiners_of(application)


def check_own(read: Read, person: Id) -> None:
    """Refuse everybody but the person whose own sheet or typing it is."""
    if read.reader is None or read.reader.id != person:
        raise Refused("marks.not_yours")
