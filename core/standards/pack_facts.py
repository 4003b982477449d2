"""The facts of a pack, as its file says them: what a standard prints, by name, code, weight and rule.

What a standard does not say is absent (None or empty); a plan may supply it, as the centre's own rule.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from core.errors import Refused

SCHEMA = 1
"""The layout of pack files that this program reads."""


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a pack file; a key that it does not know makes the file invalid."""


class Header(Fact, frozen=True):
    """Whose standard it is. A `draft` (征求意见稿) is shown as one wherever it is used."""

    id: str
    code: str
    title: str
    edition: str
    status: Literal["draft", "in_force"]
    occupation: str
    issuer: str
    cumulative_levels: bool
    title_en: str | None = None
    source_notes: tuple[str, ...] = ()


class FunctionName(Fact, frozen=True):
    """A function under the name of the weights' table, with the other spellings that the standard prints."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()


class Topic(Fact, frozen=True):
    item: str
    label: str


class Foundation(Fact, frozen=True):
    """A group of foundation knowledge."""

    no: str
    name: str
    topics: tuple[Topic, ...]


class Ethic(Fact, frozen=True):
    item: str
    name: str


class Staffing(Fact, frozen=True):
    """How many people a component takes (9.2). A figure the standard does not give is None."""

    clause: str
    proctor_ratio: int | None = None
    min_proctors_per_room: int | None = None
    candidates_per_examiner: int | None = None
    min_examiners: int | None = None
    odd: bool = False


class Assessed(Fact, frozen=True):
    """A component 考核科目 as the standard sets it: whole points, minutes, ways of examining, its levels."""

    id: Literal["knowledge", "skill", "review"]
    name: str
    clause: str
    full_mark: int
    pass_mark: int
    min_minutes: int
    modes: tuple[str, ...]
    levels: tuple[str, ...]
    optional: bool
    clauses: dict[str, str]
    staffing: Staffing


class Assessment(Fact, frozen=True):
    clause: str
    all_components_required: bool
    all_components_clause: str
    components: tuple[Assessed, ...]


class Step(Fact, frozen=True):
    id: str
    name: str
    clause: str


class Procedure(Fact, frozen=True):
    qualification_review_working_days: int
    qualification_review_clause: str
    steps: tuple[Step, ...]


class SchoolMajors(Fact, frozen=True):
    name: str
    majors: tuple[str, ...]


class MajorCatalogue(Fact, frozen=True):
    clause: str
    name: str
    secondary_vocational: SchoolMajors | None = None
    higher_vocational: SchoolMajors | None = None
    vocational_bachelor: SchoolMajors | None = None
    applied_bachelor: SchoolMajors | None = None


class Lists(Fact, frozen=True):
    """The standard's lists; they are open ones (等), and only what is listed matches by itself."""

    related_occupations: tuple[str, ...] = ()
    related_majors: tuple[str, ...] = ()
    majors: dict[str, MajorCatalogue] = {}


class Reference(Fact, frozen=True):
    code: str
    title: str


class ExperienceRule(Fact, frozen=True, tag_field="kind", tag="experience"):
    """Years in the occupation or a related one; with `after_certificate` only those after the lower one."""

    years: int
    field: Literal["occupation_or_related"]
    after_certificate: bool = False


class TrainingRule(Fact, frozen=True, tag_field="kind", tag="training"):
    hours: int
    completion_certificate: bool = False
    after_certificate: bool = False


class CertificateRule(Fact, frozen=True, tag_field="kind", tag="certificate"):
    level: str


class EducationRule(Fact, frozen=True, tag_field="kind", tag="education"):
    school: tuple[str, ...]
    major: Literal["this_or_related"]
    final_year_students: bool = False


class AwardRule(Fact, frozen=True, tag_field="kind", tag="award"):
    """A prize of exactly this scope, of this rank or better (1 is the first prize)."""

    scope: Literal["county", "city", "province", "national"]
    best_rank_at_least: int


Rule = ExperienceRule | TrainingRule | CertificateRule | EducationRule | AwardRule


class EligibilityCondition(Fact, frozen=True):
    """申报条件: every rule of `all_of`, or every rule of one row of `any_of`."""

    id: str
    clause: str
    label: str
    all_of: tuple[Rule, ...] = ()
    any_of: tuple[tuple[Rule, ...], ...] = ()

    @property
    def ways(self) -> tuple[tuple[Rule, ...], ...]:
        """The ways to meet it; one is enough."""
        return self.any_of or (self.all_of,)


class Requirement(Fact, frozen=True):
    """技能要求: one coded line. `skill` 能…, `attribute` 具备…; unique only together with its level."""

    no: str
    kind: Literal["skill", "attribute"]
    label: str


class Knowledge(Fact, frozen=True):
    """相关知识 line. `dup` marks a code that the source prints a second time."""

    no: str
    label: str
    dup: bool = False


class Task(Fact, frozen=True):
    no: str
    name: str
    requirements: tuple[Requirement, ...]
    knowledge: tuple[Knowledge, ...] = ()


class Function(Fact, frozen=True):
    """职业功能／工作领域, with its percent weights where the standard gives them."""

    no: str
    id: str
    name: str
    tasks: tuple[Task, ...]
    skill_weight: int | None = None
    knowledge_weight: int | None = None

    @property
    def skills(self) -> tuple[Requirement, ...]:
        """Its requirements of kind `skill`, in order: what a practical marks."""
        return tuple(line for task in self.tasks for line in task.requirements if line.kind == "skill")


class Level(Fact, frozen=True):
    id: str
    name: str
    rank: int
    roles: tuple[str, ...]
    summary: str
    functions: tuple[Function, ...]
    eligibility: tuple[EligibilityCondition, ...] = ()

    def requirement(self, no: str) -> tuple[Function, Requirement] | None:
        """The requirement coded `no`, with its function."""
        for function in self.functions:
            for task in function.tasks:
                for line in task.requirements:
                    if line.no == no:
                        return function, line
        return None


class Pack(Fact, frozen=True):
    """One standard, whole. `digest` is the SHA-256 of the file's bytes, filled in by `read_pack`."""

    schema: int
    standard: Header
    levels: tuple[Level, ...]
    functions: tuple[FunctionName, ...] = ()
    weights: dict[str, dict[str, dict[str, int]]] | None = None
    foundation: tuple[Foundation, ...] = ()
    ethics: tuple[Ethic, ...] = ()
    assessment: Assessment | None = None
    procedure: Procedure | None = None
    lists: Lists = Lists()
    references: tuple[Reference, ...] = ()
    digest: bytes = b""

    @property
    def id(self) -> str:
        return self.standard.id

    @property
    def is_draft(self) -> bool:
        return self.standard.status == "draft"

    def level(self, level_id: str) -> Level:
        """The level; one that the standard does not have is refused."""
        for level in self.levels:
            if level.id == level_id:
                return level
        raise Refused(
            "standards.unknown_level",
            level=level_id,
            title=self.standard.title,
            levels=" ".join(level.id for level in self.levels),
        )

    def component(self, component_id: str) -> Assessed | None:
        """The component as the standard sets it; None where the standard says nothing of it."""
        for component in self.assessment.components if self.assessment else ():
            if component.id == component_id:
                return component
        return None
