"""What OpenAPI says of the hub: which bytes go where, who may ask, and the one shape that every problem has."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from core.association import wire

JSON: Final = "application/json"
_TOKEN: Final = {"type": "http", "scheme": "bearer", "description": "/v1/hello"}
_OF_DEVICES: Final = ("/v1/segments", "/v1/entries", "/v1/blobs/{name}")
"""Where nothing is done without the token of a greeting."""
_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}},
}
_HELD: Final = {
    "type": "object",
    "required": ["held", "whole"],
    "properties": {"held": {"type": "integer"}, "whole": {"type": "boolean"}},
}
_RANGE: Final = {
    "name": "Content-Range",
    "in": "header",
    "required": True,
    "description": "bytes FIRST-LAST/TOTAL",
    "schema": {"type": "string"},
}
_NOTHING_NEW: Final = {("/v1/entries", "get"): "204", ("/v1/lists", "get"): "304"}
_TEXT: Final = {"required": True, "content": {"text/plain": {"schema": {"type": "string"}}}}


def openapi(app: FastAPI) -> dict[str, Any]:
    """The description of an application's routes."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, routes=app.routes)
        for path, operations in found["paths"].items():
            for method, operation in operations.items():
                _describe(operation, path, method)
        found["components"] = {"securitySchemes": {"token": _TOKEN}}
        app.openapi_schema = found
    return app.openapi_schema


def _describe(operation: dict[str, Any], path: str, method: str) -> None:
    answers = operation["responses"]
    answers.pop("422", None)
    answers["default"] = {"description": "Problem", "content": {wire.PROBLEM_TYPE: {"schema": _PROBLEM}}}
    good = answers["200"]["content"]
    if len(good) > 1:  # every route is thought to answer JSON
        del good[JSON]
    if (path, method) in _NOTHING_NEW:
        answers[_NOTHING_NEW[path, method]] = {"description": "Nothing new"}
    if path in _OF_DEVICES:
        operation["security"] = [{"token": []}]
    if path == "/v1/blobs/{name}":
        good[JSON] = {"schema": _HELD}
    if (path, method) == ("/v1/blobs/{name}", "put"):
        operation["parameters"].append(_RANGE)
    if path == "/v1/verify":
        operation["requestBody"] = _TEXT
