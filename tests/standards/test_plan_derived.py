"""A standard that no plan ships for has one all the same: it follows from the standard itself, and can be edited."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.standards import plans
from core.standards.packs import PACK_FILES, pack, shipped_packs, use_contents, use_home
from core.standards.plan_checks import function_points
from core.standards.plan_draft import begin, pots
from core.standards.plan_rules import include, may_include
from core.standards.plan_writing import to_toml
from tests.rooms import refused

EVERY = [(found.id, level.id) for found in shipped_packs() for level in found.levels]
RURAL = "t-caftv-rural-2026"


def published(standard: str) -> str:
    """The id of the same standard as the association might publish it in another year."""
    text = (PACK_FILES / f"{standard}.toml").read_text("utf-8")
    text = text.replace(f'id = "{standard}"', f'id = "{standard}.next"', 1)
    use_contents([text.encode()])
    return f"{standard}.next"


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    """No other test meets these packs."""
    yield
    use_home(None)


@pytest.mark.parametrize(("standard", "level"), EVERY)
def test_a_published_standard_has_a_plan_that_examines_every_skill_once_and_can_be_edited(
    standard: str, level: str
) -> None:
    plan, ours = plans.default_plan(published(standard), level), plans.default_plan(standard, level)
    assert plans.problems(plan) == ()
    assert {item.requirement: item.maximum for one in plan.exercises for item in one.items} == plans.default_maxima(
        pack(plan.standard), level
    )
    assert (plan.components, plan.knowledge) == (ours.components, ours.knowledge)
    assert function_points(plan) == function_points(ours)
    assert plans.load(to_toml(plan).encode()) == plan
    draft = begin(plan)
    assert (draft.plan, draft.locked, draft.left) == (plan, frozenset(), 0)


def test_the_review_of_a_published_standard_can_be_taken_in() -> None:
    plan = plans.default_plan(published(RURAL), "senior")
    assert plan.component("review") is None
    draft = begin(plan)
    assert may_include(draft, "review")
    draft = include(draft, "review", True)
    assert plans.problems(draft.plan) == ()
    assert {pot.key[0]: pot.left for pot in pots(draft)} == {"skill": 0, "review": 0}
    assert plans.default_plan(plan.standard, "senior", review=True).component("review") is not None


def test_a_standard_that_comes_to_no_plan_says_so() -> None:
    text = (PACK_FILES / f"{RURAL}.toml").read_text("utf-8").replace(f'id = "{RURAL}"', 'id = "attributes"', 1)
    use_contents([text.replace('kind = "skill"', 'kind = "attribute"').encode()])
    with refused("plan.none_ships"):
        plans.default_plan("attributes", "junior")
