"""A print run of certificates as the print engine wants it: a PDF for each sheet, and a memory that is the journal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.certificates.pages import pages_of
from core.certificates.print_commands import hand_over, settle
from core.certificates.standing import run as run_line
from core.certificates.standing import sheets
from core.certificates.templates import template_of
from core.errors import Refused
from core.printing.run import Outcome, Sheet
from core.store import Actors, Id, Store

if TYPE_CHECKING:
    from core.documents.certificate import Fit, Layer


def queue_of(store: Store, actors: Actors, run: Id, layer: Layer | None = None, fit: Fit | None = None) -> list[Sheet]:
    """The sheets of a run that are not on paper, in its order; a sheet's key is its certificate's id as text."""
    with store.read(actors.first) as read:
        waiting = [sheet.certificate for sheet in sheets(read, run) if sheet.state in ("waiting", "unprinted")]
    return [Sheet(str(id), partial(sheet_pdf, store, actors, run, id, layer, fit)) for id in waiting]


def sheet_pdf(
    store: Store, actors: Actors, run: Id, certificate: Id, layer: Layer | None = None, fit: Fit | None = None
) -> bytes:
    """One sheet of a run, by the run's template: whole and exact unless `layer` and `fit` say otherwise."""
    from core.documents.certificate import Fit, Layer, certificate_pdf

    with store.read(actors.first) as read:
        (page,) = pages_of(read, [certificate], run)
        template = template_of(read, run_line(read, run).template)
    return certificate_pdf(page, template, layer=layer or Layer.WHOLE, fit=fit or Fit())


class JournalRecorder:
    """What the print engine tells of a run's sheets, said to the journal before it goes on.

    `numbered` are the serials of the blank stock in the tray, in the order in which it is drawn in; none for plain
    paper. Fewer than there are sheets to come: refused.
    """

    def __init__(self, store: Store, actors: Actors, run: Id, numbered: Sequence[str] = ()) -> None:
        self._store, self._actors, self._run = store, actors, run
        with store.read() as read:
            to_come = sum(sheet.state in ("waiting", "unprinted") for sheet in sheets(read, run))
        if numbered and len(numbered) < to_come:
            raise Refused("certificates.blanks_differ", sheets=to_come, serials=len(numbered))
        self._numbered = list(numbered)

    def started(self, keys: Sequence[str]) -> None:
        """These are about to be handed to the printer."""
        self._store.write(self._actors, hand_over, self._run, [int(key) for key in keys])

    def settled(self, key: str, outcome: Outcome) -> None:
        """The end of a sheet is known."""
        ids = [int(key)]
        if outcome is not Outcome.PRINTED:
            self._store.write(self._actors, settle, self._run, (), ids)
            return
        self._store.write(self._actors, settle, self._run, ids, (), self._numbered[:1])
        del self._numbered[:1]
