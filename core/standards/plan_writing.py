"""Writing a plan as a centre reads and keeps it: the TOML file that `plans.load` takes.

Scales that several items share are written once; options are percentages where those give exactly the same points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from core.standards.plan_facts import Exercise, Item, Plan, Scale
from core.standards.plan_shapes import percents
from core.standards.points import short_text
from core.words import sentences

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_FIRST_PRINTED, _DELETE = 0x20, 0x7F


class _Points(int):
    """Hundredths, written as points in quotes."""


Value = str | int | _Points | tuple[str, ...] | None
Fields = Mapping[str, Value]
Key = tuple[str, str, str, str, tuple[tuple[int, str, str], ...], tuple[int, ...] | tuple[_Points, ...], bool]
"""What two items' scales must have in common to be written as one."""


def to_toml(plan: Plan) -> str:
    """The file of a plan: `plans.load` reads the same plan back (checked against the pack that it then has)."""
    names: dict[Key, str] = {}
    exercises = [line for exercise in plan.exercises for line in _exercise(plan, exercise, names)]
    heading: dict[str, Value] = {name: getattr(plan, name) for name in ("id", "version", "title", "title_en")}
    whose: dict[str, Value] = {name: getattr(plan, name) for name in ("standard", "edition", "level")}
    policies = msgspec.structs.asdict(plan.policies)
    policies["spread_limit"] = _Points(plan.policies.spread_limit)
    if plan.policies.straddle_within is not None:
        policies["straddle_within"] = _Points(plan.policies.straddle_within)
    lines = [
        *(f"# {line}".rstrip() for line in sentences("zh")["plan_editor.file"].splitlines()),
        "",
        "schema = 1",
        *_pairs(heading),
        *_pairs(whose),
        *_rows("own_rules", ({"text": rule.text, "text_en": rule.text_en} for rule in plan.own_rules)),
        "",
        "[policies]",
        *_pairs(policies),
    ]
    for component in plan.components:
        fields: dict[str, Value] = {"id": component.id, "name": component.name, "name_en": component.name_en}
        fields |= {"full_mark": _Points(component.full_mark), "pass_mark": _Points(component.pass_mark)}
        lines += ["", "[[components]]", *_pairs({**fields, "min_minutes": component.min_minutes})]
    for row in plan.knowledge:
        fields = {"key": row.key, "name": row.name, "maximum": _Points(row.maximum)}
        lines += ["", "[[knowledge]]", *_pairs(fields)]
    for key, name in names.items():
        lines += _scale(key, name)
    return "\n".join([*lines, *exercises]) + "\n"


def _exercise(plan: Plan, exercise: Exercise, names: dict[Key, str]) -> Iterable[str]:
    fields = msgspec.structs.asdict(exercise)
    yield from ("", f"# {_comment(exercise.name)}", "[[exercises]]")
    lists = ("items", "deductions", "vetoes", "surprises")
    yield from _pairs({name: value for name, value in fields.items() if name not in lists})
    yield from _rows("deductions", (_deduction(each) for each in map(msgspec.structs.asdict, exercise.deductions)))
    yield from _rows("vetoes", (_without_empty(msgspec.structs.asdict(each)) for each in exercise.vetoes))
    yield from _rows("surprises", (msgspec.structs.asdict(each) for each in exercise.surprises))
    yield from _rows("items", (_item(plan, item, names) for item in exercise.items))


def _item(plan: Plan, item: Item, names: dict[Key, str]) -> Fields:
    key = _key(item.scale, item.maximum)
    if key not in names:
        alike = sum(name.partition("_scale")[0] == item.scale.kind for name in names.values())
        names[key] = f"{item.scale.kind}_scale{alike + 1}"
    return {
        "key": item.key,
        "requirement": item.requirement,
        "level": None if item.level == plan.level else item.level,
        "function": item.function,
        "label": item.label,
        "maximum": _Points(item.maximum),
        "scale": names[key],
    }


def _key(scale: Scale, maximum: int) -> Key:
    shares = percents(scale, maximum)
    worths = shares if shares is not None else tuple(_Points(option.points) for option in scale.options)
    words = tuple((option.value, option.word, option.word_en) for option in scale.options)
    return (scale.kind, scale.better, scale.unit, scale.unit_en, words, worths, shares is not None)


def _scale(key: Key, name: str) -> Iterable[str]:
    kind, better, unit, unit_en, words, worths, by_percent = key
    fields = {"id": name, "kind": kind, "better": better, "unit": unit, "unit_en": unit_en}
    yield from ("", "[[scales]]", *_pairs(_without_empty(fields)))
    yield from _rows(
        "options",
        (
            {"value": value, "word": word, "word_en": word_en, "percent" if by_percent else "points": worth}
            for (value, word, word_en), worth in zip(words, worths, strict=True)
        ),
    )


def _deduction(fields: dict[str, Value]) -> Fields:
    points, cap = fields["points"], fields["cap"]
    assert isinstance(points, int)
    assert isinstance(cap, int)
    return {**fields, "points": _Points(points), "cap": _Points(cap)}


def _without_empty(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if value not in ("", ())}


def _pairs(fields: Fields) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in fields.items() if value is not None]


def _rows(name: str, rows: Iterable[Fields]) -> list[str]:
    made = [f"  {{ {', '.join(_pairs(row))} }}," for row in rows]
    return [f"{name} = [", *made, "]"] if made else []


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Points):
        return f'"{short_text(value)}"'
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    return f"[{', '.join(_text(each) for each in value or ())}]"


def _text(text: str) -> str:
    """A TOML string: what would end it or can't be seen is escaped."""
    return '"' + "".join(_ESCAPES.get(sign) or _plain(sign) for sign in text) + '"'


def _plain(sign: str) -> str:
    hidden = ord(sign) < _FIRST_PRINTED or ord(sign) == _DELETE
    return f"\\u{ord(sign):04x}" if hidden else sign


def _comment(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())
