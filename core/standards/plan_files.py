"""Reading a plan as a centre writes it: a TOML file with points in words and scales that items share by name.

Clauses are never read from the file: they come from the pack, so that an own rule can't pass for the standard's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from core.errors import Refused
from core.standards import plan_facts as plans
from core.standards.pack_facts import Pack
from core.standards.packs import pack
from core.standards.points import NotPoints, read_points
from core.words import say

Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=24 * 60)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a plan file; a key that it does not know makes the file unreadable."""


class WrittenOption(Written, frozen=True):
    value: Count
    word: str
    word_en: str
    percent: Percent | None = None
    points: Any = None


class WrittenScale(Written, frozen=True):
    kind: Literal["levels", "steps", "yes_no", "tiers", "objective"]
    options: tuple[WrittenOption, ...]
    id: str = ""
    better: Literal["more", "less"] = "more"
    unit: str = ""
    unit_en: str = ""


class WrittenItem(Written, frozen=True):
    key: str
    label: str
    maximum: Any
    scale: str
    requirement: str | None = None
    level: str | None = None
    function: str | None = None


class WrittenDeduction(Written, frozen=True):
    id: str
    name: str
    name_en: str
    points: Any
    cap: Any


class WrittenVeto(Written, frozen=True):
    id: str
    name: str
    name_en: str
    scope: Literal["item", "exercise", "examination"]
    items: tuple[str, ...] = ()


class WrittenSurprise(Written, frozen=True):
    id: str
    name: str
    name_en: str


class WrittenOwnRule(Written, frozen=True):
    text: str
    text_en: str


class WrittenExercise(Written, frozen=True):
    id: str
    name: str
    name_en: str
    component: plans.ComponentId
    role: str
    role_en: str
    mode: str
    evidence: Literal["live", "recording", "work", "defence"]
    place: str
    minutes: Minutes
    marked_when: Literal["during", "after"]
    items: tuple[WrittenItem, ...]
    topic_card: bool = False
    deductions: tuple[WrittenDeduction, ...] = ()
    vetoes: tuple[WrittenVeto, ...] = ()
    surprises: tuple[WrittenSurprise, ...] = ()


class WrittenComponent(Written, frozen=True):
    id: plans.ComponentId
    name: str
    name_en: str
    full_mark: Any
    pass_mark: Any
    min_minutes: Minutes
    included: bool = True


class WrittenRow(Written, frozen=True):
    key: str
    name: str
    maximum: Any


class WrittenPolicies(Written, frozen=True):
    method: plans.Method
    spread_limit: Any
    straddle: bool
    panel_examiners: Count
    candidates_per_examiner: Count
    review_examiners: Count
    candidates_per_panel: Count
    straddle_within: Any = None
    cumulative_levels: bool = False
    attributes: bool = False


class WrittenPlan(Written, frozen=True):
    schema: Literal[1]
    id: str
    version: Count
    title: str
    title_en: str
    standard: str
    edition: str
    level: str
    policies: WrittenPolicies
    components: tuple[WrittenComponent, ...]
    exercises: tuple[WrittenExercise, ...]
    knowledge: tuple[WrittenRow, ...] = ()
    scales: tuple[WrittenScale, ...] = ()
    own_rules: tuple[WrittenOwnRule, ...] = ()


def read(content: bytes, *, review: bool | None = None) -> plans.Plan:
    """The plan in a TOML file's bytes, not yet checked. What can't be read is refused, naming the place."""
    try:
        data = tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
        written = msgspec.convert(data, WrittenPlan)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as problem:
        raise Refused("plan.unreadable", problem=str(problem)) from None
    found = pack(written.standard)
    left_out = {component.id for component in written.components if not component.included}
    if review is not None:
        left_out = (left_out - {"review"}) | (set() if review else {"review"})
    return plans.Plan(
        id=written.id,
        version=written.version,
        title=written.title,
        title_en=written.title_en,
        standard=written.standard,
        edition=written.edition,
        pack=found.digest.hex(),
        level=written.level,
        components=tuple(
            _component(found, component) for component in written.components if component.id not in left_out
        ),
        knowledge=tuple(
            plans.KnowledgeRow(row.key, row.name, _points(row.maximum, f"knowledge {row.key}"))
            for row in written.knowledge
            if "knowledge" not in left_out
        ),
        exercises=tuple(
            _exercise(exercise, written) for exercise in written.exercises if exercise.component not in left_out
        ),
        policies=_policies(written.policies),
        own_rules=tuple(plans.OwnRule(rule.text, rule.text_en) for rule in written.own_rules),
    )


