"""What the table of results says of a candidate, in words."""

from __future__ import annotations

from core.results.listing import cell_text, note_text
from core.results.standing import Row, Standing
from core.standards.plans import Component
from core.words import language, say
from ui.marking.views import points_text
from ui.models.paged import Column, Tone

FILTERS = ("all", "missing", "deliberation", "passed", "failed")


def component_name(component: Component) -> str:
    """Its name in the language in use."""
    return component.name_en if language() == "en" and component.name_en else component.name


def columns(standing: Standing) -> list[Column]:
    """One column a component between who it is and what came out."""
    made = [
        Column(say("exam.number"), lambda row: row.number, width=84, strong=True),
        Column(say("exam.name"), lambda row: row.name, width=76, stretch=True),
    ]
    made += [_score(at, component) for at, component in enumerate(standing.components)]
    made += [
        Column(say("exam.spread"), spread_text, numeric=True, width=76, tone=spread_tone),
        Column(say("exam.outcome"), outcome_text, width=112, badge=outcome_tone),
        Column(say("exam.note"), note_text, width=76, stretch=True, tone=lambda row: "muted"),
    ]
    return made


def wanted(row: Row, filter_: str) -> bool:
    """Whether a row belongs to a filter."""
    return {
        "all": True,
        "missing": row.missing and not row.to_deliberate,
        "deliberation": row.to_deliberate,
        "passed": row.passed is True,
        "failed": row.passed is False,
    }[filter_]


def spread_text(row: Row) -> str:
    """The widest spread of its panels."""
    spreads = [cell.outcome.spread for cell in row.cells if cell.outcome is not None]
    return points_text(max(spreads)) if spreads else ""


def spread_tone(row: Row) -> Tone:
    """Highlighted where it opened a deliberation."""
    wide = any(cell.outcome is not None and "spread" in cell.outcome.reasons for cell in row.cells)
    return "attention" if wide else ""


def outcome_text(row: Row) -> str:
    """Passed, failed, to be deliberated, or missing."""
    if row.to_deliberate:
        return say("exam.deliberation.open")
    if row.missing:
        return say("exam.missing")
    return say("exam.passed" if row.passed else "exam.failed")


def outcome_tone(row: Row) -> Tone:
    """The colour of that word."""
    if row.to_deliberate:
        return "attention"
    if row.missing:
        return "muted"
    return "good" if row.passed else "danger"


def _score(at: int, component: Component) -> Column:
    def tone(row: Row) -> Tone:
        cell = row.cells[at]
        if cell.state == "vetoed":
            return "danger"
        if cell.state != "scored":
            return "attention" if cell.state == "deliberation_open" else "muted"
        return "" if cell.passed else "danger"

    return Column(
        say(f"exam.component.{component.id}"), lambda row: cell_text(row.cells[at]), numeric=True, width=100, tone=tone
    )
