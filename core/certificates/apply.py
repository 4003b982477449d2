"""What issuing, printing and handing out write."""

from __future__ import annotations

from core.certificates.events import (
    BlanksCounted,
    BlanksReceived,
    BlanksSpoiled,
    CertificateCollected,
    CertificateIssued,
    CertificatesDelivered,
    CertificateVoided,
    CollectionWithdrawn,
    NoticeIssued,
    PrintHandedOver,
    PrintSettled,
    PrintStarted,
    RevocationAsked,
    TemplateAdopted,
)
from core.certificates.serials import split_serial
from core.certificates.tables import (
    AdoptedTemplate,
    BlankCount,
    BlankGone,
    BlankRange,
    IssuedCertificate,
    IssuedNotice,
    PrintRun,
    PrintSheet,
    sheet_id,
)
from core.store import Entry, Tables, applies, fills


@applies(NoticeIssued)
def issue_notice(tables: Tables, entry: Entry, event: NoticeIssued, part: NoticeIssued.Part | None) -> None:
    tables.insert(
        IssuedNotice,
        id=entry.id,
        application=event.application,
        batch=event.batch,
        token=part.token if part else None,
        issued=part.issued if part else None,
    )


@applies(CertificateIssued)
def issue_certificate(
    tables: Tables, entry: Entry, event: CertificateIssued, part: CertificateIssued.Part | None
) -> None:
    tables.insert(
        IssuedCertificate,
        id=entry.id,
        application=event.application,
        batch=event.batch,
        number=event.number,
        lease=event.lease,
        serial=event.serial,
        status_index=event.index,
        token=part.token if part else None,
        issued=part.issued if part else None,
        voided=False,
        asked=False,
        copies=0,
        reissues=0,
        delivered=False,
        collected=False,
        proxy=False,
        handed_out=0,
    )


@fills(CertificateIssued)
def fill_certificate(
    tables: Tables, entry: Entry, event: CertificateIssued, part: CertificateIssued.Part | None
) -> None:
    if part is not None:
        tables.update(IssuedCertificate, entry.id, token=part.token, issued=part.issued)


@applies(CertificateVoided)
def void(tables: Tables, entry: Entry, event: CertificateVoided, part: CertificateVoided.Part | None) -> None:
    reason = part.reason if part else None
    tables.update(IssuedCertificate, event.certificate, voided=True, void_reason=reason)


@applies(RevocationAsked)
def ask(tables: Tables, entry: Entry, event: RevocationAsked, part: RevocationAsked.Part | None) -> None:
    reason = part.reason if part else None
    tables.update(IssuedCertificate, event.certificate, asked=True, ask_reason=reason)


@applies(PrintStarted)
def start_print(tables: Tables, entry: Entry, event: PrintStarted, part: PrintStarted.Part | None) -> None:
    tables.insert(
        PrintRun,
        id=entry.id,
        batch=event.batch,
        purpose=event.purpose,
        printer=event.printer,
        template=event.template,
        at=entry.at,
        actor=entry.actor,
        second=entry.second,
        reason=part.reason if part else None,
    )
    for place, certificate in enumerate(dict.fromkeys(event.certificates), start=1):
        tables.insert(
            PrintSheet,
            id=sheet_id(entry.id, certificate),
            run=entry.id,
            certificate=certificate,
            place=place,
            state="waiting",
        )


@applies(PrintHandedOver)
def hand_over(tables: Tables, entry: Entry, event: PrintHandedOver, part: None) -> None:
    for certificate in event.certificates:
        tables.update(PrintSheet, sheet_id(event.print, certificate), state="handed")
        tables.update(IssuedCertificate, certificate, run=event.print)


@applies(PrintSettled)
def settle(tables: Tables, entry: Entry, event: PrintSettled, part: None) -> None:
    run = tables.get(PrintRun, event.print)
    reissue = run is not None and run.purpose == "reissue"
    blanks = dict(zip(event.printed, event.blanks, strict=False))
    for certificate in event.printed:
        blank = blanks.get(certificate)
        tables.update(PrintSheet, sheet_id(event.print, certificate), state="printed", blank=blank)
        if blank is not None:
            tables.insert(BlankGone, id=f"{entry.id}:{blank}", serial=blank, certificate=certificate)
        row = tables.get(IssuedCertificate, certificate)
        if row is None:
            continue
        changes = {"run": None, "copies": row.copies + 1, "reissues": row.reissues + reissue}
        if reissue:
            # The new sheet is still here, whoever has, or had, the old one.
            changes.update(collected=False, proxy=False, receiver=None, collected_at=None)
        tables.update(IssuedCertificate, certificate, **changes)
    for certificate in event.unprinted:
        tables.update(PrintSheet, sheet_id(event.print, certificate), state="unprinted")
        tables.update(IssuedCertificate, certificate, run=None)


@applies(CertificatesDelivered)
def deliver(tables: Tables, entry: Entry, event: CertificatesDelivered, part: None) -> None:
    for certificate in event.certificates:
        tables.update(IssuedCertificate, certificate, delivered=True)


@applies(CertificateCollected)
def collect(tables: Tables, entry: Entry, event: CertificateCollected, part: CertificateCollected.Part | None) -> None:
    row = tables.get(IssuedCertificate, event.certificate)
    if row is not None:
        receiver = part.receiver if part else None
        changes = {"collected": True, "proxy": event.proxy, "receiver": receiver, "collected_at": entry.at}
        tables.update(IssuedCertificate, event.certificate, handed_out=row.handed_out + 1, **changes)


@applies(CollectionWithdrawn)
def withdraw_collection(
    tables: Tables, entry: Entry, event: CollectionWithdrawn, part: CollectionWithdrawn.Part | None
) -> None:
    row = tables.get(IssuedCertificate, event.certificate)
    if row is not None and row.collected:
        changes = {"collected": False, "proxy": False, "receiver": None, "collected_at": None}
        tables.update(IssuedCertificate, event.certificate, handed_out=row.handed_out - 1, **changes)


@applies(BlanksReceived)
def receive_blanks(tables: Tables, entry: Entry, event: BlanksReceived, part: None) -> None:
    prefix, width, first = split_serial(event.first)
    last = split_serial(event.last)[2]
    tables.insert(BlankRange, id=entry.id, prefix=prefix, width=width, first=first, last=last, at=entry.at)


@applies(BlanksSpoiled)
def spoil_blanks(tables: Tables, entry: Entry, event: BlanksSpoiled, part: BlanksSpoiled.Part | None) -> None:
    for serial in dict.fromkeys(event.serials):
        tables.insert(BlankGone, id=f"{entry.id}:{serial}", serial=serial)


@applies(BlanksCounted)
def count_blanks(tables: Tables, entry: Entry, event: BlanksCounted, part: BlanksCounted.Part | None) -> None:
    note = part.note if part else None
    tables.insert(BlankCount, id=entry.id, counted=event.counted, expected=event.expected, note=note, at=entry.at)


@applies(TemplateAdopted)
def adopt_template(tables: Tables, entry: Entry, event: TemplateAdopted, part: None) -> None:
    tables.insert(AdoptedTemplate, id=entry.id, template=event.template, at=entry.at)
