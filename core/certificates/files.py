"""Certificates as a file: issued, recorded as printed, and written, so that a killed program leaves none unknown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.certificates.commands import issue_certificates
from core.certificates.pages import pages_of
from core.certificates.print_commands import hand_over, print_again, settle, start_print
from core.certificates.standing import State, certificates
from core.certificates.templates import template_of
from core.errors import Refused
from core.store import Actors, Id, Read, Store, Write
from core.words import say

FILE: Final = "PDF"
"""The printer of a run that writes a file."""


@dataclass(frozen=True)
class Filed:
    """What was written: the numbers in order, the files, and how many were left out since they were handed out."""

    numbers: list[str]
    files: list[Path]
    left_out: int


def issue_and_write_certificates(
    store: Store,
    actors: Actors,
    batch: Id,
    target: Path | None = None,
    folder: Path | None = None,
    reason: str = "",
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Filed:
    """Issue what a batch is still to get and write its certificates into `target`, or one file each into `folder`.

    A file counts as printing: what has a sheet is printed again (two people, `reason`), what was handed out or is dead
    stays out of it. What is doubtful is settled first. A write that fails, or is cancelled, leaves them unprinted.
    """
    key = Ed25519PrivateKey.from_private_bytes(store.secret("issuer"))
    store.write(actors, issue_certificates, batch, key)
    told = reason.strip() or say("certificates.file_again")
    runs = store.write(actors, _begin, batch, told).value
    with store.read(actors.first) as read:
        lines = {line.id: line for line in certificates(read, batch)}
        going = {id for _, ids in runs for id in ids}
        ids = [id for id in lines if id in going]
        try:
            files = _write(read, ids, target, folder, progress, cancelled)
        except BaseException:
            store.write(actors, _end, runs, False)
            raise
    store.write(actors, _end, runs, True)
    left_out = sum(line.alive and id not in going for id, line in lines.items())
    return Filed([lines[id].number for id in ids], files, left_out)


def _begin(write: Write, batch: Id, reason: str) -> list[tuple[Id, list[Id]]]:
    """Start the runs, hand everything over; each run with its certificates."""
    lines = [line for line in certificates(write, batch) if line.alive]
    doubtful = next((line for line in lines if line.state is State.DOUBTFUL), None)
    if doubtful is not None:
        raise Refused("certificates.doubtful", number=doubtful.number)
    fresh = [line.id for line in lines if line.state is State.WAITING]
    again = [line.id for line in lines if line.state is State.PRINTED]
    found = []
    if fresh:
        found.append((start_print(write, batch, fresh, FILE), fresh))
    if again:
        found.append((print_again(write, batch, again, FILE, reason), again))
    if not found:
        raise Refused("certificates.nothing_to_write")
    for run, ids in found:
        hand_over(write, run, ids)
    return found


def _end(write: Write, runs: Sequence[tuple[Id, Sequence[Id]]], came_out: bool) -> None:
    for run, ids in runs:
        settle(write, run, ids if came_out else (), () if came_out else ids)


def _write(
    read: Read,
    ids: Sequence[Id],
    target: Path | None,
    folder: Path | None,
    progress: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> list[Path]:
    from core.documents.certificate import CertificatePage, write_certificates, write_each

    def name_of(page: CertificatePage) -> str:
        return f"{page.number}.pdf"

    pages, template = pages_of(read, ids), template_of(read)
    if folder is not None:
        return write_each(folder, pages, template, name_of, progress=progress, cancelled=cancelled)
    assert target is not None
    write_certificates(target, pages, template, progress=progress, cancelled=cancelled)
    return [target]
