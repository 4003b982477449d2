"""What the marking screen shows, as plain data. Whoever binds it fills these out of the store; no rule stands here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Mark:
    """A mark as a hand gives it: one choice (its place in `choices`), the steps done, a count, or not observed.

    All empty is "not marked yet"; no step done is `steps == ()`.
    """

    choice: int | None = None
    steps: tuple[int, ...] | None = None
    count: int | None = None
    not_observed: bool = False

    @property
    def given(self) -> bool:
        """Whether anything was marked."""
        return self.not_observed or self.choice is not None or self.steps is not None or self.count is not None


UNMARKED = Mark()
NOT_OBSERVED = Mark(not_observed=True)


@dataclass(frozen=True)
class ChoiceView:
    """One button of an item: the sign on it, its words, its points in hundredths, and the keys that press it."""

    sign: str
    words: str
    points: int
    keys: str = ""

    @property
    def pressed_by(self) -> str:
        """The keys that press it."""
        return self.keys or self.sign


@dataclass(frozen=True)
class ItemView:
    """One item to mark. `kind`: one of the choices, steps (each is done or not), or a count that is typed.

    `group` is the function's heading, `maximum` in hundredths. An objective item that somebody else of the panel
    writes is not `writable`; `note` says whose it is. `earned` are the points of a count, which only the plan can tell.
    """

    key: str
    code: str
    label: str
    group: str
    maximum: int
    choices: tuple[ChoiceView, ...] = ()
    kind: Literal["one", "steps", "count"] = "one"
    mark: Mark = UNMARKED
    remark: str = ""
    writable: bool = True
    note: str = ""
    earned: int | None = None
    countable: bool = False
    """Whether two of the panel may count it together."""


@dataclass(frozen=True)
class DeductionView:
    """A deduction: points each and how often, both as they are; `most` is how often it counts at all."""

    key: str
    label: str
    points: int
    times: int = 0
    most: int = 0


@dataclass(frozen=True)
class VetoView:
    """A veto, and whether this examiner calls for it."""

    key: str
    label: str
    called: bool = False


@dataclass(frozen=True)
class ExerciseView:
    """One exercise of the sheet. Only one that is `live` has a clock to be waited for."""

    key: str
    title: str
    items: tuple[ItemView, ...]
    role: str = ""
    card: str = ""
    live: bool = False
    deductions: tuple[DeductionView, ...] = ()
    vetoes: tuple[VetoView, ...] = ()


@dataclass(frozen=True)
class ClockView:
    """The exercise's clock: seconds gone and whole length (None: not known), whether it runs, its phase in words."""

    phase: str
    elapsed: float | None = None
    length: int | None = None
    running: bool = False
    source: str = ""


@dataclass(frozen=True)
class MomentView:
    """A moment: second of the exercise, words, and what it belongs to (an item's code, a deduction's points)."""

    key: str
    second: int
    words: str = ""
    belongs: str = ""


@dataclass(frozen=True)
class CandidateChoice:
    """A candidate of the examiner's panel as the chooser shows them: by number, never by name."""

    key: int
    number: str
    state: str = ""
    done: bool = False


@dataclass(frozen=True)
class SheetView:
    """Everything on the screen. `waiting` says why it can't be signed yet although complete; `signed` when it was.

    `to_sign` are the exercises of which the sign button speaks; None for all.
    """

    number: str
    place: str
    exercises: tuple[ExerciseView, ...]
    current: str
    photo: bytes | None = None
    clock: ClockView | None = None
    moments: tuple[MomentView, ...] = ()
    candidates: tuple[CandidateChoice, ...] = ()
    waiting: str = ""
    signed: str = ""
    total_hidden: bool = True
    to_sign: tuple[str, ...] | None = None
    called: str = ""
    """What stands at the top; "" for the candidate number."""
    tabs: bool = True
    """Whether the exercises stand at the top to choose from."""


def points_text(hundredths: int) -> str:
    """Points as people read them: two decimals, a real minus."""
    sign = "−" if hundredths < 0 else ""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{sign}{whole}.{rest:02d}"


def earned(item: ItemView, mark: Mark) -> int | None:
    """The points that a mark shows for, in hundredths; None where it is not marked, or only the plan can tell."""
    if mark.choice is not None and 0 <= mark.choice < len(item.choices):
        return item.choices[mark.choice].points
    if mark.steps is not None:
        return sum(item.choices[at].points for at in mark.steps)
    if mark.count is not None:
        return item.earned
    return None


def size_text(size: int) -> str:
    """The size of a file as people read it: a small one in kilobytes, never as nothing."""
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{-(-size // 1024)} KB"


def clock_text(seconds: float) -> str:
    """Seconds as `mm:ss`."""
    whole = max(0, int(seconds))
    return f"{whole // 60:02d}:{whole % 60:02d}"
