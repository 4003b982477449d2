"""The template that is being changed: its parts by name, how each is moved, and how it looks and reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.certificates.credential import Credential, identity_tag, sign, to_text
from core.certificates.templates import HOST
from core.documents.certificate import CertificatePage, certificate_pdf
from core.documents.template import Finding, Template, lint, read_template, write_template
from core.documents.template_rules import Box, boxes
from core.errors import Refused
from core.words import say, sentences

WHOLE: Final = "template"
PARTS: Final = ("photo", "code", "seal", "marks")
"""What has a place and is no text."""
SAMPLE_NUMBER: Final = "2699199999901000018"
SAMPLE_DAY: Final = date(2026, 11, 20)


@dataclass(frozen=True)
class Drawn:
    """A template as it looks (a PDF; None while something is wrong), what is wrong, and what a person should know."""

    pdf: bytes | None
    problem: Refused | None
    findings: tuple[Finding, ...]

    @property
    def field(self) -> str:
        """The part that the problem is about, if it names one."""
        return str(self.problem.values.get("field", "")) if self.problem is not None else ""

    def about(self, name: str) -> list[str]:
        """What is said about a part."""
        said = [self.problem.sentence] if self.problem is not None and self.field == name else []
        return list(dict.fromkeys([*said, *(each.sentence for each in self.findings if each.field == name)]))


def draw(template: Template) -> Drawn:
    """Check a template and draw the sample by it."""
    try:
        template = read_template(write_template(template))
        findings = tuple(lint(template))
        return Drawn(certificate_pdf(sample_page(template.identity == "full"), template), None, findings)
    except Refused as problem:
        return Drawn(None, problem, tuple(lint(template)))


@cache
def sample_page(full: bool) -> CertificatePage:
    """Nobody's certificate: said to be a sample on its face, signed by a key that nobody knows."""
    key = Ed25519PrivateKey.generate()
    credential = Credential(
        number=SAMPLE_NUMBER,
        name="测试一",
        identity_tag=identity_tag(key, SAMPLE_NUMBER),
        occupation="t-caftv-rural-2026",
        level="junior",
        issued=SAMPLE_DAY,
        status_index=1,
    )
    return CertificatePage(
        number=SAMPLE_NUMBER,
        name=credential.name,
        identity="110101199001010010" if full else "110***********0010",
        sex=say("identity.sex.female"),
        birth=date(1990, 1, 1),
        photo=None,
        occupation=say("template_editor.sample.occupation"),
        occupation_en=sentences("en")["template_editor.sample.occupation"],
        level=say("template.level_junior"),
        level_id=credential.level,
        standard_code="T/CAFTV 0000—2026",
        standard_title=say("template_editor.sample.standard"),
        standard_is_draft=False,
        demonstration=True,
        centre=say("template_editor.sample.centre"),
        issued=SAMPLE_DAY,
        code=to_text(sign(credential, key), HOST),
    )


def names(template: Template) -> list[str]:
    """Every part that can be chosen: the whole, what has a place, the texts."""
    return [WHOLE, *PARTS, *(text.id for text in template.texts)]


def title(template: Template, name: str) -> str:
    """What a part is called in the list."""
    if name == WHOLE or name in PARTS:
        return say(f"template_editor.part.{name}")
    text = part(template, name).text
    return text.strip() if len(text) <= 24 else f"{text[:24].strip()}…"


def part(template: Template, name: str) -> Any:
    """A part by its name."""
    if name == WHOLE:
        return template
    if name in PARTS:
        return getattr(template, name)
    return next(text for text in template.texts if text.id == name)


def with_part(template: Template, name: str, changed: Any) -> Template:
    """The template with one part changed."""
    if name == WHOLE:
        found: Template = changed
        return found
    if name in PARTS:
        return msgspec.structs.replace(template, **{name: changed})
    texts = tuple(changed if text.id == name else text for text in template.texts)
    return msgspec.structs.replace(template, texts=texts)


def moved(template: Template, name: str, dx: float, dy: float) -> Template:
    """The template with a part moved by millimetres, within the paper's edges."""
    if name == WHOLE:
        return template
    found = part(template, name)
    x = round(min(max(found.x + dx, 0.0), template.paper.width), 2)
    y = round(min(max(found.y + dy, 0.0), template.paper.height), 2)
    return with_part(template, name, msgspec.structs.replace(found, x=x, y=y))


def places(template: Template) -> dict[str, Box]:
    """Where every visible part stands, in millimetres."""
    return dict(boxes(template))
