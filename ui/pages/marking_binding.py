"""Between the store's drafts and the marking screen's views. Pure: no store, no widget.

Remarks on items stand in the sheet's one remark, a line each that begins with the item's code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from core.clock import china_time
from core.errors import Refused
from core.scoring.sheets import LONGEST_REMARK, Draft, Moment, Raised, item_points, open_items, veto_names
from core.standards.packs import pack
from core.standards.plans import Exercise, Item, Option
from core.words import language, say
from ui.marking.views import (
    NOT_OBSERVED,
    UNMARKED,
    CandidateChoice,
    ChoiceView,
    ClockView,
    DeductionView,
    ExerciseView,
    ItemView,
    Mark,
    MomentView,
    SheetView,
    VetoView,
)
from ui.pages.marking_data import Counted, Desk, DeskRow, Work

COUNTED = ("tiers", "objective")
Readings = Mapping[tuple[str, int], str]
"""(item, option's value) → what was agreed before the day that it takes."""
NO_READINGS: Readings = {}
BETWEEN = "："


@dataclass(frozen=True)
class Names:
    """What the pack calls the functions, so that items can stand under their headings."""

    functions: Mapping[str, str]

    @classmethod
    def of(cls, standard: str, level: str) -> Names:
        """The names of one level of a standard."""
        return cls({one.id: f"{one.no} {one.name}" for one in pack(standard).level(level).functions})


def exercise_name(exercise: Exercise) -> str:
    """Its name in the language in use."""
    return exercise.name_en if language() == "en" and exercise.name_en else exercise.name


def mark_of(item: Item, draft: Draft) -> Mark:
    """The mark that a hand gave."""
    if item.key not in draft.marks:
        return UNMARKED
    values = draft.marks[item.key]
    if values is None:
        return NOT_OBSERVED
    if item.scale.kind in COUNTED:
        return Mark(count=values[0]) if values else UNMARKED
    places = {option.value: at for at, option in enumerate(item.scale.options)}
    if item.scale.kind == "steps":
        return Mark(steps=tuple(sorted(places[value] for value in values if value in places)))
    return Mark(choice=places.get(values[0])) if values else UNMARKED


def with_mark(exercise: Exercise, draft: Draft, key: str, mark: Mark) -> Draft:
    """The draft with another mark of one item."""
    item = next(one for one in exercise.items if one.key == key)
    marks = dict(draft.marks)
    options = item.scale.options
    if mark.not_observed:
        marks[key] = None
    elif mark.count is not None:
        marks[key] = [mark.count]
    elif mark.steps is not None:
        marks[key] = [options[at].value for at in mark.steps]
    elif mark.choice is not None:
        marks[key] = [options[mark.choice].value]
    else:
        marks.pop(key, None)
    return msgspec.structs.replace(draft, marks=marks)


def with_deduction(draft: Draft, key: str, times: int) -> Draft:
    """The draft with a deduction that happened `times`."""
    deductions = {**draft.deductions, key: times}
    return msgspec.structs.replace(draft, deductions={one: count for one, count in deductions.items() if count > 0})


def with_veto(draft: Draft, key: str, called: bool) -> Draft:
    """The draft with a veto raised, or not any more."""
    others = [one for one in draft.vetoes if one != key]
    return msgspec.structs.replace(draft, vetoes=[*others, key] if called else others)


def with_moment(draft: Draft, second: int, item: str) -> Draft:
    """The draft with one more moment."""
    return msgspec.structs.replace(draft, moments=[*draft.moments, Moment(second, "", item)])


def with_words(draft: Draft, at: int, words: str) -> Draft:
    """The draft with words to the moment at that place."""
    moments = list(draft.moments)
    moments[at] = msgspec.structs.replace(moments[at], text=words)
    return msgspec.structs.replace(draft, moments=moments)


def remarks_of(exercise: Exercise, draft: Draft) -> dict[str, str]:
    """The remark of each item."""
    codes = {code_of(item): item.key for item in exercise.items}
    found: dict[str, str] = {}
    for line in draft.remark.splitlines():
        code, between, words = line.partition(BETWEEN)
        if between and code in codes:
            found[codes[code]] = words
    return found


def with_remark(exercise: Exercise, draft: Draft, key: str, words: str) -> Draft:
    """The draft with another remark on one item; what belongs to no item stays."""
    remarks = {**remarks_of(exercise, draft), key: " ".join(words.split())}
    codes = {code_of(item) for item in exercise.items}
    free = [line for line in draft.remark.splitlines() if line.partition(BETWEEN)[0] not in codes]
    lines = [f"{code_of(item)}{BETWEEN}{remarks[item.key]}" for item in exercise.items if remarks.get(item.key)]
    return msgspec.structs.replace(draft, remark="\n".join([*free, *lines])[:LONGEST_REMARK])


def code_of(item: Item) -> str:
    """The number of its requirement, which is what an examiner knows it by."""
    return item.requirement or item.key


def open_count(exercise: Exercise, draft: Draft) -> int:
    """How many of its items still need a mark."""
    return len(open_items(exercise, draft))


def sheet_view(
    work: Work,
    drafts: Mapping[str, Draft],
    current: str,
    names: Names,
    desk: Desk,
    clock: ClockView | None,
) -> SheetView:
    """Everything that the marking screen shows of a candidate."""
    exercises = tuple(
        exercise_view(
            one,
            drafts[one.id],
            names,
            work.day[one.id].card,
            vetoes=True,
            readings=work.readings,
            shared=work.shared.get(one.id, {}),
        )
        for one in work.exercises
    )
    exercise = next(one for one in work.exercises if one.id == current)
    row = desk.row(*work.row_id)
    signed = ""
    if work.away:
        signed = say(f"attendance.{work.away}")
    elif current in work.signed:
        signed = say("exam.desk.sheet_signed")
    return SheetView(
        work.number,
        say("exam.desk.place", panel=work.panel, place=exercise.place),
        exercises,
        current,
        work.photo,
        clock if exercise.evidence == "live" else None,
        _moments(exercise, drafts[current]),
        tuple(_choice(row) for row in desk.beside(row)) if row is not None else (),
        waiting="" if work.day[current].over else say("exam.desk.not_over"),
        signed=signed,
        to_sign=(current,),
        called=called(work),
        tabs=not work.work,
    )


def called(work: Work) -> str:
    """What a candidate or a work goes by: its number, and never a name."""
    return say("works.number" if work.work else "ui.marking.number", number=work.number)


def signed_text(work: Work, signed: tuple[str, ...]) -> str:
    """That these exercises of it are signed."""
    names = "、".join(exercise_name(one) for one in work.exercises if one.id in signed)
    return say("works.one_signed" if work.work else "exam.desk.signed", number=work.number, exercises=names)


def state_text(state: str) -> str:
    """A sheet's state in words."""
    code = "attendance" if state in ("absent", "misconduct", "deferred") else "exam.state"
    return say(f"{code}.{state}")


def time_text(at: int) -> str:
    """A time of today, to the second."""
    return china_time(at).strftime("%H:%M:%S")


def _choice(row: DeskRow) -> CandidateChoice:
    signed = sum(state == "signed" for state in row.states.values())
    if row.done:
        state = state_text(next(iter(row.states.values()), "signed"))
    else:
        state = say("exam.desk.of", done=signed, total=len(row.states))
    return CandidateChoice(row.application, row.number, state, row.done)


def exercise_view(
    exercise: Exercise,
    draft: Draft,
    names: Names,
    card: int | None = None,
    *,
    vetoes: bool = False,
    readings: Readings = NO_READINGS,
    shared: Mapping[str, Counted] | None = None,
) -> ExerciseView:
    """One exercise with what a draft holds of it, and how its levels are to be read where that was agreed. `shared` is
    what the panel counted together; None where nothing is."""
    english = language() == "en"
    remarks = remarks_of(exercise, draft)
    raisable = veto_names(exercise).items() if vetoes else ()
    return ExerciseView(
        exercise.id,
        exercise_name(exercise),
        tuple(_item_view(item, draft, names, remarks.get(item.key, ""), readings, shared) for item in exercise.items),
        exercise.role_en if english and exercise.role_en else exercise.role,
        "" if card is None else f"{card:02d}",
        exercise.evidence == "live",
        tuple(
            DeductionView(
                one.id,
                one.name_en if english and one.name_en else one.name,
                one.points,
                draft.deductions.get(one.id, 0),
                -(-one.cap // one.points),
            )
            for one in exercise.deductions
        ),
        tuple(VetoView(name, _veto_text(exercise, one), name in draft.vetoes) for name, one in raisable),
    )


def raised_text(exercise: Exercise, draft: Draft) -> str:
    """The vetoes that a draft raises, by name; empty where it raises none."""
    named = veto_names(exercise)
    return "、".join(_veto_text(exercise, named[key]) for key in draft.vetoes if key in named)


def _veto_text(exercise: Exercise, raised: Raised) -> str:
    veto = next(one for one in exercise.vetoes if one.id == raised.veto)
    name = veto.name_en if language() == "en" and veto.name_en else veto.name
    item = next((one for one in exercise.items if one.key == raised.item), None)
    return f"{name}（{code_of(item)}）" if item is not None else name


def _item_view(
    item: Item, draft: Draft, names: Names, remark: str, readings: Readings, shared: Mapping[str, Counted] | None
) -> ItemView:
    kind = item.scale.kind
    mark = mark_of(item, draft)
    together = (shared or {}).get(item.key)
    note = _counted_note(item, readings) if kind in COUNTED else ""
    if together is not None:
        note = f"{say('objective.by', counter=together.counter, writer=together.writer)}　{note}"
    earned = None
    if kind in COUNTED and mark.count is not None:
        try:
            earned = item_points(item, [mark.count])
        except Refused:
            earned = None
    return ItemView(
        item.key,
        code_of(item),
        item.label,
        names.functions.get(item.function or "", ""),
        item.maximum,
        ()
        if kind in COUNTED
        else tuple(
            _choice_view(at, one, kind, readings.get((item.key, one.value), ""))
            for at, one in enumerate(item.scale.options)
        ),
        "count" if kind in COUNTED else "steps" if kind == "steps" else "one",
        mark,
        remark,
        writable=together is None,
        note=note,
        earned=earned,
        countable=kind == "objective" and shared is not None,
    )


def _choice_view(at: int, option: Option, kind: str, reading: str) -> ChoiceView:
    words = option.word_en if language() == "en" and option.word_en else option.word
    sign = str(at + 1) if kind == "steps" else str(option.value)
    return ChoiceView(sign, f"{words}（{reading}）" if reading else words, option.points)


def unit_of(item: Item) -> str:
    """In what an item is counted."""
    scale = item.scale
    return scale.unit_en if language() == "en" and scale.unit_en else scale.unit


def _counted_note(item: Item, readings: Readings) -> str:
    """The unit, and what was agreed before the day of how each figure is counted."""
    unit = unit_of(item)
    agreed = [(one.value, readings.get((item.key, one.value), "")) for one in item.scale.options]
    said = "；".join(f"{value} {unit}".strip() + f"：{words}" for value, words in agreed if words)
    return f"{unit}（{said}）" if said else unit


def _moments(exercise: Exercise, draft: Draft) -> tuple[MomentView, ...]:
    codes = {item.key: code_of(item) for item in exercise.items}
    return tuple(
        MomentView(str(at), one.second, one.text, codes.get(one.item, "")) for at, one in enumerate(draft.moments)
    )
