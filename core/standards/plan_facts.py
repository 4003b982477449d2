"""What a plan 考核方案 consists of. Points are integers in hundredths.

Structs are map-encoded; fields are only ever appended, each with a default, so that old bytes can always be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from core.errors import Refused
from core.standards.points import HUNDREDTHS

LEAST_EXAMINERS = 3
"""9.2, and the centre's own rule where a standard is silent."""
TRIMMED_EXAMINERS = 5
"""The fewest totals of which one highest and one lowest can be dropped: three must be left."""

ComponentId = Literal["knowledge", "skill", "review"]
Method = Literal["mean", "median", "trimmed_mean"]


class Option(msgspec.Struct, frozen=True):
    """One choice of a scale: what is pressed or counted, what it means, and what it is worth."""

    value: int
    word: str
    word_en: str
    points: int


class Scale(msgspec.Struct, frozen=True):
    """How an item is marked.

    - `levels`, `yes_no`: one option is chosen by its value;
    - `steps`: any number of options are done, each worth its points;
    - `tiers`: a count or a time is written; the best option it reaches counts (`value` is the bound, `better` says
      whether more or less is better), e.g. orders handled, seconds needed;
    - `objective`: as tiers, but one person counts and another writes, and the whole panel shares the figure.
    """

    kind: Literal["levels", "steps", "yes_no", "tiers", "objective"]
    options: tuple[Option, ...]
    better: Literal["more", "less"] = "more"
    unit: str = ""
    unit_en: str = ""


class Item(msgspec.Struct, frozen=True):
    """评分项: one requirement as it is marked. `requirement`, `level` and `function` are None only in a review."""

    key: str
    label: str
    maximum: int
    scale: Scale
    requirement: str | None = None
    level: str | None = None
    function: str | None = None


class Deduction(msgspec.Struct, frozen=True):
    """扣分项: `points` each time it happens, never more than `cap` in all."""

    id: str
    name: str
    name_en: str
    points: int
    cap: int


class Veto(msgspec.Struct, frozen=True):
    """否决项: takes the marks of an item, of the exercise, or ends the examination unpassed.

    With scope `item`, `items` are the keys that it may strike; empty means any of the exercise.
    """

    id: str
    name: str
    name_en: str
    scope: Literal["item", "exercise", "examination"]
    items: tuple[str, ...] = ()


class Surprise(msgspec.Struct, frozen=True):
    """意外情况: something planned that happens during the exercise. It stands on every topic card of it, so that all
    candidates meet the same: the stream breaks, a link is dead, a coupon is wrong, a comment is hostile."""

    id: str
    name: str
    name_en: str


class Exercise(msgspec.Struct, frozen=True):
    """考核任务: one thing a candidate does. `mode` is a way of examining (8.4, 8.5), `minutes` what it lasts.

    `marked_when`: `during`, as it happens, or `after`, from the work or the recording. `topic_card`: the assignment
    is drawn, opened and collected on record. `surprises` stand on the card.
    """

    id: str
    name: str
    name_en: str
    component: ComponentId
    role: str
    role_en: str
    mode: str
    evidence: Literal["live", "recording", "work", "defence"]
    place: str
    minutes: int
    marked_when: Literal["during", "after"]
    topic_card: bool
    items: tuple[Item, ...]
    deductions: tuple[Deduction, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    surprises: tuple[Surprise, ...] = ()

    @property
    def maximum(self) -> int:
        """Its full points in hundredths."""
        return sum(item.maximum for item in self.items)


class Component(msgspec.Struct, frozen=True):
    """考核科目 of this plan. A clause of None means that the figure beside it is the centre's own rule.

    `clause` sets the component itself, `mark_clause` its full and pass mark, `minutes_clause` its least minutes.
    """

    id: ComponentId
    name: str
    name_en: str
    full_mark: int
    pass_mark: int
    min_minutes: int
    clause: str | None = None
    mark_clause: str | None = None
    minutes_clause: str | None = None


class KnowledgeRow(msgspec.Struct, frozen=True):
    """A row of the knowledge examination (7.4.1): `ethics`, `foundation` or a function, with its full points."""

    key: str
    name: str
    maximum: int


class Policies(msgspec.Struct, frozen=True):
    """What the standards leave open; shown as the centre's own rule. Limits are hundredths.

    `method` makes a panel's total. Deliberation opens beyond `spread_limit`, and with `straddle` where totals lie on
    both sides of the pass mark and the result within `straddle_within` of it (None: at any distance). A skill panel
    has the smallest odd number of examiners that is at least `panel_examiners` and one to every
    `candidates_per_examiner`; a review panel has `review_examiners`; a batch is divided into panels of up to
    `candidates_per_panel`. `cumulative_levels` lets items of lower levels in, `attributes` those that say 具备.
    """

    method: Method = "mean"
    spread_limit: int = 15 * HUNDREDTHS
    straddle: bool = True
    straddle_within: int | None = 2 * HUNDREDTHS
    panel_examiners: int = 3
    candidates_per_examiner: int = 10
    review_examiners: int = 3
    candidates_per_panel: int = 30
    cumulative_levels: bool = False
    attributes: bool = False


class OwnRule(msgspec.Struct, frozen=True):
    """A sentence that says what is the centre's own rule and not the standard's."""

    text: str
    text_en: str


class Plan(msgspec.Struct, frozen=True):
    """A whole plan. `pack` is the digest, in hexadecimal, of the pack that it was checked against."""

    id: str
    version: int
    title: str
    title_en: str
    standard: str
    edition: str
    pack: str
    level: str
    components: tuple[Component, ...]
    knowledge: tuple[KnowledgeRow, ...]
    exercises: tuple[Exercise, ...]
    policies: Policies
    own_rules: tuple[OwnRule, ...]

    def component(self, component_id: str) -> Component | None:
        """The component, or None where this plan has none such."""
        return next((found for found in self.components if found.id == component_id), None)

    def exercise(self, exercise_id: str) -> Exercise | None:
        """The exercise, or None."""
        return next((found for found in self.exercises if found.id == exercise_id), None)

    def exercises_of(self, component_id: str) -> tuple[Exercise, ...]:
        """The exercises of one component, in order."""
        return tuple(found for found in self.exercises if found.component == component_id)

    def item(self, key: str) -> tuple[Exercise, Item] | None:
        """The item with this key and the exercise that holds it, or None."""
        for exercise in self.exercises:
            for item in exercise.items:
                if item.key == key:
                    return exercise, item
        return None


def points_of(item: Item, marked: int | Sequence[int]) -> int:
    """The hundredths that a mark is worth.

    `marked` is the option's value (levels, yes_no), the count or time (tiers, objective; never negative), or the
    values of the steps done. A value that the scale does not have is refused.
    """
    scale = item.scale
    by_value = {option.value: option.points for option in scale.options}
    if scale.kind == "steps":
        done = [marked] if isinstance(marked, int) else list(marked)
        if len(set(done)) == len(done) and set(done) <= set(by_value):
            return sum(by_value[value] for value in done)
    elif isinstance(marked, int):
        if scale.kind in ("levels", "yes_no"):
            if marked in by_value:
                return by_value[marked]
        elif marked >= 0:
            reached = [
                option.points
                for option in scale.options
                if (marked >= option.value if scale.better == "more" else marked <= option.value)
            ]
            return max(reached, default=0)
    raise Refused("plan.no_such_mark", label=item.label, mark=str(marked))
