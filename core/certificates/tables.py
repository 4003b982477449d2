"""Notices and certificates: what was issued, what became of each sheet, the numbered paper, the template."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from core.store import Derived, Id, Local


def sheet_id(run: Id, certificate: Id) -> str:
    """The key of a certificate's sheet in a run."""
    return f"{run}:{certificate}"


class IssuedNotice(Derived):
    """A provisional notice that was issued."""

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    batch: Mapped[int] = mapped_column(index=True)
    token: Mapped[bytes | None]
    issued: Mapped[str | None]


class IssuedCertificate(Derived):
    """A certificate that has its number, and how it stands."""

    __tablename__ = "certificates"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[int] = mapped_column(index=True)
    batch: Mapped[int] = mapped_column(index=True)
    number: Mapped[str] = mapped_column(index=True)
    lease: Mapped[int] = mapped_column(index=True)
    serial: Mapped[int]
    status_index: Mapped[int]
    token: Mapped[bytes | None]
    issued: Mapped[str | None]
    voided: Mapped[bool]
    void_reason: Mapped[str | None]
    asked: Mapped[bool]
    """Whether the centre asked the association to revoke it."""
    ask_reason: Mapped[str | None]
    run: Mapped[int | None]
    """The run that has handed it to a printer and is not settled: it is doubtful."""
    copies: Mapped[int]
    """Sheets that came out of printers."""
    reissues: Mapped[int]
    """Of these, sheets for one that was lost or damaged in its owner's hands."""
    delivered: Mapped[bool]
    collected: Mapped[bool]
    """Whether the newest sheet was handed out."""
    proxy: Mapped[bool]
    receiver: Mapped[str | None]
    collected_at: Mapped[int | None]
    handed_out: Mapped[int]
    """How many sheets were handed out altogether."""


class PrintRun(Derived):
    """Certificates that were to be printed together."""

    __tablename__ = "print_runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[int] = mapped_column(index=True)
    purpose: Mapped[str]
    printer: Mapped[str]
    template: Mapped[int]
    at: Mapped[int]
    actor: Mapped[int]
    second: Mapped[int]
    reason: Mapped[str | None]


class PrintSheet(Derived):
    """One sheet of a run; its id is `run:certificate`."""

    __tablename__ = "print_sheets"
    id: Mapped[str] = mapped_column(primary_key=True)
    run: Mapped[int] = mapped_column(index=True)
    certificate: Mapped[int] = mapped_column(index=True)
    place: Mapped[int]
    state: Mapped[str]
    """`waiting`, `handed` (nobody knows), `printed` or `unprinted`."""
    blank: Mapped[str | None]


class BlankRange(Derived):
    """Numbered paper that came in together: `prefix` and the figures `first` to `last` in `width` digits."""

    __tablename__ = "blank_ranges"
    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str]
    width: Mapped[int]
    first: Mapped[int]
    last: Mapped[int]
    at: Mapped[int]


class BlankGone(Derived):
    """A numbered sheet that is not in stock any more; its id is `entry:serial`, so that two words on one are seen."""

    __tablename__ = "blanks_gone"
    id: Mapped[str] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(index=True)
    certificate: Mapped[int | None]
    """What was printed on it; None where it was spoiled."""


class BlankCount(Derived):
    """What somebody counted of the numbered paper."""

    __tablename__ = "blank_counts"
    id: Mapped[int] = mapped_column(primary_key=True)
    counted: Mapped[int]
    expected: Mapped[int]
    note: Mapped[str | None]
    at: Mapped[int]


class AdoptedTemplate(Derived):
    """A template that certificates are printed by."""

    __tablename__ = "certificate_templates"
    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[bytes]
    at: Mapped[int]


class CertificateSetting(Local):
    """What this machine was told of certificates: `host`, where a phone that reads the code is sent."""

    __tablename__ = "certificate_settings"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
