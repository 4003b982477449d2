"""Handing out: what the association printed arrives; each certificate is collected, by its owner or by proxy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from core.certificates.commands import checked_reason
from core.certificates.events import CertificateCollected, CertificatesDelivered, CollectionWithdrawn
from core.certificates.standing import DEAD, HANDED_OUT, State, certificate, chosen
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.store import Id, Write

LONGEST_RECEIVER: Final = 200


@permitted(Role.CERTIFICATES)
def record_delivered(write: Write, certificates: Iterable[Id]) -> int:
    """Record that certificates which the association printed have arrived; how many are new. Said twice is once.

    Refused: one that was printed here, is doubtful, voided or revoked.
    """
    fresh = []
    for line in chosen(write, certificates):
        if line.delivered:
            continue
        if line.state is not State.WAITING:
            code = "certificates.dead" if line.state in DEAD else "certificates.printed_already"
            raise Refused(code, number=line.number)
        fresh.append(line)
    for batch in sorted({line.batch for line in fresh}):
        ids = [line.id for line in fresh if line.batch == batch]
        write.record(CertificatesDelivered(ids), batch=batch)
    return len(fresh)


@permitted(Role.CERTIFICATES)
def record_collected(write: Write, id: Id, proxy: bool = False, receiver: str = "") -> None:
    """Record that a certificate was handed out, to its owner or, with `proxy`, to the `receiver` that is named.

    Said twice it is done once. Refused: no sheet is here, it is doubtful, voided or revoked; a proxy without a name.
    """
    found = certificate(write, id)
    if found.state is (State.PROXY if proxy else State.COLLECTED):
        return
    if found.state in HANDED_OUT:
        raise Refused("certificates.collected_already", number=found.number)
    if found.state in DEAD:
        raise Refused("certificates.dead", number=found.number)
    if found.state is not State.PRINTED:
        code = "certificates.doubtful" if found.state is State.DOUBTFUL else "certificates.not_printed"
        raise Refused(code, number=found.number)
    who = receiver.strip()
    if proxy and not who:
        raise Refused("certificates.proxy_needs_name")
    if len(who) > LONGEST_RECEIVER:
        raise Refused("certificates.reason_too_long", longest=LONGEST_RECEIVER)
    write.dated()
    write.record(CertificateCollected(id, proxy), CertificateCollected.Part(who), batch=found.batch)


@permitted(Role.CERTIFICATES)
def withdraw_collection(write: Write, id: Id, reason: str) -> None:
    """Say that a certificate was not collected after all. Refused where it wasn't, or has gone on since."""
    found = certificate(write, id)
    if found.state not in HANDED_OUT:
        raise Refused("certificates.not_handed_out", number=found.number)
    write.record(CollectionWithdrawn(id), CollectionWithdrawn.Part(checked_reason(reason)), batch=found.batch)
