"""发证登记表 and 领证签收表: which certificates were issued (10.4), and who signed for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from core.documents.layout import both
from core.documents.table import Column, Table, write_table


@dataclass(frozen=True)
class RegisterRow:
    """One certificate. `identity` and `phone` are masked or whole, as the caller decided; `remark` says what happened
    to it since: voided, revoked, reissued.
    """

    number: str
    name: str
    identity: str
    occupation: str
    level: str
    issued: date
    phone: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Register:
    """The certificates of a batch, for either list. `standard_code` belongs to `standard_title`."""

    centre: str
    batch: str
    standard_title: str
    standard_code: str
    standard_is_draft: bool
    rows: Sequence[RegisterRow]
    printed: date


_ROW: Final = Column("documents.list.row", 12)
_NUMBER: Final = Column("template.list.number", 43)
_NAME: Final = Column("documents.notice.name", 41)
_IDENTITY: Final = Column("documents.notice.identity", 40)
_LEVEL: Final = Column("documents.notice.level", 20)


def write_register(
    target: Path,
    register: Register,
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write the register of issued certificates 发证登记表; how many sheets."""
    columns = (
        *(_ROW, _NUMBER, _NAME, _IDENTITY, Column("documents.notice.occupation", 42), _LEVEL),
        *(Column("template.list.issued", 26), Column("documents.notice.remark", 36)),
    )
    rows = [
        (row.number, row.name, row.identity, row.occupation, row.level, row.issued.isoformat(), row.remark)
        for row in register.rows
    ]
    signatures = ("template.list.kept_by", "template.list.checked_by")
    title = "template.list.register"
    table = Table(title, _about(register), columns, rows, 7.4, register.printed, signatures)
    return write_table(target, table, progress, cancelled)


def write_sign_for_list(
    target: Path,
    register: Register,
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write the list on which holders, or their proxies, sign for certificates 领证签收表; how many sheets."""
    columns = (
        *(_ROW, _NUMBER, _NAME, _IDENTITY, _LEVEL, Column("template.list.phone", 30)),
        *(Column("template.list.signature", 40, True), Column("template.list.day", 36, True)),
    )
    rows = [(row.number, row.name, row.identity, row.level, row.phone) for row in register.rows]
    signatures = ("template.list.handed_out_by", "template.list.checked_by")
    note = "template.list.proxy"
    table = Table("template.list.sign_for", _about(register), columns, rows, 10.5, register.printed, signatures, note)
    return write_table(target, table, progress, cancelled)


def _about(register: Register) -> tuple[str, ...]:
    draft = f"  {both('documents.notice.draft')[0]}" if register.standard_is_draft else ""
    return (
        register.centre,
        f"{both('documents.list.batch')[0]} {register.batch}",
        f"{register.standard_title}（{register.standard_code}）{draft}",
    )
