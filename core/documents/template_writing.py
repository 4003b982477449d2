"""Writing a template as a person reads and changes it."""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from core.documents.template_shape import Template, Text

_DELETE: Final = "\x7f"
_TABLES: Final = ("paper", "issuer", "frame", "photo", "code", "seal", "marks")


def to_toml(template: Template) -> str:
    """All of a template; of a text only what is not as usual."""
    whole = msgspec.structs.asdict(template)
    lines = [_pair(name, value) for name, value in whole.items() if name not in (*_TABLES, "texts")]
    for table in _TABLES:
        lines += ["", f"[{table}]", *(_pair(*pair) for pair in msgspec.structs.asdict(whole[table]).items())]
    usual = {field.name: field.default for field in msgspec.structs.fields(Text)}
    for text in template.texts:
        pairs = msgspec.structs.asdict(text).items()
        lines += ["", "[[texts]]", *(_pair(name, value) for name, value in pairs if value != usual[name])]
    return "\n".join(lines) + "\n"


def _pair(name: str, value: Any) -> str:
    if isinstance(value, str):
        written = json.dumps(value, ensure_ascii=False).replace(_DELETE, "\\u007f")
    elif isinstance(value, bool):
        written = str(value).lower()
    else:
        written = (
            f"{value:g}" if isinstance(value, float) and f"{value:g}" == str(value).removesuffix(".0") else repr(value)
        )
    return f"{name} = {written}"
