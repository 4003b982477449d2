"""申报条件 (9.1): which conditions a set of facts meets, and what each of the others lacks. Any one suffices.

Pure: the pack and the facts decide, no clock and no settings. How time in an occupation is counted stands in
`served`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from core.standards.facts import Facts
from core.standards.pack_facts import (
    AwardRule,
    CertificateRule,
    EducationRule,
    EligibilityCondition,
    ExperienceRule,
    Pack,
    Rule,
    TrainingRule,
)
from core.words import say

DAYS_OF_A_YEAR = 365
"""What left-over days of several periods are added up by."""


class Lack(msgspec.Struct, frozen=True):
    """What is missing, as a code with its values; `sentence` says it in the language in use.

    `ways` (code `eligibility.any_of`) are several ways of which one would do.
    """

    code: str
    values: dict[str, str | int] = {}
    ways: tuple[tuple[Lack, ...], ...] = ()

    @property
    def sentence(self) -> str:
        values = {
            name: say(f"eligibility.{name}.{value}") if name in ("scope", "level") else value
            for name, value in self.values.items()
        }
        if self.ways:
            between = say("eligibility.or")
            values["ways"] = between.join("".join(lack.sentence for lack in way) for way in self.ways)
        return say(self.code, **values)


class Condition(msgspec.Struct, frozen=True):
    """One lettered condition of 9.1 and whether the facts meet it."""

    id: str
    clause: str
    label: str
    met: bool
    missing: tuple[Lack, ...]


class Eligibility(msgspec.Struct, frozen=True):
    """`eligible` is None where the standard sets no conditions: then the plan or the issuer decides."""

    eligible: bool | None
    conditions: tuple[Condition, ...]


class Served(msgspec.Struct, frozen=True, order=True):
    """Time in an occupation: whole years and days beyond them."""

    years: int
    days: int


def judge(pack: Pack, level_id: str, facts: Facts) -> Eligibility:
    """Judge `facts` by the conditions of a level (9.1). An unknown level is refused."""
    conditions = tuple(_judge(pack, condition, facts) for condition in pack.level(level_id).eligibility)
    return Eligibility(any(each.met for each in conditions) if conditions else None, conditions)


def _judge(pack: Pack, condition: EligibilityCondition, facts: Facts) -> Condition:
    lacks = [_way(pack, way, facts) for way in condition.ways]
    met = not all(lacks)
    missing: tuple[Lack, ...] = ()
    if not met:
        missing = lacks[0] if len(lacks) == 1 else (Lack("eligibility.any_of", ways=tuple(lacks)),)
    return Condition(condition.id, condition.clause, condition.label, met, missing)


def _way(pack: Pack, way: tuple[Rule, ...], facts: Facts) -> tuple[Lack, ...]:
    """What one way to meet a condition lacks; nothing if it is met."""
    lower = next((rule for rule in way if isinstance(rule, CertificateRule)), None)
    issued = _issued(pack, lower, facts) if lower else None
    return tuple(lack for rule in way for lack in _rule(pack, rule, facts, lower, issued))


def _rule(pack: Pack, rule: Rule, facts: Facts, lower: CertificateRule | None, issued: date | None) -> Iterable[Lack]:
    match rule:
        case CertificateRule():
            if issued is None:
                yield Lack("eligibility.no_certificate", {"level": rule.level})
        case ExperienceRule():
            since = _start(rule.after_certificate, issued)
            time = served(_periods(pack, facts), since, facts.as_of)
            if time.years < rule.years:
                code = "eligibility.experience_after" if rule.after_certificate else "eligibility.experience"
                level: dict[str, str | int] = {"level": lower.level} if rule.after_certificate and lower else {}
                yield Lack(code, {"needed": rule.years, "years": time.years, "days": time.days, **level})
        case TrainingRule():
            yield from _training(rule, facts, lower, issued)
        case EducationRule():
            if not _studied(pack, rule, facts):
                yield Lack("eligibility.education", {"schools": "、".join(rule.school)})
        case AwardRule():
            if not any(
                award.scope == rule.scope and award.rank is not None and award.rank <= rule.best_rank_at_least
                for award in facts.awards
            ):
                yield Lack("eligibility.award", {"scope": rule.scope, "rank": rule.best_rank_at_least})


def _issued(pack: Pack, rule: CertificateRule, facts: Facts) -> date | None:
    """When the first certificate of this standard and exactly this level was issued, if by `as_of`."""
    return min(
        (
            held.issued
            for held in facts.certificates
            if held.standard == pack.id
            and held.level == rule.level
            and held.issued is not None
            and held.issued <= facts.as_of
        ),
        default=None,
    )


def _start(after_certificate: bool, issued: date | None) -> date | None:
    """The first day that counts. Without the certificate nothing can lie after it."""
    if not after_certificate:
        return date.min
    return issued + timedelta(days=1) if issued else None


def _periods(pack: Pack, facts: Facts) -> list[tuple[date, date | None]]:
    """First and last days in the occupation itself or a listed related one; the list is matched exactly."""
    counted = {pack.standard.occupation, *pack.lists.related_occupations}
    return [
        (period.first, period.last)
        for period in facts.experience
        if period.first is not None and period.occupation in counted
    ]


def served(periods: list[tuple[date, date | None]], since: date | None, as_of: date) -> Served:
    """Time served from `since` to `as_of`, both counted in; `since` None counts nothing.

    Overlapping periods are merged first. Of each merged period whole years count on the anniversary (29 February on
    the 28th), left-over days are summed, 365 a year. Last days are counted in; None is still going on.
    """
    if since is None:
        return Served(0, 0)
    cut = sorted((max(first, since), min(last or as_of, as_of)) for first, last in periods)
    merged: list[tuple[date, date]] = []
    for first, last in cut:
        if last < first:
            continue
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    years = days = 0
    for first, last in merged:
        end = last + timedelta(days=1)
        whole = end.year - first.year
        if anniversary(first, whole) > end:
            whole -= 1
        years += whole
        days += (end - anniversary(first, whole)).days
    return Served(years + days // DAYS_OF_A_YEAR, days % DAYS_OF_A_YEAR)


def anniversary(day: date, years: int) -> date:
    """The same day so many years later; 29 February falls on the 28th in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def _training(rule: TrainingRule, facts: Facts, lower: CertificateRule | None, issued: date | None) -> Iterable[Lack]:
    since = _start(rule.after_certificate, issued)
    done = [
        course
        for course in facts.training
        if since is not None
        and course.completed is not None
        and since <= course.completed <= facts.as_of
        and (course.certificate_no or not rule.completion_certificate)
    ]
    most = max((course.hours for course in done if course.hours is not None), default=Decimal(0))
    if most < rule.hours:
        code = "eligibility.training_after" if rule.after_certificate else "eligibility.training"
        level: dict[str, str | int] = {"level": lower.level} if rule.after_certificate and lower else {}
        yield Lack(code, {"needed": rule.hours, "hours": f"{most.normalize():f}", **level})


def _studied(pack: Pack, rule: EducationRule, facts: Facts) -> bool:
    """Graduated by `as_of` from a listed kind of school in a listed major, or in the final year where that counts."""
    return any(
        study.school in rule.school
        and study.major in pack.lists.related_majors
        and (
            (study.graduated is not None and study.graduated <= facts.as_of)
            or (study.final_year and rule.final_year_students)
        )
        for study in facts.education
    )
