"""`roster template|import`."""

from __future__ import annotations

from pathlib import Path

from core.batches.queries import batch_named
from core.cli.frame import Answer, Call, Noun
from core.cli.session import acting
from core.errors import EnvironmentFailure, Refused
from core.people.permission import may
from core.registration.roster_file import RowRefusal, read_roster
from core.registration.roster_import import import_rows, read_photos, refusals
from core.registration.roster_sheets import write_refused, write_template
from core.words import say


def register(noun: Noun) -> None:
    noun.verb("template", run_template).add_argument("file", type=Path)
    taken = noun.verb("import", run_import)
    taken.add_argument("file", type=Path)
    taken.add_argument("--batch", required=True)
    taken.add_argument("--photos", type=Path)
    taken.add_argument("--dry-run", action="store_true")


def run_template(call: Call) -> Answer:
    """Write an empty roster to fill in; never in the place of one that somebody may have filled in."""
    if call.args.file.is_file():
        raise Refused("roster.file_exists", file=str(call.args.file))
    write_template(call.args.file)
    return Answer({"file": str(call.args.file)}, say("roster.template_written", file=call.args.file))


def run_import(call: Call) -> Answer:
    """Take a roster in. Rows that can't be taken come back with the reason, in the answer and as a file to mend."""
    if call.args.photos is not None and not call.args.photos.is_dir():
        raise EnvironmentFailure("roster.no_photo_folder", folder=str(call.args.photos))
    with acting(call) as (store, actors):
        with store.read() as read:
            batch = batch_named(read, call.args.batch).id
        roster = read_roster(call.args.file, lambda done: call.progress(say("roster.reading", done=done)))
        photos, bad_photos = read_photos(roster.rows, call.args.photos)
        rows = tuple(row for row in roster.rows if row.row not in bad_photos)
        refused = [*roster.refused, *bad_photos.values()]
        if call.args.dry_run:
            if not may(actors.first, import_rows):
                raise Refused("people.not_permitted", account=call.account, needed=say("role.registrar"))
            with store.read() as read:
                found = refusals(read, batch, rows)
            accepted = len(rows) - len(found)
            refused += found.values()
        else:
            taken = store.write(
                actors,
                import_rows,
                batch,
                rows,
                photos,
                lambda done, of: call.progress(say("roster.entering", done=done, of=of)),
            ).value
            accepted = taken.accepted
            refused += taken.refused
    refused.sort(key=lambda one: one.row)
    file = None if call.args.dry_run else _refused_file(call.args.file, refused)
    data = {
        "accepted": accepted,
        "refused": [
            {"row": one.row, "column": one.column, "code": one.code, "message": one.message} for one in refused
        ],
        "ignored_columns": list(roster.ignored_columns),
        "refused_file": str(file) if file else None,
    }
    lines = [say("roster.taken", accepted=accepted, refused=len(refused))]
    lines += [say("roster.refused_row", row=one.row, column=one.column, message=one.message) for one in refused]
    if roster.ignored_columns:
        lines.append(say("roster.ignored", columns="、".join(roster.ignored_columns)))
    if file:
        lines.append(say("roster.mend", file=file))
    return Answer(data, "\n".join(lines))


def _refused_file(source: Path, refused: list[RowRefusal]) -> Path | None:
    """Write the refused rows beside the roster; a roster on a read-only medium has no such file."""
    if not refused:
        return None
    name, number = f"{source.stem}-{say('roster.refused_suffix')}", 1
    target = source.with_name(f"{name}.xlsx")
    while target.exists():  # somebody may be mending the rows that were refused before
        number += 1
        target = source.with_name(f"{name}-{number}.xlsx")
    try:
        write_refused(target, source, refused)
    except EnvironmentFailure:
        return None
    return target
