"""What can happen to certificates and notices."""

from __future__ import annotations

from core.store import Event, EventPart, Id, event


@event("notice.issued")
class NoticeIssued(Event, frozen=True):
    """A provisional results notice 成绩告知单; its number is `N` and this entry's id. It is no certificate."""

    application: Id
    batch: Id

    class Part(EventPart, frozen=True):
        token: bytes
        """The signed credential, as its code carries it."""
        issued: str
        """ISO 8601."""


@event("certificate.issued")
class CertificateIssued(Event, frozen=True):
    """A certificate has its number, from a lease of the association, before anything is printed (two people).

    The entry's id is the certificate's. A number is used once, whatever becomes of the certificate.
    """

    application: Id
    batch: Id
    number: str
    lease: Id
    serial: int
    index: int

    class Part(EventPart, frozen=True):
        token: bytes
        issued: str


@event("certificate.voided")
class CertificateVoided(Event, frozen=True):
    """A certificate was spoiled or wrong before it was handed out: its number is never used again (two people)."""

    certificate: Id

    class Part(EventPart, frozen=True):
        reason: str


@event("revocation.asked")
class RevocationAsked(Event, frozen=True):
    """The centre asks the association to revoke a certificate 撤销 (two people); only its answer revokes."""

    certificate: Id

    class Part(EventPart, frozen=True):
        reason: str


@event("print.started")
class PrintStarted(Event, frozen=True):
    """Certificates are to be printed, in this order; the entry's id is the run's.

    `purpose`: `first`; `again` where what came out was wrong (two people, reason); `reissue` for one lost or damaged in
    its owner's hands (two people, reason), which keeps its number and is counted.
    """

    batch: Id
    certificates: list[Id]
    purpose: str
    printer: str
    template: Id
    """The adoption of the template that it is printed with; 0 for the program's own."""

    class Part(EventPart, frozen=True):
        reason: str


@event("print.handed_over")
class PrintHandedOver(Event, frozen=True):
    """These sheets of a run go to the printer now: until they are settled nobody knows whether they are on paper."""

    print: Id
    certificates: list[Id]


@event("print.settled")
class PrintSettled(Event, frozen=True):
    """What became of sheets that were handed over, as the printer said or, `by_hand`, as somebody saw.

    `blanks` are the serials of the blank stock 空白证书 that the printed ones came out on, in order; none on plain
    paper.
    """

    print: Id
    printed: list[Id]
    unprinted: list[Id]
    blanks: list[str]
    by_hand: bool


@event("certificates.delivered")
class CertificatesDelivered(Event, frozen=True):
    """Certificates that the association printed have arrived at the centre, which hands them out."""

    certificates: list[Id]


@event("certificate.collected")
class CertificateCollected(Event, frozen=True):
    """A certificate was handed out; `proxy` where somebody else took it for its owner."""

    certificate: Id
    proxy: bool

    class Part(EventPart, frozen=True):
        receiver: str
        """Who took it, where a proxy did; what they showed."""


@event("collection.withdrawn")
class CollectionWithdrawn(Event, frozen=True):
    """It was not collected after all."""

    certificate: Id

    class Part(EventPart, frozen=True):
        reason: str


@event("blanks.received")
class BlanksReceived(Event, frozen=True):
    """Numbered paper came in: serials `first` to `last`, equal but for their last digits."""

    first: str
    last: str


@event("blanks.spoiled")
class BlanksSpoiled(Event, frozen=True):
    """Numbered paper that can't be used."""

    serials: list[str]

    class Part(EventPart, frozen=True):
        reason: str


@event("blanks.counted")
class BlanksCounted(Event, frozen=True):
    """Somebody counted the numbered paper that is left; `expected` is what the records say."""

    counted: int
    expected: int

    class Part(EventPart, frozen=True):
        note: str


@event("template.adopted")
class TemplateAdopted(Event, frozen=True):
    """Certificates are printed by this template from now on: its bytes, as `documents.template` writes them."""

    template: bytes
