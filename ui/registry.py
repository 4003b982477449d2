"""The pages of the window in the order of an evaluation, and who sees which."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class PageSpec:
    """A page: its key, its icon, where its class stands (imported when it is first opened), and the roles that see it.

    No roles: everybody. `foot` pages stand at the foot of the rail. An `alone` page brings its own head and foot; who
    sees no other steps than such a one, and what stands `beside` it, gets no rail at all.
    """

    key: str
    icon: str
    place: str
    roles: frozenset[str] = frozenset()
    foot: bool = False
    alone: bool = False
    beside: bool = False

    @property
    def title_code(self) -> str:
        """The code of its title."""
        return f"ui.page.{self.key}"

    def load(self) -> type[Any]:
        """Its class."""
        module, _, name = self.place.partition(":")
        found: type[Any] = getattr(import_module(module), name)
        return found

    def seen_by(self, roles: frozenset[str]) -> bool:
        """Whether somebody with these roles sees it."""
        return not self.roles or not self.roles.isdisjoint(roles)


def _roles(text: str) -> frozenset[str]:
    return frozenset(text.split())


DESK = "registrar reviewer manager invigilator certificates supervisor auditor"

PAGES = (
    PageSpec("overview", "overview", "ui.pages.overview:OverviewPage", _roles(f"{DESK} admin")),
    PageSpec(
        "applications",
        "applications",
        "ui.pages.applications:ApplicationsPage",
        _roles("registrar reviewer manager supervisor auditor"),
    ),
    PageSpec("review", "review", "ui.pages.review:ReviewPage", _roles("reviewer manager supervisor auditor")),
    PageSpec("plan", "plan", "ui.pages.plan:PlanPage", _roles("manager supervisor auditor")),
    PageSpec(
        "arrangement",
        "arrangement",
        "ui.pages.arrangement:ArrangementPage",
        _roles("manager supervisor auditor"),
    ),
    PageSpec(
        "checkin",
        "checkin",
        "ui.pages.checkin:CheckinPage",
        _roles("registrar invigilator manager supervisor"),
    ),
    PageSpec("knowledge", "note", "ui.pages.knowledge:KnowledgePage", _roles("manager invigilator auditor")),
    PageSpec("studio", "live", "ui.pages.studio:StudioPage", _roles("invigilator manager supervisor")),
    PageSpec("marking", "marking", "ui.pages.marking_desk:MarkingDesk", _roles("examiner"), alone=True),
    PageSpec("entry", "edit", "ui.pages.entry:EntryPage", _roles("invigilator examiner manager"), beside=True),
    PageSpec(
        "calibration",
        "flag",
        "ui.pages.calibration:CalibrationPage",
        _roles("manager examiner supervisor auditor"),
        beside=True,
    ),
    PageSpec("results", "results", "ui.pages.results:ResultsPage", _roles("manager reviewer certificates auditor")),
    PageSpec(
        "certificates",
        "certificates",
        "ui.pages.certificates:CertificatesPage",
        _roles("certificates manager auditor"),
    ),
    PageSpec(
        "documents",
        "documents",
        "ui.pages.documents:DocumentsPage",
        _roles("registrar manager invigilator certificates supervisor"),
    ),
    PageSpec("verify", "shield", "ui.pages.verify:VerifyPage", foot=True),
    PageSpec("sync", "sync", "ui.pages.sync:SyncPage", _roles("admin manager certificates"), foot=True),
    PageSpec("audit", "audit", "ui.pages.audit:AuditPage", _roles("admin auditor manager supervisor"), foot=True),
    PageSpec("accounts", "people", "ui.pages.accounts:AccountsPage", _roles("admin"), foot=True),
    PageSpec("settings", "settings", "ui.pages.settings:SettingsPage", foot=True),
)


def built(pages: tuple[PageSpec, ...] = PAGES) -> tuple[PageSpec, ...]:
    """Those whose module is there: an installation may leave a page out."""
    from importlib.util import find_spec

    return tuple(page for page in pages if find_spec(page.place.partition(":")[0]) is not None)
