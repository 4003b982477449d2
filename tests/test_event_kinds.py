"""The names of event kinds are for ever: each is documented with its meaning, and none of those known has gone."""

from __future__ import annotations

import re

import core.rooms  # noqa: F401 - makes the register whole
from core.paths import PROGRAM
from core.store import KINDS, Travels
from core.store.effects import APPLY

ROW = re.compile(r"\| `([a-z_]+\.[a-z_]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")
LEAST_WORDS = 4


def documented() -> dict[str, tuple[str, str, str]]:
    """Kind → meaning, part and how it travels, as `ARCHITECTURE.md` has them."""
    text = (PROGRAM / "ARCHITECTURE.md").read_text("utf-8")
    section = text.split("\n## Event kinds\n")[1].split("\n## ")[0]
    rows = ROW.findall(section)
    assert len({row[0] for row in rows}) == len(rows), "a kind stands twice"
    return {kind: (meaning, part, travels) for kind, meaning, part, travels in rows}


def ours() -> dict[str, object]:
    """The kinds of the program's own rooms; tests register some of their own."""
    return {name: kind for name, kind in KINDS.items() if kind.event.__module__.startswith("core.")}


def test_every_event_kind_is_documented_with_its_meaning() -> None:
    found = documented()
    assert sorted(set(ours()) - set(found)) == [], "add them to the table in ARCHITECTURE.md"
    assert [name for name, (meaning, _, _) in found.items() if len(meaning.split()) < LEAST_WORDS] == []


def test_no_documented_kind_has_gone() -> None:
    """A journal that holds it must be understood by every later program."""
    assert sorted(set(documented()) - set(ours())) == []


def test_the_parts_and_their_travelling_are_documented_as_they_are() -> None:
    found = documented()
    for name, kind in KINDS.items():
        if name in found:
            fields = ", ".join(kind.part.__struct_fields__) if kind.part else "–"
            travels = "–" if not kind.part else "yes" if kind.travels is Travels.ALWAYS else "when its room says so"
            assert found[name][1:] == (fields, travels), name


def test_every_kind_has_an_effect_and_every_class_says_what_happened() -> None:
    for name, kind in ours().items():
        assert name in APPLY, name
        assert kind.event.__doc__, name  # type: ignore[attr-defined]
