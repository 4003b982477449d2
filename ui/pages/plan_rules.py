"""The rules of a plan: its heading, its components, and the policies; whose rule each is stands beside it."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from core.errors import Refused
from core.standards.plan_draft import pots
from core.standards.plan_facts import Component, OwnRule
from core.standards.plan_rules import include, may_include, set_component, set_heading, set_own_rules, set_policies
from core.standards.plan_weights import equal_weights, set_weight
from core.standards.points import points_text, short_text
from core.words import say
from ui.pages.plan_fields import Choice, NumberField, PointsField, TextField, source
from ui.pages.plan_pen import Pen, own, typed_points
from ui.widgets.basics import badge, button, clear, column, label, row
from ui.widgets.card import Card
from ui.widgets.form import Form

METHODS = ("mean", "median", "trimmed_mean")
COMPONENTS = ("knowledge", "skill", "review")
NUMBERS = ("panel_examiners", "candidates_per_examiner", "review_examiners", "candidates_per_panel")
FIGURE_WIDTH, RULES_HEIGHT = 84, 150


class RulesView(QScrollArea):
    """Everything of a plan that is not an exercise; made anew after each step but where somebody types."""

    def __init__(self, pen: Pen, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pen = pen
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        content.setProperty("role", "scrolled")
        self._body = QVBoxLayout(content)
        self._body.setContentsMargins(0, 0, 12, 0)
        self._body.setSpacing(12)
        self.setWidget(content)
        self._shape: object = None

    def refresh(self) -> None:
        """Show what stands."""
        draft = self._pen.draft
        shape = (tuple(one.id for one in draft.plan.components), tuple(pot.key for pot in pots(draft)))
        if shape != self._shape:
            self._shape = shape
            clear(self._body)
            self._build()
        self._show()

    def _build(self) -> None:
        self.texts: dict[str, TextField] = {}
        self.choices: dict[str, Choice] = {}
        self.checks: dict[str, QCheckBox] = {}
        self._body.addWidget(self._heading())
        self._body.addWidget(self._components())
        if self._pen.draft.own_weights:
            self._body.addWidget(self._weights())
        self._body.addWidget(self._policies())
        self._body.addWidget(self._own_rules())
        self._body.addStretch(1)

    def _heading(self) -> Card:
        pen, plan = self._pen, self._pen.draft.plan
        card = Card(say("plan_page.heading"))
        if pen.draft.pack.is_draft:
            card.tools.addWidget(badge(say("standards.draft"), "attention"))
        form = Form(columns=2)
        for name in ("title", "title_en"):
            field = TextField(getattr(plan, name), lambda text, name=name: pen.do(set_heading, **{name: text}), pen)
            self.texts[name] = form.add(say(f"plan_page.{name}"), field, span=0)
        card.body.addWidget(form)
        header = pen.draft.pack.standard
        level = pen.draft.pack.level(plan.level)
        said = say("plan_page.pinned", code=header.code, title=header.title, edition=plan.edition, level=level.name)
        card.body.addWidget(label(said, "small", wrap=True))
        return card

    def _components(self) -> Card:
        card = Card(say("plan_page.components"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        for at, title in enumerate(("full_mark", "pass_mark", "min_minutes"), start=1):
            grid.addWidget(label(say(f"plan_page.{title}"), "field"), 0, at)
        line = 1
        for component in COMPONENTS:
            found = self._pen.draft.plan.component(component)
            if found is None and not may_include(self._pen.draft, component):
                continue
            self._component(grid, line, component, found)
            line += 1
        card.body.addLayout(grid)
        return card

    def _component(self, grid: QGridLayout, line: int, id: str, found: Component | None) -> None:
        pen = self._pen
        said = pen.draft.pack.component(id)
        name = own(found.name, found.name_en) if found else said.name if said else say(f"plan_editor.component.{id}")
        if may_include(pen.draft, id):
            check = self.checks[id] = QCheckBox(name)
            check.setEnabled(pen.writes)
            check.clicked.connect(lambda wanted: pen.do(include, id, wanted))
            optional = source(said.clauses["optional"]) if said else source(None)
            grid.addLayout(row(check, optional, None), line, 0)
        else:
            grid.addLayout(row(label(name, "strong"), source(said.clauses["levels"] if said else None), None), line, 0)
        if found is None:
            return
        for at, field in enumerate(("full_mark", "pass_mark"), start=1):
            figure: int = getattr(found, field)
            if found.mark_clause:
                grid.addLayout(column(label(short_text(figure)), source(found.mark_clause), spacing=4), line, at)
            else:
                made = PointsField(figure, partial(self._figure, id, field), pen, f"{name} {say(f'plan_page.{field}')}")
                made.setFixedWidth(FIGURE_WIDTH)
                self.texts[f"{id} {field}"] = made
                grid.addLayout(column(made, source(None), spacing=4), line, at)
        minutes = NumberField(found.min_minutes, partial(self._figure, id, "min_minutes"), pen, least=1)
        minutes.setFixedWidth(FIGURE_WIDTH)
        minutes.setAccessibleName(f"{name} {say('plan_page.min_minutes')}")
        self.texts[f"{id} min_minutes"] = minutes
        grid.addLayout(column(minutes, source(found.minutes_clause), spacing=4), line, 3)

    def _weights(self) -> Card:
        pen = self._pen
        card = Card(say("plan_page.weights"))
        card.tools.addWidget(source(None))
        equal = button(say("plan_page.weights.equal"), lambda: pen.do(equal_weights), "link")
        if not pen.writes:
            equal.hide()
        card.tools.addWidget(equal)
        form = Form(columns=3)
        for pot in pots(pen.draft):
            if pot.key[0] == "skill":
                function = pot.key[1]
                field = PointsField(pot.weight, lambda points, one=function: pen.do(set_weight, one, points), pen)
                self.texts[f"weight {function}"] = form.add(pot.name, field)
        card.body.addWidget(form)
        return card

    def _policies(self) -> Card:
        pen, policies = self._pen, self._pen.draft.plan.policies
        card = Card(say("plan_page.policies"))
        card.tools.addWidget(source(None))
        form = Form(columns=2)
        methods = [(method, say(f"plan_page.method.{method}")) for method in METHODS]
        method = Choice(methods, policies.method, lambda one: pen.do(set_policies, method=one), pen)
        self.choices["method"] = form.add(say("plan_page.method"), method, hint=say("plan_page.method.words"))
        limit = PointsField(policies.spread_limit, lambda points: pen.do(set_policies, spread_limit=points), pen)
        self.texts["spread_limit"] = form.add(
            say("plan_page.spread_limit"), limit, hint=say("plan_page.spread_limit.words")
        )
        self._check(form, "straddle")
        within = TextField("", self._within, pen)
        self.texts["straddle_within"] = form.add(
            say("plan_page.straddle_within"), within, hint=say("plan_page.straddle_within.words")
        )
        for name in NUMBERS:
            if name == "review_examiners" and pen.draft.plan.component("review") is None:
                continue
            number = NumberField(getattr(policies, name), partial(self._number, name), pen, least=1)
            hint = say(f"plan_page.{name}.words") if pen.draft.pack.assessment else ""
            self.texts[name] = form.add(say(f"plan_page.{name}"), number, hint=hint)
        if pen.draft.pack.standard.cumulative_levels:
            self._check(form, "cumulative_levels")
        self._check(form, "attributes")
        card.body.addWidget(form)
        return card

    def _check(self, form: Form, name: str) -> None:
        check = self.checks[name] = form.add(
            say(f"plan_page.{name}"), QCheckBox(), hint=say(f"plan_page.{name}.words"), span=0
        )
        check.setEnabled(self._pen.writes)
        check.clicked.connect(lambda wanted: self._pen.do(set_policies, **{name: wanted}))

    def _own_rules(self) -> Card:
        card = Card(say("plan_page.own_rules"))
        card.tools.addWidget(source(None))
        card.body.addWidget(label(say("plan_page.own_rules.words"), "small", wrap=True))
        self.rules_zh, self.rules_en = _RulesEdit(self._tell), _RulesEdit(self._tell)
        for edit, name in ((self.rules_zh, "zh"), (self.rules_en, "en")):
            edit.setReadOnly(not self._pen.writes)
            edit.setAccessibleName(say(f"plan_page.own_rules.{name}"))
            card.body.addWidget(label(say(f"plan_page.own_rules.{name}"), "field"))
            card.body.addWidget(edit)
        return card

    def _show(self) -> None:
        plan, policies = self._pen.draft.plan, self._pen.draft.plan.policies
        self.texts["title"].show_text(plan.title)
        self.texts["title_en"].show_text(plan.title_en)
        for component in plan.components:
            for field in ("full_mark", "pass_mark", "min_minutes"):
                if (shown := self.texts.get(f"{component.id} {field}")) is not None:
                    figure: int = getattr(component, field)
                    shown.show_text(str(figure) if field == "min_minutes" else short_text(figure))
        for pot in pots(self._pen.draft):
            if (shown := self.texts.get(f"weight {pot.key[1]}")) is not None:
                shown.show_text(points_text(pot.weight))
        self.choices["method"].show_choice(policies.method)
        self.texts["spread_limit"].show_text(short_text(policies.spread_limit))
        within = policies.straddle_within
        self.texts["straddle_within"].show_text("" if within is None else short_text(within))
        self.texts["straddle_within"].setEnabled(policies.straddle)
        for name in NUMBERS:
            if name in self.texts:
                self.texts[name].show_text(str(getattr(policies, name)))
        for name, check in self.checks.items():
            check.setChecked(plan.component(name) is not None if name in COMPONENTS else getattr(policies, name))
        self.rules_zh.show_lines([rule.text for rule in plan.own_rules])
        self.rules_en.show_lines([rule.text_en for rule in plan.own_rules])

    def _figure(self, component: str, field: str, figure: int) -> None:
        self._pen.do(set_component, component, **{field: figure})

    def _number(self, name: str, number: int) -> None:
        self._pen.do(set_policies, **{name: number})

    def _within(self, text: str) -> None:
        """Empty: at any distance from the pass mark."""
        try:
            within = typed_points(text) if text else None
        except Refused as refusal:
            self._pen.refused.emit(refusal)
            self._pen.changed.emit()
        else:
            self._pen.do(set_policies, straddle_within=within)

    def _tell(self) -> None:
        chinese, english = self.rules_zh.lines(), self.rules_en.lines()
        english += [""] * (len(chinese) - len(english))
        rules = tuple(OwnRule(*pair) for pair in zip(chinese, english, strict=False))
        self._pen.do(set_own_rules, rules)


class _RulesEdit(QPlainTextEdit):
    """Sentences, one a line; `tell()` when one leaves it."""

    def __init__(self, tell: Any) -> None:
        super().__init__()
        self._tell = tell
        self.setTabChangesFocus(True)
        self.setFixedHeight(RULES_HEIGHT)

    def lines(self) -> list[str]:
        """The sentences."""
        return [line.strip() for line in self.toPlainText().split("\n")]

    def show_lines(self, lines: list[str]) -> None:
        """Show what stands, without disturbing somebody who types."""
        if lines != self.lines() and not (self.hasFocus() and self.document().isModified()):
            self.setPlainText("\n".join(lines))

    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        if self.document().isModified():
            self.document().setModified(False)
            self._tell()
