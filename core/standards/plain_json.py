"""JSON that somebody hands in: numbers stay exact, what is odd is refused in words instead of guessed at."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

from core.errors import Refused


class _Odd(ValueError):
    """Something JSON readers let pass and we do not."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def read_object(content: bytes | str) -> dict[str, Any]:
    """The JSON object in `content` (UTF-8, a byte order mark is fine); fractions come as exact `Decimal`.

    Refused (`json.*`): other encodings, no JSON, something else than an object, a key twice, NaN or Infinity,
    numbers of thousands of digits, halves of a surrogate pair, nesting without end.
    """
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content.removeprefix("\ufeff")
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_without_doubles)
        json.dumps(found, ensure_ascii=False, default=str).encode()
    except UnicodeError:
        raise Refused("json.encoding") from None
    except json.JSONDecodeError as problem:
        raise Refused("json.syntax", line=problem.lineno, column=problem.colno) from None
    except _Odd as odd:
        raise Refused(odd.code, **odd.values) from None
    except (ValueError, ArithmeticError):
        raise Refused("json.number") from None
    except RecursionError:
        raise Refused("json.nesting") from None
    if not isinstance(found, dict):
        raise Refused("json.not_an_object")
    return found


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Odd("json.key_twice", key=key)
        found[key] = value
    return found


def _no_constant(word: str) -> NoReturn:
    raise _Odd("json.constant", word=word)
