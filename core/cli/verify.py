"""`verify`: is this code what an issuer signed. Needs no store and no sign-in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from core.association.fingerprint import fingerprint
from core.certificates.lists import LARGEST, Trust, trust_of_files
from core.certificates.verification import Status, Verdict, all_of_ours, verify_text
from core.cli.frame import Answer, Call, Noun, read_bytes_argument
from core.clock import CHINA
from core.errors import BadUsage
from core.paths import home_or_default
from core.standards.packs import use_home
from core.words import say

_EXIT: Final = {
    Status.VALID: 0,
    Status.PROVISIONAL: 1,
    Status.REVOKED: 1,
    Status.UNKNOWN_ISSUER: 1,
    Status.NOT_A_CERTIFICATE: 1,
    Status.ALTERED: 4,
}
_WORST_FIRST: Final = (
    Status.ALTERED,
    Status.REVOKED,
    Status.UNKNOWN_ISSUER,
    Status.NOT_A_CERTIFICATE,
    Status.PROVISIONAL,
    Status.VALID,
)
_SHOWN: Final = ("number", "name", "occupation", "level", "standard_title", "issued", "centre_name")


def register(noun: Noun) -> None:
    """Add the command's arguments."""
    parser = noun.verb("", verify)
    parser.add_argument("text", nargs="?", metavar="TEXT")
    parser.add_argument("--image", metavar="FILE")
    parser.add_argument("--pdf", metavar="FILE")
    parser.add_argument("--issuers", metavar="FILE")
    parser.add_argument("--revoked", metavar="FILE")


def verify(call: Call) -> Answer:
    """Judge a text, or every code of ours in a picture or a PDF.

    Of several the worst one decides (the first among equals); all stand under `documents`.
    """
    given = call.args
    if sum(source is not None for source in (given.text, given.image, given.pdf)) != 1:
        raise BadUsage("verify.one_source")
    use_home(home_or_default(call.home))
    trust = trust_of_files(home_or_default(call.home), *(_named(file) for file in (given.issuers, given.revoked)))
    now = datetime.now(UTC)
    expired = trust.issuers_stale(now)
    verdicts = [
        verify_text(text, trust.issuers, trust.revocations, now=now, issuers_stale=expired) for text in _texts(call)
    ]
    if not verdicts:
        verdicts = [Verdict(Status.NOT_A_CERTIFICATE, False, None, now)]
    worst = min(verdicts, key=lambda verdict: _WORST_FIRST.index(verdict.status))
    data = _data(worst) | _whose(trust)
    if given.text is None:
        data["documents"] = [_data(verdict) for verdict in verdicts]
    exit_code = _EXIT[worst.status]
    if exit_code:
        data |= {"error": f"verify.{worst.status}", "message": say(f"verify.{worst.status}"), "clause": None}
    return Answer(data, _text(verdicts, trust), exit_code)


def _named(file: str | None) -> bytes | None:
    return None if file is None else read_bytes_argument(file, LARGEST)


def _whose(trust: Trust) -> dict[str, Any]:
    """Whose signed lists the judgement rests on; null where they were plain ones."""
    lists = trust.lists
    return {
        "association": lists.association if lists else None,
        "association_fingerprint": fingerprint(lists.key) if lists else None,
        "issuers_dated": lists.dated.isoformat(timespec="seconds") if lists else None,
    }


def _texts(call: Call) -> list[str]:
    """The texts to judge, in the order of the pages."""
    from core.documents import scan
    from core.documents.scan_pages import LARGEST_PDF

    if call.args.text is not None:
        return [call.args.text]
    if call.args.image is not None:
        return all_of_ours(scan.picture_codes(read_bytes_argument(call.args.image, LARGEST_PDF)))
    pages = scan.pdf_codes(
        read_bytes_argument(call.args.pdf, LARGEST_PDF),
        lambda page, count: call.progress(say("verify.page", page=page, pages=count)),
    )
    return [text for codes in pages for text in all_of_ours(codes)]


def _data(verdict: Verdict) -> dict[str, Any]:
    return {
        "valid": verdict.valid,
        "signature_ok": verdict.signature_ok,
        "status": str(verdict.status),
        "fields": msgspec.to_builtins(verdict.fields),
        "checked_at": verdict.checked_at.isoformat(timespec="seconds"),
        "list_dated": verdict.list_dated.isoformat(timespec="seconds") if verdict.list_dated else None,
        "list_stale": verdict.list_stale,
    }


def _text(verdicts: list[Verdict], trust: Trust) -> str:
    said = [_said(verdict) for verdict in verdicts]
    if len(said) > 1:
        said.insert(0, say("verify.several", count=len(verdicts)))
    if trust.lists is not None:
        whose = {"association": trust.lists.association, "fingerprint": fingerprint(trust.lists.key)}
        said.append(say("verify.whose_lists", **whose))
        if trust.lists.stale(verdicts[0].checked_at):
            said.append(say("verify.issuers_stale", dated=_china_day(trust.lists.dated)))
    return "\n\n".join(said)


def _said(verdict: Verdict) -> str:
    sentences = [say(f"verify.{verdict.status}")]
    if verdict.fields is not None:
        if verdict.status is Status.UNKNOWN_ISSUER:
            sentences.append(say("verify.claims"))
        for name in _SHOWN:
            value = getattr(verdict.fields, name)
            if value is not None:
                shown = say(f"verify.level.{value}") if name == "level" else value
                sentences.append(say("verify.line", label=say(f"verify.field.{name}"), value=shown))
        if verdict.fields.standard_is_draft:
            sentences.append(say("verify.draft"))
    if verdict.status in {Status.VALID, Status.REVOKED}:
        sentences.append(_about_revocation(verdict))
    return "\n".join(sentences)


def _about_revocation(verdict: Verdict) -> str:
    if verdict.list_dated is None:
        return say("verify.revocation_unchecked")
    code = "verify.revocation_stale" if verdict.list_stale else "verify.revocation_checked"
    return say(code, dated=_china_day(verdict.list_dated))


def _china_day(at: datetime) -> str:
    """The day in China; where that is no day any more, the one that the list says."""
    try:
        return at.astimezone(CHINA).date().isoformat()
    except OverflowError:
        return at.date().isoformat()
