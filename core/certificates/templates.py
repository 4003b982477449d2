"""The template that certificates are printed by, and where the code on them sends a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, insert, select

from core.certificates.events import TemplateAdopted
from core.certificates.tables import AdoptedTemplate, CertificateSetting
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.store import Id, Read, Write

if TYPE_CHECKING:
    from core.documents.template import Template

HOST: Final = "verify.example"
"""Where a phone that reads the code is sent; verifying ignores it. The association's own host is yet to be named."""
_HOST = re.compile(r"(?=.{1,80}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")


@permitted(Role.CERTIFICATES, second=True)
def adopt_template(write: Write, data: bytes) -> Id:
    """Print certificates by this template from now on (two people); the adoption's id.

    Refused: what is no template, and one that says what an association's certificate must not say. The one in force
    already is no act.
    """
    from core.documents.template import read_template, write_template
    from core.documents.template_rules import lint

    template = read_template(data)
    for finding in lint(template):
        if finding.blocks:
            raise Refused("certificates.template_refused", field=finding.field, why=finding.sentence)
    kept = write_template(template)
    now = template_id(write)
    if now and _adopted(write, now) == kept:
        return now
    return write.record(TemplateAdopted(kept))


def template_id(read: Read) -> Id:
    """The adoption of the template in force; 0 for the program's own."""
    found: Id | None = read.value(select(func.max(AdoptedTemplate.id)))
    return found or 0


def template_of(read: Read, id: Id | None = None) -> Template:
    """The template in force, or the one that `id` adopted; 0 is the program's own."""
    from core.documents.template import default_template, read_template

    found = _adopted(read, template_id(read) if id is None else id)
    return read_template(found) if found is not None else default_template()


def code_host(read: Read) -> str:
    """The host of the address in a code: the association's word, kept as a setting of this machine."""
    found: str | None = read.value(select(CertificateSetting.value).where(CertificateSetting.name == "host"))
    return found or HOST


@permitted(Role.CERTIFICATES, second=True)
def set_code_host(write: Write, host: str) -> None:
    """Set the host of the address in codes (two people). What is no host name is refused; "" is the default again."""
    wanted = host.strip().lower()
    if wanted and _HOST.fullmatch(wanted) is None:
        raise Refused("certificates.bad_host", host=host[:80])
    write.local(delete(CertificateSetting).where(CertificateSetting.name == "host"), "template.host")
    if wanted:
        write.local(insert(CertificateSetting).values(name="host", value=wanted))


def _adopted(read: Read, id: Id) -> bytes | None:
    found = read.value(select(AdoptedTemplate.template).where(AdoptedTemplate.id == id))
    return bytes(found) if found is not None else None
