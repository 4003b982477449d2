"""`standards list` and `standards show`: the standards that the program has, as data."""

from __future__ import annotations

from typing import Any

import msgspec

from core.cli.frame import Answer, Call, Noun
from core.paths import home_or_default
from core.standards.packs import Level, Pack, pack, packs, use_home
from core.words import say


def register(noun: Noun) -> None:
    noun.verb("list", list_standards)
    noun.verb("show", show_standard).add_argument("standard")


def list_standards(call: Call) -> Answer:
    use_home(home_or_default(call.home))
    rows = [
        {
            "id": found.id,
            "code": found.standard.code,
            "title": found.standard.title,
            "edition": found.standard.edition,
            "levels": [level.id for level in found.levels],
            "status": found.standard.status,
            "digest": found.digest.hex(),
        }
        for found in packs()
    ]
    text = "\n".join(
        say(
            "standards.list_line",
            id=found.id,
            title=found.standard.title,
            edition=edition(found),
            levels=" ".join(level.name for level in found.levels),
        )
        for found in packs()
    )
    return Answer({"standards": rows}, text)


def show_standard(call: Call) -> Answer:
    use_home(home_or_default(call.home))
    found = pack(call.args.standard)
    return Answer(as_data(found), as_text(found))


def edition(found: Pack) -> str:
    """The edition as printed; that it is a draft is added where the printed words don't say so."""
    printed = found.standard.edition
    draft = say("standards.draft")
    return f"{printed} {draft}" if found.is_draft and draft not in printed else printed


def as_data(found: Pack) -> dict[str, Any]:
    """The pack for `--json`. Tables that the standard lacks are null."""
    data: dict[str, Any] = msgspec.to_builtins(found)
    for table in ("weights", "assessment", "procedure"):
        data[table] = data[table] or None
    return {**data, "digest": found.digest.hex()}


def as_text(found: Pack) -> str:
    header = found.standard
    lines = [
        say(
            "standards.header",
            title=header.title,
            code=header.code,
            edition=edition(found),
            issuer=header.issuer,
        )
    ]
    for level in found.levels:
        lines += ["", *_level_lines(level)]
    for component in found.assessment.components if found.assessment else ():
        line = say(
            "standards.component_line",
            name=component.name,
            full=component.full_mark,
            passing=component.pass_mark,
            minutes=component.min_minutes,
        )
        lines.append("\n" + line if component is found.assessment.components[0] else line)  # type: ignore[union-attr]
    return "\n".join(lines)


def _level_lines(level: Level) -> list[str]:
    lines = [
        say(
            "standards.level_line",
            name=level.name,
            id=level.id,
            functions=len(level.functions),
            skills=sum(len(function.skills) for function in level.functions),
            conditions=len(level.eligibility),
        )
    ]
    for function in level.functions:
        bare = function.skill_weight is None
        lines.append(
            say(
                "standards.function_line_bare" if bare else "standards.function_line",
                no=function.no,
                name=function.name,
                skill=function.skill_weight,
                knowledge=function.knowledge_weight,
            )
        )
    return lines