def _points(written: object, place: str) -> int:
    try:
        return read_points(written)
    except NotPoints as problem:
        reason = say(f"points.{problem.reason}")
        raise Refused("plan.points", place=place, written=str(written), reason=reason) from None


def _component(found: Pack, written: WrittenComponent) -> plans.Component:
    said = found.component(written.id)
    return plans.Component(
        id=written.id,
        name=written.name,
        name_en=written.name_en,
        full_mark=_points(written.full_mark, f"{written.id} full_mark"),
        pass_mark=_points(written.pass_mark, f"{written.id} pass_mark"),
        min_minutes=written.min_minutes,
        clause=said.clause if said else None,
        mark_clause=said.clauses["full_mark"] if said else None,
        minutes_clause=said.clauses["min_minutes"] if said else None,
    )


def _policies(written: WrittenPolicies) -> plans.Policies:
    within = written.straddle_within
    return plans.Policies(
        method=written.method,
        spread_limit=_points(written.spread_limit, "spread_limit"),
        straddle=written.straddle,
        straddle_within=None if within is None else _points(within, "straddle_within"),
        panel_examiners=written.panel_examiners,
        candidates_per_examiner=written.candidates_per_examiner,
        review_examiners=written.review_examiners,
        candidates_per_panel=written.candidates_per_panel,
        cumulative_levels=written.cumulative_levels,
        attributes=written.attributes,
    )


def _exercise(written: WrittenExercise, plan: WrittenPlan) -> plans.Exercise:
    scales = {scale.id: scale for scale in plan.scales}
    return plans.Exercise(
        id=written.id,
        name=written.name,
        name_en=written.name_en,
        component=written.component,
        role=written.role,
        role_en=written.role_en,
        mode=written.mode,
        evidence=written.evidence,
        place=written.place,
        minutes=written.minutes,
        marked_when=written.marked_when,
        topic_card=written.topic_card,
        items=tuple(_item(item, plan, scales) for item in written.items),
        deductions=tuple(
            plans.Deduction(
                id=each.id,
                name=each.name,
                name_en=each.name_en,
                points=_points(each.points, f"deductions {each.id}"),
                cap=_points(each.cap, f"deductions {each.id}"),
            )
            for each in written.deductions
        ),
        vetoes=tuple(plans.Veto(each.id, each.name, each.name_en, each.scope, each.items) for each in written.vetoes),
        surprises=tuple(plans.Surprise(each.id, each.name, each.name_en) for each in written.surprises),
    )


def _item(written: WrittenItem, plan: WrittenPlan, scales: dict[str, WrittenScale]) -> plans.Item:
    maximum = _points(written.maximum, written.key)
    if written.scale not in scales:
        raise Refused("plan.unknown_scale", label=written.label, scale=written.scale)
    scale = scales[written.scale]
    return plans.Item(
        key=written.key,
        label=written.label,
        maximum=maximum,
        scale=plans.Scale(
            kind=scale.kind,
            options=tuple(_options(written, scale, maximum)),
            better=scale.better,
            unit=scale.unit,
            unit_en=scale.unit_en,
        ),
        requirement=written.requirement,
        level=(written.level or plan.level) if written.requirement else None,
        function=written.function,
    )


def _options(item: WrittenItem, scale: WrittenScale, maximum: int) -> Iterable[plans.Option]:
    """Options with their points: as written, or a percentage of the maximum rounded half up to hundredths.

    Steps add up, so each gets what its share moves the rounded sum by, and all together give the maximum.
    """
    before = 0
    for option in scale.options:
        if (option.percent is None) == (option.points is None):
            raise Refused("plan.percent_or_points", scale=scale.id, word=option.word)
        if option.percent is None:
            points = _points(option.points, f"{item.key} {option.word}")
        elif scale.kind == "steps":
            points = _part(maximum, before + option.percent) - _part(maximum, before)
            before += option.percent
        else:
            points = _part(maximum, option.percent)
        yield plans.Option(option.value, option.word, option.word_en, points)


def _part(maximum: int, percent: int) -> int:
    return (2 * maximum * percent + 100) // 200
