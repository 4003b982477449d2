"""What goes with certificates on other paper: 发证登记表, 领证签收表, envelope labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.batches.queries import batch as batch_line
from core.certificates.standing import DEAD, CertificateLine, State, certificates
from core.clock import today
from core.documents.labels import Label, write_labels
from core.documents.registers import Register, RegisterRow, write_register, write_sign_for_list
from core.registration.identity import mask
from core.registration.queries import application
from core.scoring.readers import check_sees_results
from core.standards.packs import pack
from core.store import Actor, Id, Read, Store, centre_name
from core.words import say

Progress = Callable[[int, int, str], None]
PAPERS = ("register", "sign_for", "labels")


def write_paper(
    store: Store, reader: Actor | None, batch: Id, what: str, target: Path, progress: Progress, used: int = 0
) -> int:
    """Write one of `PAPERS` for a batch; how many certificates it names. `used` labels of the first sheet are gone.

    The register names every certificate, and what became of it; list and labels those that may be handed out. For who
    may see results.
    """
    with store.read(reader) as read:
        check_sees_results(read)
        register = register_of(read, batch, dead=what == "register")
    total = len(register.rows)

    def tell(done: int) -> None:
        progress(min(done, total), total, "")

    if what == "register":
        write_register(target, register, tell)
    elif what == "sign_for":
        write_sign_for_list(target, register, tell)
    else:
        write_labels(target, [_label(row) for row in register.rows], used=used, progress=tell)
    return total


def register_of(read: Read, batch: Id, dead: bool) -> Register:
    """The certificates of a batch as its lists name them; voided and revoked ones too where `dead`."""
    line = batch_line(read, batch)
    standard = pack(line.standard).standard
    rows = []
    for one in certificates(read, batch):
        if dead or one.state not in DEAD:
            known = application(read, one.application)
            row = RegisterRow(
                number=one.number,
                name=one.name,
                identity=known.identity,
                occupation=standard.occupation,
                level=line.level_name,
                issued=one.issued,
                phone=mask(known.phone) if known.phone else "",
                remark=remark(one),
            )
            rows.append(row)
    return Register(
        centre=centre_name(read),
        batch=line.no,
        standard_title=standard.title,
        standard_code=standard.code,
        standard_is_draft=line.draft,
        rows=rows,
        printed=today(),
    )


def remark(line: CertificateLine) -> str:
    """What happened to a certificate beyond being issued and handed to its owner."""
    notes = []
    if line.state in (*DEAD, State.PROXY):
        notes.append(say(f"certificate_state.{line.state}"))
    if line.reissues:
        notes.append(say("certs.reissued", count=line.reissues))
    return say("exam.join").join(notes)


def _label(row: RegisterRow) -> Label:
    return Label(row.name, (f"{row.occupation} {row.level}",), row.number)
