"""证书模板: what certificates look like, changed beside a sheet that shows it at once; two people adopt it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QMenu, QStackedWidget, QWidget

from core.certificates.templates import adopt_template, template_of
from core.documents.template import (
    Area,
    Frame,
    Issuer,
    Marks,
    Paper,
    Seal,
    Square,
    Template,
    Text,
    default_template,
    read_template,
    with_seal,
    write_template,
)
from core.errors import EnvironmentFailure
from core.words import say
from ui import ops
from ui.pages.template_data import WHOLE, Drawn, draw, moved, names, part, places, title, with_part
from ui.pages.template_form import PartForm
from ui.pages.template_preview import TemplatePreview
from ui.widgets.basics import badge, button, clear, column, holder, icon_button, label, row, set_badge, shortcut
from ui.widgets.card import Card
from ui.widgets.page import Page
from ui.widgets.tabs import scrolled

SIDE = 384
MOST_STEPS = 100
KINDS = {"photo": Area, "code": Square, "seal": Seal, "marks": Marks}


class TemplateEditor(QWidget):
    """What is changed here counts only once it is adopted."""

    def __init__(self, page: Page, may_act: bool) -> None:
        super().__init__()
        self._page, self._may = page, may_act
        self._adopted: Template | None = None
        self.template = default_template()
        self._steps: list[Template] = []
        self._drawn: Drawn | None = None
        self.parts = QComboBox()
        self.parts.setAccessibleName(say("template_editor.parts"))
        self.parts.setMaxVisibleItems(16)
        self.parts.currentIndexChanged.connect(lambda _at: self._on_part())
        self.forms: dict[Any, PartForm] = {kind: self._form(kind) for kind in (Text, Area, Square, Seal, Marks)}
        self.whole: dict[Any, PartForm] = {kind: self._form(kind) for kind in (Template, Issuer, Paper, Frame)}
        self.choose_seal = button(say("template_editor.seal.choose"), self.open_seal, icon="folder")
        self.drop_seal = button(say("template_editor.seal.drop"), lambda: self._seal(None), "ghost")
        self._stack = QStackedWidget()
        self._faces: dict[Any, int] = {WHOLE: self._stack.addWidget(holder(self._whole_form()))}
        for kind, form in self.forms.items():
            below = (row(self.choose_seal, None), row(self.drop_seal, None)) if kind is Seal else ()
            self._faces[kind] = self._stack.addWidget(holder(column(form, *below, None, spacing=12)))
        self._said = column(spacing=4)
        self.state = badge("", "plain")
        self.undo = button(say("ui.undo"), self.step_back, "link", tip="Ctrl+Z")
        self.more = icon_button("more", say("ui.more"), self._open_menu)
        self.side = Card()
        chosen = row(self.parts, self.more)
        chosen.setStretchFactor(self.parts, 1)
        self.side.body.addLayout(chosen)
        self._standing = holder(row(self.state, None, self.undo))
        self.side.body.addWidget(self._standing)
        self.side.body.addLayout(self._said)
        self.side.body.addWidget(scrolled(self._stack), 1)
        self.side.setFixedWidth(SIDE)
        self.preview = TemplatePreview()
        self.preview.movable = may_act
        self.preview.chosen.connect(self.choose)
        self.preview.moved.connect(self._on_moved)
        body = row(self.side, spacing=16)
        body.addWidget(self.preview, 1)
        self.setLayout(body)
        self._stack.setEnabled(may_act)
        self.undo.setVisible(may_act)
        shortcut("Ctrl+Z", self, self.step_back)
        self._menu = self._made_menu()
        self._fill_parts()

    # What it is about

    def refresh(self) -> None:
        """Read the template in force; what was changed here and not adopted stays."""
        ops.read(self._page, template_of).on_done(self._take_adopted).latest("template").start()

    @property
    def is_changed(self) -> bool:
        """Whether it differs from the one in force."""
        return self._adopted is not None and self.template != self._adopted

    @property
    def chosen(self) -> str:
        """The name of the part in hand."""
        return str(self.parts.currentData() or WHOLE)

    def choose(self, name: str) -> None:
        """Take a part in hand."""
        at = self.parts.findData(name)
        if at >= 0:
            self.parts.setCurrentIndex(at)

    def change(self, template: Template) -> None:
        """Let the template be so; it can be taken back."""
        if template != self.template:
            self._steps = [*self._steps[-MOST_STEPS:], self.template]
            self._put(template)

    def step_back(self) -> None:
        """Take the last change back."""
        if self._steps and self._may:
            self._put(self._steps.pop())

    def close_something(self) -> bool:
        """Esc: from a part back to the whole."""
        if self.chosen != WHOLE:
            self.choose(WHOLE)
            return True
        return False

    def adopt(self) -> None:
        """Print by it from now on; two people."""
        self._page.clear_refusal()
        drawn = self._drawn
        if drawn is not None and drawn.problem is not None:
            self._page.show_refusal(drawn.problem)
            return
        if not self.is_changed:
            self._page.strip.say(say("template_editor.same"), "plain")
            return
        purpose = say("template_editor.purpose", title=self.template.title)
        writing = ops.write(self._page, adopt_template, write_template(self.template)).two_people(purpose)
        writing.say_done(say("certificates.template_adopted")).start()

    # Files

    def open_file(self) -> None:
        """Take a template from a file."""
        chosen, _ = QFileDialog.getOpenFileName(self, say("template_editor.open"), "", say("template_editor.kinds"))
        if chosen:
            self._page.clear_refusal()
            ops.work(self._page, _read, Path(chosen)).on_done(self.change).start()

    def save_file(self) -> None:
        """Save the template as a file."""
        name = say("template_editor.file")
        chosen, _ = QFileDialog.getSaveFileName(self, say("template_editor.save"), name, say("template_editor.kinds"))
        if chosen:
            self._page.clear_refusal()
            path = Path(chosen)
            saved = say("template_editor.saved", file=path.name)
            ops.work(self._page, _save, path, self.template).say_done(saved).start()

    def open_seal(self) -> None:
        """Choose the seal's picture."""
        kinds = f"{say('template_editor.pictures')} (*.png *.jpg *.jpeg)"
        chosen, _ = QFileDialog.getOpenFileName(self, say("template_editor.seal.choose"), "", kinds)
        if chosen:
            self._seal(Path(chosen))

    def _seal(self, path: Path | None) -> None:
        self._page.clear_refusal()
        ops.work(self._page, _with_seal, self.template, path).on_done(self.change).busy(self.choose_seal).start()

    # What it shows

    def _take_adopted(self, template: Template) -> None:
        untouched = not self.is_changed
        self._adopted = template
        if untouched:
            self._steps = []
            self._put(template)
        self._show_state()

    def _put(self, template: Template) -> None:
        renamed = [title(template, name) for name in names(template)]
        self.template = template
        if [self.parts.itemText(at) for at in range(self.parts.count())] != renamed:
            self._fill_parts()
        self._show_part()
        self._show_state()
        self._drawn = None
        if self.isVisible():
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._drawn is None:
            self._draw()

    def _draw(self) -> None:
        """Drawing takes a moment: only what is in sight is drawn."""
        self.preview.wait()
        drawing = ops.work(self._page, draw, self.template).on_done(self._on_drawn)
        drawing.on_ended(self.preview.wait_no_more).latest("drawn").start()

    def _fill_parts(self) -> None:
        held = self.chosen
        self.parts.blockSignals(True)
        self.parts.clear()
        for name in names(self.template):
            self.parts.addItem(title(self.template, name), name)
        self.parts.setCurrentIndex(max(self.parts.findData(held), 0))
        self.parts.blockSignals(False)

    def _on_part(self) -> None:
        self._show_part()
        self._show_said()
        self.preview.choose(self.chosen)

    def _show_part(self) -> None:
        name = self.chosen
        if name == WHOLE:
            self.whole[Template].show_part(self.template)
            for shape in (Issuer, Paper, Frame):
                self.whole[shape].show_part(getattr(self.template, shape.__name__.lower()))
            self._stack.setCurrentIndex(self._faces[WHOLE])
            return
        kind: Any = KINDS.get(name, Text)
        self.forms[kind].show_part(part(self.template, name))
        self.drop_seal.setVisible(bool(self.template.seal.image))
        self._stack.setCurrentIndex(self._faces[kind])

    def _on_drawn(self, drawn: Drawn) -> None:
        self._drawn = drawn
        paper = self.template.paper
        self.preview.show_sheet(drawn.pdf, (paper.width, paper.height), places(self.template))
        self.preview.choose(self.chosen)
        self._show_said()

    def _show_said(self) -> None:
        """What is wrong, first of the part in hand; a line about another part leads there."""
        clear(self._said)
        drawn = self._drawn
        if drawn is None:
            return
        here = self.chosen
        shown = {here: [], WHOLE: []} | {each.field: [] for each in drawn.findings}  # type: ignore[var-annotated]
        if drawn.problem is not None and not drawn.field:
            self._said.addWidget(label(drawn.problem.sentence, "small", "danger", wrap=True))
        for name in dict.fromkeys((here, *shown, *([drawn.field] if drawn.field else []))):
            for sentence in drawn.about(name):
                tone = "danger" if name == drawn.field else "attention"
                self._said.addWidget(label(sentence, "small", tone, wrap=True))
            if name not in (here, "") and drawn.about(name) and self.parts.findData(_part_of(name)) >= 0:
                lead = button(say("template_editor.show"), partial(self.choose, _part_of(name)), "link")
                self._said.addLayout(row(lead, None))

    def _show_state(self) -> None:
        changed = self.is_changed
        text = say("template_editor.changed" if changed else "template_editor.in_force")
        set_badge(self.state, text, "attention" if changed else "good")
        self.undo.setEnabled(bool(self._steps))
        self._standing.setVisible(changed or bool(self._steps))

    def _on_moved(self, name: str, dx: float, dy: float) -> None:
        if self._may:
            self.change(moved(self.template, name, dx, dy))

    def _form(self, kind: type) -> PartForm:
        made = PartForm(kind)
        made.changed.connect(lambda changed: self._on_changed(kind, changed))
        return made

    def _on_changed(self, kind: type, changed: Any) -> None:
        if kind in (Issuer, Paper, Frame):
            self.change(msgspec.structs.replace(self.template, **{kind.__name__.lower(): changed}))
        else:
            self.change(with_part(self.template, self.chosen, changed))

    def _whole_form(self) -> Any:
        groups: list[QWidget] = []
        for kind, form in self.whole.items():
            if kind is not Template:
                groups.append(label(say(f"template_editor.{kind.__name__.lower()}"), "card-title"))
            groups.append(form)
        return column(*groups, None, spacing=12)

    def _made_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(say("template_editor.save")).triggered.connect(lambda: self.save_file())
        if self._may:
            menu.addAction(say("template_editor.open")).triggered.connect(lambda: self.open_file())
            for way in ("landscape", "portrait"):
                act = menu.addAction(say(f"template_editor.{way}"))
                act.triggered.connect(lambda _on=False, way=way: self.start_from(way))
            menu.addAction(say("template_editor.reset")).triggered.connect(lambda: self.reset())
        return menu

    def start_from(self, way: str) -> None:
        """Begin again from a template that came with the program; issuer and seal's picture stay."""
        plain = default_template("portrait" if way == "portrait" else "landscape")
        seal = msgspec.structs.replace(plain.seal, image=self.template.seal.image)
        self.change(msgspec.structs.replace(plain, issuer=self.template.issuer, seal=seal))

    def reset(self) -> None:
        """Back to the template in force."""
        if self._adopted is not None:
            self.change(self._adopted)

    def _open_menu(self) -> None:
        self._menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))


def _part_of(field: str) -> str:
    """The part in which what a finding is about is changed."""
    return WHOLE if field in ("issuer", "names") else field


def _read(path: Path) -> Template:
    try:
        return read_template(path.read_bytes())
    except OSError as problem:
        raise EnvironmentFailure("exam.verify.unreadable", file=path.name, problem=problem.strerror or "") from None


def _save(path: Path, template: Template) -> None:
    data = write_template(template)
    try:
        path.write_bytes(data)
    except OSError as problem:
        raise EnvironmentFailure("store.cannot_write", file=path.name, problem=problem.strerror or "") from None


def _with_seal(template: Template, path: Path | None) -> Template:
    try:
        return with_seal(template, path.read_bytes() if path is not None else None)
    except OSError as problem:
        name = path.name if path is not None else ""
        raise EnvironmentFailure("exam.verify.unreadable", file=name, problem=problem.strerror or "") from None
