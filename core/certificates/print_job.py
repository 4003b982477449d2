"""From a print run to sheets or a file: each is made when its turn has come, and the journal knows where it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.certificates.blanks import in_stock, next_in_stock
from core.certificates.pages import pages_of
from core.certificates.print_commands import hand_over, settle, settle_up_to
from core.certificates.serials import read_serial
from core.certificates.standing import run as run_line
from core.certificates.standing import sheets
from core.certificates.templates import template_of
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.printing.run import Outcome, Sheet
from core.store import Actor, Actors, Id, Read, Store, Write

if TYPE_CHECKING:
    from core.documents.certificate import CertificatePage, Fit, Layer


class Journalled:
    """Remembers the sheets of a run in the journal (a `Recorder` of `core.printing.run`); keys are certificates' ids.

    `papers` are the serials of the numbered paper in the tray: each sheet that is handed over takes the next one.
    """

    def __init__(self, store: Store, actors: Actors, run: Id, papers: Iterable[str] = ()) -> None:
        self._store, self._actors, self._run = store, actors, run
        self._papers = deque(papers)
        self._on: dict[str, str] = {}

    def started(self, keys: Sequence[str]) -> None:
        """These are about to be handed to the printer."""
        self._store.write(self._actors, hand_over, self._run, [int(key) for key in keys])
        for key in keys:
            if self._papers:
                self._on[key] = self._papers.popleft()

    def settled(self, key: str, outcome: Outcome) -> None:
        """The end of a sheet is known."""
        if outcome is Outcome.PRINTED:
            on = [self._on[key]] if key in self._on else []
            self._store.write(self._actors, settle, self._run, [int(key)], [], on)
        else:
            self._store.write(self._actors, settle, self._run, [], [int(key)])


def papers_from(read: Read, first: str, count: int) -> list[str]:
    """The serials of `count` sheets in stock, from `first` on. Not so many in stock, or `first` is not: refused."""
    start = read_serial(first)
    found = [*in_stock(read, [start]), *next_in_stock(read, count - 1, start)] if count else []
    if len(found) < count:
        raise Refused("certs.too_few_blanks", count=count, left=len(found))
    return found


@permitted(Role.CERTIFICATES)
def settle_on_paper(write: Write, run: Id, last_good: Id | None, first: str) -> tuple[int, int]:
    """`settle_up_to` where the good ones came out on numbered paper, from the serial `first` on."""
    order = sheets(write, run)
    last = next((sheet.place for sheet in order if sheet.certificate == last_good), 0)
    good = sum(sheet.state == "handed" and sheet.place <= last for sheet in order)
    return settle_up_to(write, run, last_good, papers_from(write, first, good))


def sheets_of(
    store: Store, reader: Actor | None, run: Id, certificates: Sequence[Id], layer: Layer, fit: Fit
) -> list[Sheet]:
    """The sheets of a run, each drawn when the printer is ready for it: none holds a snapshot open for hours."""
    from core.documents.certificate import certificate_pdf

    with store.read(reader) as read:
        template = template_of(read, run_line(read, run).template)

    def make(id: Id) -> bytes:
        with store.read(reader) as read:
            (page,) = pages_of(read, [id], run)
        return certificate_pdf(page, template, layer=layer, fit=fit)

    return [Sheet(str(id), partial(make, id)) for id in certificates]


def print_to_file(
    store: Store,
    actors: Actors,
    run: Id,
    certificates: Sequence[Id],
    target: Path,
    each: bool,
    layer: Layer,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Path]:
    """Write a run into one PDF, or one file each into the folder `target`; the files.

    A file counts as printed. A write that fails, or that `progress` ends by raising, leaves the run unprinted.
    """
    from core.documents.certificate import write_certificates, write_each

    def name_of(page: CertificatePage) -> str:
        return f"{page.number}.pdf"

    store.write(actors, hand_over, run, certificates)
    try:
        with store.read(actors.first) as read:
            template = template_of(read, run_line(read, run).template)
            pages = pages_of(read, certificates, run)
            if each:
                files = write_each(target, pages, template, name_of, layer=layer, progress=progress)
            else:
                write_certificates(target, pages, template, layer=layer, progress=progress)
                files = [target]
    except BaseException:
        store.write(actors, settle, run, [], certificates)
        raise
    store.write(actors, settle, run, certificates)
    return files
