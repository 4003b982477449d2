"""From issued certificates to what their pages say: exactly what was signed, and never another string."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from core.association.queries import association
from core.batches.queries import batch as batch_line
from core.batches.queries import plan_of
from core.certificates.credential import read as read_token
from core.certificates.credential import to_text
from core.certificates.standing import chosen
from core.certificates.tables import IssuedCertificate, PrintRun, PrintSheet
from core.certificates.templates import code_host, template_of
from core.registration.identity import mask
from core.registration.queries import candidate_of, person_of, photo_of
from core.results.queries import score_shown
from core.results.settling import settled_results
from core.standards.packs import pack
from core.store import Id, Read, centre_name
from core.words import sentences

if TYPE_CHECKING:
    from core.documents.certificate import CertificatePage

DEMONSTRATION: Final = "演示"
"""An association that plays one says so in its name, and its certificates on their face."""


def pages_of(read: Read, certificates: Iterable[Id], run: Id | None = None) -> Iterator[CertificatePage]:
    """What each certificate says, in this order, as it is printed in a run (else as its next reissue is not).

    Photos are read one at a time.
    """
    from core.documents.certificate import CertificatePage
    from core.documents.layout import both

    lines = chosen(read, certificates)
    if not lines:
        return
    batch = batch_line(read, lines[0].batch)
    found = pack(batch.standard)
    standard = found.standard
    template, host = template_of(read, _template_of_run(read, run)), code_host(read)
    names: dict[str, str] = {component.id: component.name for component in plan_of(read, batch.id).components}
    scores = {
        line.application: tuple(
            (names[one.component], score_shown(one)) for one in line.components if one.state == "scored"
        )
        for line in settled_results(read, batch.id)
    }
    known = association(read)
    demonstration = known is not None and DEMONSTRATION in known.name
    centre = centre_name(read)
    for line in lines:
        signed = read_token(line.token).credential
        candidate = candidate_of(read, line.application)
        person = person_of(read, candidate)
        number = person.id_number if person else ""
        yield CertificatePage(
            number=signed.number,
            name=signed.name,
            identity=(number if template.identity == "full" else mask(number)) if number else None,
            sex=both(f"identity.sex.{person.sex}")[0] if person and person.sex else None,
            birth=date.fromisoformat(person.birth_date) if person and person.birth_date else None,
            photo=photo_of(read, candidate),
            occupation=standard.occupation,
            occupation_en=sentences("en").get(f"template.occupation.{standard.id}", ""),
            level=batch.level_name,
            level_id=signed.level,
            standard_code=standard.code,
            standard_title=standard.title,
            standard_is_draft=batch.draft,
            demonstration=demonstration,
            centre=centre,
            issued=signed.issued,
            code=to_text(line.token, host),
            copy=copy_of(read, line.id, run),
            scores=scores.get(line.application, ()),
        )


def copy_of(read: Read, certificate: Id, run: Id | None = None) -> int:
    """Which issue of a certificate a sheet of a run is: 1 the first, 2 and more a reissue, counted by what came out."""
    before: int = read.value(select(IssuedCertificate.reissues).where(IssuedCertificate.id == certificate)) or 0
    if run is None:
        return 1 + before
    purpose = read.value(select(PrintRun.purpose).where(PrintRun.id == run))
    out = read.first(
        select(PrintSheet.id).where(
            PrintSheet.run == run, PrintSheet.certificate == certificate, PrintSheet.state == "printed"
        )
    )
    return 1 + before + (purpose == "reissue" and out is None)


def _template_of_run(read: Read, run: Id | None) -> Id | None:
    return read.value(select(PrintRun.template).where(PrintRun.id == run)) if run is not None else None
