"""How certificates come out of each printer of this machine: offset, scale, tray, overprint 套打, numbered paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta
from sqlalchemy import delete, insert, select

from core.certificates.tables import CertificateSetting
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.store import Read, Write

if TYPE_CHECKING:
    from core.documents.certificate import Fit

_PREFIX: Final = "printer:"
MOST_SHIFT: Final = 5_000
"""Hundredths of a millimetre: a printer that is off by more has another paper in it."""
LEAST_SCALE, MOST_SCALE = 9_000, 11_000
"""Parts of 10,000."""

Shift = Annotated[int, Meta(ge=-MOST_SHIFT, le=MOST_SHIFT)]
Scale = Annotated[int, Meta(ge=LEAST_SCALE, le=MOST_SCALE)]


class PrinterSetup(msgspec.Struct, frozen=True, kw_only=True):
    """What was set for one printer. Shifts in hundredths of a millimetre, scales in parts of 10,000.

    `overprint` adds only what differs to pre-printed paper; `numbered`: that paper bears serials that are kept account
    of.
    """

    dx: Shift = 0
    dy: Shift = 0
    scale_x: Scale = 10_000
    scale_y: Scale = 10_000
    overprint: bool = False
    numbered: bool = False
    tray: Annotated[str, Meta(max_length=80)] = ""

    @property
    def fit(self) -> Fit:
        """The same for the drawing."""
        from core.documents.certificate import Fit

        return Fit(self.dx, self.dy, self.scale_x, self.scale_y)


def printer_setup(read: Read, printer: str) -> PrinterSetup:
    """What was set for a printer; the usual where nothing was."""
    found: str | None = read.value(select(CertificateSetting.value).where(CertificateSetting.name == _name(printer)))
    try:
        return msgspec.json.decode(found, type=PrinterSetup) if found else PrinterSetup()
    except msgspec.DecodeError:
        return PrinterSetup()


@permitted(Role.CERTIFICATES)
def keep_printer_setup(write: Write, printer: str, setup: PrinterSetup) -> None:
    """Keep what was set for a printer, on this machine. Millimetres or scales out of reason: refused."""
    data = msgspec.json.encode(setup)
    try:
        msgspec.json.decode(data, type=PrinterSetup)
    except msgspec.ValidationError:
        raise Refused("certs.setup_out_of_range", shift=MOST_SHIFT // 100) from None
    write.local(delete(CertificateSetting).where(CertificateSetting.name == _name(printer)), "template.printer")
    write.local(insert(CertificateSetting).values(name=_name(printer), value=data.decode()))


def _name(printer: str) -> str:
    return f"{_PREFIX}{printer}"
